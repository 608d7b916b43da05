package io.crs.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Some whole lines of a stream, and the events of them. */
final class LineBlock {
    private final byte[] bytes;
    private final int from;
    private final int to;
    /** One a line; null for a blank one and for one that is no event. */
    private final List<@Nullable Event> events = new ArrayList<>();

    private final Map<Integer, EventFormatException> rejected = new HashMap<>();

    /** The lines of these bytes. The last one need not have a line feed. */
    LineBlock(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /** Reads the lines. */
    LineBlock read(PlainReader reader) {
        int at = from;
        while (at < to) {
            Event event = reader.read(bytes, at, to);
            int end = reader.end();
            if (event == null || end - at > EventJson.LONGEST_LINE) {
                end = endOfLine(at);
                event = readAny(at, end);
            }
            events.add(event);
            at = end + 1;
        }
        return this;
    }

    private @Nullable Event readAny(int at, int end) {
        if (isBlank(at, end)) {
            return null;
        }
        try {
            return EventJson.readAny(bytes, at, end - at);
        } catch (EventFormatException e) {
            rejected.put(events.size(), e);
            return null;
        }
    }

    private int endOfLine(int at) {
        int end = at;
        while (end < to && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    private boolean isBlank(int at, int end) {
        for (int i = at; i < end; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    /**
     * Tells what was read.
     *
     * @param before the number of lines before this block
     * @return the number of lines up to its end
     */
    long tell(long before, EventLines.Listener listener) {
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            EventFormatException why = event == null ? rejected.get(i) : null;
            if (event != null) {
                listener.event(before + i + 1, event);
            } else if (why != null) {
                listener.rejected(before + i + 1, why);
            }
        }
        return before + events.size();
    }
}
