package io.crs.policy;

import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;

/** Finds system calls by name, with a message for a person where there is none. */
final class SyscallNames {
    private SyscallNames() {}

    /** Tells that no call has a name. The nearest name is looked for only when the message is read. */
    private static final class UnknownSyscall extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private final String name;

        UnknownSyscall(String name) {
            this.name = name;
        }

        @Override
        public String getMessage() {
            return "unknown system call " + Quoted.of(name)
                    + SyscallTable.standard()
                            .nearest(name)
                            .map(near -> ", did you mean " + Quoted.of(near) + "?")
                            .orElse("");
        }
    }

    /**
     * The call with this name.
     *
     * @throws IllegalArgumentException if no call has it; the message gives the nearest name
     */
    static Syscall find(String name) {
        return SyscallTable.standard().find(name).orElseThrow(() -> new UnknownSyscall(name));
    }

    /** The name itself, if a call has it. */
    static String check(String name) {
        find(name);
        return name;
    }
}
