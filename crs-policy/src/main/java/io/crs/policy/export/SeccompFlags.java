package io.crs.policy.export;

import io.crs.syscall.FlagCondition;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Where a system call has the flags that a policy looks at, and which of their bits it looks at. */
final class SeccompFlags {
    /** O_PATH, the access mode, O_CREAT, O_TRUNC and the bit that is O_TMPFILE's own, in the order they are asked. */
    private static final List<Integer> OPEN_BITS = List.of(0x200000, 0x1, 0x2, 0x40, 0x200, 0x400000);

    /** The registers that hold flags, from 0. In calls that are not here no register does. */
    private static final Map<String, Integer> REGISTERS = Map.ofEntries(
            Map.entry("open", 1),
            Map.entry("clone", 0),
            Map.entry("openat", 2),
            Map.entry("fchownat", 4),
            Map.entry("newfstatat", 3),
            Map.entry("unlinkat", 2),
            Map.entry("open_by_handle_at", 2),
            Map.entry("statx", 2),
            Map.entry("fchmodat2", 3),
            Map.entry("setxattrat", 2),
            Map.entry("getxattrat", 2),
            Map.entry("listxattrat", 2),
            Map.entry("removexattrat", 2));

    /** The calls whose flags are behind a pointer. */
    private static final Set<String> POINTED = Set.of("clone3", "openat2");

    private SeccompFlags() {}

    /** The register that holds a call's flags; empty if they are behind a pointer, or it has none. */
    static OptionalInt register(Syscall call) {
        Integer register = REGISTERS.get(call.name());
        return register == null ? OptionalInt.empty() : OptionalInt.of(register);
    }

    /** Whether a call has flags that no register shows. */
    static boolean isPointed(Syscall call) {
        return POINTED.contains(call.name());
    }

    /** The bits of a call's flags that decide about it, each alone; those that the call fixes itself are not among them. */
    static List<Integer> bits(Syscall call) {
        if (!REGISTERS.containsKey(call.name()) && !POINTED.contains(call.name())) {
            return List.of();
        }
        int siblings = SyscallTable.standard().siblings(call).stream()
                .flatMap(sibling -> sibling.flags().stream())
                .mapToInt(FlagCondition::mask)
                .reduce(0, (a, b) -> a | b);
        Optional<FlagCondition> fixed = call.flags();
        int own = fixed.map(FlagCondition::mask).orElse(0);
        boolean opens = call.operation() == OperationClass.OPEN;
        int wanted = siblings & ~own & ~(opens ? OPEN_BITS.stream().reduce(0, (a, b) -> a | b) : 0);
        return Stream.concat(
                        opens ? OPEN_BITS.stream().filter(bit -> (bit & own) == 0) : Stream.empty(),
                        IntStream.range(0, Integer.SIZE)
                                .map(i -> 1 << i)
                                .filter(bit -> (bit & wanted) != 0)
                                .boxed())
                .toList();
    }
}
