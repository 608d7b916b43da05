package io.crs.policy.limit;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * Tells that a limit was passed. Nothing is blocked on account of it.
 *
 * @param kind which limit
 * @param subject the system call or the program's base name it is about; empty for the limits on all processes
 * @param observed what was observed: a count, or an age in whole seconds
 * @param limit the limit
 * @param time when it was observed
 * @param pid the process whose start, call or age it was
 */
public record LimitAlert(Kind kind, String subject, long observed, int limit, Instant time, OptionalInt pid) {
    /** Which limit. */
    public enum Kind {
        /** Processes at a time. */
        PROCESSES,
        /** The age of a process. */
        PROCESS_LIFETIME,
        /** Calls of one system call in a second. */
        SYSCALL_RATE,
        /** Processes of one name at a time. */
        PROCESSES_BY_NAME
    }

    /** One sentence for a person. */
    public String text() {
        return switch (kind) {
            case PROCESSES -> observed + " processes at a time, the limit is " + limit;
            case PROCESS_LIFETIME -> "a process is " + observed + " seconds old, the limit is " + limit;
            case SYSCALL_RATE -> observed + " calls of " + subject + " in one second, the limit is " + limit;
            case PROCESSES_BY_NAME -> observed + " processes of " + subject + " at a time, the limit is " + limit;
        };
    }
}
