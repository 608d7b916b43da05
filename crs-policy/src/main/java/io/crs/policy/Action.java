package io.crs.policy;

/** What a rule or a default does with a call, from the mildest to the strictest. */
public enum Action {
    /** The call goes through. */
    ALLOW,
    /** The call goes through and is reported. */
    MONITOR,
    /** The call fails. */
    DENY;

    /** Whether this action wins over another where both apply to parts of one call. */
    public boolean isStricterThan(Action other) {
        return compareTo(other) > 0;
    }
}
