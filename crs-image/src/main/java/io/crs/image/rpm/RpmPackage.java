package io.crs.image.rpm;

/**
 * A package that is installed.
 *
 * @param name such as {@code glibc}
 * @param version version and release, with the epoch before it where there is one, such as {@code 2.34-60.el9}
 * @param architecture as rpm names it, such as {@code x86_64}; empty if the database does not tell
 */
public record RpmPackage(String name, String version, String architecture) {}
