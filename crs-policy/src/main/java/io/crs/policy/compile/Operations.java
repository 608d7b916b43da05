package io.crs.policy.compile;

import static io.crs.policy.compile.TableLayout.PART_CALL;
import static io.crs.policy.compile.TableLayout.PART_INBOUND;
import static io.crs.policy.compile.TableLayout.PART_OUTBOUND;
import static io.crs.policy.compile.TableLayout.PART_READ;
import static io.crs.policy.compile.TableLayout.PART_WRITE;

import io.crs.policy.Translation;
import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;

/** What the two translations make of a call, and which parts a call of an operation class has by default. */
final class Operations {
    private Operations() {}

    /** The class a call is decided by. The user guide's letter knows few calls, and an open only as reading. */
    static OperationClass of(Syscall call, Arch arch, Translation translation) {
        return switch (translation) {
            case COMPLETE -> call.operation();
            case GUIDE -> guide(call, arch);
        };
    }

    private static OperationClass guide(Syscall call, Arch arch) {
        return switch (call.name()) {
            case "open", "read" -> OperationClass.READ;
            case "openat" -> arch == Arch.AARCH64 ? OperationClass.READ : OperationClass.NONE;
            case "write" -> OperationClass.WRITE;
            case "connect" -> OperationClass.CONNECT;
            case "accept", "accept4" -> OperationClass.ACCEPT;
            case "execve", "execveat" -> OperationClass.EXEC;
            default -> OperationClass.NONE;
        };
    }

    /** The parts of the class that a default action decides where no rule does, as a set of bits. */
    static int partsWithDefault(OperationClass operation) {
        return switch (operation) {
            case OPEN -> (1 << PART_READ) | (1 << PART_WRITE);
            case READ -> 1 << PART_READ;
            case WRITE, RENAME, LINK -> 1 << PART_WRITE;
            case CONNECT, SEND -> 1 << PART_OUTBOUND;
            case ACCEPT -> 1 << PART_INBOUND;
            case EXEC -> 1 << PART_CALL;
            case NAME, NONE -> 0;
        };
    }

    /** Whether a denied call of the class fails with EACCES; all others fail with EPERM. */
    static boolean deniesAccess(OperationClass operation) {
        return switch (operation) {
            case OPEN, READ, WRITE, RENAME, LINK, EXEC -> true;
            case CONNECT, SEND, ACCEPT, NAME, NONE -> false;
        };
    }
}
