package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds what is likely wrong with a policy that is valid.
 *
 * <p>That a rule never decides is proven: all calls are looked at, in classes that the policy cannot tell apart. What
 * would take too long to prove is counted as undecided and not claimed. File names are taken to be absolute, as an agent
 * gives them. The policy is judged as if it were ACTIVE. {@code docs/analysis.md} describes each kind of finding.
 */
public final class PolicyLint {
    private final Policy policy;
    private final Arch arch;
    private final List<Finding> findings = new ArrayList<>();

    private PolicyLint(Policy policy, Arch arch) {
        this.policy = policy.toBuilder().mode(PolicyMode.ACTIVE).build();
        this.arch = arch;
    }

    /** What is likely wrong with a policy on an architecture. */
    public static LintReport of(Policy policy, Arch arch) {
        return new PolicyLint(policy, arch).report(Optional.empty());
    }

    /** What is likely wrong with a policy for containers of an image. */
    public static LintReport of(Policy policy, Arch arch, ImageFacts image) {
        return new PolicyLint(policy, arch).report(Optional.of(image));
    }

    private LintReport report(Optional<ImageFacts> image) {
        NearbyRules nearby = new NearbyRules(policy, arch);
        findings.addAll(RuleFindings.of(policy, arch));
        LivenessProof proof = new LivenessProof(policy, arch, nearby);
        int undecided = addUndeciding(proof);
        findings.addAll(new OtherNameFindings(policy, arch, nearby).all(proof));
        findings.addAll(new ReachFindings(policy, nearby, proof).all(image));
        image.ifPresent(facts -> findings.addAll(new ImageFindings(policy, nearby, facts).all()));
        return new LintReport(
                arch,
                findings.stream()
                        .sorted(Comparator.comparingInt(PolicyLint::place))
                        .toList(),
                undecided);
    }

    static String pointer(int rule) {
        return "/rules/" + rule;
    }

    private static int place(Finding finding) {
        String[] steps = finding.pointer().split("/", -1);
        return steps.length > 2 ? Integer.parseInt(steps[2]) : -1;
    }

    /** Adds the rules that never decide; gives the number of those of which it is not known. */
    private int addUndeciding(LivenessProof proof) {
        int undecided = 0;
        for (int i = 0; i < policy.rules().size(); i++) {
            if (policy.rules().get(i).inactive()) {
                continue;
            }
            Liveness liveness = proof.of(i);
            if (liveness instanceof Liveness.Undecided) {
                undecided++;
            } else if (liveness instanceof Liveness.Hidden hidden) {
                findings.add(hidden(i, hidden));
            } else if (liveness instanceof Liveness.Unmatchable
                    && isHere(policy.rules().get(i))) {
                findings.add(new Finding(
                        Kind.UNMATCHABLE,
                        pointer(i),
                        List.of(),
                        unmatchable(policy.rules().get(i)),
                        Optional.empty()));
            }
        }
        return undecided;
    }

    private boolean isHere(Rule rule) {
        return !(rule instanceof Rule.SyscallRule named) || RuleFindings.isOn(arch, policy, named);
    }

    private Finding hidden(int index, Liveness.Hidden hidden) {
        Action action = policy.rules().get(index).action();
        List<Integer> others = hidden.by().stream()
                .filter(by -> policy.rules().get(by).action() != action)
                .toList();
        String rules = hidden.by().stream()
                .map(by -> by + " \"" + policy.rules().get(by).name() + "\"")
                .collect(Collectors.joining(", ", hidden.by().size() == 1 ? "rule " : "rules ", ""));
        boolean before = hidden.by().last() < index;
        String message = "never decides: " + rules + (before ? " before it " : " ")
                + (hidden.by().size() == 1 ? "has" : "have") + " all that it matches";
        return others.isEmpty()
                ? new Finding(Kind.SHADOWED, pointer(index), List.copyOf(hidden.by()), message, hidden.witness())
                : new Finding(
                        Kind.CONTRADICTORY,
                        pointer(index),
                        List.copyOf(hidden.by()),
                        message + ", and not to " + action + " it; move this rule before "
                                + (others.size() == 1 ? "rule " + others.get(0) : "them")
                                + " if it is an exception",
                        hidden.witness());
    }

    private String unmatchable(Rule rule) {
        String call =
                rule instanceof Rule.SyscallRule named ? " " + named.syscall().name() : "";
        boolean ignored = rule instanceof Rule.SyscallRule named
                && policy.ignoredSyscalls().contains(named.syscall());
        if (ignored) {
            return "matches nothing: the policy ignores" + call + " entirely";
        }
        return "matches no call" + call + ": "
                + (rule instanceof Rule.NetworkRule
                        ? "no connection has such an address or port"
                        : "names of files are absolute, without // or /./ in them and without / at the end; and the"
                                + " addresses 0.0.0.0 and :: are the loopback address");
    }
}
