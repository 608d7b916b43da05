package io.crs.policy.export;

/** How near what another system does is to what a rule means. */
public enum Fidelity {
    /** It acts on the calls that the rule decides, and on no others. */
    EXACT,
    /** It acts on them all, and on more. */
    OVER,
    /** It misses some of them, or does less to them. */
    UNDER,
    /** Nothing in the document stands for the rule. */
    UNSUPPORTED
}
