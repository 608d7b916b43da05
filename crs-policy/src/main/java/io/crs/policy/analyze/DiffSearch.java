package io.crs.policy.analyze;

import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.syscall.Arch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds calls that two policies decide differently, or shows that there are none.
 *
 * <p>A call that matches no changed rule meets the same rules in both, so only calls that match one are looked at, unless
 * a default differs. They are cut into boxes until both policies decide all of a box in one way.
 */
final class DiffSearch {
    private static final long IN_ALL = 300_000_000;
    private static final long PER_SHAPE = 40_000_000;
    private static final int MOST_DIFFERENCES = 100;
    /** The kinds of difference shown of one changed rule. */
    private static final int MOST_OF_ONE = 4;

    private final Side before;
    private final Side after;
    private final RuleMeaning.Changed changed;
    private final boolean enforcedDiffers;
    private final Map<RuleMeaning, Integer> meanings = new HashMap<>();
    private final Map<Object, Set<List<Integer>>> shown = new HashMap<>();
    private final Set<Call> witnesses = new HashSet<>();
    private final List<PolicyDiff.Difference> differences = new ArrayList<>();
    private final Budget all = new Budget(IN_ALL);
    private int undecided;

    private record Side(Policy policy, PolicyView view, ReferenceEvaluator reference) {
        static Side of(Policy policy, Arch arch) {
            return new Side(policy, new PolicyView(policy, arch), ReferenceEvaluator.of(policy, arch, LogMode.ALL));
        }

        List<PolicyView.Part> parts(CallShape shape) {
            return policy.mode() == PolicyMode.INACTIVE ? List.of() : view.parts(shape);
        }
    }

    private DiffSearch(Policy before, Policy after, Arch arch) {
        this.before = Side.of(before, arch);
        this.after = Side.of(after, arch);
        this.changed = RuleMeaning.Changed.between(before, after);
        this.enforcedDiffers = (before.mode() == PolicyMode.ACTIVE) != (after.mode() == PolicyMode.ACTIVE);
    }

    /** What a search found. */
    record Result(List<PolicyDiff.Difference> differences, int undecided) {}

    static Result between(Policy before, Policy after, Arch arch) {
        DiffSearch search = new DiffSearch(before, after, arch);
        List<CallShape> shapes = CallClasses.of(List.of(search.before.view, search.after.view), arch);
        List<CallShape> simpleFirst = new ArrayList<>(shapes);
        simpleFirst.sort(
                Comparator.comparingInt(shape -> search.before.view.parts(shape).size()));
        simpleFirst.forEach(search::explore);
        if (search.enforcedDiffers && search.differences.isEmpty()) {
            search.addDifference(simpleFirst.get(0).example());
        }
        return new Result(search.differences, search.undecided);
    }

    /** One shape's calls, and what is about them. */
    private record Scene(
            CallShape shape,
            Space space,
            List<PolicyView.Part> oldParts,
            List<PolicyView.Part> youngParts,
            Budget budget) {
        /** Whether the parts are the same, whatever they come to by default. */
        boolean hasSameParts() {
            return withoutDefaults(oldParts).equals(withoutDefaults(youngParts));
        }

        private static List<PolicyView.Part> withoutDefaults(List<PolicyView.Part> parts) {
            return parts.stream().map(PolicyView.Part::withoutDefault).toList();
        }
    }

    private record Node(Box box, List<PartOutcome> old, List<PartOutcome> young) {}

    private void explore(CallShape shape) {
        List<PolicyView.Part> oldParts = before.parts(shape);
        List<PolicyView.Part> youngParts = after.parts(shape);
        boolean everywhere = !oldParts.equals(youngParts)
                || enforcedDiffers
                || (before.policy.translation() != after.policy.translation());
        if (!everywhere && !isTouched(before, changed.before(), shape) && !isTouched(after, changed.after(), shape)) {
            return;
        }
        Budget budget = all.part(PER_SHAPE);
        Set<Condition> conditions = new HashSet<>();
        addConditions(before, shape, oldParts, conditions);
        addConditions(after, shape, youngParts, conditions);
        Space space = new Space(shape, conditions, Map.of(), budget);
        Scene scene = new Scene(shape, space, oldParts, youngParts, budget);
        boolean finished = everywhere
                ? explore(scene, shape, space.everything())
                : exploreChanged(scene, before, oldParts, changed.before())
                        && exploreChanged(scene, after, youngParts, changed.after());
        undecided += finished && space.isComplete() ? 0 : 1;
        all.takeBack(budget);
    }

    private static boolean isTouched(Side side, Set<Integer> rules, CallShape shape) {
        List<PolicyView.Part> parts = side.parts(shape);
        return rules.stream().map(side.view.rules()::get).anyMatch(rule -> parts.stream()
                .anyMatch(part -> side.view.isAbout(rule, shape, part)));
    }

    private static void addConditions(
            Side side, CallShape shape, List<PolicyView.Part> parts, Set<Condition> conditions) {
        for (PolicyView.Part part : parts) {
            for (Rule rule : side.view.rules()) {
                if (side.view.isAbout(rule, shape, part)) {
                    side.view.conditions(rule, shape, part).forEach(conditions::addAll);
                    if (part.below()) {
                        side.view.ends(rule, shape, part).forEach(conditions::addAll);
                    }
                }
            }
        }
    }

    private boolean exploreChanged(Scene scene, Side side, List<PolicyView.Part> parts, Set<Integer> rules) {
        boolean finished = true;
        for (int index : rules) {
            Rule rule = side.view.rules().get(index);
            List<List<Condition>> where = new ArrayList<>();
            for (PolicyView.Part part : parts) {
                if (side.view.isAbout(rule, scene.shape, part)) {
                    where.addAll(side.view.conditions(rule, scene.shape, part));
                    if (part.below()) {
                        where.addAll(side.view.ends(rule, scene.shape, part));
                    }
                }
            }
            Region region = scene.space.region(where);
            List<Box> boxes = new ArrayList<>();
            scene.space.everything().forEach(box -> boxes.addAll(region.within(box)));
            finished &= explore(scene, List.of(side.equals(before), index), boxes);
        }
        return finished;
    }

    /** Looks through some boxes; false if the work was more than allowed. */
    private boolean explore(Scene scene, Object cause, List<Box> boxes) {
        List<PartOutcome> old = start(before, scene, scene.oldParts);
        List<PartOutcome> young = start(after, scene, scene.youngParts);
        Deque<Node> left = new ArrayDeque<>();
        boxes.stream().filter(box -> !box.isEmpty()).forEach(box -> left.add(new Node(box, old, young)));
        while (!left.isEmpty()) {
            if (differences.size() >= MOST_DIFFERENCES || shown(cause).size() >= MOST_OF_ONE) {
                return true;
            }
            Node node = left.remove();
            long work = 1;
            for (PartOutcome part : node.old) {
                work += part.size();
            }
            for (PartOutcome part : node.young) {
                work += part.size();
            }
            if (!scene.budget.spend(work)) {
                return false;
            }
            look(scene, cause, node, left);
        }
        return true;
    }

    private Set<List<Integer>> shown(Object cause) {
        return shown.computeIfAbsent(cause, each -> new HashSet<>());
    }

    private List<PartOutcome> start(Side side, Scene scene, List<PolicyView.Part> parts) {
        List<PartOutcome> outcomes = new ArrayList<>();
        for (PolicyView.Part part : parts) {
            List<PartOutcome.Candidate> candidates = new ArrayList<>();
            for (Rule rule : side.view.rules()) {
                if (side.view.isAbout(rule, scene.shape, part)) {
                    List<List<Condition>> ends = part.below() ? side.view.ends(rule, scene.shape, part) : List.of();
                    candidates.add(new PartOutcome.Candidate(
                            meanings.computeIfAbsent(RuleMeaning.of(rule), each -> meanings.size()),
                            PartOutcome.rank(rule.action(), part.onlyIfDenied()),
                            part.below() && rule instanceof Rule.SyscallRule
                                    ? new Region(List.of())
                                    : scene.space.region(side.view.conditions(rule, scene.shape, part)),
                            scene.space.region(ends)));
                }
            }
            outcomes.add(PartOutcome.start(part, candidates));
        }
        return outcomes;
    }

    private void look(Scene scene, Object cause, Node node, Deque<Node> left) {
        List<PartOutcome> old = in(node.old, node.box);
        List<PartOutcome> young = in(node.young, node.box);
        OptionalInt oldRank = rank(old);
        OptionalInt youngRank = rank(young);
        if (oldRank.isPresent() && youngRank.isPresent()) {
            boolean blocked = enforcedDiffers
                    && (oldRank.getAsInt() == PartOutcome.DENIED || youngRank.getAsInt() == PartOutcome.DENIED);
            if ((blocked || oldRank.getAsInt() != youngRank.getAsInt())
                    && shown(cause).add(List.of(oldRank.getAsInt(), youngRank.getAsInt()))) {
                addDifference(scene.space.example(node.box));
            }
            return;
        }
        if (scene.hasSameParts() && !enforcedDiffers && areAlike(old, young)) {
            return;
        }
        cut(old).or(() -> cut(young))
                .orElseThrow()
                .cut(node.box)
                .forEach(box -> left.addFirst(new Node(box, old, young)));
    }

    private static List<PartOutcome> in(List<PartOutcome> parts, Box box) {
        return parts.stream().map(part -> part.in(box)).toList();
    }

    /** The rank of a call whose parts these are, if it is the same for all calls of the box. */
    private static OptionalInt rank(List<PartOutcome> parts) {
        int highest = PartOutcome.NOTHING;
        boolean known = true;
        for (PartOutcome part : parts) {
            known &= part.rank().isPresent();
            highest = Math.max(highest, part.rank().orElse(PartOutcome.NOTHING));
        }
        return known || highest == PartOutcome.DENIED ? OptionalInt.of(highest) : OptionalInt.empty();
    }

    private static boolean areAlike(List<PartOutcome> old, List<PartOutcome> young) {
        for (int i = 0; i < old.size(); i++) {
            if (!old.get(i).isLike(young.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Region.Relation.Across> cut(List<PartOutcome> parts) {
        return parts.stream()
                .filter(part -> part.rank().isEmpty())
                .flatMap(part -> part.cut().stream())
                .findFirst();
    }

    /** Asks the reference evaluators; a difference they do not confirm is not claimed. */
    private void addDifference(Call call) {
        Decision old = before.reference.decide(call);
        Decision young = after.reference.decide(call);
        if (!PolicyDiff.differ(old, young)) {
            undecided++;
        } else if (witnesses.add(call)) {
            differences.add(new PolicyDiff.Difference(call, old, young));
        }
    }
}
