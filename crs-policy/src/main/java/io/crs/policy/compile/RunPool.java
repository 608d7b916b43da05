package io.crs.policy.compile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A section of runs of numbers, each written once: the lists of rules, and the tags. No run is the reference 0. */
final class RunPool {
    private final SectionBytes bytes = new SectionBytes();
    private final Map<List<Integer>, Integer> places = new HashMap<>();

    RunPool() {
        bytes.grow(Integer.BYTES);
    }

    /** The reference of a run. */
    int put(List<Integer> run) {
        if (run.isEmpty()) {
            return 0;
        }
        Integer place = places.get(run);
        if (place == null) {
            place = bytes.grow(Integer.BYTES * (run.size() + 1));
            bytes.put32(place, TableLayout.RUN_MARK | run.size());
            int at = place;
            for (int number : run) {
                at += Integer.BYTES;
                bytes.put32(at, number);
            }
            places.put(List.copyOf(run), place);
        }
        return place;
    }

    SectionBytes bytes() {
        return bytes;
    }

    int count() {
        return places.size();
    }
}
