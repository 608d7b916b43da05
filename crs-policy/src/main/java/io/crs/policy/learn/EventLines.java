package io.crs.policy.learn;

import io.crs.event.Event;
import io.crs.event.EventFormatException;
import io.crs.event.EventJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Reads event lines, each of bounded length. */
final class EventLines {
    private static final int BUFFER = 1 << 16;

    private EventLines() {}

    static void read(InputStream in, Consumer<Event> events, Consumer<String> rejected) throws IOException {
        InputStream buffered = new BufferedInputStream(in, BUFFER);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int c;
        do {
            c = buffered.read();
            if (c >= 0 && c != '\n') {
                // One byte beyond the limit is kept, so that the reader of lines sees that it was passed.
                if (line.size() <= EventJson.LONGEST_LINE) {
                    line.write(c);
                }
            } else if (line.size() > 0) {
                parse(line.toByteArray(), events, rejected);
                line.reset();
            }
        } while (c >= 0);
    }

    private static void parse(byte[] line, Consumer<Event> events, Consumer<String> rejected) {
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
