package io.crs.policy.analyze;

import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One of two policies that are compared.
 *
 * @param changed its rules that the other does not have in the same order
 */
record DiffSide(Policy policy, PolicyView view, NearbyRules nearby, Set<Integer> changed) {
    static DiffSide of(Policy policy, Arch arch, Set<Integer> changed) {
        return new DiffSide(policy, new PolicyView(policy, arch), new NearbyRules(policy, arch), changed);
    }

    /** The parts of a shape's calls; none where nothing is evaluated. */
    List<PolicyView.Part> parts(CallShape shape) {
        return policy.mode() == PolicyMode.INACTIVE ? List.of() : view.parts(shape);
    }

    /** Whether a changed rule is about a shape. */
    boolean isTouched(CallShape shape) {
        List<PolicyView.Part> parts = parts(shape);
        return changed.stream().map(view.rules()::get).anyMatch(rule -> parts.stream()
                .anyMatch(part -> view.isAbout(rule, shape, part)));
    }

    /**
     * A rule that is about a part of a shape.
     *
     * @param meaning the number of what it says; rules of both policies that say the same have the same
     * @param matches where it matches
     * @param ends where it ends what is asked about what lies below a folder
     */
    record About(int index, int meaning, int rank, List<List<Condition>> matches, List<List<Condition>> ends) {
        /** All lists. */
        List<List<Condition>> where() {
            List<List<Condition>> where = new ArrayList<>(matches);
            where.addAll(ends);
            return where;
        }

        private boolean canMeet(List<List<Condition>> region) {
            return canMeet(matches, region) || canMeet(ends, region);
        }

        private static boolean canMeet(List<List<Condition>> some, List<List<Condition>> others) {
            for (List<Condition> one : some) {
                for (List<Condition> other : others) {
                    if (canMeetAll(one, other)) {
                        return true;
                    }
                }
            }
            return false;
        }

        private static boolean canMeetAll(List<Condition> some, List<Condition> others) {
            for (Condition one : some) {
                for (Condition other : others) {
                    if (one.operand() == other.operand() && !one.canMeet(other)) {
                        return false;
                    }
                }
            }
            return true;
        }
    }

    /**
     * A part of a shape's calls.
     *
     * @param number which of them
     * @param rules the rules that are about it
     */
    record PartRules(PolicyView.Part part, int number, List<About> rules) {
        /** This with no more rules than can match some of the calls for which all conditions of one list hold. */
        PartRules within(List<List<Condition>> region) {
            return new PartRules(
                    part,
                    number,
                    rules.stream().filter(rule -> rule.canMeet(region)).toList());
        }
    }

    /** Where some of the rules about a shape's parts bear on its calls; nothing for those that are about none. */
    static Map<Integer, List<List<Condition>>> whereMatching(Set<Integer> some, List<PartRules> parts) {
        Map<Integer, List<List<Condition>>> where = new TreeMap<>();
        for (PartRules part : parts) {
            for (About rule : part.rules) {
                if (some.contains(rule.index) && !rule.where().isEmpty()) {
                    where.computeIfAbsent(rule.index, index -> new ArrayList<>())
                            .addAll(rule.where());
                }
            }
        }
        return where;
    }

    /** The rules about each part of a shape. */
    List<PartRules> rulesOf(CallShape shape, Map<RuleMeaning, Integer> meanings) {
        List<PartRules> all = new ArrayList<>();
        List<PolicyView.Part> parts = parts(shape);
        for (int number = 0; number < parts.size(); number++) {
            PolicyView.Part part = parts.get(number);
            List<About> rules = new ArrayList<>();
            for (int i = 0; i < view.rules().size(); i++) {
                Rule rule = view.rules().get(i);
                if (view.isAbout(rule, shape, part)) {
                    rules.add(new About(
                            i,
                            meanings.computeIfAbsent(RuleMeaning.of(rule), each -> meanings.size()),
                            PartOutcome.rank(rule.action(), part.onlyIfDenied()),
                            part.below() && rule instanceof Rule.SyscallRule
                                    ? List.of()
                                    : view.conditions(rule, shape, part),
                            part.below() ? view.ends(rule, shape, part) : List.of()));
                }
            }
            all.add(new PartRules(part, number, rules));
        }
        return all;
    }
}
