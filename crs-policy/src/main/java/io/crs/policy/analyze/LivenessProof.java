package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Evaluation;
import io.crs.policy.Glob;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.syscall.Arch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds for rules of a policy a call that they decide, or proves that there is none.
 *
 * <p>The calls that a rule matches are cut at the rules before it until a piece is left that none of those matches, or
 * nothing is. It is enough to look at calls with the fewest names: a further name of a program or a file makes no rule
 * stop matching, and can only make earlier ones match.
 */
final class LivenessProof {
    private static final long PER_RULE = 4_000_000;
    private static final long IN_ALL = 400_000_000;

    private final Policy policy;
    private final PolicyView view;
    private final ReferenceEvaluator reference;
    private final List<Place> places = new ArrayList<>();
    private final Budget all = new Budget(IN_ALL);

    /** A part of a shape's calls, and the rules that are about it, each with where it matches. */
    private record Place(CallShape shape, PolicyView.Part part, List<About> rules) {}

    private record About(int index, List<List<Condition>> conditions) {}

    LivenessProof(Policy policy, Arch arch) {
        this.policy = policy;
        this.view = new PolicyView(policy, arch);
        this.reference =
                ReferenceEvaluator.of(policy.toBuilder().mode(PolicyMode.ACTIVE).build(), arch, LogMode.ALL);
        Set<Object> seen = new HashSet<>();
        for (CallShape shape : CallClasses.of(List.of(view), arch)) {
            for (PolicyView.Part part : view.parts(shape)) {
                Place place = place(shape, part);
                if (!place.rules.isEmpty()
                        && seen.add(List.of(part.below(), part.onlyIfDenied(), place.rules, shape.address()))) {
                    places.add(place);
                }
            }
        }
    }

    private Place place(CallShape shape, PolicyView.Part part) {
        List<About> rules = new ArrayList<>();
        for (int i = 0; i < view.rules().size(); i++) {
            Rule rule = view.rules().get(i);
            if (view.isAbout(rule, shape, part)) {
                rules.add(new About(i, view.conditions(rule, shape, part)));
            }
        }
        return new Place(shape, part, rules);
    }

    /** Whether a rule ever decides; simple parts are looked at before what lies below folders. */
    Liveness of(int index) {
        Budget budget = all.part(PER_RULE);
        Search search = new Search(index, budget);
        for (boolean below : new boolean[] {false, true}) {
            for (Place place : places) {
                if (place.part.below() == below && search.finds(place)) {
                    all.takeBack(budget);
                    return new Liveness.Alive(search.alive);
                }
            }
        }
        all.takeBack(budget);
        return search.result();
    }

    /** One rule's search. */
    private final class Search {
        private final int index;
        private final Rule rule;
        private final Budget budget;
        private final SortedSet<Integer> by = new TreeSet<>();
        private Optional<Call> alive = Optional.empty();
        private Optional<Call> hidden = Optional.empty();
        private boolean otherAction;
        private boolean undecided;

        Search(int index, Budget budget) {
            this.index = index;
            this.rule = view.rules().get(index);
            this.budget = budget;
        }

        Liveness result() {
            if (undecided) {
                return new Liveness.Undecided();
            }
            return by.isEmpty() ? new Liveness.Unmatchable() : new Liveness.Hidden(by, hidden);
        }

        boolean finds(Place place) {
            Optional<About> about =
                    place.rules.stream().filter(each -> each.index == index).findFirst();
            boolean counts = place.part.below()
                    ? rule.type() == RuleType.WRITE
                    : !place.part.onlyIfDenied() || rule.action() == Action.DENY;
            return counts
                    && about.isPresent()
                    && about.get().conditions.stream()
                            .filter(conditions -> conditions.stream().noneMatch(each -> each.operand() == Operand.EXEC))
                            .anyMatch(conditions -> finds(place, conditions));
        }

        /** Whether the rule decides a call for which these conditions hold. */
        private boolean finds(Place place, List<Condition> wanted) {
            List<Hiding> earlier = earlier(place, wanted);
            Set<Condition> conditions = new HashSet<>(wanted);
            earlier.forEach(each -> each.where.forEach(conditions::addAll));
            Space space = new Space(place.shape, conditions, choices(wanted, place.part.below()), budget);
            List<Block> blocks = earlier.stream()
                    .map(each -> new Block(each.index, space.region(each.where)))
                    .filter(block -> !block.region.isEmpty())
                    .toList();
            Region own = space.region(List.of(wanted));
            Deque<Piece> left = new ArrayDeque<>();
            for (Box box : space.everything()) {
                own.within(box).stream()
                        .filter(part -> !part.isEmpty())
                        .forEach(part -> left.add(new Piece(part, blocks)));
            }
            while (!left.isEmpty()) {
                Piece piece = left.remove();
                if (!budget.spend(1 + piece.blocks.size())) {
                    undecided = true;
                    return false;
                }
                if (isOpen(space, place, piece, left)) {
                    return true;
                }
            }
            undecided |= !space.isComplete();
            return false;
        }

        /** Whether no earlier rule matches a piece. One that is cut goes back to the others. */
        private boolean isOpen(Space space, Place place, Piece piece, Deque<Piece> left) {
            List<Block> across = new ArrayList<>();
            Optional<Region.Relation.Across> cut = Optional.empty();
            for (Block block : piece.blocks) {
                Region.Relation relation = block.region.of(piece.box);
                if (relation instanceof Region.Relation.Inside) {
                    hide(block.index, space.example(piece.box));
                    return false;
                }
                if (relation instanceof Region.Relation.Across crossing) {
                    across.add(block);
                    cut = cut.or(() -> Optional.of(crossing));
                }
            }
            if (cut.isPresent()) {
                cut.get().cut(piece.box).forEach(box -> left.addFirst(new Piece(box, across)));
                return false;
            }
            return isDecided(space.example(piece.box), place);
        }

        private void hide(int earlier, Call call) {
            by.add(earlier);
            boolean other = policy.rules().get(earlier).action() != rule.action();
            if (hidden.isEmpty() || (other && !otherAction)) {
                hidden = Optional.of(call);
                otherAction = other;
            }
        }

        /** Asks the reference evaluator; what it does not confirm is not claimed. */
        private boolean isDecided(Call call, Place place) {
            boolean confirmed = reference.decide(call).ruleIndex() == index
                    || reference.evaluate(call).parts().stream()
                            .map(Evaluation.Part::ruleIndex)
                            .anyMatch(decider -> decider == index);
            if (confirmed) {
                alive = Optional.of(call);
            }
            // Below a folder a stricter rule behind this one may have the last word; elsewhere there is nothing else.
            boolean has = confirmed || place.part.below();
            undecided |= !has;
            return has;
        }

        /** The rules before this one, and where they leave it nothing to say. */
        private List<Hiding> earlier(Place place, List<Condition> wanted) {
            List<Hiding> earlier = new ArrayList<>();
            for (About about : place.rules) {
                if (about.index >= index) {
                    break;
                }
                Rule before = view.rules().get(about.index);
                List<List<Condition>> where = new ArrayList<>();
                if (!place.part.below()) {
                    where.addAll(about.conditions);
                } else {
                    where.addAll(view.ends(before, place.shape, place.part));
                    if (before.type() == RuleType.WRITE && !rule.action().isStricterThan(before.action())) {
                        where.addAll(about.conditions);
                    }
                }
                where.removeIf(conditions -> !canMeet(conditions, wanted));
                if (!where.isEmpty()) {
                    earlier.add(new Hiding(about.index, where));
                }
            }
            return earlier;
        }
    }

    private record Hiding(int index, List<List<Condition>> where) {}

    private record Block(int index, Region region) {}

    private record Piece(Box box, List<Block> blocks) {}

    /** Whether a call that meets some conditions can meet others too, as far as that is easy to see. */
    private static boolean canMeet(List<Condition> conditions, List<Condition> wanted) {
        for (Condition one : conditions) {
            if (one.operand() == Operand.EXEC) {
                return false;
            }
            for (Condition other : wanted) {
                if (one.operand() == other.operand()
                        && one instanceof Condition.Named first
                        && other instanceof Condition.Named second
                        && !canMeet(first.glob(), second.glob())) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean canMeet(Glob one, Glob other) {
        String first = one.literalPrefix();
        String second = other.literalPrefix();
        boolean alike = first.startsWith(second) || second.startsWith(first);
        return alike && (!one.isLiteral() || other.matches(first)) && (!other.isLiteral() || one.matches(second));
    }

    private static Map<Operand, Choice> choices(List<Condition> wanted, boolean below) {
        Map<Operand, Choice> choices = new EnumMap<>(Operand.class);
        choices.put(Operand.EXEC, new Choice.Unknown());
        choices.put(Operand.PROGRAM, new Choice.Unwanted());
        choices.put(Operand.ANCESTORS, new Choice.Unknown());
        choices.put(Operand.NAME, new Choice.Unwanted());
        for (boolean second : new boolean[] {false, true}) {
            boolean asked = wanted.stream().anyMatch(each -> each.operand() == Operand.requested(second));
            choices.put(Operand.requested(second), new Choice.Unknown());
            Choice named = below ? new Choice.All() : new Choice.UnwantedName();
            choices.put(Operand.resolved(second), asked ? named : new Choice.Unwanted());
        }
        for (Condition condition : wanted) {
            choices.put(
                    condition.operand(),
                    condition instanceof Condition.Named named ? new Choice.Within(named.glob()) : new Choice.All());
        }
        return choices;
    }
}
