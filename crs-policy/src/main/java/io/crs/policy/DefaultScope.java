package io.crs.policy;

/** Which calls the default actions cover. */
public enum DefaultScope {
    /** The whole category, whether or not a rule of it exists. */
    CATEGORY,
    /** Only calls that some enabled rule names. */
    RULED_CALLS
}
