package io.crs.transport;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines. It grows with the longest line so far, up to a limit; a line beyond the limit is
 * rejected once and its bytes passed over up to the next line feed.
 */
final class LineBuffer {
    private final int limit;
    private final BatchBuilder.Origin origin = new BatchBuilder.Origin();
    private byte[] bytes;
    private int filled;
    private int searched;
    private boolean skipping;

    LineBuffer(int firstSize, int limit) {
        this.limit = limit;
        this.bytes = new byte[Math.min(firstSize, limit + 1)];
    }

    /** Where to read to: what is put there is then told to {@link #filled}. Never without room. */
    ByteBuffer room() {
        if (filled == bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit + 1L, bytes.length * 2L));
        }
        return ByteBuffer.wrap(bytes, filled, bytes.length - filled);
    }

    void filled(int more) {
        filled += more;
    }

    /** Adds all complete lines to a batch and lets go of them; the number of bytes that were. */
    int take(BatchBuilder batch) {
        int start = 0;
        for (; searched < filled; searched++) {
            if (bytes[searched] == '\n') {
                if (!skipping) {
                    line(start, searched - start, batch);
                }
                skipping = false;
                start = searched + 1;
            }
        }
        if (skipping || filled - start > limit) {
            if (!skipping) {
                batch.reject("longer than " + limit + " bytes", filled - start);
            }
            skipping = true;
            start = filled;
        }
        System.arraycopy(bytes, start, bytes, 0, filled - start);
        filled -= start;
        searched = filled;
        return start;
    }

    private void line(int start, int length, BatchBuilder batch) {
        if (length > limit) {
            batch.reject("longer than " + limit + " bytes", length);
        } else {
            batch.line(bytes, start, length, origin);
        }
    }

    /** The bytes of a line whose end has not come. */
    int partial() {
        return filled;
    }

    /** Forgets the bytes of a line whose end has not come: they will be read again. */
    void forgetPartial() {
        filled = 0;
        searched = 0;
    }

    /** Begins anew, at the beginning of a line. */
    void clear() {
        forgetPartial();
        skipping = false;
    }
}
