package io.crs.policy.analyze;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The calls of a {@link Space} that a rule matches: those in any of some boxes, where no set means all values. */
final class Region {
    /** Where a rule matches that has not been looked at. */
    static final Region UNSEEN = new Region(List.of(), Relation.UNSEEN);

    /** Nothing. */
    static final Region NOWHERE = new Region(List.of());

    private final List<@Nullable BitSet[]> boxes;
    private final Relation otherwise;

    Region(List<@Nullable BitSet[]> boxes) {
        this(boxes, Relation.OUTSIDE);
    }

    private Region(List<@Nullable BitSet[]> boxes, Relation otherwise) {
        this.boxes = boxes;
        this.otherwise = otherwise;
    }

    boolean isEmpty() {
        return boxes.isEmpty();
    }

    /** How a box lies to a region. */
    sealed interface Relation {
        /** The region has all of it. */
        record Inside() implements Relation {}

        /** The region has none of it. */
        record Outside() implements Relation {}

        /** Nobody looked. */
        record Unseen() implements Relation {}

        /** It must be cut to tell: into the values of an operand that lie inside, and the others. */
        record Across(int operand, BitSet values) implements Relation {
            List<Box> cut(Box box) {
                return List.of(box.within(operand, values), box.without(operand, values));
            }
        }

        Relation INSIDE = new Inside();
        Relation OUTSIDE = new Outside();
        Relation UNSEEN = new Unseen();
    }

    /** How a box lies to this region. */
    Relation of(Box box) {
        Relation relation = otherwise;
        for (@Nullable BitSet[] wanted : boxes) {
            if (meets(box, wanted)) {
                Optional<Relation> across = across(box, wanted);
                if (across.isEmpty()) {
                    return Relation.INSIDE;
                }
                relation = relation == Relation.OUTSIDE ? across.get() : relation;
            }
        }
        return relation;
    }

    /** The parts of a box that lie in this region; they may overlap. */
    List<Box> within(Box box) {
        List<Box> parts = new ArrayList<>();
        for (@Nullable BitSet[] wanted : boxes) {
            if (meets(box, wanted)) {
                Box part = box;
                for (int i = 0; i < wanted.length; i++) {
                    BitSet values = wanted[i];
                    part = values == null ? part : part.within(i, values);
                }
                parts.add(part);
            }
        }
        return parts;
    }

    private static boolean meets(Box box, @Nullable BitSet[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            BitSet values = wanted[i];
            if (values != null && !box.meets(i, values)) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Relation> across(Box box, @Nullable BitSet[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            BitSet values = wanted[i];
            if (values != null && !box.isInside(i, values)) {
                return Optional.of(new Relation.Across(i, values));
            }
        }
        return Optional.empty();
    }
}
