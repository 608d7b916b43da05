package io.crs.policy.compile;

import io.crs.syscall.Arch;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.Optional;
import java.util.stream.Collectors;

/** Numbers of calls, as tables and call records hold them. */
final class CallNumbers {
    private static final int GETADDRINFO = 499;

    private CallNumbers() {}

    /**
     * The number in a call record: the kernel's; for a library call, minus the user guide's.
     *
     * @throws IllegalArgumentException if the architecture lacks the call
     */
    static int of(Syscall call, Arch arch) {
        if (call.library()) {
            return -call.guideNumber().orElseThrow();
        }
        return call.number(arch).orElseThrow(() -> new IllegalArgumentException(absent(call, arch)));
    }

    /** Whether a call has a number there. */
    static boolean exists(Syscall call, Arch arch) {
        return call.library() || call.number(arch).isPresent();
    }

    /** The call with this number, if there is one on the architecture. */
    static Optional<Syscall> find(int number, Arch arch) {
        SyscallTable table = SyscallTable.standard();
        return number >= 0
                ? table.find(arch, number)
                : table.all().stream()
                        .filter(call -> call.library() && of(call, arch) == number)
                        .findFirst();
    }

    private static String absent(Syscall call, Arch arch) {
        String instead = SyscallTable.standard().siblings(call).stream()
                .filter(sibling -> sibling.number(arch).isPresent())
                .map(Syscall::name)
                .collect(Collectors.joining(" or "));
        return call.name() + " does not exist on " + arch.id() + (instead.isEmpty() ? "" : "; use " + instead);
    }

    /** The row of a call with this number in a table with this many kernel calls; −1 if it has none. */
    static int row(int number, int kernelCalls) {
        if (number >= 0) {
            return number < kernelCalls ? number : -1;
        }
        int library = -number - GETADDRINFO;
        return library == 0 || library == 1 ? kernelCalls + library : -1;
    }
}
