package io.crs.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Problems of one kind in the order they were noted; those beyond a bound are only counted, so that memory is bounded. */
final class ProblemList {
    /** More than a person reads. */
    static final int MAX_PROBLEMS = 1000;

    private final String kind;
    private final List<Problem> problems = new ArrayList<>();
    private long count;

    /** An empty list of things that are called so, in the plural. */
    ProblemList(String kind) {
        this.kind = kind;
    }

    /** Notes a problem; where it is, is asked only if it is kept. */
    void add(Supplier<String> pointer, String message) {
        count++;
        if (!isFull()) {
            problems.add(new Problem(pointer.get(), message));
        }
    }

    /** The number of problems noted, kept or not. */
    long count() {
        return count;
    }

    /** Whether further problems are only counted. */
    boolean isFull() {
        return problems.size() >= MAX_PROBLEMS;
    }

    /** The problems; if some are only counted, one more says how many. */
    List<Problem> toList() {
        List<Problem> all = new ArrayList<>(problems);
        if (count > all.size()) {
            all.add(new Problem("", "and " + (count - all.size()) + " more " + kind));
        }
        return all;
    }
}
