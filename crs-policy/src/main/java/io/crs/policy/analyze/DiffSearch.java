package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds calls that two policies decide differently, or shows that there are none.
 *
 * <p>A call that matches no changed rule meets the same rules in both, so only calls that match one are looked at, unless
 * a default differs.
 */
final class DiffSearch {
    private static final long IN_ALL = 600_000_000;
    /** What the search may take for one changed rule and one shape; and what it may when all is spent. */
    private static final long PER_CAUSE = 8_000_000;

    private static final long AT_LEAST = 20_000;
    private static final int MOST_DIFFERENCES = 100;
    private static final int FEW = 24;
    /** The kinds of difference shown of one changed rule. */
    private static final int MOST_OF_ONE = 4;

    private final DiffSide before;
    private final DiffSide after;
    private final boolean enforcedDiffers;
    private final int few;
    private final Map<RuleMeaning, Integer> meanings = new HashMap<>();
    private final Map<Object, Set<List<Integer>>> shown = new HashMap<>();
    private final Set<Call> witnesses = new HashSet<>();
    private final List<PolicyDiff.Difference> differences = new ArrayList<>();
    private final Set<Object> undecided = new HashSet<>();
    private final Budget all = new Budget(IN_ALL);

    private DiffSearch(Policy before, Policy after, Arch arch, int few) {
        this.few = few;
        RuleMeaning.Changed changed = RuleMeaning.Changed.between(before, after);
        this.before = DiffSide.of(before, arch, changed.before());
        this.after = DiffSide.of(after, arch, changed.after());
        this.enforcedDiffers = (before.mode() == PolicyMode.ACTIVE) != (after.mode() == PolicyMode.ACTIVE);
    }

    /**
     * What a search found.
     *
     * @param undecided of how many changed rules, or kinds of calls where a default differs, it is not known
     */
    record Result(List<PolicyDiff.Difference> differences, int undecided) {}

    static Result between(Policy before, Policy after, Arch arch) {
        return between(before, after, arch, FEW);
    }

    /** Searches; where no more than a few rules bear on some calls, all of them are looked at from the beginning. */
    static Result between(Policy before, Policy after, Arch arch, int few) {
        DiffSearch search = new DiffSearch(before, after, arch, few);
        List<CallShape> shapes = CallClasses.of(List.of(search.before.view(), search.after.view()), arch);
        List<CallShape> simpleFirst = new ArrayList<>(shapes);
        simpleFirst.sort(Comparator.comparingInt(
                shape -> search.before.view().parts(shape).size()));
        simpleFirst.forEach(search::explore);
        if (search.enforcedDiffers && search.differences.isEmpty()) {
            search.addDifference(simpleFirst.get(0), simpleFirst.get(0).example());
        }
        return new Result(search.differences, search.undecided.size());
    }

    private void explore(CallShape shape) {
        if (isOver(shape)) {
            return;
        }
        boolean everywhere = !before.parts(shape).equals(after.parts(shape))
                || enforcedDiffers
                || before.policy().translation() != after.policy().translation();
        if (!everywhere && !before.isTouched(shape) && !after.isTouched(shape)) {
            return;
        }
        List<DiffSide.PartRules> old = before.rulesOf(shape, meanings);
        List<DiffSide.PartRules> young = after.rulesOf(shape, meanings);
        if (everywhere) {
            explore(shape, shape, List.of(List.of()), old, young);
            return;
        }
        for (boolean first : new boolean[] {true, false}) {
            Map<Integer, List<List<Condition>>> where =
                    DiffSide.whereMatching((first ? before : after).changed(), first ? old : young);
            where.forEach((index, lists) -> explore(shape, List.of(first, index), lists, old, young));
        }
    }

    /** Looks through the calls that meet all conditions of one of some lists. */
    private void explore(
            CallShape shape,
            Object cause,
            List<List<Condition>> where,
            List<DiffSide.PartRules> old,
            List<DiffSide.PartRules> young) {
        if (isOver(cause)) {
            return;
        }
        Budget budget = all.part(PER_CAUSE, AT_LEAST);
        DiffRegion region = new DiffRegion(
                shape,
                where,
                old.stream().map(part -> part.within(where)).toList(),
                young.stream().map(part -> part.within(where)).toList(),
                enforcedDiffers,
                few,
                budget);
        boolean told = region.search(new DiffRegion.Asked() {
            @Override
            public void box(int oldRank, int youngRank, Call call) {
                if (shown(cause).add(List.of(oldRank, youngRank))) {
                    addDifference(cause, call);
                }
            }

            @Override
            public Set<Integer> open(Call call) {
                return ask(cause, call);
            }

            @Override
            public boolean isOver() {
                return DiffSearch.this.isOver(cause);
            }

            @Override
            public boolean isAnswered() {
                return enforcedDiffers || !shown(cause).isEmpty();
            }
        });
        if (!told) {
            undecided.add(cause);
        }
        all.takeBack(budget);
    }

    private boolean isOver(Object cause) {
        return differences.size() >= MOST_DIFFERENCES || shown(cause).size() >= MOST_OF_ONE;
    }

    private Set<List<Integer>> shown(Object cause) {
        return shown.computeIfAbsent(cause, each -> new HashSet<>());
    }

    /** Tries a call of a box of which not all is known, and gives the meanings of the rules that decide its parts. */
    private Set<Integer> ask(Object cause, Call call) {
        NearbyRules.Answer old = before.nearby().evaluate(call);
        NearbyRules.Answer young = after.nearby().evaluate(call);
        List<Integer> ranks = List.of(rank(old.decision()), rank(young.decision()));
        boolean differ = enforcedDiffers
                ? ranks.contains(PartOutcome.DENIED)
                : PolicyDiff.differ(old.decision(), young.decision());
        if (differ && shown(cause).add(ranks)) {
            addDifference(cause, call);
        }
        Set<Integer> deciders = new HashSet<>();
        addDeciders(before, old, deciders);
        addDeciders(after, young, deciders);
        return deciders;
    }

    private void addDeciders(DiffSide side, NearbyRules.Answer answer, Set<Integer> meanings) {
        for (int part = 0; part < answer.parts().size(); part++) {
            int rule = answer.first(part);
            if (rule >= 0) {
                meanings.add(this.meanings.computeIfAbsent(
                        RuleMeaning.of(side.view().rules().get(rule)), each -> this.meanings.size()));
            }
        }
    }

    private static int rank(Decision decision) {
        boolean nothing = decision.isDefault() && decision.action() == Action.ALLOW;
        return nothing ? PartOutcome.NOTHING : PartOutcome.rank(decision.action(), false);
    }

    /** Asks about the call itself; a difference that is not confirmed is not claimed. */
    private void addDifference(Object cause, Call call) {
        Decision old = before.nearby().decide(call);
        Decision young = after.nearby().decide(call);
        if (!PolicyDiff.differ(old, young)) {
            undecided.add(cause);
        } else if (witnesses.add(call)) {
            differences.add(new PolicyDiff.Difference(call, old, young));
        }
    }
}
