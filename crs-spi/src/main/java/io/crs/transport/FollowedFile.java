package io.crs.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file that grows, and the ones that take its name after it. It is read at positions, never by a cursor:
 *
 * <pre>
 *   0                offset              offset + partial            size
 *   | lines taken    | a line's beginning | not yet read              |
 * </pre>
 */
final class FollowedFile implements Closeable {
    private static final int FIRST_SIZE = 64 << 10;
    private static final int BATCH_BYTES = 256 << 10;

    private final Path path;
    private final LineBuffer lines;
    private @Nullable FileChannel channel;
    private FilePosition start;

    /** Follows a path; {@code from} null: at its start. */
    FollowedFile(Path path, int lineLimit, @Nullable FilePosition from) {
        this.path = path;
        this.lines = new LineBuffer(FIRST_SIZE, lineLimit);
        this.start = from == null ? new FilePosition("", 0, 0) : from;
    }

    /** The position after the lines that were added to the last batch. */
    FilePosition position() {
        return start;
    }

    /** Adds the lines that are there, a batch of them at most; false if nothing has changed since the last time. */
    boolean read(BatchBuilder batch) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            return open();
        }
        if (!start.fits(open)) {
            restart(open);
        }
        if (readMore(open, batch)) {
            return true;
        }
        Optional<String> now = key(path);
        if (now.isEmpty() || now.get().equals(start.file())) {
            return false;
        }
        // A line written between the last look and the renaming is still in the old file.
        return readMore(open, batch) || turnTo(batch);
    }

    private boolean readMore(FileChannel open, BatchBuilder batch) throws IOException {
        // An agent takes back half a line that a full disk left behind, so half a line is read again each time.
        lines.forgetPartial();
        long offset = start.offset();
        int read = 0;
        while (read < BATCH_BYTES || offset == start.offset()) {
            int more = open.read(lines.room(), offset + lines.partial());
            if (more <= 0) {
                break;
            }
            read += more;
            lines.filled(more);
            offset += lines.take(batch);
        }
        boolean progress = offset != start.offset();
        if (progress) {
            start = FilePosition.at(open, start.file(), offset);
        }
        return progress;
    }

    private void restart(FileChannel open) throws IOException {
        lines.clear();
        start = FilePosition.at(open, start.file(), 0);
    }

    private boolean turnTo(BatchBuilder batch) throws IOException {
        if (lines.partial() > 0) {
            batch.reject("the file ended within a line", lines.partial());
        }
        lines.clear();
        close();
        start = new FilePosition("", 0, 0);
        return open();
    }

    private boolean open() throws IOException {
        Optional<Path> file = find();
        if (file.isEmpty()) {
            return false;
        }
        FileChannel opened;
        try {
            opened = FileChannel.open(file.get(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return false;
        }
        channel = opened;
        String found = key(file.get()).orElse("");
        if (!found.equals(start.file()) || !start.fits(opened)) {
            start = FilePosition.at(opened, found, 0);
        }
        return true;
    }

    /** The file the position is in: by its own name, or by one it was renamed to; else the one of that name now. */
    private Optional<Path> find() throws IOException {
        Optional<String> now = key(path);
        if (start.file().isEmpty() || now.equals(Optional.of(start.file()))) {
            return now.map(key -> path);
        }
        String prefix = Objects.toString(path.getFileName(), "");
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(
                Objects.requireNonNull(path.getParent(), "an absolute path of a file has a parent"),
                entry -> Objects.toString(entry.getFileName(), "").startsWith(prefix))) {
            for (Path sibling : siblings) {
                if (key(sibling).equals(Optional.of(start.file()))) {
                    return Optional.of(sibling);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
        return now.map(key -> path);
    }

    /** What tells a file from others; empty if there is none of that name. Only plain files count. */
    private static Optional<String> key(Path file) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw new IOException(file + " is not a plain file");
            }
            return Optional.of(Objects.toString(attributes.fileKey(), "unknown").replaceAll("\\s", ""));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
