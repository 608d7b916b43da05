package io.crs.policy;

import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One thing that a call does.
 *
 * @param kind what it does
 * @param path to which file; not known for calls without
 * @param weight whether it counts whatever decides it
 */
record Part(Kind kind, FilePath path, Weight weight) {
    private static final int ACCESS_MODE = 3;
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_PATH = 0x200000;
    /** The bit that is O_TMPFILE's own. */
    private static final int O_TMPFILE = 0x400000;
    /** O_CREAT, O_TRUNC, O_TMPFILE. */
    private static final int O_CHANGES = 0x40 | 0x200 | O_TMPFILE;

    private static final Set<String> GUIDE_ACCEPT = Set.of("accept", "accept4");
    private static final Set<String> GUIDE_EXEC = Set.of("execve", "execveat");

    enum Kind {
        READ("reading"),
        WRITE("writing"),
        /** Changing what lies below a folder. */
        BELOW("changing what lies below"),
        OUTBOUND("reaching an address"),
        INBOUND("being reached from an address"),
        /** Being called at all. */
        CALL("the call as such");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** The type of the rules that are about it, SYSCALL rules aside; empty if there are no others. */
        Optional<RuleType> type() {
            return switch (this) {
                case READ -> Optional.of(RuleType.READ);
                case WRITE, BELOW -> Optional.of(RuleType.WRITE);
                case OUTBOUND -> Optional.of(RuleType.NETWORK_OUTBOUND);
                case INBOUND -> Optional.of(RuleType.NETWORK_INBOUND);
                case CALL -> Optional.empty();
            };
        }

        /** Whether rules of a type are about it, SYSCALL rules aside. */
        boolean isOf(RuleType type) {
            return type().equals(Optional.of(type));
        }
    }

    enum Weight {
        ALWAYS,
        /** Only a rule that denies counts. */
        IF_DENIED
    }

    private Part(Kind kind, FilePath path) {
        this(kind, path, Weight.ALWAYS);
    }

    /** The parts of a call, at least one. */
    static List<Part> of(Call call, Arch arch, Translation translation) {
        FilePath path = call.path();
        FilePath newPath = call.newPath();
        return switch (operation(call.syscall(), arch, translation)) {
            case OPEN -> opening(call);
            case READ -> List.of(new Part(Kind.READ, path));
            case WRITE -> List.of(new Part(Kind.WRITE, path));
            case RENAME ->
                List.of(new Part(Kind.WRITE, path), new Part(Kind.WRITE, newPath), new Part(Kind.BELOW, path));
            case LINK ->
                List.of(
                        new Part(Kind.WRITE, path),
                        new Part(Kind.WRITE, newPath),
                        new Part(Kind.READ, path, Weight.IF_DENIED));
            case CONNECT -> List.of(isOther(call.address()) ? whole() : new Part(Kind.OUTBOUND, FilePath.UNKNOWN));
            case SEND ->
                List.of(
                        isOther(call.address()) || call.address() instanceof Endpoint.None
                                ? whole()
                                : new Part(Kind.OUTBOUND, FilePath.UNKNOWN));
            case ACCEPT -> List.of(isOther(call.address()) ? whole() : new Part(Kind.INBOUND, FilePath.UNKNOWN));
            case EXEC, NAME, NONE -> List.of(whole());
        };
    }

    /** What a call does under a translation; the user guide's letter knows few calls. */
    static OperationClass operation(Syscall syscall, Arch arch, Translation translation) {
        if (translation == Translation.COMPLETE) {
            return syscall.operation();
        }
        String name = syscall.name();
        if (name.equals("read") || name.equals(arch == Arch.AARCH64 ? "openat" : "open")) {
            return OperationClass.READ;
        }
        if (GUIDE_ACCEPT.contains(name)) {
            return OperationClass.ACCEPT;
        }
        if (GUIDE_EXEC.contains(name)) {
            return OperationClass.EXEC;
        }
        return switch (name) {
            case "write" -> OperationClass.WRITE;
            case "connect" -> OperationClass.CONNECT;
            default -> OperationClass.NONE;
        };
    }

    /** The part in words for a person. */
    String describe() {
        return switch (kind) {
            case READ, WRITE, BELOW -> kind.text + " " + path.resolved().orElse("a file that is not known");
            case OUTBOUND, INBOUND, CALL -> kind.text;
        };
    }

    private static List<Part> opening(Call call) {
        int flags = flags(call);
        if ((flags & O_PATH) != 0) {
            return List.of(whole());
        }
        int access = flags & ACCESS_MODE;
        List<Part> parts = new ArrayList<>();
        if (access != O_WRONLY) {
            parts.add(new Part(Kind.READ, call.path()));
        }
        if ((flags & O_TMPFILE) != 0) {
            parts.add(new Part(Kind.WRITE, call.written()));
            parts.add(new Part(Kind.WRITE, call.path(), Weight.IF_DENIED));
        } else if (access != O_RDONLY || (flags & O_CHANGES) != 0) {
            parts.add(new Part(Kind.WRITE, call.path()));
        }
        return parts;
    }

    private static int flags(Call call) {
        return call.syscall().flags().map(fixed -> fixed.impose(call.flags())).orElse(call.flags());
    }

    /** Whether a call makes a file without a name in the folder it names. */
    static boolean isUnnamed(Call call) {
        return call.syscall().operation() == OperationClass.OPEN && (flags(call) & O_TMPFILE) != 0;
    }

    private static Part whole() {
        return new Part(Kind.CALL, FilePath.UNKNOWN);
    }

    private static boolean isOther(Endpoint address) {
        return address instanceof Endpoint.Other;
    }
}
