package io.crs.image.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A stream that is read block by block; a single byte is a block of one. */
public abstract class BlockInput extends InputStream {
    private static final int BLOCK = 128 << 10;

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] bytes, int offset, int length) throws IOException;

    /** Layers are long: the JDK's own way asks for 8 KiB at a time. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK];
        long count = 0;
        for (int read = read(block, 0, BLOCK); read >= 0; read = read(block, 0, BLOCK)) {
            out.write(block, 0, read);
            count += read;
        }
        return count;
    }
}
