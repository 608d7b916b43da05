package io.crs.policy;

/** What is left out for an ignored call. */
public enum IgnoreScope {
    /** Its events; rules and defaults hold. */
    EVENTS,
    /** Its events, the rules and the defaults: it always goes through. */
    EVERYTHING
}
