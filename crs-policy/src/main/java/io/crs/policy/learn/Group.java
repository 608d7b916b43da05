package io.crs.policy.learn;

import java.util.Comparator;

/**
 * What rules of one kind for one program are made of.
 *
 * @param kind what is done
 * @param program the program's pattern; empty for any
 */
record Group(Kind kind, String program) implements Comparable<Group> {
    private static final Comparator<Group> ORDER =
            Comparator.comparing(Group::kind).thenComparing(Group::program);

    @Override
    public int compareTo(Group other) {
        return ORDER.compare(this, other);
    }
}
