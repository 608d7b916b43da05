package io.crs.image.format;

import java.io.IOException;
import java.io.InputStream;

/** Decompressed bytes, stopped where there are more of them than a layer can honestly have. */
final class RatioInput extends BlockInput {
    private final InputStream decoded;
    private final CountedInput compressed;
    private long count;

    RatioInput(InputStream decoded, CountedInput compressed) {
        this.decoded = decoded;
        this.compressed = compressed;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = decoded.read(bytes, offset, length);
        if (read > 0) {
            count += read;
            check();
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        decoded.close();
    }

    private void check() throws IOException {
        if (count > Limits.LAYER_BYTES) {
            throw new MalformedException("decompresses to more than the limit of " + Limits.LAYER_BYTES + " bytes");
        }
        if (count > Limits.RATIO_FLOOR && count / Limits.RATIO > compressed.count()) {
            throw new MalformedException("decompresses to more than " + Limits.RATIO
                    + " times its size, which is the limit past " + Limits.RATIO_FLOOR + " bytes");
        }
    }
}
