package io.crs.transport;

import io.crs.event.Event;
import java.util.Map;
import java.util.TreeMap;

/** The numbers of one container's events: the highest seen, and the holes below it. */
final class SequenceStream {
    /** Beyond these the lowest holes are given up: they stay counted and are not filled any more. */
    private static final int MOST_HOLES = 1_000;

    /** First number of a hole to its last. */
    private final TreeMap<Long, Long> holes = new TreeMap<>();

    private boolean begun;
    private long highest;
    private long missing;
    private long reported;
    private long lostOfRun;
    private long before;

    Loss loss() {
        return new Loss(missing, reported, before);
    }

    void resume(Event event) {
        begun = true;
        highest = event.header().seq();
        lostOfRun = event.header().lost().orElse(0);
    }

    void observe(Event event) {
        long seq = event.header().seq();
        if (!begun) {
            begun = true;
            before = Math.max(0, seq - 1);
            highest = seq;
        } else if (seq > highest) {
            addHole(highest + 1, seq - 1);
            highest = seq;
        } else if (!fill(seq)) {
            startAgain(seq);
        }
        report(event);
    }

    private void startAgain(long seq) {
        holes.clear();
        lostOfRun = 0;
        addHole(1, seq - 1);
        highest = seq;
    }

    private void addHole(long first, long last) {
        if (first > last) {
            return;
        }
        holes.put(first, last);
        missing = LossAccount.add(missing, last - first + 1);
        if (holes.size() > MOST_HOLES) {
            holes.pollFirstEntry();
        }
    }

    private boolean fill(long seq) {
        Map.Entry<Long, Long> hole = holes.floorEntry(seq);
        if (hole == null || hole.getValue() < seq) {
            return false;
        }
        holes.remove(hole.getKey());
        if (hole.getKey() < seq) {
            holes.put(hole.getKey(), seq - 1);
        }
        if (seq < hole.getValue()) {
            holes.put(seq + 1, hole.getValue());
        }
        missing--;
        return true;
    }

    /** The agent's own count grows over its run; a gap without it counts by itself. */
    private void report(Event event) {
        if (event.header().lost().isPresent()) {
            long lost = event.header().lost().getAsLong();
            reported = LossAccount.add(reported, Math.max(0, lost - lostOfRun));
            lostOfRun = Math.max(lostOfRun, lost);
        } else if (event instanceof Event.Gap gap) {
            reported = LossAccount.add(reported, gap.count().orElse(0));
        }
    }
}
