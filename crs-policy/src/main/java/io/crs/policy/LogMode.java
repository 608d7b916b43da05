package io.crs.policy;

/**
 * Which events a container sends: a set of the bits monitor 1, deny 2, allow 4 and behavior 8. It never changes what is
 * enforced.
 */
public enum LogMode {
    /** No events. */
    NONE(0),
    /** Hits that monitor. */
    POLICY_MONITOR(1),
    /** Hits that deny. */
    POLICY_DENY(2),
    /** Hits that monitor or deny; what a new configuration has. */
    POLICY_MONITOR_DENY(3),
    /** Hits that allow. */
    POLICY_ALLOW(4),
    /** All hits. */
    POLICY_ALL(7),
    /** Every observed call, and no hits beside. */
    BEHAVIOR(8),
    /** All hits, and every observed call beside. */
    ALL(15);

    private static final int BEHAVIOR_BIT = 8;

    private final int bits;

    LogMode(int bits) {
        this.bits = bits;
    }

    /** The set of bits, 0 to 15. */
    public int bits() {
        return bits;
    }

    /** Whether a hit with this action is a standard event. */
    public boolean logs(Action action) {
        int bit =
                switch (action) {
                    case MONITOR -> 1;
                    case DENY -> 2;
                    case ALLOW -> 4;
                };
        return (bits & bit) != 0;
    }

    /** Whether every observed call is a behavior event. */
    public boolean behavior() {
        return (bits & BEHAVIOR_BIT) != 0;
    }
}
