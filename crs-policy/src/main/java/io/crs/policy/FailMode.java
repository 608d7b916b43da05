package io.crs.policy;

/** What happens to calls the agent has to decide and cannot. */
public enum FailMode {
    /** They fail. */
    CLOSED,
    /** They go through. */
    OPEN
}
