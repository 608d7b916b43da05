package io.crs.image.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The content of a gzip stream of one or more members.
 *
 * <p>Unlike {@link java.util.zip.GZIPInputStream} it refuses bytes after the last member instead of dropping them in
 * silence: two readers could see different layers in them.
 */
final class GzipInput extends BlockInput {
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private int at;
    private int end;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private long length;
    private boolean inMember;
    private boolean done;

    GzipInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        while (!done) {
            if (!inMember) {
                startMember();
            }
            int read = inflate(bytes, offset, count);
            if (read > 0) {
                crc.update(bytes, offset, read);
                length += read;
                return read;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsDictionary()) {
                throw new MalformedException("gzip: a preset dictionary is not allowed");
            } else {
                if (!fill()) {
                    throw new MalformedException("gzip: the stream is cut short");
                }
                inflater.setInput(buffer, at, end - at);
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    private int inflate(byte[] bytes, int offset, int count) throws IOException {
        try {
            return inflater.inflate(bytes, offset, count);
        } catch (DataFormatException e) {
            throw new MalformedException("gzip: the data is damaged", e);
        }
    }

    private void startMember() throws IOException {
        if (next() != 0x1f || next() != 0x8b || next() != 8) {
            throw new MalformedException("gzip: bytes follow the end of the stream");
        }
        int flags = next();
        if ((flags & ~0x1f) != 0) {
            throw new MalformedException("gzip: unknown flags in the header");
        }
        discard(6);
        if ((flags & EXTRA) != 0) {
            discard(next() | next() << 8);
        }
        for (int text = flags & (NAME | COMMENT); text != 0; text &= text - 1) {
            while (next() != 0) {
                // the name and the comment end with a NUL
            }
        }
        if ((flags & HEADER_CRC) != 0) {
            discard(2);
        }
        inflater.reset();
        inflater.setInput(buffer, at, end - at);
        crc.reset();
        length = 0;
        inMember = true;
    }

    private void endMember() throws IOException {
        at = end - inflater.getRemaining();
        if (word() != crc.getValue() || word() != (length & 0xffffffffL)) {
            throw new MalformedException("gzip: wrong checksum or length at the end of a member");
        }
        inMember = false;
        done = at == end && !fill();
    }

    private long word() throws IOException {
        return next() | (long) next() << 8 | (long) next() << 16 | (long) next() << 24;
    }

    private void discard(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private int next() throws IOException {
        if (at == end && !fill()) {
            throw new MalformedException("gzip: the stream is cut short");
        }
        return buffer[at++] & 0xff;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }
}
