package io.crs.policy.analyze;

import io.crs.policy.Call;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What some rules leave of the calls that one rule matches. */
final class Remainder {
    private final Space space;
    private final List<Condition> wanted;
    private final List<Block> blocks;
    private final Map<Integer, Call> hiding = new TreeMap<>();
    private Optional<Call> open = Optional.empty();

    /**
     * What another rule does, in the order of the rules.
     *
     * @param rule its place
     * @param where the calls it does it to
     * @param leaves whether it leaves these calls to the rule, whatever comes later; else it takes them
     */
    record Step(int rule, List<List<Condition>> where, boolean leaves) {}

    /** What came of a search. */
    enum Outcome {
        /** A call is left. */
        OPEN,
        /** No call is left. */
        NOTHING,
        /** The work to tell was more than allowed. */
        UNKNOWN
    }

    private record Block(int rule, Region region, boolean leaves) {}

    private record Piece(Box box, List<Block> blocks) {}

    Remainder(Space space, List<Condition> wanted, List<Step> steps) {
        this.space = space;
        this.wanted = wanted;
        this.blocks = steps.stream()
                .map(step -> new Block(step.rule, space.region(step.where), step.leaves))
                .filter(block -> !block.region.isEmpty())
                .toList();
    }

    /** A call that is left. */
    Optional<Call> open() {
        return open;
    }

    /** The rules that took a call, each with one it took. */
    Map<Integer, Call> hiding() {
        return hiding;
    }

    Outcome search(Budget budget) {
        Deque<Piece> left = new ArrayDeque<>();
        Region own = space.region(List.of(wanted));
        for (Box box : space.everything()) {
            own.within(box).stream().filter(part -> !part.isEmpty()).forEach(part -> left.add(new Piece(part, blocks)));
        }
        while (!left.isEmpty()) {
            Piece piece = left.remove();
            if (!budget.spend(1 + piece.blocks.size())) {
                return Outcome.UNKNOWN;
            }
            if (isOpen(piece, left)) {
                open = Optional.of(space.example(piece.box));
                return Outcome.OPEN;
            }
        }
        return space.isComplete() ? Outcome.NOTHING : Outcome.UNKNOWN;
    }

    /** Whether no rule takes a piece. One that is cut goes back to the others. */
    private boolean isOpen(Piece piece, Deque<Piece> left) {
        List<Block> across = new ArrayList<>();
        Optional<Region.Relation.Across> cut = Optional.empty();
        boolean leavesSome = false;
        for (Block block : piece.blocks) {
            Region.Relation relation = block.region.of(piece.box);
            if (relation instanceof Region.Relation.Inside && block.leaves) {
                break;
            }
            if (relation instanceof Region.Relation.Inside && !leavesSome) {
                hiding.putIfAbsent(block.rule, space.example(piece.box));
                return false;
            }
            if (relation instanceof Region.Relation.Inside) {
                across.add(block);
                break;
            }
            if (relation instanceof Region.Relation.Across crossing) {
                across.add(block);
                leavesSome |= block.leaves;
                cut = cut.or(() -> Optional.of(crossing));
            }
        }
        if (cut.isEmpty()) {
            return true;
        }
        cut.get().cut(piece.box).forEach(box -> left.addFirst(new Piece(box, across)));
        return false;
    }
}
