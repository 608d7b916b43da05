package io.crs.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;

/**
 * A file written beside its place and moved there in one step, once it is complete and on the disk: whoever reads it sees
 * the old content or the new, whatever happens meanwhile.
 *
 * <p>A link in its place is replaced, not followed. Safe for all threads; of several writers the last one wins, whole.
 */
public final class ReplacedFile {

    /** What a file is to hold. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of it. */
        void writeTo(OutputStream out) throws IOException;
    }

    private ReplacedFile() {}

    /** Writes these bytes. */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, out -> out.write(content));
    }

    /**
     * Writes what the content gives.
     *
     * @throws IOException if it cannot be written, or the content throws it; what was there before stays
     */
    public static void write(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(file.toString(), null, "is a folder");
        }
        Path folder = Objects.requireNonNull(target.getParent(), "a file lies in a folder");
        Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    WriteBack written = new WriteBack(channel);
                    OutputStream out = new BufferedOutputStream(written, 64 << 10)) {
                content.writeTo(out);
                out.flush();
                written.settle();
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncEntries(folder);
    }

    /** A rename lasts once its folder is on the disk; Windows has no way to ask for that. */
    private static void syncEntries(Path folder) throws IOException {
        if (!System.getProperty("os.name", "").startsWith("Windows")) {
            try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
                entries.force(true);
            }
        }
    }
}
