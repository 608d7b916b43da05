package io.crs.event;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts a stream into blocks of whole lines. Of a line that is too long only the beginning is kept. */
final class LineBlocks {
    private static final int SIZE = 1 << 18;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private byte[] rest = {};
    private boolean begun;
    private boolean tooLong;
    private boolean ended;

    LineBlocks(InputStream in) {
        this.in = in;
    }

    /** The next block; null at the end of the stream. */
    @Nullable
    LineBlock next() throws IOException {
        byte[] bytes = Arrays.copyOf(rest, Math.max(SIZE, 2 * rest.length));
        int length = fill(bytes, rest.length);
        if (tooLong) {
            return null;
        }
        int end = ended ? length : afterLastLine(bytes, length);
        while (end == 0 && length <= EventJson.LONGEST_LINE && !ended) {
            bytes = Arrays.copyOf(bytes, 2 * length);
            length = fill(bytes, length);
            end = ended ? length : afterLastLine(bytes, length);
        }
        // No line ends here and there is more than one may have: its beginning tells that, what follows is dropped.
        tooLong = end == 0 && length > 0;
        end = tooLong ? length : end;
        rest = Arrays.copyOfRange(bytes, end, length);
        int from = begun ? 0 : markLength(bytes, end);
        begun = true;
        return end == 0 ? null : new LineBlock(bytes, from, end);
    }

    /** Fills the bytes up, without the end of a line that was too long; how many there are then. */
    private int fill(byte[] bytes, int from) throws IOException {
        int length = from;
        while (length < bytes.length && !ended) {
            int n = in.read(bytes, length, bytes.length - length);
            ended = n < 0;
            int end = length + Math.max(0, n);
            if (tooLong) {
                int feed = indexOfLineFeed(bytes, length, end);
                tooLong = feed == end;
                int after = Math.min(end, feed + 1);
                System.arraycopy(bytes, after, bytes, length, end - after);
                end -= after - length;
            }
            length = end;
        }
        return length;
    }

    private static int indexOfLineFeed(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] != '\n') {
            i++;
        }
        return i;
    }

    private static int afterLastLine(byte[] bytes, int length) {
        int end = length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static int markLength(byte[] bytes, int length) {
        int mark = BYTE_ORDER_MARK.length;
        return length >= mark && Arrays.equals(bytes, 0, mark, BYTE_ORDER_MARK, 0, mark) ? mark : 0;
    }
}
