package io.crs.policy.analyze;

import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.FlagCondition;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A call without its operands: what decides which parts it has, and which rules may be about it.
 *
 * @param syscall the call
 * @param flags its flags
 * @param address an address of the kind it has; an IPv4 address for IPv6 too
 * @param directory whether the file is a folder
 * @param drift whether the file is an executable that is not in the image
 */
record CallShape(Syscall syscall, int flags, Endpoint address, Optional<Boolean> directory, boolean drift) {
    /** Access mode, O_CREAT, O_TRUNC, O_PATH and the bit that is O_TMPFILE's own. */
    private static final int OPEN_FLAGS = 3 | 0x40 | 0x200 | 0x200000 | 0x400000;

    static final FilePath FIRST = FilePath.of("/1");
    static final FilePath SECOND = FilePath.of("/2");
    /** What O_TMPFILE makes in the first. */
    static final FilePath INSIDE = FilePath.of("/1/#");

    private static final Endpoint INET = Endpoint.of("192.0.2.1");
    private static final Endpoint OTHER = new Endpoint.Other("@");

    /** The calls a person thinks of first. */
    private static final List<String> USUAL =
            List.of("openat", "connect", "accept4", "execve", "write", "read", "unlinkat", "renameat2");

    /** A call of this shape of which the paths are known, and nothing else. */
    Call example() {
        return start().path(FIRST).newPath(SECOND).build();
    }

    /** Starts a call of this shape. */
    Call.Builder start() {
        Call.Builder call = Call.of(syscall).flags(flags).address(address).drift(drift);
        directory.ifPresent(call::directory);
        return call;
    }

    boolean hasInternetAddress() {
        return address instanceof Endpoint.Inet;
    }

    /** All shapes of calls on an architecture; some may be alike for a policy. The best known come first. */
    static List<CallShape> all(Arch arch) {
        List<CallShape> shapes = new ArrayList<>();
        SyscallTable.standard().all().stream()
                .filter(call -> call.number(arch).isPresent() || call.library())
                .sorted(Comparator.comparingInt(CallShape::rank))
                .forEach(call -> addShapes(call, shapes));
        return shapes;
    }

    private static int rank(Syscall call) {
        int place = USUAL.indexOf(call.name());
        return place < 0 ? USUAL.size() : place;
    }

    private static void addShapes(Syscall call, List<CallShape> shapes) {
        List<Optional<Boolean>> folders = call.operation() == OperationClass.RENAME
                ? List.of(Optional.empty(), Optional.of(true), Optional.of(false))
                : List.of(Optional.empty());
        List<Boolean> drifts = call.operation() == OperationClass.EXEC ? List.of(false, true) : List.of(false);
        for (int flags : flags(call)) {
            for (Endpoint address : addresses(call)) {
                for (Optional<Boolean> folder : folders) {
                    drifts.forEach(drift -> shapes.add(new CallShape(call, flags, address, folder, drift)));
                }
            }
        }
    }

    private static List<Endpoint> addresses(Syscall call) {
        boolean addressed = call.roles().contains(ArgumentRole.ADDRESS)
                || call.operation() == OperationClass.CONNECT
                || call.operation() == OperationClass.SEND
                || call.operation() == OperationClass.ACCEPT;
        return addressed ? List.of(INET, Endpoint.UNKNOWN, Endpoint.NONE, OTHER) : List.of(Endpoint.UNKNOWN);
    }

    /** Every combination of the flags that the call, or a sibling of it, is told apart by. */
    private static List<Integer> flags(Syscall call) {
        int mask = call.operation() == OperationClass.OPEN ? OPEN_FLAGS : 0;
        for (Syscall sibling : SyscallTable.standard().siblings(call)) {
            mask |= sibling.flags().map(FlagCondition::mask).orElse(0);
        }
        List<Integer> all = new ArrayList<>();
        int flags = 0;
        do {
            all.add(flags);
            flags = (flags - mask) & mask;
        } while (flags != 0);
        return all;
    }
}
