package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Glob;
import io.crs.policy.IntegerPattern;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.PortPattern;
import io.crs.policy.Rule;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The export to Tetragon's {@code TracingPolicy}: a hook for each rule that denies or monitors. There is no order among
 * hooks, so that a rule with an exception in front of it is left out.
 */
final class TetragonExport {
    private static final int MAX_HOOKS = 1000;
    /** Selectors that follow children; Tetragon knows no more. */
    private static final int MAX_FOLLOWED = 64;

    private static final int EPERM = -1;
    private static final int EACCES = -13;

    private final Policy policy;
    private final ExportOptions options;
    private final Exceptions exceptions;
    private final List<RuleMark> marks = new ArrayList<>();
    private final List<Object> kprobes = new ArrayList<>();
    private final List<Object> hooks = new ArrayList<>();
    private final boolean active;
    private int followed;

    private TetragonExport(Policy policy, ExportOptions options) {
        this.policy = policy;
        this.options = options;
        exceptions = new Exceptions(policy);
        active = policy.mode() == PolicyMode.ACTIVE;
    }

    static Export of(Policy policy, ExportOptions options) {
        TetragonExport export = new TetragonExport(policy, options);
        for (int i = 0; i < policy.rules().size(); i++) {
            export.add(i, policy.rules().get(i));
        }
        export.marks.addAll(DenyingDefaults.unsupported(policy, "hooks are about what rules name"));
        return new Export(ExportTarget.TETRAGON, export.document(), export.marks);
    }

    private void mark(int index, Fidelity fidelity, String reason) {
        marks.add(new RuleMark(index, policy.rules().get(index).name(), fidelity, reason));
    }

    private void unsupported(int index, String reason) {
        mark(index, Fidelity.UNSUPPORTED, reason);
    }

    private void add(int index, Rule rule) {
        if (policy.mode() == PolicyMode.INACTIVE || rule.inactive()) {
            mark(index, Fidelity.EXACT, "inactive: it decides nothing");
        } else if (rule.action() == Action.ALLOW) {
            mark(index, Fidelity.EXACT, "nothing is denied by default; a denial it excepts from is left out");
        } else if (exceptions.hasOne(index)) {
            unsupported(index, "an earlier rule is an exception, and hooks have no order");
        } else if (!rule.program().isAny()
                && TetragonCondition.of(rule.program()).isEmpty()) {
            unsupported(index, "a program there is a path, or the beginning or end of one");
        } else if (rule.followChildren() && !rule.program().isAny() && !isFollowed(rule)) {
            unsupported(
                    index,
                    "children are followed of programs named by their path, and of " + MAX_FOLLOWED + " at most");
        } else if (kprobes.size() + hooks.size() >= MAX_HOOKS) {
            unsupported(index, "more than " + MAX_HOOKS + " hooks are not written");
        } else if (rule instanceof Rule.FileRule file) {
            addFile(index, file);
        } else if (rule instanceof Rule.NetworkRule network) {
            addNetwork(index, network);
        } else if (((Rule.SyscallRule) rule).syscall().operation() == OperationClass.EXEC) {
            addExecution(index, (Rule.SyscallRule) rule);
        } else {
            addSyscall(index, (Rule.SyscallRule) rule);
        }
    }

    /** Whether Tetragon can follow the children of a rule's programs; a rule about calls has a hook for each sibling. */
    private boolean isFollowed(Rule rule) {
        int siblings = rule instanceof Rule.SyscallRule named
                ? SyscallTable.standard().siblings(named.syscall()).size()
                : 1;
        if (!rule.program().isLiteral() || followed + siblings > MAX_FOLLOWED) {
            return false;
        }
        followed += siblings;
        return true;
    }

    private void addFile(int index, Rule.FileRule rule) {
        Optional<TetragonCondition> file = TetragonCondition.of(rule.file());
        if (file.isEmpty() && !rule.file().isAny()) {
            unsupported(index, "a file there is a path, or the beginning or end of one");
            return;
        }
        boolean reads = rule.access() == Rule.Access.READ;
        List<Object> conditions = new ArrayList<>();
        file.ifPresent(path -> conditions.add(path.on(0)));
        conditions.add(new TetragonCondition("Equal", reads ? "4" : "2").on(1));
        kprobes.add(TetragonHook.function("security_file_permission")
                .where(List.of(TetragonHook.argument(0, "file"), TetragonHook.argument(1, "int")), conditions)
                .failing(EACCES)
                .of(rule, active));
        mark(
                index,
                Fidelity.UNDER,
                reads
                        ? "it is asked as a file is read, not opened; mapped files are not seen"
                        : "it is asked as a file is written; creating, removing, truncating, attributes are not seen");
    }

    private void addNetwork(int index, Rule.NetworkRule rule) {
        if (rule.direction() == Rule.Direction.INBOUND) {
            unsupported(index, "there is no hook that can answer for accept");
            return;
        }
        if (!AddressRange.isExact(rule.address())) {
            unsupported(index, "its addresses are no blocks");
            return;
        }
        List<Object> conditions = new ArrayList<>();
        if (!rule.address().isAny()) {
            conditions.add(TetragonHook.match(
                    "DAddr",
                    AddressRange.of(rule.address()).stream()
                            .flatMap(range -> range.blocks().stream())
                            .toList()));
        }
        if (!rule.port().isAny()) {
            conditions.add(TetragonHook.match(
                    "DPort",
                    rule.port().ranges().stream().map(TetragonExport::ports).toList()));
        }
        kprobes.add(TetragonHook.function("tcp_connect")
                .where(List.of(TetragonHook.argument(0, "sock")), conditions)
                .of(rule, active));
        mark(index, Fidelity.UNDER, "connections of TCP alone, and they are reported, not stopped");
    }

    private static String ports(PortPattern.Range range) {
        return range.low() == range.high() ? "" + range.low() : range.low() + ":" + range.high();
    }

    private void addExecution(int index, Rule.SyscallRule rule) {
        Glob file = Glob.of(rule.arguments().get(0));
        Optional<TetragonCondition> path = TetragonCondition.of(file);
        if (path.isEmpty() && !file.isAny()) {
            unsupported(index, "a file there is a path, or the beginning or end of one");
        } else if (!rule.arguments().get(1).isBlank()
                || !rule.arguments().get(2).isBlank()) {
            unsupported(index, "the hook of executions has no arguments");
        } else {
            hooks.add(TetragonHook.module("bprm_check_security")
                    .where(
                            List.of(TetragonHook.argument(0, "linux_binprm")),
                            path.map(condition -> List.<Object>of(condition.on(0)))
                                    .orElse(List.of()))
                    .failing(EACCES)
                    .of(rule, active));
            mark(index, Fidelity.EXACT, "");
        }
    }

    private void addSyscall(int index, Rule.SyscallRule rule) {
        if (rule.syscall().library() || rule.syscall().flags().isPresent()) {
            unsupported(index, "it is no call of the kernel alone, or one by its flags");
            return;
        }
        List<Object> arguments = new ArrayList<>();
        List<Object> conditions = new ArrayList<>();
        for (int i = 0; i < Syscall.ARGUMENTS; i++) {
            ArgumentRole role = rule.syscall().roles().get(i);
            switch (role) {
                case DOMAIN, TYPE, PROTOCOL, RAW -> {
                    IntegerPattern number = IntegerPattern.of(rule.arguments().get(i), role, options.arch());
                    if (!number.isAny()) {
                        arguments.add(TetragonHook.argument(i, TetragonHook.isWide(number) ? "uint64" : "uint32"));
                        conditions.add(TetragonHook.numbers(i, number, role));
                    }
                }
                default -> {
                    if (!rule.arguments().get(i).isBlank()
                            && !rule.arguments().get(i).equals("*")) {
                        unsupported(
                                index, "names and addresses in the arguments of system calls are not to be trusted");
                        return;
                    }
                }
            }
        }
        int error = SeccompExport.errno(rule.syscall().operation()) == SeccompProfile.EACCES ? EACCES : EPERM;
        for (Syscall call : SyscallTable.standard().siblings(rule.syscall())) {
            if (call.number(options.arch()).isPresent()) {
                kprobes.add(TetragonHook.entry(call)
                        .where(arguments, conditions)
                        .failing(error)
                        .of(rule, active));
            }
        }
        mark(index, Fidelity.EXACT, "");
    }

    private String document() {
        Map<String, Object> spec = new LinkedHashMap<>();
        if (!options.labels().isEmpty()) {
            spec.put("podSelector", Map.of("matchLabels", options.labels()));
        }
        if (!kprobes.isEmpty()) {
            spec.put("kprobes", kprobes);
        }
        if (!hooks.isEmpty()) {
            spec.put("lsmhooks", hooks);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", "cilium.io/v1alpha1");
        document.put("kind", "TracingPolicy");
        document.put(
                "metadata", Map.of("name", options.name().isEmpty() ? ResourceName.of(policy.name()) : options.name()));
        document.put("spec", spec);
        return Yaml.write(document);
    }
}
