package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What of a rule bears on decisions; two rules that differ in name, tags or the like have the same.
 *
 * @param operands what it asks of the call
 */
record RuleMeaning(RuleType type, Action action, String program, boolean followChildren, List<Object> operands) {
    private static final long MOST_COMPARISONS = 4_000_000;

    static RuleMeaning of(Rule rule) {
        String program = rule.program().text();
        boolean follow = rule.followChildren() && !rule.program().isAny();
        List<Object> operands;
        if (rule instanceof Rule.FileRule file) {
            operands = List.of(file.file());
        } else if (rule instanceof Rule.NetworkRule network) {
            operands = List.of(network.address(), network.port());
        } else {
            Rule.SyscallRule named = (Rule.SyscallRule) rule;
            operands = List.of(named.syscall(), named.arguments());
        }
        return new RuleMeaning(rule.type(), rule.action(), program, follow, operands);
    }

    /**
     * The active rules of two policies that are not the same in the same order: a call that none of them matches meets
     * the same rules in both. They are given by their places.
     */
    record Changed(Set<Integer> before, Set<Integer> after) {
        static Changed between(Policy before, Policy after) {
            List<Integer> first = active(before);
            List<Integer> second = active(after);
            List<RuleMeaning> old = meanings(before, first);
            List<RuleMeaning> young = meanings(after, second);
            int begin = 0;
            while (begin < Math.min(old.size(), young.size()) && old.get(begin).equals(young.get(begin))) {
                begin++;
            }
            int end = 0;
            while (end < Math.min(old.size(), young.size()) - begin
                    && old.get(old.size() - 1 - end).equals(young.get(young.size() - 1 - end))) {
                end++;
            }
            Set<Integer> oldChanged = new HashSet<>(first.subList(begin, first.size() - end));
            Set<Integer> youngChanged = new HashSet<>(second.subList(begin, second.size() - end));
            if ((long) oldChanged.size() * youngChanged.size() <= MOST_COMPARISONS) {
                for (int[] pair :
                        common(old.subList(begin, old.size() - end), young.subList(begin, young.size() - end))) {
                    oldChanged.remove(first.get(begin + pair[0]));
                    youngChanged.remove(second.get(begin + pair[1]));
                }
            }
            return new Changed(oldChanged, youngChanged);
        }

        private static List<Integer> active(Policy policy) {
            List<Integer> active = new ArrayList<>();
            for (int i = 0; i < policy.rules().size(); i++) {
                if (!policy.rules().get(i).inactive()) {
                    active.add(i);
                }
            }
            return active;
        }

        private static List<RuleMeaning> meanings(Policy policy, List<Integer> places) {
            return places.stream()
                    .map(place -> RuleMeaning.of(policy.rules().get(place)))
                    .toList();
        }

        /** The places of a longest common subsequence, in pairs. */
        private static List<int[]> common(List<RuleMeaning> old, List<RuleMeaning> young) {
            int[][] length = new int[old.size() + 1][young.size() + 1];
            for (int i = old.size() - 1; i >= 0; i--) {
                for (int j = young.size() - 1; j >= 0; j--) {
                    length[i][j] = old.get(i).equals(young.get(j))
                            ? length[i + 1][j + 1] + 1
                            : Math.max(length[i + 1][j], length[i][j + 1]);
                }
            }
            List<int[]> pairs = new ArrayList<>();
            for (int i = 0, j = 0; i < old.size() && j < young.size(); ) {
                if (old.get(i).equals(young.get(j))) {
                    pairs.add(new int[] {i++, j++});
                } else if (length[i + 1][j] >= length[i][j + 1]) {
                    i++;
                } else {
                    j++;
                }
            }
            return pairs;
        }
    }
}
