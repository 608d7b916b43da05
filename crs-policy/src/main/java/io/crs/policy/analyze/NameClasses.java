package io.crs.policy.analyze;

import io.crs.policy.Glob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * All the ways in which a name can stand to some globs, one example of each: whatever name there is, one of these
 * matches exactly the same of the globs.
 *
 * <p>The globs are read side by side as one automaton whose states are sets of places in them; a place is the number of
 * tokens behind it. States are made as they are reached, the nearest first, so the examples are short. Characters that
 * no glob mentions are all alike, and one stands for them.
 */
final class NameClasses {
    private static final int RUN = -1;
    private static final int ONE = -2;
    private static final int END = -3;
    private static final int BITS = 5;
    private static final int MOST_STATES = 100_000;

    /**
     * What was found.
     *
     * @param names one name of each class
     * @param complete whether these are all; otherwise the work was more than allowed
     */
    record Found(List<String> names, boolean complete) {}

    private record State(int context, List<Integer> places) {}

    private record Step(State state, String name) {}

    private final Language language;
    private final Optional<Glob> within;
    private final boolean below;
    private final List<Glob> globs;
    private final int[] tokens;
    private final int[] owner;
    private final int[] starts;
    private final int other;
    private final Map<BitSet, String> found = new LinkedHashMap<>();
    private final Budget budget;

    private NameClasses(Language language, Set<Glob> globs, Optional<Glob> within, boolean below, Budget budget) {
        this.budget = budget;
        this.language = language;
        this.within = within.filter(glob -> !glob.isAny());
        this.below = below;
        Set<Glob> all = new HashSet<>(globs);
        this.within.ifPresent(all::add);
        this.globs = all.stream().filter(glob -> !glob.isAny()).toList();
        List<int[]> each = this.globs.stream().map(NameClasses::tokens).toList();
        tokens = each.stream().flatMapToInt(Arrays::stream).toArray();
        owner = new int[tokens.length];
        starts = new int[each.size()];
        int at = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = at;
            Arrays.fill(owner, at, at + each.get(i).length, i);
            at += each.get(i).length;
        }
        other = unused(tokens);
    }

    /**
     * The classes of names.
     *
     * @param language which names there are
     * @param globs the globs
     * @param within only names that match this one
     * @param below whether names also differ by what the globs have to say of names that begin with them and a slash
     * @param budget the work allowed
     */
    static Found of(Language language, Set<Glob> globs, Optional<Glob> within, boolean below, Budget budget) {
        if (within.isPresent() && within.get().isLiteral()) {
            String name = within.get().literalPrefix();
            return new Found(language.has(name) && within.get().matches(name) ? List.of(name) : List.of(), true);
        }
        return new NameClasses(language, globs, within, below, budget).explore();
    }

    /** A name that matches none of the globs, if an unlikely one does. */
    static Optional<String> unlike(Language language, Set<Glob> globs) {
        int c = unused(
                globs.stream().flatMapToInt(glob -> Arrays.stream(tokens(glob))).toArray());
        String component = Character.toString(c).repeat(3);
        return List.of("/" + component, "/" + component + "/" + component).stream()
                .map(name -> language == Language.HOST ? name.substring(1) : name)
                .filter(name -> globs.stream().noneMatch(glob -> glob.matches(name)))
                .findFirst();
    }

    private static int[] tokens(Glob glob) {
        int[] points = new String(glob.canonical(), StandardCharsets.UTF_8)
                .codePoints()
                .toArray();
        int[] tokens = new int[points.length + 1];
        int count = 0;
        for (int i = 0; i < points.length; i++) {
            tokens[count++] = switch (points[i]) {
                case '*' -> RUN;
                case '?' -> ONE;
                case '\\' -> points[++i];
                default -> points[i];
            };
        }
        tokens[count++] = END;
        return Arrays.copyOf(tokens, count);
    }

    /** A character that is none of these; a letter where there is one. */
    private static int unused(int[] tokens) {
        Set<Integer> used = new HashSet<>();
        Arrays.stream(tokens).forEach(used::add);
        return "xyzwvuqkjabcdefghilmnoprst0123456789_"
                .codePoints()
                .filter(c -> !used.contains(c))
                .findFirst()
                .orElseGet(() -> IntStream.iterate(0x4E00, c -> c + 1)
                        .filter(c -> !used.contains(c))
                        .findFirst()
                        .orElseThrow());
    }

    private Found explore() {
        Deque<Step> queue = new ArrayDeque<>();
        Set<State> seen = new HashSet<>();
        BitSet start = new BitSet();
        Arrays.stream(starts).forEach(place -> enter(place, start));
        State first = new State(Language.START, start.stream().boxed().toList());
        queue.add(new Step(first, ""));
        seen.add(first);
        while (!queue.isEmpty()) {
            Step step = queue.remove();
            record(step);
            if (seen.size() > MOST_STATES || !budget.spend(1 + step.state.places.size())) {
                return new Found(List.copyOf(found.values()), false);
            }
            for (int c : characters(step.state)) {
                Optional<State> next = read(step.state, c).filter(state -> isAlive(state));
                if (next.isPresent() && seen.add(next.get())) {
                    queue.add(new Step(next.get(), step.name + Character.toString(c)));
                }
            }
        }
        return new Found(List.copyOf(found.values()), true);
    }

    private boolean isAlive(State state) {
        return within.isEmpty()
                || state.places.stream()
                        .anyMatch(place -> globs.get(owner[place]).equals(within.get()));
    }

    /** The characters that can make a difference here, one for all others among them. */
    private List<Integer> characters(State state) {
        TreeSet<Integer> literals = new TreeSet<>();
        for (int place : state.places) {
            if (tokens[place] >= 0) {
                literals.add(tokens[place]);
            }
        }
        language.alphabet().codePoints().forEach(literals::add);
        List<Integer> characters = new ArrayList<>(literals);
        characters.add(literals.contains((int) '/') ? 1 : 0, other);
        return characters;
    }

    private Optional<State> read(State state, int c) {
        int context = language.next(state.context, c);
        return context == Language.DEAD
                ? Optional.empty()
                : Optional.of(new State(
                        context, places(state.places, c).stream().boxed().toList()));
    }

    private BitSet places(List<Integer> places, int c) {
        BitSet next = new BitSet();
        budget.spend(places.size());
        for (int place : places) {
            if (tokens[place] == RUN) {
                enter(place, next);
            } else if (tokens[place] == ONE || tokens[place] == c) {
                enter(place + 1, next);
            }
        }
        return next;
    }

    private void enter(int place, BitSet places) {
        places.set(place);
        if (tokens[place] == RUN) {
            places.set(place + 1);
        }
    }

    /** Takes a name as an example if it is one, and the first of its class; any other is better than {@code /}. */
    private void record(Step step) {
        if (!language.ends(step.state.context)) {
            return;
        }
        BitSet matched = new BitSet();
        for (int place : step.state.places) {
            if (tokens[place] == END) {
                matched.set(owner[place] * BITS);
            }
        }
        if (within.isPresent() && !matched.get(globs.indexOf(within.get()) * BITS)) {
            return;
        }
        if (below) {
            recordBelow(step, matched);
        }
        String before = found.get(matched);
        if (before == null || (before.length() < 2 && step.name.length() > before.length())) {
            found.put(matched, step.name);
        }
    }

    /** What each glob says of the names that begin with this one and a slash: some can match, or all do. */
    private void recordBelow(Step step, BitSet matched) {
        boolean slash = step.state.context == Language.ROOT;
        List<Integer> places = slash
                ? step.state.places
                : places(step.state.places, '/').stream().boxed().toList();
        int read = length(step.name) + (slash ? 0 : 1);
        for (int place : places) {
            int glob = owner[place];
            int literals = length(globs.get(glob).literalPrefix());
            matched.set(glob * BITS + 1);
            if (place - starts[glob] == read && read <= literals) {
                matched.set(glob * BITS + 2);
            }
            if (place - starts[glob] == literals && globs.get(glob).isPrefix()) {
                matched.set(glob * BITS + 3);
            }
        }
        // A file without a name is called # in its folder; the empty name is that of no folder.
        for (int place : step.name.isEmpty()
                ? step.state.places
                : places(places, '#').stream().boxed().toList()) {
            if (tokens[place] == END) {
                matched.set(owner[place] * BITS + 4);
            }
        }
    }

    /** The longest run of characters that stand for themselves in a glob, cut at a length. */
    static String longestLiteral(Glob glob, int most) {
        StringBuilder longest = new StringBuilder();
        StringBuilder run = new StringBuilder();
        for (int token : tokens(glob)) {
            if (token < 0) {
                longest = run.length() > longest.length() ? run : longest;
                run = new StringBuilder();
            } else if (run.length() < most) {
                run.appendCodePoint(token);
            }
        }
        return longest.toString();
    }

    private static int length(String name) {
        return name.codePointCount(0, name.length());
    }

    /** The characters that stand for themselves in a glob. */
    static IntStream literals(Glob glob) {
        return Arrays.stream(tokens(glob)).filter(token -> token >= 0);
    }
}
