package io.crs.transport;

import io.crs.event.Event;
import io.crs.event.EventContainer;
import io.crs.event.EventFormatException;
import io.crs.event.EventJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The lines of one request: those that are events of the agent that sent them, and those that are not. */
final class EventBody {
    private static final int MOST_REJECTED = 2_000;
    private static final int LONGEST_REASON = 80;

    private final Optional<String> container;
    private final BatchBuilder batch = new BatchBuilder();
    private final List<AgentDocuments.Rejected> rejected = new ArrayList<>();
    private long highest;
    private long lines;

    /**
     * Reads lines.
     *
     * @param container the container all of them have to be of; empty: any
     */
    EventBody(byte[] bytes, Optional<String> container) {
        this.container = container;
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                line(bytes, start, i - start);
                start = i + 1;
            }
        }
        if (start < bytes.length) {
            line(bytes, start, bytes.length - start);
        }
    }

    private void line(byte[] bytes, int offset, int length) {
        lines++;
        if (BatchBuilder.isBlank(bytes, offset, length)) {
            return;
        }
        if (length > BatchBuilder.LONGEST_LINE) {
            reject("longer than " + BatchBuilder.LONGEST_LINE + " bytes", length);
            return;
        }
        try {
            take(EventJson.read(bytes, offset, length), length);
        } catch (EventFormatException e) {
            reject(e.getMessage() == null ? "not an event" : e.getMessage(), length);
        }
    }

    private void take(Event event, int length) {
        Optional<String> of = event.header().container().flatMap(EventContainer::id);
        if (container.isPresent() && of.isPresent() && !of.equals(container)) {
            reject("an event of another container", length);
            return;
        }
        highest = Math.max(highest, event.header().seq());
        batch.add(event);
    }

    private void reject(String reason, int length) {
        batch.reject(reason, length);
        if (rejected.size() < MOST_REJECTED) {
            String cut = reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON);
            rejected.add(new AgentDocuments.Rejected(lines, cut));
        }
    }

    boolean isEmpty() {
        return batch.isEmpty();
    }

    EventBatch batch() {
        return batch.build();
    }

    List<AgentDocuments.Rejected> rejected() {
        return rejected;
    }

    /** The highest sequence number of the events. */
    long highest() {
        return highest;
    }
}
