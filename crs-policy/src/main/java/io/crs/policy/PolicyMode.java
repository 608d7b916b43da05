package io.crs.policy;

/** How far a policy goes. */
public enum PolicyMode {
    /** Nothing is evaluated: every call goes through. */
    INACTIVE,
    /** Everything is evaluated and reported, and every call goes through. */
    PERMISSIVE,
    /** What is decided is done. */
    ACTIVE
}
