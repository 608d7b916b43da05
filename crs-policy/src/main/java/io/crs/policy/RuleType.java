package io.crs.policy;

/** What a rule is about. */
public enum RuleType {
    /** Reading a file. */
    READ,
    /** Writing, creating, changing or removing a file. */
    WRITE,
    /** Connecting or sending to an address. */
    NETWORK_OUTBOUND,
    /** Accepting a connection from an address. */
    NETWORK_INBOUND,
    /** One system call, by name. */
    SYSCALL
}
