package io.crs.policy;

/** A kind of calls that has a default action of its own. */
public enum Category {
    /** Connecting, accepting, sending to an address. */
    NETWORK,
    /** Reading and writing files. */
    FILE,
    /** Executing programs. */
    EXECUTE
}
