package io.crs.agent;

import java.util.Locale;

/**
 * How an agent holds processes to a policy.
 *
 * <p>Both decide by the same table and report the same events. {@code docs/limits.md} says what each guarantees.
 */
public enum Enforcement {
    /** The kernel hands every call that a rule could be about to the agent, whatever process makes it. */
    STRICT,
    /**
     * Dynamically linked programs decide in themselves which files they may read, as fast as without an agent; all other
     * calls, and all other programs, are held as in {@link #STRICT}. Native code that is hostile inside such a program can
     * read files past the policy.
     */
    FAST;

    /** The name in settings and on command lines: {@code strict} or {@code fast}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
