package io.crs.image.inspect;

import io.crs.file.ReplacedFile;
import io.crs.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache of files in a folder: each begins with a line of its format and the SHA-256 of its key and its value, so that what
 * was damaged or renamed is not believed.
 */
final class FolderCache implements FactCache {
    private static final Logger LOG = LoggerFactory.getLogger(FolderCache.class);
    private static final String END = ".facts";
    private static final byte[] HEAD = "crs-facts 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SUM = 32;
    private static final int LONGEST_VALUE = 32 << 20;
    private static final Pattern KEY = Pattern.compile("[a-z0-9-]{1,200}");

    private final Path folder;
    private final long mostBytes;

    FolderCache(Path folder, long mostBytes) {
        if (mostBytes <= 0) {
            throw new IllegalArgumentException("a cache of " + mostBytes + " bytes cannot keep anything");
        }
        this.folder = folder;
        this.mostBytes = mostBytes;
    }

    @Override
    public Optional<byte[]> get(String key) throws IOException {
        Path file = file(key);
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        // Anything but a plain file could block the reader for ever.
        if (!attributes.isRegularFile() || attributes.size() > HEAD.length + SUM + LONGEST_VALUE) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            byte[] head = in.readNBytes(HEAD.length);
            byte[] sum = in.readNBytes(SUM);
            byte[] value = in.readNBytes(LONGEST_VALUE + 1);
            if (!MessageDigest.isEqual(head, HEAD) || !MessageDigest.isEqual(sum, sum(key, value))) {
                return Optional.empty();
            }
            touch(file);
            return Optional.of(value);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void put(String key, byte[] value) throws IOException {
        Path file = file(key);
        long length = (long) HEAD.length + SUM + value.length;
        if (value.length > LONGEST_VALUE || length > mostBytes) {
            return;
        }
        createFolder();
        ReplacedFile.write(file, out -> {
            out.write(HEAD);
            out.write(sum(key, value));
            out.write(value);
        });
        makeRoom(file);
    }

    private Path file(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("\"" + key + "\" is not a key of a cache");
        }
        return folder.resolve(key + END);
    }

    private static byte[] sum(String key, byte[] value) {
        MessageDigest hash = Digest.newSha256();
        hash.update((key + "\n").getBytes(StandardCharsets.US_ASCII));
        return hash.digest(value);
    }

    /** What others may write into could decide verdicts. */
    private void createFolder() throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        try {
            Files.createDirectories(folder, attributes);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(folder + ", where facts are to be kept, is not a folder", e);
        }
    }

    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            LOG.debug("{} is gone or not ours, so its age stays", file, e);
        }
    }

    private record Kept(Path file, long size, FileTime used) {}

    /** Another process may make room at the same time. */
    private static Optional<Kept> kept(Path file) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new Kept(file, attributes.size(), attributes.lastModifiedTime()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Deletes what was not used for the longest time, never the file just written. */
    private void makeRoom(Path written) throws IOException {
        List<Kept> kept = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(END)).toList()) {
                kept(file).ifPresent(kept::add);
            }
        }
        long size = kept.stream().mapToLong(Kept::size).sum();
        kept.sort(Comparator.comparing(Kept::used));
        for (Kept each : kept) {
            if (size <= mostBytes) {
                return;
            }
            if (!each.file().equals(written)) {
                Files.deleteIfExists(each.file());
                size -= each.size();
            }
        }
    }
}
