package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of a rule bears on decisions; two rules that differ in name, tags or the like have the same.
 *
 * @param operands what it asks of the call
 */
record RuleMeaning(RuleType type, Action action, String program, boolean followChildren, List<Object> operands) {
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
            Set<Integer> oldChanged = new TreeSet<>(first);
            Set<Integer> youngChanged = new TreeSet<>(second);
            for (int[] pair : common(old, young)) {
                oldChanged.remove(first.get(pair[0]));
                youngChanged.remove(second.get(pair[1]));
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

        /**
         * The places of a long common subsequence, in pairs: the same occurrence of a meaning is a pair, and of these the
         * most are taken that are in order on both sides.
         */
        private static List<int[]> common(List<RuleMeaning> old, List<RuleMeaning> young) {
            Map<RuleMeaning, Deque<Integer>> places = new HashMap<>();
            for (int j = 0; j < young.size(); j++) {
                places.computeIfAbsent(young.get(j), meaning -> new ArrayDeque<>())
                        .add(j);
            }
            List<int[]> pairs = new ArrayList<>();
            for (int i = 0; i < old.size(); i++) {
                Deque<Integer> left = places.getOrDefault(old.get(i), new ArrayDeque<>());
                if (!left.isEmpty()) {
                    pairs.add(new int[] {i, left.remove()});
                }
            }
            return inOrder(pairs);
        }

        /** The most of some pairs whose second numbers increase, as the first ones do. */
        private static List<int[]> inOrder(List<int[]> pairs) {
            int[] before = new int[pairs.size()];
            List<Integer> ends = new ArrayList<>();
            for (int at = 0; at < pairs.size(); at++) {
                int low = 0;
                int high = ends.size();
                while (low < high) {
                    int middle = (low + high) >>> 1;
                    boolean less = pairs.get(ends.get(middle))[1] < pairs.get(at)[1];
                    low = less ? middle + 1 : low;
                    high = less ? high : middle;
                }
                before[at] = low == 0 ? -1 : ends.get(low - 1);
                if (low == ends.size()) {
                    ends.add(at);
                } else {
                    ends.set(low, at);
                }
            }
            List<int[]> longest = new ArrayList<>();
            for (int at = ends.isEmpty() ? -1 : ends.get(ends.size() - 1); at >= 0; at = before[at]) {
                longest.add(pairs.get(at));
            }
            return longest;
        }
    }
}
