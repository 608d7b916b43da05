package io.crs.policy.analyze;

/** How much work is left before a question stays undecided. A unit is one place of a glob, or one box and rule. */
final class Budget {
    private long left;

    Budget(long units) {
        left = units;
    }

    /** Takes some units; false once there are none left. */
    boolean spend(long units) {
        left -= units;
        return left >= 0;
    }

    /** A budget of at most so many units out of this one, which are taken from it at once; and of some in any case. */
    Budget part(long units, long atLeast) {
        Budget part = new Budget(Math.max(atLeast, Math.min(units, left)));
        left -= part.left;
        return part;
    }

    /** Takes back what is left of a part. */
    void takeBack(Budget part) {
        left += Math.max(0, part.left);
    }
}
