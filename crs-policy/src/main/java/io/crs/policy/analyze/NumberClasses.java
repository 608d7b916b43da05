package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.IntegerPattern;
import io.crs.policy.PortPattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/** All the ways in which a number can stand to some patterns, at least one example of each. */
final class NumberClasses {
    private NumberClasses() {}

    /** Ports: the first of each stretch between the ends of ranges. */
    static Collection<Long> ofPorts(Set<Condition> conditions) {
        TreeSet<Long> ports = new TreeSet<>();
        for (Condition condition : conditions) {
            for (PortPattern.Range range :
                    ((Condition.Port) condition).pattern().ranges()) {
                ports.add((long) range.low());
                ports.add(range.high() + 1L);
            }
        }
        if (!ports.isEmpty()) {
            ports.add(0L);
        }
        return ports.headSet(PortPattern.MAX_PORT + 1L);
    }

    /**
     * Integers: each pattern's value, the same in the lower half alone, since some rules look no further, and one that
     * no pattern has.
     */
    static Collection<Long> of(Set<Condition> conditions) {
        List<IntegerPattern> patterns = new ArrayList<>();
        conditions.forEach(condition -> patterns.add(((Condition.Numeric) condition).pattern()));
        Set<Long> numbers = new LinkedHashSet<>();
        for (IntegerPattern pattern : patterns) {
            numbers.add(pattern.value());
            numbers.add(first(upper -> pattern.value() ^ upper << Integer.SIZE, patterns, Action.ALLOW));
        }
        if (!patterns.isEmpty()) {
            numbers.add(first(number -> number, patterns, Action.DENY));
        }
        return numbers;
    }

    /** The first number that no pattern matches for an action. */
    private static long first(LongUnaryOperator make, List<IntegerPattern> patterns, Action action) {
        return LongStream.iterate(1, count -> count + 1)
                .map(make)
                .filter(number -> patterns.stream().noneMatch(pattern -> pattern.matches(number, action)))
                .findFirst()
                .orElseThrow();
    }
}
