package io.crs.policy.export;

import io.crs.policy.Action;

/** Whether the rules that may match are taken to match. */
enum SeccompDoubt {
    MILDEST,
    MILDEST_MONITORED,
    STRICTEST,
    STRICTEST_MONITORED;

    boolean matches(Action action) {
        return switch (action) {
            case ALLOW -> this == MILDEST || this == MILDEST_MONITORED;
            case DENY -> this == STRICTEST || this == STRICTEST_MONITORED;
            case MONITOR -> this == MILDEST_MONITORED || this == STRICTEST_MONITORED;
        };
    }
}
