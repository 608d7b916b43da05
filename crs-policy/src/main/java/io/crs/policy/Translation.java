package io.crs.policy;

/** From which calls a READ, WRITE or NETWORK rule is made. */
public enum Translation {
    /** Every call that has the rule's effect. */
    COMPLETE,
    /** Only the few calls the user guide names. */
    GUIDE
}
