package io.crs.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What all events have.
 *
 * @param id the event's own name, unique among all agents: an event that comes twice is known by it
 * @param seq the place in the stream of one run of one agent, from 1 and without holes
 * @param time when it happened, UTC, cut to microseconds
 * @param container where it happened
 * @param lost how many events this run of the agent had lost when it sent this one
 * @param truncated whether a text was cut at its bound
 */
public record EventHeader(
        String id, long seq, Instant time, Optional<EventContainer> container, OptionalLong lost, boolean truncated) {
    static final int LONGEST_ID = 256;
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    /**
     * Cuts the time to microseconds.
     *
     * @throws IllegalArgumentException if the id is blank or longer than 256 characters, the sequence number or the
     *     number of lost events negative, or the year not in 0 to 9999
     */
    public EventHeader {
        time = time.truncatedTo(ChronoUnit.MICROS);
        Objects.requireNonNull(container, "container");
        if (id.isBlank() || id.length() > LONGEST_ID) {
            throw new IllegalArgumentException("an event's id has 1 to " + LONGEST_ID + " characters");
        }
        if (seq < 0 || lost.orElse(0) < 0) {
            throw new IllegalArgumentException("an event's numbers are not negative: seq " + seq + ", lost " + lost);
        }
        if (!isWritable(time)) {
            throw new IllegalArgumentException("the year of " + time + " is not in 0 to 9999");
        }
    }

    /** A header with all that is optional left out. */
    public static EventHeader of(String id, long seq, Instant time) {
        return new EventHeader(id, seq, time, Optional.empty(), OptionalLong.empty(), false);
    }

    /** This header with another container. */
    public EventHeader in(EventContainer other) {
        return new EventHeader(id, seq, time, Optional.of(other), lost, truncated);
    }

    static boolean isWritable(Instant time) {
        return !time.isBefore(FIRST) && time.isBefore(END);
    }
}
