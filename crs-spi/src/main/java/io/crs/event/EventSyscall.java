package io.crs.event;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The call that was really made.
 *
 * @param arch the ABI it was made by: {@code x86_64}, {@code aarch64}, or one the agent refuses, such as {@code i386}
 * @param nr its number in that ABI: any the program chose, also below zero; the two library calls have the numbers 499 and 500
 * @param name the kernel's name, such as {@code openat}; empty for a number nobody knows
 * @param args its arguments for a person to read, such as {@code AT_FDCWD}, a path, {@code O_RDONLY|O_CLOEXEC}
 * @param errno the error the caller got, such as {@code EACCES}; empty if it got none
 */
public record EventSyscall(String arch, int nr, Optional<String> name, List<String> args, Optional<String> errno) {
    /** Copies the arguments. */
    public EventSyscall {
        Objects.requireNonNull(arch, "arch");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(errno, "errno");
        args = List.copyOf(args);
    }

    /** A call known by architecture, number and name. */
    public static EventSyscall of(String arch, int nr, String name) {
        return new EventSyscall(arch, nr, Optional.of(name), List.of(), Optional.empty());
    }
}
