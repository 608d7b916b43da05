package io.crs.policy.learn;

import io.crs.policy.Action;
import io.crs.policy.Call;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A call that was seen in a run, once or many times.
 *
 * @param run the run of the container it was seen in
 * @param time when
 * @param count how often, at least 1
 * @param action what the policy of that time said of it
 * @param pid the number of the process in the container; a file name with this number in it is known for temporary
 * @param call the call
 */
public record Observation(String run, Instant time, long count, Action action, OptionalInt pid, Call call) {
    /**
     * Checks the count.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public Observation {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(pid, "pid");
        Objects.requireNonNull(call, "call");
        if (count < 1) {
            throw new IllegalArgumentException("a call was seen once at least, not " + count + " times");
        }
    }

    /** A call that was seen once, and allowed. */
    public static Observation of(String run, Instant time, Call call) {
        return new Observation(run, time, 1, Action.ALLOW, OptionalInt.empty(), call);
    }
}
