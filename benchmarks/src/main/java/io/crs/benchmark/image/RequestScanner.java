package io.crs.benchmark.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;

/** Finds where requests begin in what a client of HTTP/1.1 sends: after the body before, by its length or its chunks. */
final class RequestScanner {
    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        TRAILER
    }

    private final Consumer<String> begun;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private State state = State.HEAD;
    private boolean first = true;
    private boolean chunked;
    private long left;

    /** The consumer is given the first line of each request. */
    RequestScanner(Consumer<String> begun) {
        this.begun = begun;
    }

    /** Takes what was sent next. */
    void accept(byte[] buffer, int length) {
        for (int at = 0; at < length; ) {
            if (state == State.BODY || state == State.CHUNK) {
                int skipped = (int) Math.min(left, length - at);
                left -= skipped;
                at += skipped;
                if (left == 0) {
                    state = state == State.BODY ? State.HEAD : State.CHUNK_SIZE;
                }
            } else if (buffer[at++] == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1).strip();
                line.reset();
                heard(text);
            } else {
                line.write(buffer[at - 1]);
            }
        }
    }

    private void heard(String text) {
        switch (state) {
            case HEAD -> head(text);
            case CHUNK_SIZE -> {
                if (!text.isEmpty()) {
                    left = Long.parseLong(text.replaceFirst(";.*", "").strip(), 16);
                    state = left == 0 ? State.TRAILER : State.CHUNK;
                }
            }
            case TRAILER -> state = text.isEmpty() ? State.HEAD : State.TRAILER;
            default -> throw new IllegalStateException(state.toString());
        }
    }

    private void head(String text) {
        if (first) {
            if (!text.isEmpty()) {
                first = false;
                chunked = false;
                left = 0;
                begun.accept(text);
            }
            return;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
            left = Long.parseLong(text.substring(15).strip());
        } else if (lower.startsWith("transfer-encoding:")) {
            chunked = lower.contains("chunked");
        } else if (text.isEmpty()) {
            first = true;
            state = chunked ? State.CHUNK_SIZE : left > 0 ? State.BODY : State.HEAD;
        }
    }
}
