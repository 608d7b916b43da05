package io.crs.policy;

import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;

/** Finds system calls by name, with a message for a person where there is none. */
final class SyscallNames {
    private SyscallNames() {}

    /**
     * The call with this name.
     *
     * @throws IllegalArgumentException if no call has it; the message gives the nearest name
     */
    static Syscall find(String name) {
        SyscallTable table = SyscallTable.standard();
        return table.find(name)
                .orElseThrow(() -> new IllegalArgumentException("unknown system call " + Quoted.of(name)
                        + table.nearest(name)
                                .map(near -> ", did you mean " + Quoted.of(near) + "?")
                                .orElse("")));
    }

    /** The name itself, if a call has it. */
    static String check(String name) {
        find(name);
        return name;
    }
}
