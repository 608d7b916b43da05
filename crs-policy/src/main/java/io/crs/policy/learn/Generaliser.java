package io.crs.policy.learn;

import io.crs.policy.AddressPattern;
import io.crs.policy.Glob;
import io.crs.policy.learn.Candidate.Rung;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which patterns are believed.
 *
 * <p>A pattern is believed when enough different names speak for it, in enough runs, and no veto stands against it: it
 * must not match anything of the list of what is never learned, nor open much more of the image than was seen. All
 * patterns that are believed are allowed, not only the widest. Names speak for fixed patterns, and no veto comes with
 * more that can be learned: so what is allowed only ever grows, unless something forbidden is recorded where a pattern
 * would have allowed it. For one thread.
 */
final class Generaliser {
    /** A pattern may always open this share of an image's files. */
    private static final double SHARE_OF_IMAGE = 0.01;

    /** It may open more if this many times what was seen is not exceeded. */
    private static final int TIMES_SEEN = 4;

    private final LearningOptions options;
    private final Memory memory;
    private final Map<Group, Map<String, Weight>> weights = new HashMap<>();

    /** What is known of a pattern whatever was seen: whether it is forbidden, and how many of the image's files it opens. */
    private record Weight(boolean forbidden, long opens) {}

    /** Who speaks for a pattern. */
    private static final class Support {
        private final Set<String> members = new HashSet<>();
        private final BitSet runs = new BitSet();
        private Rung rung = Rung.BLOCK;

        private void add(Candidate candidate, BitSet in) {
            // A pattern can be the form of one name and the numbers of another: the one that asks for less counts.
            rung = candidate.rung().compareTo(rung) < 0 ? candidate.rung() : rung;
            members.add(candidate.member());
            runs.or(in);
        }
    }

    Generaliser(LearningOptions options, Memory memory) {
        this.options = options;
        this.memory = memory;
    }

    /** The patterns that are believed, of the names of one group; those only seen in the fold do not speak. */
    Set<String> believed(Group group, List<Memory.Name> names, Optional<Fold> heldOut) {
        Map<String, Support> supports = new HashMap<>();
        Set<String> believed = new HashSet<>();
        for (Memory.Name name : names) {
            long outside = name.seen().count() - heldOut.map(name.seen()::in).orElse(0L);
            if (outside > 0) {
                BitSet runs =
                        heldOut.map(name.seen()::runsOutside).orElse(name.seen().runs());
                for (Candidate candidate : name.candidates()) {
                    // A name speaks for itself, which most names do and nothing else.
                    if (candidate.rung() == Rung.NAME && runs.cardinality() >= options.minimumRuns()) {
                        believed.add(candidate.pattern());
                    } else {
                        supports.computeIfAbsent(candidate.pattern(), p -> new Support())
                                .add(candidate, runs);
                    }
                }
            }
        }
        supports.forEach((pattern, support) -> {
            if (isBelieved(group, pattern, support)) {
                believed.add(pattern);
            }
        });
        return believed;
    }

    private boolean isBelieved(Group group, String pattern, Support support) {
        int members = support.members.size();
        int runs = support.runs.cardinality();
        boolean enough = support.rung == Rung.BLOCK
                ? members >= options.groupAddresses().orElse(Integer.MAX_VALUE)
                : support.rung.isReached(members, runs);
        if (!enough || runs < options.minimumRuns()) {
            return false;
        }
        if (support.rung == Rung.NAME) {
            return true;
        }
        Weight weight = weights.computeIfAbsent(group, g -> new HashMap<>())
                .computeIfAbsent(pattern, p -> weigh(group.kind(), p));
        double limit = SHARE_OF_IMAGE * options.image().map(ImageFiles::size).orElse(0);
        return !weight.forbidden && (weight.opens <= limit || weight.opens <= (long) TIMES_SEEN * members);
    }

    private Weight weigh(Kind kind, String pattern) {
        if (!kind.hasPath()) {
            return new Weight(options.neverLearn().meets(AddressPattern.of(Networks.address(pattern))), 0);
        }
        Glob glob = Glob.of(pattern);
        NeverLearn never = options.neverLearn();
        List<String> opened = options.image().map(image -> image.matching(glob)).orElse(List.of());
        boolean forbidden = never.meets(kind, glob)
                || memory.forbids(kind, glob)
                || opened.stream().anyMatch(path -> never.holds(kind, path));
        return new Weight(forbidden, opened.size());
    }

    /** Of the believed patterns of one name those that no other of them covers; none if the name is not learned. */
    static List<String> widest(Memory.Name name, Set<String> believed) {
        List<Candidate> mine = name.candidates().stream()
                .filter(candidate -> believed.contains(candidate.pattern()))
                .toList();
        List<String> widest = new ArrayList<>();
        for (Candidate candidate : mine) {
            boolean covered = mine.stream()
                    .anyMatch(other -> !other.pattern().equals(candidate.pattern())
                            && covers(name.behaviour().kind(), other, candidate));
            if (!covered) {
                widest.add(candidate.pattern());
            }
        }
        return widest;
    }

    private static boolean covers(Kind kind, Candidate other, Candidate candidate) {
        return kind.hasPath()
                ? Glob.of(other.pattern()).covers(Glob.of(candidate.pattern()))
                : other.rung() == Rung.BLOCK;
    }
}
