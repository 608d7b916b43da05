package io.crs.policy.analyze;

import io.crs.policy.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one part of the calls in a {@link Box} comes to under one policy, as far as it is known: the rules that may still
 * match some of them. Outcomes are ranks: the highest of a call's parts is the call's.
 */
final class PartOutcome {
    /** No rule, and allowed. */
    static final int NOTHING = 0;
    /** A default denies, or a rule. */
    static final int DENIED = 3;

    /**
     * A rule.
     *
     * @param meaning what it says; rules of both policies that mean the same have the same
     * @param rank what a part comes to where it decides
     * @param matches where it matches
     * @param ends where the walk over what lies below a folder ends behind it; nowhere for other parts
     */
    record Candidate(int meaning, int rank, Region matches, Region ends) {
        private boolean isUnseen() {
            return matches == Region.UNSEEN || ends == Region.UNSEEN;
        }
    }

    private final boolean below;
    private final int otherwise;
    /** What rules below a folder have said so far. */
    private final int soFar;

    private final List<Candidate> candidates;
    private final Optional<Region.Relation.Across> cut;

    private PartOutcome(
            boolean below, int otherwise, int soFar, List<Candidate> candidates, Optional<Region.Relation.Across> cut) {
        this.below = below;
        this.otherwise = otherwise;
        this.soFar = soFar;
        this.candidates = candidates;
        this.cut = cut;
    }

    /** What a rule with an action makes of a part. */
    static int rank(Action action, boolean onlyIfDenied) {
        return switch (action) {
            case DENY -> DENIED;
            case MONITOR -> onlyIfDenied ? NOTHING : 2;
            case ALLOW -> onlyIfDenied ? NOTHING : 1;
        };
    }

    /** A part that all rules may match. */
    static PartOutcome start(PolicyView.Part part, List<Candidate> candidates) {
        boolean counts = part.otherwise() == Action.DENY && !part.onlyIfDenied() && !part.below();
        int otherwise = part.otherwise() == Action.MONITOR ? 2 : counts ? DENIED : NOTHING;
        return new PartOutcome(part.below(), otherwise, NOTHING, candidates, Optional.empty());
    }

    /** The number of rules that are left. */
    int size() {
        return candidates.size();
    }

    /** This for the calls of a smaller box. */
    PartOutcome in(Box box) {
        return below ? belowIn(box) : firstIn(box);
    }

    /** The first rule that matches decides; those behind one that matches all of the box have no say. */
    private PartOutcome firstIn(Box box) {
        List<Candidate> left = new ArrayList<>();
        Optional<Region.Relation.Across> first = Optional.empty();
        int last = otherwise;
        for (Candidate candidate : candidates) {
            Region.Relation relation = candidate.matches.of(box);
            if (relation instanceof Region.Relation.Inside) {
                last = candidate.rank;
                break;
            }
            if (relation instanceof Region.Relation.Across across) {
                first = first.or(() -> Optional.of(across));
            }
            if (!(relation instanceof Region.Relation.Outside)) {
                left.add(candidate);
            }
        }
        return new PartOutcome(false, last, NOTHING, left, first);
    }

    /** Every rule that names something below has a say, up to one that decides all below. */
    private PartOutcome belowIn(Box box) {
        List<Candidate> left = new ArrayList<>();
        Optional<Region.Relation.Across> first = Optional.empty();
        int said = soFar;
        for (Candidate candidate : candidates) {
            Region.Relation matches = candidate.matches.of(box);
            Region.Relation ends = candidate.ends.of(box);
            if (matches instanceof Region.Relation.Inside && left.isEmpty()) {
                said = Math.max(said, candidate.rank);
            } else if (!(matches instanceof Region.Relation.Outside)) {
                left.add(candidate);
            }
            for (Region.Relation relation : List.of(matches, ends)) {
                if (relation instanceof Region.Relation.Across across) {
                    first = first.or(() -> Optional.of(across));
                }
            }
            if (ends instanceof Region.Relation.Inside) {
                break;
            }
            if (!(ends instanceof Region.Relation.Outside)
                    && (left.isEmpty() || !last(left).equals(candidate))) {
                left.add(candidate);
            }
        }
        return new PartOutcome(true, NOTHING, said, left, first);
    }

    private static Candidate last(List<Candidate> candidates) {
        return candidates.get(candidates.size() - 1);
    }

    /** The rank, if it is the same for all calls of the box. */
    OptionalInt rank() {
        int rank = below ? soFar : otherwise;
        boolean same =
                candidates.stream().allMatch(candidate -> below ? candidate.rank <= soFar : candidate.rank == rank);
        return same || (below && soFar == DENIED) ? OptionalInt.of(rank) : OptionalInt.empty();
    }

    /** How to cut the box so that more is known; where {@link #rank} is not it may take {@link #unseen} instead. */
    Optional<Region.Relation.Across> cut() {
        return cut;
    }

    /** How many rules at the beginning say the same here and in another part. */
    int alike(PartOutcome other) {
        int alike = 0;
        while (alike < Math.min(size(), other.size())
                && candidates.get(alike).meaning == other.candidates.get(alike).meaning) {
            alike++;
        }
        return alike;
    }

    /** The meaning of the first rule behind some that was not looked at and may matter. */
    Optional<Integer> unseen(int behind) {
        int rank = below ? soFar : otherwise;
        List<Candidate> unseen = candidates.subList(behind, size()).stream()
                .filter(Candidate::isUnseen)
                .toList();
        return unseen.stream()
                .filter(candidate -> candidate.rank != rank)
                .findFirst()
                .or(() -> unseen.stream().findFirst())
                .map(Candidate::meaning);
    }

    /**
     * Whether another part comes to the same for every call of the box, whatever that is: the rules at the beginning say
     * the same, and what is left makes no difference.
     */
    boolean isLike(PartOutcome other) {
        if (below != other.below || otherwise != other.otherwise || soFar != other.soFar) {
            return false;
        }
        int alike = alike(other);
        return (alike == size() && alike == other.size()) || (isFlat(alike) && other.isFlat(alike));
    }

    /** Whether the rules behind some make no difference. */
    private boolean isFlat(int behind) {
        return candidates.subList(behind, size()).stream()
                .allMatch(candidate -> below ? candidate.rank <= soFar : candidate.rank == otherwise);
    }
}
