package io.crs.image.format;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;

/**
 * A gzip stream of stored blocks behind a fixed header.
 *
 * <p>What a deflater makes of the same bytes depends on the JDK and on the host's zlib; stored blocks depend on nothing,
 * so a layer written with them has the same digest everywhere.
 */
public final class StoredGzipOutput extends OutputStream {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final int LARGEST_BLOCK = 0xffff;

    private final OutputStream out;
    private final byte[] block = new byte[LARGEST_BLOCK];
    private int used;
    private final CRC32 crc = new CRC32();
    private long length;

    /** Writes the header to a stream, which {@link #close} closes. */
    public StoredGzipOutput(OutputStream out) throws IOException {
        this.out = out;
        out.write(HEADER);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        crc.update(bytes, offset, count);
        length += count;
        int at = offset;
        int left = count;
        while (left > 0) {
            if (used == LARGEST_BLOCK) {
                writeBlock(0);
            }
            int part = Math.min(left, LARGEST_BLOCK - used);
            System.arraycopy(bytes, at, block, used, part);
            used += part;
            at += part;
            left -= part;
        }
    }

    @Override
    public void close() throws IOException {
        writeBlock(1);
        writeLittleEndian(crc.getValue(), 4);
        writeLittleEndian(length, 4);
        out.close();
    }

    private void writeBlock(int last) throws IOException {
        out.write(last);
        writeLittleEndian(used, 2);
        writeLittleEndian(~used, 2);
        out.write(block, 0, used);
        used = 0;
    }

    private void writeLittleEndian(long number, int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (number >>> (8 * i)));
        }
    }
}
