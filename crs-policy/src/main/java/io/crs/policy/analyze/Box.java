package io.crs.policy.analyze;

import java.util.BitSet;

/** Every combination of some values of each operand, given by their places in a {@link Space}. Not changed once made. */
final class Box {
    private final BitSet[] sets;

    Box(BitSet[] sets) {
        this.sets = sets;
    }

    boolean isEmpty() {
        for (BitSet set : sets) {
            if (set.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    int first(Operand operand) {
        return sets[operand.place()].nextSetBit(0);
    }

    /** The part of this box where an operand is one of some values. */
    Box within(Operand operand, BitSet values) {
        return within(operand.place(), values);
    }

    Box within(int operand, BitSet values) {
        BitSet both = (BitSet) sets[operand].clone();
        both.and(values);
        return with(operand, both);
    }

    /** The part of this box where an operand is none of some values. */
    Box without(int operand, BitSet values) {
        BitSet rest = (BitSet) sets[operand].clone();
        rest.andNot(values);
        return with(operand, rest);
    }

    private Box with(int operand, BitSet values) {
        BitSet[] changed = sets.clone();
        changed[operand] = values;
        return new Box(changed);
    }

    /** Whether all values of an operand are among some. */
    boolean isInside(int operand, BitSet values) {
        BitSet rest = (BitSet) sets[operand].clone();
        rest.andNot(values);
        return rest.isEmpty();
    }

    /** Whether an operand can be one of some values. */
    boolean meets(int operand, BitSet values) {
        return sets[operand].intersects(values);
    }
}
