package io.crs.syscall;

/** What {@code arg1}, {@code arg2} or {@code arg3} of a rule that names a system call is compared with. */
public enum ArgumentRole {
    /** The file the call is about, given by a path or by a descriptor. */
    FILENAME,
    /** The first of two paths: what is renamed, linked or moved. */
    OLD,
    /** The second of two paths: the name or place it gets. */
    NEW,
    /** The port of the address. */
    PORT,
    /** The network address of the call; for {@code accept} and {@code recv} calls the peer's. */
    ADDRESS,
    /** The port a connection came in on. */
    LOCAL_PORT,
    /** The address family of a new socket, an {@code AF_} constant. */
    DOMAIN,
    /** The type of a new socket, a {@code SOCK_} constant. */
    TYPE,
    /** The protocol number of a new socket. */
    PROTOCOL,
    /** The host name or address that a library call looks up. */
    NAME,
    /** No role: the call's raw argument of that place, as a number. */
    RAW
}
