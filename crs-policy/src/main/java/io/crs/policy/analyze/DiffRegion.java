package io.crs.policy.analyze;

import io.crs.policy.Call;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Looks through calls of one shape for those that two policies decide differently.
 *
 * <p>The calls are cut into boxes until both policies decide all of a box in one way. Only some rules are looked at when
 * cutting; of the others it is known that they may match, and where in the order they stand. That is enough where both
 * policies have the same of them in the same order, or where they all come to the same. Where it is not, a call of the
 * box is tried, and the rules that decided it, or else the first of those that may matter, are looked at too.
 */
final class DiffRegion {
    private static final int MOST_ROUNDS = 100;

    /** How long further kinds of difference are looked for where one is known and not all rules are looked at. */
    private static final int MORE_ROUNDS = 3;

    private final CallShape shape;
    private final List<List<Condition>> where;
    private final List<DiffSide.PartRules> old;
    private final List<DiffSide.PartRules> young;
    private final boolean sameParts;
    private final boolean enforcedDiffers;
    private final Budget budget;
    private final Set<Integer> seen = new HashSet<>();

    /** Who is told of what is found. */
    interface Asked {
        /** Takes note of a call with different decisions, and their ranks. */
        void box(int oldRank, int youngRank, Call call);

        /** Tries a call of which not all is known; gives the meanings of the rules that decide its parts. */
        Set<Integer> open(Call call);

        /** Whether enough was found. */
        boolean isOver();

        /** Whether it is known that the policies differ here. */
        boolean isAnswered();
    }

    /**
     * Calls to look through.
     *
     * @param where they meet all conditions of one of these lists
     * @param old the rules of the policy before that may match some of them, for each part
     * @param young the same of the policy after
     * @param few so few rules are all looked at from the beginning
     */
    DiffRegion(
            CallShape shape,
            List<List<Condition>> where,
            List<DiffSide.PartRules> old,
            List<DiffSide.PartRules> young,
            boolean enforcedDiffers,
            int few,
            Budget budget) {
        this.shape = shape;
        this.where = where;
        this.old = old;
        this.young = young;
        this.sameParts = withoutDefaults(old).equals(withoutDefaults(young));
        this.enforcedDiffers = enforcedDiffers;
        this.budget = budget;
        Set<Integer> meanings = new HashSet<>();
        rules().forEach(rule -> meanings.add(rule.meaning()));
        if (meanings.size() <= few) {
            seen.addAll(meanings);
        }
    }

    private static List<PolicyView.Part> withoutDefaults(List<DiffSide.PartRules> parts) {
        return parts.stream().map(each -> each.part().withoutDefault()).toList();
    }

    private Stream<DiffSide.About> rules() {
        return Stream.concat(old.stream(), young.stream()).flatMap(part -> part.rules().stream());
    }

    private record Node(Box box, List<PartOutcome> old, List<PartOutcome> young) {}

    /** Looks through the calls; false if it would take too long to tell. */
    boolean search(Asked asked) {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Set<Condition> conditions = new HashSet<>();
            where.forEach(conditions::addAll);
            rules().filter(rule -> seen.contains(rule.meaning()))
                    .forEach(rule -> rule.where().forEach(conditions::addAll));
            Space space = new Space(shape, conditions, Map.of(), budget);
            Optional<Node> open = firstOpen(space, asked);
            if (asked.isOver()) {
                return true;
            }
            if (open.isEmpty()) {
                return budget.spend(0) && (space.isComplete() || asked.isAnswered());
            }
            Set<Integer> deciders = asked.open(space.example(open.get().box));
            if (asked.isAnswered() && round >= MORE_ROUNDS) {
                return true;
            }
            if (!seen.addAll(deciders) && !lookAtNext(open.get())) {
                return asked.isAnswered();
            }
        }
        return asked.isAnswered();
    }

    /** Has rules of each side looked at that may bring some calls of an open box to another end. */
    private boolean lookAtNext(Node node) {
        return lookAtNext(node, true) || lookAtNext(node, false);
    }

    /** The same for rules behind those that are alike on both sides only, or for all. */
    private boolean lookAtNext(Node node, boolean behind) {
        boolean more = false;
        for (int i = 0; i < Math.max(node.old.size(), node.young.size()); i++) {
            Optional<PartOutcome> one = at(node.old, i);
            Optional<PartOutcome> other = at(node.young, i);
            int alike =
                    behind && one.isPresent() && other.isPresent() ? one.get().alike(other.get()) : 0;
            for (PartOutcome part : Stream.concat(one.stream(), other.stream()).toList()) {
                more |= part.unseen(alike).map(seen::add).orElse(false);
            }
        }
        return more;
    }

    private static Optional<PartOutcome> at(List<PartOutcome> parts, int place) {
        return place < parts.size() ? Optional.of(parts.get(place)) : Optional.empty();
    }

    /** Looks through all boxes, up to one of which not enough is known. */
    private Optional<Node> firstOpen(Space space, Asked asked) {
        List<PartOutcome> oldStart = start(space, old);
        List<PartOutcome> youngStart = start(space, young);
        Region region = space.region(where);
        Deque<Node> left = new ArrayDeque<>();
        for (Box box : space.everything()) {
            region.within(box).stream()
                    .filter(part -> !part.isEmpty())
                    .forEach(part -> left.add(new Node(part, oldStart, youngStart)));
        }
        while (!left.isEmpty() && !asked.isOver()) {
            Node node = left.remove();
            long work = 1;
            for (PartOutcome part : node.old) {
                work += part.size();
            }
            for (PartOutcome part : node.young) {
                work += part.size();
            }
            if (!budget.spend(work)) {
                return Optional.empty();
            }
            Optional<Node> open = look(space, asked, node, left);
            if (open.isPresent()) {
                return open;
            }
        }
        return Optional.empty();
    }

    private List<PartOutcome> start(Space space, List<DiffSide.PartRules> parts) {
        return parts.stream()
                .map(part -> PartOutcome.start(
                        part.part(),
                        part.rules().stream()
                                .map(rule -> candidate(space, rule))
                                .toList()))
                .toList();
    }

    private PartOutcome.Candidate candidate(Space space, DiffSide.About rule) {
        boolean looked = seen.contains(rule.meaning());
        return new PartOutcome.Candidate(
                rule.meaning(),
                rule.rank(),
                rule.matches().isEmpty() ? Region.NOWHERE : looked ? space.region(rule.matches()) : Region.UNSEEN,
                rule.ends().isEmpty() ? Region.NOWHERE : looked ? space.region(rule.ends()) : Region.UNSEEN);
    }

    /** Decides a box, or cuts it; gives it back where neither can be done. */
    private Optional<Node> look(Space space, Asked asked, Node node, Deque<Node> left) {
        List<PartOutcome> oldParts = in(node.old, node.box);
        List<PartOutcome> youngParts = in(node.young, node.box);
        OptionalInt oldRank = rank(oldParts);
        OptionalInt youngRank = rank(youngParts);
        if (oldRank.isPresent() && youngRank.isPresent()) {
            boolean blocked = enforcedDiffers
                    && (oldRank.getAsInt() == PartOutcome.DENIED || youngRank.getAsInt() == PartOutcome.DENIED);
            if (blocked || oldRank.getAsInt() != youngRank.getAsInt()) {
                asked.box(oldRank.getAsInt(), youngRank.getAsInt(), space.example(node.box));
            }
            return Optional.empty();
        }
        if (sameParts && !enforcedDiffers && areAlike(oldParts, youngParts)) {
            return Optional.empty();
        }
        Optional<Region.Relation.Across> cut = cut(oldParts).or(() -> cut(youngParts));
        if (cut.isEmpty()) {
            return Optional.of(new Node(node.box, oldParts, youngParts));
        }
        // Where a rule matches goes first: it was looked at since it may make a difference.
        List<Box> boxes = cut.get().cut(node.box);
        left.addFirst(new Node(boxes.get(1), oldParts, youngParts));
        left.addFirst(new Node(boxes.get(0), oldParts, youngParts));
        return Optional.empty();
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
}
