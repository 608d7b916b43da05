package io.crs.policy;

/** What the agent does where the host lets it enforce only in part. */
public enum OnDegraded {
    /** It starts the application and reports what is not enforced. */
    WARN,
    /** It does not start the application. */
    REFUSE
}
