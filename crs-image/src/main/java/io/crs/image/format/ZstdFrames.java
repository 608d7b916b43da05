package io.crs.image.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A zstd stream without its skippable frames, which the decoder behind it does not know; layers that carry their own
 * table of contents end in one.
 *
 * <p>Frames are told apart by their block headers alone. The window a frame asks for is checked on the way.
 */
final class ZstdFrames extends BlockInput {
    private static final int FRAME = 0xFD2FB528;
    private static final int SKIPPABLE = 0x184D2A50;
    private static final int[] DICTIONARY_BYTES = {0, 1, 2, 4};
    private static final int[] CONTENT_SIZE_BYTES = {0, 2, 4, 8};

    private enum Next {
        FRAME,
        BLOCK,
        CHECKSUM,
        END
    }

    private final InputStream in;
    private final byte[] header = new byte[18];
    private int headerAt;
    private int headerEnd;
    private long body;
    private Next next = Next.FRAME;
    private boolean checksum;

    ZstdFrames(InputStream in) {
        this.in = in;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        hasMore();
        if (headerAt < headerEnd) {
            int part = Math.min(count, headerEnd - headerAt);
            System.arraycopy(header, headerAt, bytes, offset, part);
            headerAt += part;
            return part;
        }
        if (body == 0) {
            return -1;
        }
        int part = in.read(bytes, offset, (int) Math.min(count, body));
        if (part < 0) {
            throw cutShort(null);
        }
        body -= part;
        return part;
    }

    /** Returns whether anything is left but skippable frames. */
    boolean hasMore() throws IOException {
        while (headerAt == headerEnd && body == 0 && next != Next.END) {
            advance();
        }
        return headerAt < headerEnd || body > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void advance() throws IOException {
        headerAt = 0;
        headerEnd = 0;
        switch (next) {
            case FRAME -> startFrame();
            case BLOCK -> startBlock();
            case CHECKSUM -> {
                body = 4;
                next = Next.FRAME;
            }
            case END -> {}
        }
    }

    private void startFrame() throws IOException {
        int first = in.read();
        if (first < 0) {
            next = Next.END;
            return;
        }
        header[0] = (byte) first;
        headerEnd = 1;
        take(3);
        int magic = (int) number(0, 4);
        if ((magic & 0xfffffff0) == SKIPPABLE) {
            take(4);
            pass(number(4, 4));
            headerEnd = 0;
            return;
        }
        if (magic != FRAME) {
            throw new MalformedException("zstd: bytes follow the end of the last frame");
        }
        take(1);
        int descriptor = header[4] & 0xff;
        boolean single = (descriptor & 0x20) != 0;
        checksum = (descriptor & 4) != 0;
        int sizeBytes = CONTENT_SIZE_BYTES[descriptor >>> 6];
        if (sizeBytes == 0 && single) {
            sizeBytes = 1;
        }
        take((single ? 0 : 1) + DICTIONARY_BYTES[descriptor & 3] + sizeBytes);
        long window = single ? number(headerEnd - sizeBytes, sizeBytes) : window(header[5] & 0xff);
        if (window < 0 || window > Limits.ZSTD_WINDOW) {
            throw new MalformedException("zstd: a window of " + Long.toUnsignedString(window)
                    + " bytes is over the limit of " + Limits.ZSTD_WINDOW);
        }
        next = Next.BLOCK;
    }

    private void startBlock() throws IOException {
        take(3);
        int block = (int) number(0, 3);
        int type = block >>> 1 & 3;
        if (type == 3) {
            throw new MalformedException("zstd: a block has a reserved type");
        }
        // A run-length block holds one byte, whatever the size it makes.
        body = type == 1 ? 1 : block >>> 3;
        if ((block & 1) != 0) {
            next = checksum ? Next.CHECKSUM : Next.FRAME;
        }
    }

    private static long window(int descriptor) {
        long base = 1L << (10 + (descriptor >>> 3));
        return base + base / 8 * (descriptor & 7);
    }

    private void take(int count) throws IOException {
        if (in.readNBytes(header, headerEnd, count) < count) {
            throw cutShort(null);
        }
        headerEnd += count;
    }

    private void pass(long count) throws IOException {
        try {
            in.skipNBytes(count);
        } catch (EOFException e) {
            throw cutShort(e);
        }
    }

    private static MalformedException cutShort(@Nullable Throwable cause) {
        return cause == null
                ? new MalformedException("zstd: the stream is cut short")
                : new MalformedException("zstd: the stream is cut short", cause);
    }

    private long number(int at, int count) {
        long value = 0;
        for (int i = at + count - 1; i >= at; i--) {
            value = value << 8 | (header[i] & 0xff);
        }
        return value;
    }
}
