package io.crs.transport;

import io.crs.event.Event;
import io.crs.event.EventContainer;
import io.crs.event.EventFormatException;
import io.crs.event.EventJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a batch of lines. */
final class BatchBuilder {
    /** The longest line that is taken: with what is filled in, an event still fits a line of the format. */
    static final int LONGEST_LINE = EventJson.LONGEST_LINE - (4 << 10);

    private final List<Event> events = new ArrayList<>();
    private final List<RejectedLine> rejected = new ArrayList<>();
    private long rejectedCount;

    /** The container the lines of one connection or file come from, for those that do not say it. */
    static final class Origin {
        private Optional<EventContainer> container = Optional.empty();

        /** An agent names its container in what it says of calls; a report of loss between them is of the same one. */
        private Event complete(Event event) {
            if (event.header().container().isPresent()) {
                container =
                        event.header().container().flatMap(EventContainer::id).map(EventContainer::of);
                return event;
            }
            return event instanceof Event.Gap gap && container.isPresent()
                    ? new Event.Gap(gap.header().in(container.get()), gap.count(), gap.since(), gap.reason())
                    : event;
        }
    }

    void line(byte[] bytes, int offset, int length, Origin origin) {
        if (isBlank(bytes, offset, length)) {
            return;
        }
        try {
            events.add(origin.complete(EventJson.read(bytes, offset, length)));
        } catch (EventFormatException e) {
            reject(e.getMessage() == null ? "not an event" : e.getMessage(), length);
        }
    }

    void add(Event event) {
        events.add(event);
    }

    void reject(String reason, long length) {
        rejectedCount++;
        if (rejected.size() < EventBatch.MOST_REJECTED) {
            rejected.add(new RejectedLine(reason, length));
        }
    }

    boolean isEmpty() {
        return events.isEmpty() && rejectedCount == 0;
    }

    EventBatch build() {
        return new EventBatch(events, rejected, rejectedCount);
    }

    static boolean isBlank(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
