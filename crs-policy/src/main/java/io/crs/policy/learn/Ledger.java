package io.crs.policy.learn;

import io.crs.policy.learn.NotLearned.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The account of what was not learned: the first of each kind by name, the rest by number. For one thread. */
final class Ledger {
    private static final int MAX_NAMED = 1000;
    private static final int LONGEST = 1000;

    private final Map<Key, Entry> named = new LinkedHashMap<>();
    private final Map<Reason, Entry> others = new EnumMap<>(Reason.class);

    private record Key(Reason reason, String what) {}

    private static final class Entry {
        private long count;
        private Instant first = Instant.MAX;
        private Instant last = Instant.MIN;

        private void add(long more, Instant from, Instant to) {
            count += more;
            first = first.isBefore(from) ? first : from;
            last = last.isAfter(to) ? last : to;
        }

        private NotLearned as(Reason reason, String what) {
            return new NotLearned(
                    what,
                    reason,
                    count,
                    Optional.of(first).filter(time -> !time.equals(Instant.MAX)),
                    Optional.of(last).filter(time -> !time.equals(Instant.MIN)));
        }
    }

    void add(Reason reason, String what, Observation observation) {
        add(reason, what, observation.count(), observation.time(), observation.time());
    }

    void add(Reason reason, String what, Seen seen) {
        add(reason, what, seen.count(), seen.first(), seen.last());
    }

    /** Adds something of an unknown time. */
    void add(Reason reason, String what) {
        add(reason, what, 1, Instant.MAX, Instant.MIN);
    }

    private void add(Reason reason, String what, long count, Instant first, Instant last) {
        Key key = new Key(reason, what.length() <= LONGEST ? what : what.substring(0, LONGEST) + "…");
        Entry entry = named.get(key);
        if (entry == null) {
            entry = named.size() < MAX_NAMED
                    ? named.computeIfAbsent(key, k -> new Entry())
                    : others.computeIfAbsent(reason, k -> new Entry());
        }
        entry.add(count, first, last);
    }

    List<NotLearned> report() {
        List<NotLearned> report = new ArrayList<>();
        named.forEach((key, entry) -> report.add(entry.as(key.reason, key.what)));
        report.sort(Comparator.comparing(NotLearned::reason).thenComparing(NotLearned::what));
        others.forEach((reason, entry) -> report.add(entry.as(reason, "others")));
        return report;
    }
}
