package io.crs.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of UTF-8 of bounded length, and says when it is about to wait for more, so that whoever sends a line and
 * waits for its answer gets it.
 */
final class LineReader {
    /** The longest line, in bytes. */
    static final int LONGEST = 1 << 20;

    /** Called before the reader may have to wait. */
    interface Pause {
        void beforeWaiting() throws IOException;
    }

    private final InputStream in;
    private final Pause pause;
    private final byte[] buffer = new byte[1 << 16];
    private int next;
    private int end;

    LineReader(InputStream in, Pause pause) {
        this.in = in;
        this.pause = pause;
    }

    /**
     * The next line without its end; null at the end of the input. Of a line that is too long the first
     * {@value #LONGEST} bytes and one more are returned, so that its length tells.
     */
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean any = false;
        while (next < end || fill()) {
            any = true;
            int start = next;
            while (next < end && buffer[next] != '\n') {
                next++;
            }
            line.write(buffer, start, Math.min(next - start, LONGEST + 1 - line.size()));
            if (next < end) {
                next++;
                break;
            }
        }
        return any ? line.toByteArray() : null;
    }

    private boolean fill() throws IOException {
        if (in.available() == 0) {
            pause.beforeWaiting();
        }
        next = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    /** The text of a line, with U+FFFD for what is no UTF-8. */
    static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }
}
