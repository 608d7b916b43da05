package io.crs.policy.analyze;

import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.Evaluation;
import io.crs.policy.FilePath;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the reference evaluator says of a call under a policy of very many rules: it is asked with the rules that may
 * match the call, in their order, and one of each kind, which is what the scope of the defaults looks at. The others
 * cannot match, so all of them would give the same answer.
 */
final class NearbyRules {
    private final Policy policy;
    private final Policy bare;
    private final Arch arch;
    private final Map<Object, RuleKeys> kinds = new HashMap<>();
    private final PrefixIndex<Integer> written = new PrefixIndex<>();

    NearbyRules(Policy policy, Arch arch) {
        this.policy = policy;
        this.bare = policy.toBuilder().rules(List.of()).build();
        this.arch = arch;
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (!rule.inactive()) {
                kinds.computeIfAbsent(kind(rule), kind -> new RuleKeys()).add(rule, i);
                if (rule instanceof Rule.FileRule file && rule.type() == RuleType.WRITE) {
                    written.add(file.file().literalPrefix(), i);
                }
            }
        }
    }

    /** Calls that are forms of one another are one kind, whether the policy's translation takes them so or not. */
    private static Object kind(Rule rule) {
        return rule instanceof Rule.SyscallRule named ? kind(named.syscall()) : rule.type();
    }

    private static Object kind(Syscall syscall) {
        return syscall.group().<Object>map(group -> group).orElse(syscall);
    }

    /**
     * What was said of a call.
     *
     * @param decision the decision, with the place the rule has in the whole policy
     * @param parts its parts; places in them are those of {@code rules}
     * @param rules the rules that were asked, by their places in the policy
     */
    record Answer(Decision decision, List<Evaluation.Part> parts, List<Integer> rules) {
        /** The rule that decides a part; −1 if none does. */
        int decider(int part) {
            int index = parts.get(part).ruleIndex();
            return index < 0 ? -1 : rules.get(index);
        }

        /** The first rule that matches a part, also where it has no say; −1 if none does. */
        int first(int part) {
            int index = parts.get(part).mismatches().indexOf(Optional.empty());
            return index < 0 ? -1 : rules.get(index);
        }
    }

    /** The decision on a call. */
    Decision decide(Call call) {
        List<Integer> rules = near(call);
        return placed(evaluator(rules).decide(call), rules);
    }

    /** What each part of a call comes to. */
    Answer evaluate(Call call) {
        List<Integer> rules = near(call);
        Evaluation evaluation = evaluator(rules).evaluate(call);
        return new Answer(placed(evaluation.decision(), rules), evaluation.parts(), rules);
    }

    private ReferenceEvaluator evaluator(List<Integer> rules) {
        List<Rule> near = rules.stream().map(policy.rules()::get).toList();
        return ReferenceEvaluator.of(bare.toBuilder().rules(near).build(), arch, LogMode.ALL);
    }

    private static Decision placed(Decision decision, List<Integer> rules) {
        return decision.ruleIndex() < 0
                ? decision
                : new Decision(
                        decision.action(),
                        decision.enforced(),
                        decision.blocked(),
                        decision.rule(),
                        rules.get(decision.ruleIndex()),
                        decision.isDefault(),
                        decision.standardEvent(),
                        decision.behaviorEvent());
    }

    /** The rules that may match a call, in order, and one of each kind that is about it. */
    List<Integer> near(Call call) {
        BitSet near = new BitSet(policy.rules().size());
        Set<Object> about = new LinkedHashSet<>(EnumSet.allOf(RuleType.class));
        about.add(kind(call.syscall()));
        for (Object kind : about) {
            RuleKeys keys = kinds.get(kind);
            if (keys != null) {
                keys.find(call, near);
            }
        }
        boolean folder = !call.directory().equals(Optional.of(false));
        if (call.syscall().operation() == OperationClass.RENAME && folder) {
            addBelow(call.path(), near);
        }
        List<Integer> rules = new ArrayList<>();
        near.stream().forEach(rules::add);
        return rules;
    }

    /** Rules may name what lies below a folder that is renamed. */
    private void addBelow(FilePath folder, BitSet near) {
        folder.names().forEach(name -> written.near(Condition.Above.below(name)).forEach(near::set));
    }
}
