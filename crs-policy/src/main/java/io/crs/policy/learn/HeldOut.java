package io.crs.policy.learn;

import java.util.List;

/**
 * The result of a cross-validation: each part of what was recorded was held out in turn, a policy learned from the rest,
 * and the part tried against it. What is reported as not learned is left out.
 *
 * @param method how the parts were made
 * @param parts how many there were
 * @param seen how many calls were tried; a call that does two things counts twice
 * @param allowed how many of them the policy allowed
 * @param behaviours how many different behaviours were tried, one for each part it is in
 * @param behavioursAllowed how many of them the policy allowed
 * @param missed the first behaviours that were not allowed, at most 100
 */
public record HeldOut(
        Method method,
        int parts,
        long seen,
        long allowed,
        long behaviours,
        long behavioursAllowed,
        List<String> missed) {
    /** The parts of a cross-validation. */
    public enum Method {
        /** Each run is a part. */
        LEAVE_ONE_RUN_OUT,
        /** Each part is several runs. */
        FOLDS_OF_RUNS,
        /**
         * Each part is a slice of the time of the only run. What happens once, as at the start, is then always missed:
         * the result is lower than it would be among several runs.
         */
        SLICES_OF_TIME
    }

    /** Copies the list. */
    public HeldOut {
        missed = List.copyOf(missed);
    }

    /** The share of the calls that was allowed, 0 to 1. */
    public double recall() {
        return (double) allowed / seen;
    }
}
