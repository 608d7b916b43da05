package io.crs.policy.export;

import io.crs.policy.AddressPattern;
import io.crs.policy.Glob;
import io.crs.policy.PortPattern;
import io.crs.policy.Rule;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a rule matches, as a condition of Falco.
 *
 * @param text the condition; empty if there is none
 * @param fidelity how near it is to the rule, as far as reports go
 * @param reason what the condition misses or sees beyond the rule, or why there is none
 */
record FalcoCondition(String text, Fidelity fidelity, String reason) {
    /** What can stand in quotes and end neither them nor the pattern. */
    private static final String SAFE = "[A-Za-z0-9 /._+:%~@,=*?-]+";

    private static final String OPENS = "open, openat, openat2";
    private static final String CHANGES =
            "unlink, unlinkat, rmdir, mkdir, mkdirat, chmod, fchmodat, chown, lchown, fchownat";
    private static final String MOVES = "rename, renameat, renameat2, link, linkat";

    private static final String LINKS = "symlink, symlinkat";
    private static final String SENDS = "sendto, sendmsg, sendmmsg";
    private static final String O_PATH = "; opens with O_PATH are reported as well";
    /** Two of them with nothing firm between could be one character of several bytes. */
    private static final String ADJACENT = ".*\\?[*?]*\\?.*";

    /** No condition. */
    static FalcoCondition unsupported(String reason) {
        return new FalcoCondition("", Fidelity.UNSUPPORTED, reason);
    }

    boolean isSupported() {
        return !text.isEmpty();
    }

    private FalcoCondition and(String other) {
        return isSupported() ? new FalcoCondition("(" + text + ") and " + other, fidelity, reason) : this;
    }

    /** The condition of a rule. */
    static FalcoCondition of(Rule rule) {
        FalcoCondition about = about(rule);
        boolean executes =
                rule instanceof Rule.SyscallRule named && named.syscall().operation() == OperationClass.EXEC;
        if (rule.program().isAny() || !about.isSupported()) {
            return about;
        }
        if (executes || rule.followChildren()) {
            return unsupported("Falco does not know what a process ran before, nor all its ancestors");
        }
        if (rule.program().text().contains("?")) {
            return unsupported("a ? is one byte there");
        }
        return name("proc.exepath", rule.program())
                .map(about::and)
                .orElseGet(() -> unsupported("the program's name cannot be written for Falco"));
    }

    private static FalcoCondition about(Rule rule) {
        if (rule instanceof Rule.FileRule file) {
            return file(file);
        }
        if (rule instanceof Rule.NetworkRule network) {
            boolean out = network.direction() == Rule.Direction.OUTBOUND;
            return connection(out, network.address(), network.port());
        }
        return call((Rule.SyscallRule) rule);
    }

    /** A condition on a name; empty if it cannot be written. */
    private static Optional<String> name(String field, Glob glob) {
        if (glob.isAny()) {
            return Optional.of(field + " exists");
        }
        String text = glob.isLiteral() || glob.isPrefix() ? glob.literalPrefix() : glob.text();
        boolean pattern = !glob.isLiteral() && !glob.isPrefix();
        if (!text.matches(SAFE) || (pattern && text.matches(ADJACENT))) {
            return Optional.empty();
        }
        String operator = glob.isLiteral() ? "=" : glob.isPrefix() ? "startswith" : "glob";
        return Optional.of(field + " " + operator + " '" + text + "'");
    }

    private static FalcoCondition file(Rule.FileRule rule) {
        Optional<String> path = name("fs.path.name", rule.file());
        if (path.isEmpty()) {
            return unsupported("the file's name cannot be written for Falco");
        }
        if (rule.access() == Rule.Access.READ) {
            return new FalcoCondition(
                    "evt.type in (" + OPENS + ") and evt.is_open_read = true and " + path.get(),
                    Fidelity.UNDER,
                    "calls that fail, and open_by_handle_at, are not seen" + O_PATH);
        }
        String moves = name("fs.path.source", rule.file()).orElse("") + " or "
                + name("fs.path.target", rule.file()).orElse("");
        return new FalcoCondition(
                "(evt.type in (" + OPENS + ") and evt.is_open_write = true and " + path.get() + ")"
                        + " or (evt.type in (" + CHANGES + ") and " + path.get() + ")"
                        + " or (evt.type in (" + LINKS + ") and "
                        + name("fs.path.source", rule.file()).orElse("") + ")"
                        + " or (evt.type in (" + MOVES + ") and (" + moves + "))",
                Fidelity.UNDER,
                "calls that fail, creat, and changes of lengths, times, extended attributes and special files are not"
                        + " seen" + O_PATH);
    }

    private static FalcoCondition connection(boolean out, AddressPattern address, PortPattern port) {
        if (!AddressRange.isExact(address)) {
            return unsupported("its addresses are no blocks");
        }
        String calls = out
                ? "(evt.type = connect or (evt.type in (" + SENDS + ") and fd.l4proto = udp))"
                : "evt.type in (accept, accept4)";
        String portField = out ? "fd.rport" : "fd.lport";
        List<String> conditions = new ArrayList<>(List.of(calls, "fd.type in (ipv4, ipv6)"));
        if (!address.isAny()) {
            conditions.add("fd.rnet in ("
                    + AddressRange.of(address).stream()
                            .flatMap(range -> range.blocks().stream())
                            .map(block -> "'" + block + "'")
                            .collect(Collectors.joining(", "))
                    + ")");
        }
        if (!port.isAny()) {
            conditions.add("("
                    + port.ranges().stream()
                            .map(range -> "(" + portField + " >= " + range.low() + " and " + portField + " <= "
                                    + range.high() + ")")
                            .collect(Collectors.joining(" or "))
                    + ")");
        }
        return new FalcoCondition(
                String.join(" and ", conditions),
                out ? Fidelity.OVER : Fidelity.EXACT,
                out ? "what is sent on a connected socket of datagrams is reported as well" : "");
    }

    private static FalcoCondition call(Rule.SyscallRule rule) {
        Syscall call = rule.syscall();
        if (call.library() || call.flags().isPresent()) {
            return unsupported("it is no call of the kernel alone, or one by its flags");
        }
        String types = "evt.type in ("
                + SyscallTable.standard().siblings(call).stream()
                        .map(Syscall::name)
                        .collect(Collectors.joining(", "))
                + ")";
        if (rule.arguments().stream().allMatch(text -> text.isBlank() || text.equals("*"))) {
            return new FalcoCondition(types, Fidelity.EXACT, "");
        }
        if (!rule.arguments().get(1).isBlank() || !rule.arguments().get(2).isBlank()) {
            return unsupported("arguments beyond the first are not written for Falco");
        }
        Glob file = call.operation() == OperationClass.OPEN || call.operation() == OperationClass.EXEC
                ? Glob.of(rule.arguments().get(0))
                : Glob.ANY;
        if (file.isAny()) {
            return unsupported("the arguments of this call are not written for Falco");
        }
        String field = call.operation() == OperationClass.EXEC ? "proc.exepath" : "fs.path.name";
        String missed = call.operation() == OperationClass.EXEC
                ? "an execution that fails is not seen"
                : "calls that fail, and creat, are not seen";
        return name(field, file)
                .map(condition -> new FalcoCondition(types + " and " + condition, Fidelity.UNDER, missed))
                .orElseGet(() -> unsupported("the file's name cannot be written for Falco"));
    }
}
