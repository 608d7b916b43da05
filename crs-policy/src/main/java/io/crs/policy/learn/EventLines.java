package io.crs.policy.learn;

import io.crs.event.Event;
import io.crs.event.EventFormatException;
import io.crs.event.EventJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Reads event lines, each of bounded length. */
final class EventLines {
    private static final int CHUNK = 1 << 16;

    private EventLines() {}

    static void read(InputStream in, Consumer<Event> events, Consumer<String> rejected) throws IOException {
        byte[] chunk = new byte[CHUNK];
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
            int from = 0;
            for (int i = 0; i < length; i++) {
                if (chunk[i] == '\n') {
                    append(line, chunk, from, i);
                    parse(line.toByteArray(), events, rejected);
                    line.reset();
                    from = i + 1;
                }
            }
            append(line, chunk, from, length);
        }
        parse(line.toByteArray(), events, rejected);
    }

    /** Keeps one byte more than the longest line at most: by it the reader of lines sees that there was more. */
    private static void append(ByteArrayOutputStream line, byte[] chunk, int from, int to) {
        line.write(chunk, from, Math.min(to - from, EventJson.LONGEST_LINE + 1 - line.size()));
    }

    private static void parse(byte[] line, Consumer<Event> events, Consumer<String> rejected) {
        if (line.length == 0) {
            return;
        }
        Event event;
        try {
            event = EventJson.read(line);
        } catch (EventFormatException e) {
            rejected.accept("a line that is no event");
            return;
        }
        events.accept(event);
    }
}
