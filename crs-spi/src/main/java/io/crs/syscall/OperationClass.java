package io.crs.syscall;

/** What a system call does, as far as a policy decides it: which operations it is made of. */
public enum OperationClass {
    /** Opens path 1 for reading, writing or both, as its open flags say. */
    OPEN,
    /** Reads path 1. */
    READ,
    /** Writes path 1, or changes its entry, owner, mode, times or attributes. */
    WRITE,
    /** Gives path 1 the name path 2. */
    RENAME,
    /** Makes path 2 a second name of path 1. */
    LINK,
    /** Connects to an address. */
    CONNECT,
    /** Sends to an address, if the call carries one. */
    SEND,
    /** Takes a connection from an address. */
    ACCEPT,
    /** Executes path 1. */
    EXEC,
    /** A library call that looks up a host; no system call of the kernel. */
    NAME,
    /** Any other call: only a rule that names it decides it. */
    NONE
}
