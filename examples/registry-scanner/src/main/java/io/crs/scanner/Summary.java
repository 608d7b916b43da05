package io.crs.scanner;

import io.crs.scanner.Finding.Outcome;
import java.util.EnumMap;
import java.util.Map;

/** How many checks ended how. */
final class Summary {
    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    private int instrumented;

    void add(Finding finding) {
        counts.merge(finding.outcome(), 1, Integer::sum);
        instrumented += finding.isInstrumented() ? 1 : 0;
    }

    int count(Outcome outcome) {
        return counts.getOrDefault(outcome, 0);
    }

    int instrumented() {
        return instrumented;
    }

    @Override
    public String toString() {
        return count(Outcome.YES) + " can be instrumented (" + instrumented + " are), " + count(Outcome.NO)
                + " cannot, " + count(Outcome.FAILED) + " could not be checked";
    }
}
