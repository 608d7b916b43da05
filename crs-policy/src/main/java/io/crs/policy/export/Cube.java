package io.crs.policy.export;

/** A set of register contents: some bits of the six arguments of a system call have a value, the others any. Immutable. */
final class Cube {
    static final int REGISTERS = 6;

    /** How a condition on some bits of a register lies to a cube. */
    enum Relation {
        /** It holds everywhere in the cube. */
        HOLDS,
        /** It holds nowhere in it. */
        FAILS,
        /** It holds in a part of it. */
        SPLITS
    }

    private final long[] masks;
    private final long[] values;

    private Cube(long[] masks, long[] values) {
        this.masks = masks;
        this.values = values;
    }

    /** All contents. */
    static Cube whole() {
        return new Cube(new long[REGISTERS], new long[REGISTERS]);
    }

    /** The bits of a register that are fixed. */
    long mask(int register) {
        return masks[register];
    }

    /** The values of the fixed bits, the others 0. */
    long value(int register) {
        return values[register];
    }

    /** Whether no bit is fixed. */
    boolean isWhole() {
        for (long mask : masks) {
            if (mask != 0) {
                return false;
            }
        }
        return true;
    }

    /** How the condition that these bits of a register have this value lies to the cube. */
    Relation relation(int register, long mask, long value) {
        if (((values[register] ^ value) & mask & masks[register]) != 0) {
            return Relation.FAILS;
        }
        return (mask & ~masks[register]) == 0 ? Relation.HOLDS : Relation.SPLITS;
    }

    /** The half of the cube in which one more bit of a register has a value. */
    Cube with(int register, long bit, boolean set) {
        long[] fixed = masks.clone();
        long[] known = values.clone();
        fixed[register] |= bit;
        known[register] = set ? known[register] | bit : known[register] & ~bit;
        return new Cube(fixed, known);
    }
}
