package io.crs.image.rpm;

import io.crs.image.format.MalformedException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are read from anywhere: short ones in memory, long ones in a temporary file. There is a budget of what may be
 * read in all, a few times the length: a sound file needs little more than once its length.
 */
final class RandomBytes implements Closeable {
    private static final int IN_MEMORY = 1 << 20;
    private static final int COST_OF_A_READ = 32;

    private final byte[] memory;
    private final @Nullable FileChannel file;
    private final long size;
    private long budget;

    private RandomBytes(byte[] memory, @Nullable FileChannel file, long size) {
        this.memory = memory;
        this.file = file;
        this.size = size;
        this.budget = 4 * size + IN_MEMORY;
    }

    static RandomBytes of(InputStream in, long limit) throws IOException {
        byte[] head = in.readNBytes(IN_MEMORY);
        if (head.length < IN_MEMORY) {
            check(head.length, limit);
            return new RandomBytes(head, null, head.length);
        }
        Path path = Files.createTempFile("crs-", ".db");
        FileChannel file;
        try {
            file = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
        try {
            return new RandomBytes(new byte[0], file, copy(head, in, Channels.newOutputStream(file), limit));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static long copy(byte[] head, InputStream in, OutputStream out, long limit) throws IOException {
        long size = head.length;
        check(size, limit);
        out.write(head);
        for (int read = in.read(head); read >= 0; read = in.read(head)) {
            size += read;
            check(size, limit);
            out.write(head, 0, read);
        }
        return size;
    }

    private static void check(long size, long limit) throws MalformedException {
        if (size > limit) {
            throw new MalformedException("rpm: the file has more than " + limit + " bytes, which is the limit");
        }
    }

    long size() {
        return size;
    }

    /** Reads bytes that must all be there. */
    byte[] bytes(long at, int count) throws IOException {
        byte[] bytes = new byte[count];
        read(at, bytes, 0, count);
        return bytes;
    }

    /** Reads bytes that must all be there. */
    void read(long at, byte[] into, int from, int count) throws IOException {
        if (at < 0 || count < 0 || at > size - count) {
            throw new MalformedException("rpm: the file of " + size + " bytes refers to byte " + at + " and beyond");
        }
        budget -= count + COST_OF_A_READ;
        if (budget < 0) {
            throw new MalformedException("rpm: the file's parts refer to each other in circles");
        }
        if (file == null) {
            System.arraycopy(memory, (int) at, into, from, count);
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(into, from, count);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, at + buffer.position() - from) < 0) {
                throw new IOException("a temporary file was cut short while it was read");
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
