package io.crs.transport;

import io.crs.event.Event;
import java.util.List;

/**
 * Some events in the order they came in, and what came that was no event.
 *
 * @param events the events, each stream in the order its agent sent it
 * @param rejected lines that were not events, the first {@value #MOST_REJECTED} of the batch at most
 * @param rejectedCount how many such lines there were
 */
public record EventBatch(List<Event> events, List<RejectedLine> rejected, long rejectedCount) {
    /** How many rejected lines a batch tells of one by one. */
    public static final int MOST_REJECTED = 16;

    /** Copies the lists. */
    public EventBatch {
        events = List.copyOf(events);
        rejected = List.copyOf(rejected);
    }

    /** A batch of events alone. */
    public static EventBatch of(List<Event> events) {
        return new EventBatch(events, List.of(), 0);
    }
}
