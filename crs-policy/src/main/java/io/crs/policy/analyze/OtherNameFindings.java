package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.FilePath;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.RuleHeader;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds rules that refuse or watch files all of which an earlier rule allows. They are not dead: a call may ask for such a
 * file by a name that leads to another one, which the earlier rule does not allow. But what they say does not happen.
 */
final class OtherNameFindings {
    /** The most rules that are compared with the one before them; each takes a proof about the two. */
    private static final int MOST_PAIRS = 500;

    private final Policy policy;
    private final Arch arch;
    private final NearbyRules nearby;

    OtherNameFindings(Policy policy, Arch arch, NearbyRules nearby) {
        this.policy = policy;
        this.arch = arch;
        this.nearby = nearby;
    }

    List<Finding> all(LivenessProof proof) {
        List<Finding> findings = new ArrayList<>();
        int pairs = 0;
        for (int i = 0; i < policy.rules().size() && pairs < MOST_PAIRS; i++) {
            Rule rule = policy.rules().get(i);
            if (!rule.inactive() && rule.action() != Action.ALLOW && proof.of(i) instanceof Liveness.Alive alive) {
                Optional<Call> plain = plain(alive.witness());
                OptionalInt allowing = plain.map(call -> allowing(call, rule)).orElse(OptionalInt.empty());
                if (allowing.isPresent() && allowing.getAsInt() < i) {
                    pairs++;
                    if (covers(policy.rules().get(allowing.getAsInt()), rule)) {
                        findings.add(finding(i, allowing.getAsInt(), plain.orElseThrow()));
                    }
                }
            }
        }
        return findings;
    }

    /** The call with the names it asks for, which are those of the files too; empty if they are already. */
    private static Optional<Call> plain(Call call) {
        boolean isPlain = isPlain(call.path()) && isPlain(call.newPath());
        return isPlain
                ? Optional.empty()
                : Optional.of(new Call(
                        call.syscall(),
                        call.program(),
                        call.exec(),
                        call.ancestors(),
                        plain(call.path()),
                        plain(call.newPath()),
                        call.flags(),
                        call.address(),
                        call.port(),
                        call.localPort(),
                        call.args(),
                        call.name(),
                        call.directory(),
                        call.drift()));
    }

    private static boolean isPlain(FilePath path) {
        return path.requested().isEmpty() || path.requested().equals(path.resolved());
    }

    private static FilePath plain(FilePath path) {
        return isPlain(path) ? path : new FilePath(path.requested(), path.requested());
    }

    /** The rule that allows a call, if it is of another one's type. */
    private OptionalInt allowing(Call call, Rule other) {
        int index = nearby.decide(call).ruleIndex();
        return index >= 0
                        && policy.rules().get(index).action() == Action.ALLOW
                        && policy.rules().get(index).type() == other.type()
                ? OptionalInt.of(index)
                : OptionalInt.empty();
    }

    /** Whether there is nothing that only the second of two rules would allow if both did. */
    private boolean covers(Rule first, Rule second) {
        Policy pair = policy.toBuilder().rules(List.of(first, allowing(second))).build();
        return new LivenessProof(pair, arch, new NearbyRules(pair, arch)).of(1) instanceof Liveness.Hidden;
    }

    private static Rule allowing(Rule rule) {
        RuleHeader header = rule.header();
        return PolicyView.withHeader(
                rule,
                new RuleHeader(
                        header.id().filter(id -> false),
                        header.name(),
                        false,
                        header.program(),
                        Action.ALLOW,
                        header.severity(),
                        header.tags(),
                        header.message(),
                        header.followChildren()));
    }

    private Finding finding(int rule, int allowing, Call witness) {
        return new Finding(
                Kind.CONTRADICTORY,
                PolicyLint.pointer(rule),
                List.of(allowing),
                "rule " + allowing + " \"" + policy.rules().get(allowing).name()
                        + "\" before it allows every file that it is about; it only decides where one is asked for by a"
                        + " name that leads elsewhere. Move this rule before rule " + allowing
                        + " if it is an exception",
                Optional.of(witness));
    }
}
