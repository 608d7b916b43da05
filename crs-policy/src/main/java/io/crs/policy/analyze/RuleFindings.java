package io.crs.policy.analyze;

import io.crs.policy.AddressPattern;
import io.crs.policy.Glob;
import io.crs.policy.IpAddress;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.Translation;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the text of a rule alone shows. */
final class RuleFindings {
    private final Policy policy;
    private final Arch arch;
    private final List<Finding> findings = new ArrayList<>();

    private RuleFindings(Policy policy, Arch arch) {
        this.policy = policy;
        this.arch = arch;
    }

    static List<Finding> of(Policy policy, Arch arch) {
        RuleFindings all = new RuleFindings(policy, arch);
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (rule.inactive()) {
                continue;
            }
            if (rule instanceof Rule.SyscallRule named) {
                all.addMisnamed(i, named);
                all.addMissing(i, named);
                all.addArguments(i, named);
            } else if (rule instanceof Rule.NetworkRule network) {
                all.addHostBits(PolicyLint.pointer(i) + "/ipAddress", network.address());
            }
            all.addShortProgram(i, rule);
        }
        return all.findings;
    }

    private void add(Kind kind, String pointer, String message) {
        findings.add(new Finding(kind, pointer, List.of(), message, Optional.empty()));
    }

    /** The guide's name of a call may be the kernel's name of another. */
    private void addMisnamed(int index, Rule.SyscallRule rule) {
        String bare = rule.syscallText().replaceFirst("^(sys_|stub_)", "");
        SyscallTable.standard()
                .find(bare)
                .filter(meant -> !meant.equals(rule.syscall()))
                .ifPresent(meant -> add(
                        Kind.MISNAMED,
                        PolicyLint.pointer(index) + "/syscall",
                        rule.syscallText() + " is the user guide's name of "
                                + rule.syscall().name()
                                + ", which this rule is about; write " + meant.name() + " for " + meant.name() + ", or "
                                + rule.syscall().name() + " to say that this is meant"));
    }

    private void addMissing(int index, Rule.SyscallRule rule) {
        for (Arch each : Arch.values()) {
            if (!isOn(each, policy, rule)) {
                add(
                        Kind.NONPORTABLE,
                        // The whole rule, since all of it does nothing there.
                        PolicyLint.pointer(index),
                        rule.syscall().name() + " does not exist on " + each.id() + ", where this rule does nothing");
            }
        }
    }

    private List<Syscall> forms(Rule.SyscallRule rule) {
        return forms(policy, rule);
    }

    /** Whether an architecture has any call that a rule is about. */
    static boolean isOn(Arch arch, Policy policy, Rule.SyscallRule rule) {
        return forms(policy, rule).stream().anyMatch(call -> call.number(arch).isPresent() || call.library());
    }

    private static List<Syscall> forms(Policy policy, Rule.SyscallRule rule) {
        return policy.translation() == Translation.COMPLETE
                ? SyscallTable.standard().siblings(rule.syscall())
                : List.of(rule.syscall());
    }

    /** A call with a folder's descriptor before the path has every argument one place later. */
    private void addArguments(int index, Rule.SyscallRule rule) {
        for (int i = 0; i < Syscall.ARGUMENTS; i++) {
            ArgumentRole role = rule.syscall().roles().get(i);
            String text = rule.arguments().get(i);
            String pointer = PolicyLint.pointer(index) + "/arg" + (i + 1);
            if (role == ArgumentRole.ADDRESS) {
                addHostBits(pointer, AddressPattern.of(text));
            }
            if (role == ArgumentRole.RAW && !isAny(text)) {
                List<String> others = forms(rule).stream()
                        .filter(call -> call.number(arch).isPresent() && isAt(call) != isAt(rule.syscall()))
                        .map(Syscall::name)
                        .toList();
                if (!others.isEmpty()) {
                    add(
                            Kind.ARGUMENT_PLACE,
                            pointer,
                            "is compared with argument " + (i + 1) + " of " + String.join(", ", others)
                                    + " too, which stands for something else there; the rule is about all of them");
                }
            }
        }
    }

    private static boolean isAny(String text) {
        return text.isBlank()
                || text.strip().equals("-1")
                || Glob.of(text.strip()).isAny();
    }

    private static boolean isAt(Syscall call) {
        return call.name().matches(".*at2?");
    }

    private void addHostBits(String pointer, AddressPattern pattern) {
        int slash = pattern.text().indexOf('/');
        if (pattern instanceof AddressPattern.Range range && slash >= 0) {
            Optional<IpAddress> written =
                    IpAddress.parse(pattern.text().substring(0, slash).strip());
            if (written.isPresent() && !written.get().equals(range.low())) {
                add(
                        Kind.HOST_BITS,
                        pointer,
                        "bits behind the prefix do not count: this is " + range.low() + " to " + range.high()
                                + "; write the address alone if one host is meant");
            }
        }
    }

    private void addShortProgram(int index, Rule rule) {
        Glob program = rule.program();
        if (!program.isAny()
                && !program.literalPrefix().startsWith("/")
                && !program.literalPrefix().isEmpty()) {
            add(
                    Kind.SHORT_NAME,
                    PolicyLint.pointer(index) + "/program",
                    "a program is known by its whole path; write */" + program.text() + " for it in any folder");
        }
    }
}
