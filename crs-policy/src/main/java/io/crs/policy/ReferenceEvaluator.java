package io.crs.policy;

import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The meaning of a policy, straight from its rules: slow, small, and what every other way to decide is measured
 * against.
 *
 * <p>A call has parts (it reads a file, writes a file, …). Each part is decided by the first rule that matches it, or by
 * a default; the strictest part decides the call. Immutable, safe for all threads.
 */
public final class ReferenceEvaluator {
    private final Policy policy;
    private final Arch arch;
    private final LogMode logMode;
    private final Translation translation;

    private ReferenceEvaluator(Policy policy, Arch arch, LogMode logMode, Translation translation) {
        this.policy = policy;
        this.arch = arch;
        this.logMode = logMode;
        this.translation = translation;
    }

    /** The evaluator of a policy on an architecture, with the policy's own translation. */
    public static ReferenceEvaluator of(Policy policy, Arch arch, LogMode logMode) {
        return of(policy, arch, logMode, policy.translation());
    }

    /** The evaluator of a policy on an architecture, with a translation in place of the policy's own. */
    public static ReferenceEvaluator of(Policy policy, Arch arch, LogMode logMode, Translation translation) {
        return new ReferenceEvaluator(policy, arch, logMode, translation);
    }

    /**
     * What the policy says about a call.
     *
     * @throws IllegalArgumentException if the architecture lacks the call
     */
    public Decision decide(Call call) {
        Syscall made = call.syscall();
        if (made.number(arch).isEmpty() && !made.library()) {
            throw new IllegalArgumentException(made.name() + " does not exist on " + arch.id());
        }
        boolean ignored = policy.ignoredSyscalls().contains(made);
        Verdict verdict = isEvaluated(made) ? strictest(call) : Verdict.NOTHING;
        boolean hit = verdict.rule().isPresent() || verdict.action() != Action.ALLOW;
        boolean enforced = policy.mode() == PolicyMode.ACTIVE;
        return new Decision(
                verdict.action(),
                enforced,
                enforced && verdict.action() == Action.DENY,
                verdict.rule().map(Rule::name),
                verdict.index(),
                verdict.rule().isEmpty(),
                hit && !ignored && logMode.logs(verdict.action()),
                !ignored && logMode.behavior());
    }

    /**
     * What the policy says about a call, and how each rule bears on each part of it.
     *
     * @throws IllegalArgumentException if the architecture lacks the call
     */
    public Evaluation evaluate(Call call) {
        Decision decision = decide(call);
        if (!isEvaluated(call.syscall())) {
            return new Evaluation(decision, List.of());
        }
        RuleMatcher matcher = new RuleMatcher(call, arch, translation);
        List<Evaluation.Part> parts = new ArrayList<>();
        for (Part part : Part.of(call, arch, translation)) {
            Optional<Verdict> verdict = verdict(part, matcher);
            parts.add(new Evaluation.Part(
                    part.describe(),
                    part.kind().type(),
                    part.path(),
                    part.kind() == Part.Kind.BELOW,
                    part.weight() == Part.Weight.IF_DENIED,
                    verdict.map(Verdict::action).orElse(Action.ALLOW),
                    verdict.map(Verdict::index).orElse(-1),
                    verdict.isPresent(),
                    policy.rules().stream()
                            .map(rule -> matcher.mismatch(rule, part))
                            .toList()));
        }
        return new Evaluation(decision, parts);
    }

    private boolean isEvaluated(Syscall made) {
        boolean skipped = policy.ignoreScope() == IgnoreScope.EVERYTHING
                && policy.ignoredSyscalls().contains(made);
        return policy.mode() != PolicyMode.INACTIVE && !skipped;
    }

    /** What one part of a call comes to; by a rule, or by a default. */
    record Verdict(Action action, Optional<Rule> rule, int index) {
        static final Verdict NOTHING = byDefault(Action.ALLOW);

        static Verdict byDefault(Action action) {
            return new Verdict(action, Optional.empty(), -1);
        }

        /** The stricter of two verdicts; of equals a rule's before a default's, then the earlier rule's. */
        Verdict or(Verdict other) {
            if (action != other.action) {
                return action.isStricterThan(other.action) ? this : other;
            }
            if (rule.isEmpty() || other.rule.isEmpty()) {
                return rule.isPresent() ? this : other;
            }
            return index <= other.index ? this : other;
        }
    }

    private Verdict strictest(Call call) {
        RuleMatcher matcher = new RuleMatcher(call, arch, translation);
        return Part.of(call, arch, translation).stream()
                .map(part -> verdict(part, matcher))
                .flatMap(Optional::stream)
                .reduce(Verdict::or)
                .orElse(Verdict.NOTHING);
    }

    /** What a part comes to; empty if it has no say. */
    private Optional<Verdict> verdict(Part part, RuleMatcher matcher) {
        if (part.kind() == Part.Kind.BELOW) {
            return below(part, matcher);
        }
        Optional<Verdict> byRule = firstMatch(part, matcher);
        return switch (part.weight()) {
            case ALWAYS -> byRule.or(() -> Optional.of(Verdict.byDefault(defaultAction(part, matcher))));
            case IF_DENIED -> byRule.filter(verdict -> verdict.action() == Action.DENY);
        };
    }

    private Optional<Verdict> firstMatch(Part part, RuleMatcher matcher) {
        for (int i = 0; i < policy.rules().size(); i++) {
            if (matcher.mismatch(policy.rules().get(i), part).isEmpty()) {
                return Optional.of(byRule(i));
            }
        }
        return Optional.empty();
    }

    private Verdict byRule(int index) {
        Rule rule = policy.rules().get(index);
        return new Verdict(rule.action(), Optional.of(rule), index);
    }

    /**
     * Renaming a folder changes all that lies below: every WRITE rule that names some of it has a say, up to the rule
     * that decides all of it. A SYSCALL rule names no file: it has had its say on the folder.
     */
    private Optional<Verdict> below(Part part, RuleMatcher matcher) {
        Optional<Verdict> strictest = Optional.empty();
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (rule.type() == RuleType.WRITE && matcher.mismatch(rule, part).isEmpty()) {
                Verdict verdict = byRule(i);
                strictest = Optional.of(strictest.map(verdict::or).orElse(verdict));
            }
            if (matcher.endsBelow(rule, part.path())) {
                break;
            }
        }
        return strictest;
    }

    private Action defaultAction(Part part, RuleMatcher matcher) {
        boolean execution = Part.operation(matcher.call().syscall(), arch, translation) == OperationClass.EXEC;
        Action action =
                switch (part.kind()) {
                    case READ, WRITE, BELOW -> policy.defaultFileAction();
                    case OUTBOUND, INBOUND -> policy.defaultNetworkAction();
                    case CALL -> execution ? policy.defaultExecuteAction() : Action.ALLOW;
                };
        Action scoped = isInScope(part, matcher) ? action : Action.ALLOW;
        return execution && matcher.call().drift() && policy.driftAction().isStricterThan(scoped)
                ? policy.driftAction()
                : scoped;
    }

    private boolean isInScope(Part part, RuleMatcher matcher) {
        return policy.defaultScope() == DefaultScope.CATEGORY
                || policy.rules().stream()
                        .filter(rule -> !rule.inactive())
                        .anyMatch(rule -> rule instanceof Rule.SyscallRule named
                                ? matcher.names(named)
                                : part.kind().isOf(rule.type()));
    }
}
