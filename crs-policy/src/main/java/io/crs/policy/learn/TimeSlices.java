package io.crs.policy.learn;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The slices a run is cut into by time. How long a run lasts shows only at its end, so the slices begin short, and
 * whenever a time comes that is behind the last of them, they become twice as long and two each become one.
 */
final class TimeSlices {
    /** The number of slices; at the end more than half of them are in use. */
    static final int COUNT = 16;

    private long origin = Long.MIN_VALUE;
    private int doublings;

    /** How often the slices were doubled. */
    int doublings() {
        return doublings;
    }

    /** The slice of a time, after as many doublings as it takes. */
    int of(Instant time) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
        if (origin == Long.MIN_VALUE) {
            origin = micros;
        }
        long since = Math.max(0, micros - origin);
        while (since >> doublings >= COUNT) {
            doublings++;
        }
        return (int) (since >> doublings);
    }
}
