package io.crs.transport;

import io.crs.file.ReplacedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * How far a file of events has been taken: all before it is durable, all after it comes again.
 *
 * @param file what tells the file from another of the same name: on Linux its device and inode; empty if unknown
 * @param offset the number of bytes taken, the end of a line
 * @param check a CRC-32 of up to {@value #CHECKED} bytes before the offset, which tells a file from one written anew
 */
public record FilePosition(String file, long offset, long check) {
    static final int CHECKED = 4096;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18}) ([0-9a-f]{1,8}) (\\S{0,256})");

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the offset is negative
     */
    public FilePosition {
        if (offset < 0) {
            throw new IllegalArgumentException("an offset is not negative: " + offset);
        }
    }

    /** The position in an open file. */
    static FilePosition at(FileChannel channel, String file, long offset) throws IOException {
        return new FilePosition(file, offset, check(channel, offset));
    }

    /** Whether this is a position of the file that is open: long enough, and with the same bytes before it. */
    boolean fits(FileChannel channel) throws IOException {
        return channel.size() >= offset && check(channel, offset) == check;
    }

    private static long check(FileChannel channel, long offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(CHECKED, offset));
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset - bytes.remaining()) < 0) {
                return -1;
            }
        }
        CRC32 crc = new CRC32();
        crc.update(bytes.flip());
        return crc.getValue();
    }

    /**
     * Reads a position that {@link #save} wrote; empty if the file does not exist.
     *
     * @throws IOException if it cannot be read or holds something else
     */
    public static Optional<FilePosition> load(Path path) throws IOException {
        try {
            Matcher text =
                    TEXT.matcher(Files.readString(path, StandardCharsets.UTF_8).strip() + " ");
            if (!text.find() || Files.size(path) > 512) {
                throw new IOException(path + " is not a position in a file of events");
            }
            return Optional.of(
                    new FilePosition(text.group(3), Long.parseLong(text.group(1)), Long.parseLong(text.group(2), 16)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Writes this position so that after a crash either the old or the new one is there, whole. */
    public void save(Path path) throws IOException {
        String text = offset + " " + Long.toHexString(check) + " " + file + "\n";
        ReplacedFile.write(path, text.getBytes(StandardCharsets.UTF_8));
    }
}
