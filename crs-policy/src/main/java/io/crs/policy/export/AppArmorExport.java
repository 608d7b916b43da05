package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.DefaultScope;
import io.crs.policy.Glob;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.syscall.OperationClass;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The export to an AppArmor profile for a whole container. What such a profile denies it denies whatever it allows, so
 * that a rule with an exception in front of it is left out; and it is about all programs.
 */
final class AppArmorExport {
    private static final String ATTRIBUTES = "times and extended attributes of files are not mediated";
    /** Calls that have a rule of their own in the language, and whether that rule is about more. */
    private static final Map<String, String> MEDIATED =
            Map.of("mount", "mount", "umount2", "umount", "pivot_root", "pivot_root", "ptrace", "ptrace");

    private final Policy policy;
    private final ExportOptions options;
    private final Exceptions exceptions;
    private final List<RuleMark> marks = new ArrayList<>();
    private final Set<String> lines = new LinkedHashSet<>();
    private final boolean denyRead;
    private final boolean denyWrite;
    private final boolean denyExecute;
    private final boolean active;

    private AppArmorExport(Policy policy, ExportOptions options) {
        this.policy = policy;
        this.options = options;
        exceptions = new Exceptions(policy);
        active = policy.mode() == PolicyMode.ACTIVE;
        boolean decides = policy.mode() != PolicyMode.INACTIVE;
        boolean denyFile = decides && policy.defaultFileAction() == Action.DENY;
        denyRead = denyFile && isCovered(RuleType.READ);
        denyWrite = denyFile && isCovered(RuleType.WRITE);
        denyExecute = decides
                && policy.defaultExecuteAction() == Action.DENY
                && (policy.defaultScope() == DefaultScope.CATEGORY
                        || policy.rules().stream().anyMatch(rule -> !rule.inactive() && isExecution(rule)));
    }

    static Export of(Policy policy, ExportOptions options) {
        AppArmorExport export = new AppArmorExport(policy, options);
        for (int i = 0; i < policy.rules().size(); i++) {
            export.add(i, policy.rules().get(i));
        }
        export.markDefaults();
        return new Export(ExportTarget.APPARMOR, export.document(), export.marks);
    }

    private boolean isCovered(RuleType type) {
        return policy.defaultScope() == DefaultScope.CATEGORY
                || policy.rules().stream().anyMatch(rule -> !rule.inactive() && rule.type() == type);
    }

    private static boolean isExecution(Rule rule) {
        return rule instanceof Rule.SyscallRule named && named.syscall().operation() == OperationClass.EXEC;
    }

    private void mark(int index, Fidelity fidelity, String reason) {
        marks.add(new RuleMark(index, policy.rules().get(index).name(), fidelity, reason));
    }

    private void add(int index, Rule rule) {
        if (policy.mode() == PolicyMode.INACTIVE || rule.inactive()) {
            mark(index, Fidelity.EXACT, "inactive: it decides nothing");
        } else if (rule.action() == Action.DENY && !rule.program().isAny()) {
            mark(index, Fidelity.UNSUPPORTED, "a profile is about all programs of the container");
        } else if (rule.action() == Action.DENY && exceptions.hasOne(index)) {
            mark(index, Fidelity.UNSUPPORTED, "an earlier rule is an exception, and a profile's denials have none");
        } else if (rule instanceof Rule.FileRule file) {
            boolean reads = file.access() == Rule.Access.READ;
            add(index, rule, file.file(), reads ? "r" : "wl", reads ? denyRead : denyWrite);
        } else if (isExecution(rule)) {
            addExecution(index, (Rule.SyscallRule) rule);
        } else if (rule instanceof Rule.NetworkRule network) {
            addNetwork(index, network);
        } else {
            addSyscall(index, (Rule.SyscallRule) rule);
        }
    }

    private void addExecution(int index, Rule.SyscallRule rule) {
        if (!rule.arguments().get(1).isBlank() || !rule.arguments().get(2).isBlank()) {
            mark(index, Fidelity.UNSUPPORTED, "a profile sees no arguments");
        } else {
            add(index, rule, Glob.of(rule.arguments().get(0)), "x", denyExecute);
        }
    }

    private void add(int index, Rule rule, Glob file, String permissions, boolean deniedElse) {
        if (PathPattern.matchesNothing(file)) {
            mark(index, Fidelity.EXACT, "no file has such a name");
            return;
        }
        if (rule.action() == Action.ALLOW && !deniedElse) {
            mark(index, Fidelity.EXACT, "nothing of the kind is denied by default");
            return;
        }
        Optional<PathPattern> path = PathPattern.of(file);
        if (path.isEmpty()) {
            mark(index, Fidelity.UNSUPPORTED, "the name cannot be written in a profile");
            return;
        }
        String allowed = permissions.equals("x") ? "ix" : permissions;
        String quoted = '"' + path.get().text() + '"';
        boolean denies = rule.action() == Action.DENY && active;
        if (denies) {
            lines.add("deny " + quoted + " " + permissions + ",");
        } else if (rule.action() != Action.ALLOW) {
            lines.add("audit " + quoted + " " + allowed + ",");
        } else {
            lines.add(quoted + " " + allowed + ",");
        }
        if (rule.action() != Action.DENY && !rule.program().isAny()) {
            mark(index, Fidelity.OVER, "a profile is about all programs of the container");
        } else if (!path.get().exact()) {
            mark(index, Fidelity.UNDER, "a ? is no slash in a profile");
        } else if (permissions.equals("wl") && (rule.action() != Action.ALLOW)) {
            mark(index, Fidelity.UNDER, ATTRIBUTES);
        } else {
            mark(index, Fidelity.EXACT, "");
        }
    }

    private void addNetwork(int index, Rule.NetworkRule rule) {
        boolean whole = rule.address().isAny() && rule.port().isAny();
        if (rule.action() == Action.ALLOW) {
            boolean denied = policy.defaultNetworkAction() == Action.DENY;
            mark(index, Fidelity.EXACT, denied ? "nothing of the network is denied by default" : "");
        } else if (whole && rule.action() == Action.DENY && active) {
            lines.add("deny network inet,");
            lines.add("deny network inet6,");
            mark(index, Fidelity.OVER, "sockets of IPv4 and IPv6 are denied for any use");
        } else {
            mark(index, Fidelity.UNSUPPORTED, "a profile sees no addresses");
        }
    }

    private void addSyscall(int index, Rule.SyscallRule rule) {
        String word = MEDIATED.get(rule.syscall().name());
        boolean whole = rule.arguments().stream().allMatch(text -> text.isBlank() || text.equals("*"));
        if (rule.action() == Action.ALLOW) {
            boolean decides = rule.syscall().operation() != OperationClass.NONE;
            mark(
                    index,
                    decides && (denyRead || denyWrite) ? Fidelity.UNSUPPORTED : Fidelity.EXACT,
                    decides && (denyRead || denyWrite) ? "a profile sees no system calls" : "");
        } else if (word == null || !whole) {
            mark(index, Fidelity.UNSUPPORTED, "a profile sees no system calls and no arguments");
        } else {
            boolean denies = rule.action() == Action.DENY && active;
            lines.add((denies ? "deny " : "audit ") + word + ",");
            boolean more = word.equals("ptrace");
            mark(
                    index,
                    more ? Fidelity.OVER : Fidelity.EXACT,
                    more ? "the memory and state of other processes as files as well" : "");
        }
    }

    private void markDefaults() {
        if (denyRead || denyWrite) {
            marks.add(new RuleMark(-1, "defaultFileAction", Fidelity.UNDER, ATTRIBUTES));
        }
        if (denyExecute) {
            marks.add(new RuleMark(-1, "defaultExecuteAction", Fidelity.EXACT, ""));
        }
        if (policy.mode() != PolicyMode.INACTIVE && policy.defaultNetworkAction() == Action.DENY) {
            marks.add(new RuleMark(-1, "defaultNetworkAction", Fidelity.UNSUPPORTED, "a profile sees no addresses"));
        }
        if (policy.mode() != PolicyMode.INACTIVE && policy.driftAction() == Action.DENY) {
            marks.add(new RuleMark(-1, "driftAction", Fidelity.UNSUPPORTED, "a profile does not know the image"));
        }
    }

    private String document() {
        String name = options.name().isEmpty() ? ResourceName.of(policy.name()) : options.name();
        StringBuilder text = new StringBuilder();
        text.append(Yaml.comment("An AppArmor profile of the policy " + policy.name()));
        text.append("profile ").append(name);
        text.append(" flags=(attach_disconnected,mediate_deleted");
        text.append(policy.mode() == PolicyMode.PERMISSIVE ? ",complain" : "").append(") {\n");
        List<String> all = new ArrayList<>(List.of(
                "capability,",
                "network,",
                "mount,",
                "remount,",
                "umount,",
                "pivot_root,",
                "ptrace,",
                "signal,",
                "unix,",
                "dbus,"));
        all.add(files());
        all.addAll(lines);
        all.forEach(line -> text.append("  ").append(line).append('\n'));
        return text.append("}\n").toString();
    }

    /** What may be done to files by default. */
    private String files() {
        if (!denyRead && !denyWrite && !denyExecute) {
            return "file,";
        }
        String permissions = (denyRead ? "" : "r") + (denyWrite ? "" : "wl") + "mk" + (denyExecute ? "" : "ix");
        return "\"/{,**}\" " + permissions + ",";
    }
}
