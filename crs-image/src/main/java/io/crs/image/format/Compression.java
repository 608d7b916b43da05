package io.crs.image.format;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * How a layer is compressed.
 *
 * <p>It is told by the first bytes, not by the media type: that is how runtimes tell, and archives name compressed
 * layers {@code .tar}.
 */
public enum Compression {
    /** Not at all. */
    NONE,
    /** By gzip, in one or more members. */
    GZIP,
    /** By zstd, in one or more frames. */
    ZSTD;

    private static final int HEAD = 4;

    /** Tells the compression by the first four bytes (fewer if there are no more). */
    public static Compression of(byte[] head) {
        if (head.length >= 2 && head[0] == 0x1f && (head[1] & 0xff) == 0x8b) {
            return GZIP;
        }
        if (head.length >= 4) {
            int magic = (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16 | (head[3] & 0xff) << 24;
            if (magic == 0xFD2FB528 || (magic & 0xfffffff0) == 0x184D2A50) {
                return ZSTD;
            }
        }
        return NONE;
    }

    /** Returns the decompressed bytes of a stream, within {@link Limits#LAYER_BYTES} and {@link Limits#RATIO}. */
    public static InputStream decompress(InputStream compressed) throws IOException {
        CountedInput counted = new CountedInput(compressed);
        BufferedInputStream in = new BufferedInputStream(counted, 64 << 10);
        in.mark(HEAD);
        byte[] head = in.readNBytes(HEAD);
        in.reset();
        InputStream decoded =
                switch (of(head)) {
                    case NONE -> in;
                    case GZIP -> new GzipInput(in);
                    case ZSTD -> new ZstdInput(in);
                };
        return new RatioInput(decoded, counted);
    }

    /** The zstd decoder, whose complaints are unchecked exceptions. */
    private static final class ZstdInput extends BlockInput {
        private final ZstdFrames frames;
        private final ZstdInputStream in;
        private boolean started;

        ZstdInput(InputStream in) throws IOException {
            this.frames = new ZstdFrames(in);
            this.in = new ZstdInputStream(frames);
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            if (!started && !frames.hasMore()) {
                return -1;
            }
            started = true;
            try {
                return in.read(bytes, offset, count);
            } catch (RuntimeException e) {
                throw new MalformedException("zstd: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
