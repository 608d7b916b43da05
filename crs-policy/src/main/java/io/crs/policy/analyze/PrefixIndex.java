package io.crs.policy.analyze;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Things by how their names begin, found by another such beginning: one name can have both if one continues the other. */
final class PrefixIndex<T> {
    private final NavigableMap<String, List<T>> beginnings = new TreeMap<>();

    void add(String beginning, T thing) {
        beginnings.computeIfAbsent(beginning, each -> new ArrayList<>()).add(thing);
    }

    /** All things that a name with this beginning may be one of. */
    List<T> near(String beginning) {
        List<T> near = new ArrayList<>();
        for (int length = 0; length < beginning.length(); length++) {
            near.addAll(beginnings.getOrDefault(beginning.substring(0, length), List.of()));
        }
        beginnings
                .subMap(beginning, true, beginning + Character.MAX_VALUE, true)
                .values()
                .forEach(near::addAll);
        return near;
    }
}
