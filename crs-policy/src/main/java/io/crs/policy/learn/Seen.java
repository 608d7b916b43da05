package io.crs.policy.learn;

import java.time.Instant;
import java.util.BitSet;

/** How often something was seen, when, in which runs, and in which folds of the cross-validation. For one thread. */
final class Seen {
    /** The most runs that are told apart; the ones beyond share their numbers. */
    static final int MAX_RUNS = 1024;

    private long count;
    private Instant first = Instant.MAX;
    private Instant last = Instant.MIN;
    private final BitSet runs = new BitSet();
    private final long[] inSlice = new long[TimeSlices.COUNT];
    private final long[] inFold = new long[TimeSlices.COUNT];
    private int doublings;

    void add(Observation observation, int run, int slice, int atDoublings) {
        count += observation.count();
        first = earlier(first, observation.time());
        last = later(last, observation.time());
        runs.set(run % MAX_RUNS);
        doubleTo(atDoublings);
        inSlice[slice] += observation.count();
        inFold[run % inFold.length] += observation.count();
    }

    void add(Seen other) {
        count += other.count;
        first = earlier(first, other.first);
        last = later(last, other.last);
        runs.or(other.runs);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private void doubleTo(int times) {
        for (; doublings < times; doublings++) {
            for (int i = 0; i < inSlice.length; i++) {
                inSlice[i] = 2 * i < inSlice.length ? inSlice[2 * i] + inSlice[2 * i + 1] : 0;
            }
        }
    }

    long count() {
        return count;
    }

    Instant first() {
        return first;
    }

    Instant last() {
        return last;
    }

    BitSet runs() {
        return runs;
    }

    /** How often it was seen in a fold. */
    long in(Fold fold) {
        doubleTo(fold.doublings());
        return fold.byRun() ? inFold[fold.number()] : inSlice[fold.number()];
    }

    /** The runs it was seen in that are not of a fold. */
    BitSet runsOutside(Fold fold) {
        if (!fold.byRun()) {
            return runs;
        }
        BitSet outside = (BitSet) runs.clone();
        for (int run = fold.number(); run < MAX_RUNS; run += inFold.length) {
            outside.clear(run);
        }
        return outside;
    }
}
