package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Glob;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
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
    private static final String ALL_PROGRAMS = "a profile is about all programs of the container";
    private static final String BYTE = "a ? is one byte in a profile";
    private static final String RENAMED = "renaming a file asks for reading it there, and counts as well";
    private static final String EXCEPTED = "what an earlier rule lets through is reported as well";
    private static final String BY_DEFAULT = "nothing of the kind is denied by default";
    /** Calls that have a rule of their own in the language, and its word. */
    private static final Map<String, String> MEDIATED =
            Map.of("mount", "mount", "umount2", "umount", "pivot_root", "pivot_root", "ptrace", "ptrace");

    /** What a rule asks of files, as the language has it. */
    private enum Access {
        READ("r", AppArmorDefaults.Right.READ),
        WRITE("wl", AppArmorDefaults.Right.WRITE),
        EXECUTE("x", AppArmorDefaults.Right.EXECUTE);

        private final String denied;
        private final AppArmorDefaults.Right right;

        Access(String denied, AppArmorDefaults.Right right) {
            this.denied = denied;
            this.right = right;
        }

        String allowed() {
            return this == EXECUTE ? "ix" : denied;
        }
    }

    /** What a line of the profile does less than its rule, and what it does more. */
    private static final class Difference {
        private final List<String> less = new ArrayList<>();
        private final List<String> more = new ArrayList<>();

        Difference less(boolean holds, String reason) {
            if (holds) {
                less.add(reason);
            }
            return this;
        }

        Difference more(boolean holds, String reason) {
            if (holds) {
                more.add(reason);
            }
            return this;
        }

        Fidelity fidelity() {
            return !less.isEmpty() ? Fidelity.UNDER : !more.isEmpty() ? Fidelity.OVER : Fidelity.EXACT;
        }

        String reason() {
            List<String> all = new ArrayList<>(less);
            all.addAll(more);
            return String.join("; ", all);
        }
    }

    private final Policy policy;
    private final ExportOptions options;
    private final Exceptions exceptions;
    private final AppArmorDefaults defaults;
    private final List<RuleMark> marks = new ArrayList<>();
    private final Set<String> lines = new LinkedHashSet<>();
    private final boolean active;

    private AppArmorExport(Policy policy, ExportOptions options) {
        this.policy = policy;
        this.options = options;
        exceptions = new Exceptions(policy);
        defaults = new AppArmorDefaults(policy);
        active = policy.mode() == PolicyMode.ACTIVE;
    }

    static Export of(Policy policy, ExportOptions options) {
        AppArmorExport export = new AppArmorExport(policy, options);
        for (int i = 0; i < policy.rules().size(); i++) {
            export.add(i, policy.rules().get(i));
        }
        export.marks.addAll(export.defaults.marks());
        return new Export(ExportTarget.APPARMOR, export.document(), export.marks);
    }

    private void mark(int index, Fidelity fidelity, String reason) {
        marks.add(new RuleMark(index, policy.rules().get(index).name(), fidelity, reason));
    }

    private void mark(int index, Difference difference) {
        mark(index, difference.fidelity(), difference.reason());
    }

    private void add(int index, Rule rule) {
        if (policy.mode() == PolicyMode.INACTIVE || rule.inactive()) {
            mark(index, Fidelity.EXACT, "inactive: it decides nothing");
        } else if (rule.action() == Action.DENY && !rule.program().isAny()) {
            mark(index, Fidelity.UNSUPPORTED, ALL_PROGRAMS);
        } else if (rule.action() == Action.DENY && exceptions.hasOne(index)) {
            mark(index, Fidelity.UNSUPPORTED, "an earlier rule is an exception, and a profile's denials have none");
        } else if (rule instanceof Rule.FileRule file) {
            addFile(index, rule, file.file(), file.access() == Rule.Access.READ ? Access.READ : Access.WRITE);
        } else if (rule instanceof Rule.NetworkRule network) {
            addNetwork(index, network);
        } else if (AppArmorDefaults.isExecution(rule) && AppArmorDefaults.isWritten(rule)) {
            String file = ((Rule.SyscallRule) rule).arguments().get(0);
            addFile(index, rule, Glob.of(file), Access.EXECUTE);
        } else {
            addSyscall(index, (Rule.SyscallRule) rule);
        }
    }

    private void addFile(int index, Rule rule, Glob file, Access access) {
        Optional<PathPattern> path = PathPattern.of(file);
        if (PathPattern.matchesNothing(file)) {
            boolean below = access == Access.WRITE && rule.action() != Action.ALLOW;
            mark(
                    index,
                    below ? Fidelity.UNSUPPORTED : Fidelity.EXACT,
                    below
                            ? "no file has such a name; renaming a folder above it is not seen"
                            : "no file has such a name");
        } else if (rule.action() == Action.ALLOW && !defaults.denies(access.right)) {
            mark(index, Fidelity.EXACT, BY_DEFAULT);
        } else if (path.isEmpty()) {
            mark(index, Fidelity.UNSUPPORTED, "the name cannot be written in a profile");
        } else if (rule.action() == Action.DENY && active) {
            deny(index, path.get(), access);
        } else {
            permit(index, rule, path.get(), access);
        }
    }

    private void deny(int index, PathPattern path, Access access) {
        if (!path.exact() && access != Access.WRITE) {
            mark(index, Fidelity.UNSUPPORTED, BYTE);
            return;
        }
        lines.add("deny \"" + path.text() + "\" " + access.denied + ",");
        mark(
                index,
                new Difference()
                        .less(access == Access.WRITE, AppArmorDefaults.ATTRIBUTES)
                        .less(!path.exact(), BYTE)
                        .more(access == Access.READ, RENAMED));
    }

    /** A permission is written at its widest where the default would stop what it misses. */
    private void permit(int index, Rule rule, PathPattern path, Access access) {
        boolean reports = rule.action() != Action.ALLOW;
        boolean needed = defaults.denies(access.right);
        String text = needed ? path.wide().text() : path.text();
        lines.add((reports ? "audit " : "") + '"' + text + "\" " + access.allowed() + ",");
        mark(
                index,
                new Difference()
                        .less(reports && access == Access.WRITE, AppArmorDefaults.ATTRIBUTES)
                        .less(
                                access == Access.WRITE && defaults.denies(AppArmorDefaults.Right.READ),
                                "renaming a file asks for reading it there")
                        .less(!path.exact() && !needed, BYTE)
                        .more(!path.exact() && needed, "a ? is up to four bytes, and other names count as well")
                        .more(reports && access == Access.READ, RENAMED)
                        .more(!rule.program().isAny(), ALL_PROGRAMS + "; what others do counts as well")
                        .more(reports && exceptions.hasSilent(index), EXCEPTED));
    }

    private void addNetwork(int index, Rule.NetworkRule rule) {
        boolean whole = rule.address().isAny() && rule.port().isAny();
        if (rule.action() == Action.ALLOW) {
            mark(index, Fidelity.EXACT, "nothing of the network is denied by default");
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
            mark(index, Fidelity.EXACT, BY_DEFAULT);
        } else if (word == null || !whole) {
            mark(index, Fidelity.UNSUPPORTED, "a profile sees no system calls and no arguments");
        } else {
            boolean denies = rule.action() == Action.DENY && active;
            lines.add((denies ? "deny " : "audit ") + word + ",");
            mark(
                    index,
                    new Difference()
                            .more(
                                    word.equals("ptrace"),
                                    "the memory and state of other processes as files count as well")
                            .more(!rule.program().isAny(), ALL_PROGRAMS + "; what others do counts as well")
                            .more(!denies && exceptions.hasSilent(index), EXCEPTED));
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
        all.add(defaults.line());
        all.addAll(lines);
        all.forEach(line -> text.append("  ").append(line).append('\n'));
        return text.append("}\n").toString();
    }
}
