package io.crs.syscall;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A system call of Linux, or one of the two library calls of the user guide; one line of {@code syscalls.csv}.
 *
 * @param index the place in {@link SyscallTable#all}, from 0
 * @param name the kernel's name, or the library's
 * @param x86_64 the number on x86_64; empty if the architecture lacks the call
 * @param aarch64 the number on aarch64; empty if the architecture lacks the call
 * @param operation what the call does
 * @param roles what the three arguments of a rule that names the call mean; always three
 * @param group the group of calls that are one function in several forms; empty for a call without such siblings
 * @param flags the flags this form of the function fixes; empty if it fixes none
 * @param guideNumber the row of Appendix A of the user guide; empty if it has none
 * @param guideName the spelling there, present exactly if {@code guideNumber} is
 */
public record Syscall(
        int index,
        String name,
        OptionalInt x86_64,
        OptionalInt aarch64,
        OperationClass operation,
        List<ArgumentRole> roles,
        Optional<String> group,
        Optional<FlagCondition> flags,
        OptionalInt guideNumber,
        Optional<String> guideName) {
    /** The number of roles: a rule has {@code arg1}, {@code arg2} and {@code arg3}. */
    public static final int ARGUMENTS = 3;

    /**
     * Copies the roles.
     *
     * @throws IllegalArgumentException if there are not three roles, or a guide number without a guide name
     */
    public Syscall {
        roles = List.copyOf(roles);
        if (roles.size() != ARGUMENTS) {
            throw new IllegalArgumentException(name + " has " + roles.size() + " roles, not " + ARGUMENTS);
        }
        if (guideNumber.isPresent() != guideName.isPresent()) {
            throw new IllegalArgumentException(name + " has one of guide number and guide name, not both");
        }
    }

    /** The number on an architecture; empty if the call does not exist there. */
    public OptionalInt number(Arch arch) {
        return switch (arch) {
            case X86_64 -> x86_64;
            case AARCH64 -> aarch64;
        };
    }

    /** Whether this is a library call, which has no number in the kernel. */
    public boolean library() {
        return operation == OperationClass.NAME;
    }

    /**
     * Whether a rule that names this call covers another call: the same one, or a sibling whose flags fit. A rule for
     * {@code creat} covers {@code openat} with {@code O_WRONLY|O_CREAT|O_TRUNC}; one for {@code openat} covers every
     * {@code creat}.
     *
     * @param made the call that was made
     * @param madeFlags its flags argument; what {@code made} fixes itself counts in any case
     */
    public boolean covers(Syscall made, int madeFlags) {
        if (made.index == index) {
            return true;
        }
        if (group.isEmpty() || !group.equals(made.group)) {
            return false;
        }
        int effective = made.flags.map(fixed -> fixed.impose(madeFlags)).orElse(madeFlags);
        return flags.isEmpty() || flags.get().test(effective);
    }
}
