package io.crs.policy.analyze;

import io.crs.policy.Call;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.policy.analyze.LivenessProof.Place;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Looks for a call that one rule decides.
 *
 * <p>A call that the rule matches is made up, and the policy asked about it. If another rule decides, all calls that this
 * one matches are left out, and a call is made up of what is left; so only rules are looked at that really stand in the
 * way. If nothing is left, those rules hide this one.
 *
 * <p>It is enough to look at calls with the fewest names: a further name of a program or a file makes no rule stop
 * matching, and can only make others match. The exception is a rule that ends the search below a folder before a stricter
 * one has its say; where such rules count, all names are looked at.
 */
final class LivenessSearch {
    /** The most rules found one by one; from there on all that may stand in the way are looked at together. */
    private static final int MOST_ROUNDS = 48;

    private static final int MOST_TOGETHER = 2_000;

    /** What asking about one rule near a call costs. */
    private static final int PER_QUESTION = 20;

    private final PolicyView view;
    private final NearbyRules nearby;
    private final int index;
    private final Rule rule;
    private final Budget budget;
    private final SortedSet<Integer> by = new TreeSet<>();
    private Optional<Call> alive = Optional.empty();
    private Optional<Call> hidden = Optional.empty();
    private boolean otherAction;
    private boolean undecided;

    LivenessSearch(PolicyView view, NearbyRules nearby, int index, Budget budget) {
        this.view = view;
        this.nearby = nearby;
        this.index = index;
        this.rule = view.rules().get(index);
        this.budget = budget;
    }

    Liveness result() {
        if (alive.isPresent()) {
            return new Liveness.Alive(alive.get());
        }
        if (undecided) {
            return new Liveness.Undecided();
        }
        return by.isEmpty() ? new Liveness.Unmatchable() : new Liveness.Hidden(by, hidden);
    }

    /** Looks among the calls of a place, unless it is known already that the rule decides. */
    void look(Place place) {
        for (List<Condition> wanted : view.conditions(rule, place.shape(), place.part())) {
            if (alive.isEmpty() && wanted.stream().noneMatch(each -> each.operand() == Operand.EXEC)) {
                look(place, wanted);
            }
        }
    }

    private void look(Place place, List<Condition> wanted) {
        SortedSet<Integer> others = new TreeSet<>();
        for (int round = 0; ; round++) {
            if (round == MOST_ROUNDS) {
                addAll(place, wanted, others);
            }
            Remainder left = remainder(place, wanted, others);
            Remainder.Outcome outcome = left.search(budget);
            if (outcome == Remainder.Outcome.NOTHING) {
                left.hiding().forEach(this::hide);
                return;
            }
            int other = outcome == Remainder.Outcome.OPEN && round <= MOST_ROUNDS
                    ? askAbout(place, left.open().orElseThrow())
                    : -1;
            if (alive.isPresent()) {
                return;
            }
            if (other < 0 || !others.add(other)) {
                undecided = true;
                return;
            }
        }
    }

    private void hide(int other, Call call) {
        by.add(other);
        boolean differs = view.rules().get(other).action() != rule.action();
        if (hidden.isEmpty() || (differs && !otherAction)) {
            hidden = Optional.of(call);
            otherAction = differs;
        }
    }

    /** The rule that decides a call this one matches; −1 if it is this, or if nobody knows. */
    private int askAbout(Place place, Call call) {
        List<Integer> near = nearby.near(call);
        if (!budget.spend((long) PER_QUESTION * near.size())) {
            return -1;
        }
        NearbyRules.Answer answer = nearby.evaluate(call);
        if (answer.decider(place.number()) == index) {
            alive = Optional.of(call);
            return -1;
        }
        int other = place.part().below() ? before(place, call, near) : answer.first(place.number());
        return place.part().below() || other < index ? other : -1;
    }

    /** The rule that takes the say on what lies below a folder from this one. */
    private int before(Place place, Call call, List<Integer> near) {
        for (int i : near) {
            Rule other = view.rules().get(i);
            if (view.isAbout(other, place.shape(), place.part())) {
                boolean ends = Condition.hold(view.ends(other, place.shape(), place.part()), call);
                boolean says = isRival(i) && Condition.hold(view.conditions(other, place.shape(), place.part()), call);
                if (says || (i < index && ends)) {
                    return i;
                }
                if (ends) {
                    break;
                }
            }
        }
        return -1;
    }

    /** Whether what another rule says of something below a folder has the last word over this one. */
    private boolean isRival(int other) {
        Rule rival = view.rules().get(other);
        return rival.type() == RuleType.WRITE
                && (other < index
                        ? !rule.action().isStricterThan(rival.action())
                        : rival.action().isStricterThan(rule.action()));
    }

    /** Adds all rules before this one that may stand in its way. */
    private void addAll(Place place, List<Condition> wanted, SortedSet<Integer> others) {
        for (int i = 0; i < index && others.size() < MOST_TOGETHER; i++) {
            Rule other = view.rules().get(i);
            if (budget.spend(1) && view.isAbout(other, place.shape(), place.part())) {
                boolean meets = where(place, i).stream().anyMatch(conditions -> canMeet(conditions, wanted));
                if (meets) {
                    others.add(i);
                }
            }
        }
    }

    private static boolean canMeet(List<Condition> conditions, List<Condition> wanted) {
        for (Condition one : conditions) {
            boolean asked = false;
            for (Condition other : wanted) {
                if (one.operand() == other.operand()) {
                    asked = true;
                    if (!one.canMeet(other)) {
                        return false;
                    }
                }
            }
            if (!asked && isLeftUnknown(one.operand())) {
                return false;
            }
        }
        return true;
    }

    /** Whether an operand that the rule does not ask for is not known in the calls that are looked at. */
    private static boolean isLeftUnknown(Operand operand) {
        return operand == Operand.EXEC || operand == Operand.ANCESTORS || operand == Operand.PROGRAM;
    }

    /** Where another rule leaves this one nothing to say. */
    private List<List<Condition>> where(Place place, int other) {
        Rule rival = view.rules().get(other);
        if (!place.part().below()) {
            return view.conditions(rival, place.shape(), place.part());
        }
        List<List<Condition>> where = new ArrayList<>();
        if (other < index) {
            where.addAll(view.ends(rival, place.shape(), place.part()));
        }
        if (isRival(other)) {
            where.addAll(view.conditions(rival, place.shape(), place.part()));
        }
        return where;
    }

    /** The calls that meet some conditions and that other rules leave to this one. */
    private Remainder remainder(Place place, List<Condition> wanted, SortedSet<Integer> others) {
        List<Remainder.Step> steps = new ArrayList<>();
        int last = others.isEmpty() ? -1 : others.last();
        others.headSet(index).forEach(other -> steps.add(new Remainder.Step(other, where(place, other), false)));
        // A stricter rule below has no say behind the end of the search, so ends up to there count.
        for (int i = index; i <= last && budget.spend(1); i++) {
            if (others.contains(i)) {
                steps.add(new Remainder.Step(i, where(place, i), false));
            }
            if (view.isAbout(view.rules().get(i), place.shape(), place.part())) {
                steps.add(new Remainder.Step(i, view.ends(view.rules().get(i), place.shape(), place.part()), true));
            }
        }
        Set<Condition> conditions = new HashSet<>(wanted);
        steps.forEach(step -> step.where().forEach(conditions::addAll));
        Space space =
                new Space(place.shape(), conditions, choices(wanted, !isAboutNames(place), last >= index), budget);
        return new Remainder(space, wanted, steps);
    }

    /** Whether rules look at the names of files alone, and not at names that are made of them. */
    private static boolean isAboutNames(Place place) {
        return !place.part().below() && !place.part().inside();
    }

    private static Map<Operand, Choice> choices(List<Condition> wanted, boolean made, boolean rivals) {
        Map<Operand, Choice> choices = new EnumMap<>(Operand.class);
        // A name more may end the search before a stricter rule behind has its say.
        if (!rivals) {
            putFewest(wanted, made, choices);
        }
        for (Condition condition : wanted) {
            choices.put(
                    condition.operand(),
                    condition instanceof Condition.Named named ? new Choice.Within(named.glob()) : new Choice.All());
        }
        return choices;
    }

    /** Leaves unknown what the rule does not ask for. */
    private static void putFewest(List<Condition> wanted, boolean made, Map<Operand, Choice> choices) {
        choices.put(Operand.EXEC, new Choice.Unknown());
        choices.put(Operand.PROGRAM, new Choice.Unknown());
        choices.put(Operand.ANCESTORS, new Choice.Unknown());
        choices.put(Operand.NAME, new Choice.Unknown());
        for (boolean second : new boolean[] {false, true}) {
            boolean asked = wanted.stream().anyMatch(each -> each.operand() == Operand.requested(second));
            choices.put(Operand.requested(second), new Choice.Unknown());
            Choice named = made ? new Choice.All() : new Choice.UnwantedName();
            choices.put(Operand.resolved(second), asked ? named : new Choice.Unknown());
        }
    }
}
