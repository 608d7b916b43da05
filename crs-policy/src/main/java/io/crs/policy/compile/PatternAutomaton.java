package io.crs.policy.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The automaton of a tree of patterns: the subset construction, with two economies.
 *
 * <p>A state is a set of stars, which stay whatever follows, and of other nodes. Only the bytes these others know are
 * edges of it; any other byte does what it does where the stars are alone, so the state misses to that one, its base.
 * And a state with one node that only leads on to one other becomes a chain with what follows.
 */
final class PatternAutomaton {
    private static final int DEAD = 0;
    private static final int BYTES = 256;
    private static final int WORDS_PER_CELL = 2;
    private static final int WORK_PER_WORD = 4;

    /** A state that is to be looked at: its stars, the state of these alone, and its other nodes. */
    private static final class Pending {
        final int[] stars;
        final int base;
        final int[] nodes;

        Pending(int[] stars, int base, int[] nodes) {
            this.stars = stars;
            this.base = base;
            this.nodes = nodes;
        }
    }

    private final PatternTrie trie;
    private final Precedence precedence;
    private long work;
    private long words;
    private int root;
    private final List<PatternState> states = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final Map<Ints.Key, Integer> bases = new HashMap<>();
    private final Map<Ints.Key, Integer> ids = new HashMap<>();
    private final Ints stars = new Ints();
    private final Ints nodes = new Ints();
    private final Ints matching = new Ints();
    private final boolean[] isKey = new boolean[BYTES];

    private PatternAutomaton(PatternTrie trie, Precedence precedence) {
        this.trie = trie;
        this.precedence = precedence;
    }

    /**
     * The automaton of a tree.
     *
     * @param limit how many words it may take, which bounds the work too
     * @return empty if that is not enough: sets of patterns with many stars can be told apart in too many ways
     */
    static Optional<PatternAutomaton> of(PatternTrie trie, Precedence precedence, long limit) {
        PatternAutomaton automaton = new PatternAutomaton(trie, precedence);
        automaton.bases.put(new Ints.Key(0, new int[0]), DEAD);
        automaton.pending.add(new Pending(new int[0], DEAD, new int[0]));
        automaton.nodes.add(PatternTrie.ROOT);
        automaton.root = automaton.state(new int[0]);
        for (int i = 0; i < automaton.pending.size(); i++) {
            PatternState state = automaton.expand(automaton.pending.get(i), i);
            automaton.states.add(state);
            automaton.words += WORDS_PER_CELL * (state.size() + 1L);
            if (automaton.words > limit || automaton.work > WORK_PER_WORD * limit) {
                return Optional.empty();
            }
        }
        return Optional.of(automaton);
    }

    int size() {
        return states.size();
    }

    /** The state of {@link #nodes} beside these stars; both may bring in more stars, and make others needless. */
    private int state(int[] before) {
        stars.clear();
        for (int star : before) {
            stars.add(star);
        }
        for (int i = 0; i < nodes.size(); i++) {
            if (trie.star(nodes.get(i)) != PatternTrie.NONE) {
                stars.add(trie.star(nodes.get(i)));
            }
        }
        work += stars.size() + nodes.size() + 1L;
        precedence.keepStars(stars.sorted());
        precedence.keepNodes(nodes.sorted());
        int[] kept = stars.toArray();
        int base = bases.computeIfAbsent(new Ints.Key(0, kept), key -> pend(kept, pending.size(), new int[0]));
        if (nodes.size() == 0) {
            return base;
        }
        int[] others = nodes.toArray();
        return ids.computeIfAbsent(new Ints.Key(base, others), key -> pend(kept, base, others));
    }

    private int pend(int[] ofStars, int base, int[] others) {
        pending.add(new Pending(ofStars, base, others));
        return pending.size() - 1;
    }

    private PatternState expand(Pending state, int id) {
        if (state.nodes.length == 1 && trie.firstRule(state.nodes[0]) == PatternTrie.NONE) {
            byte[] text = chain(state);
            if (text.length > 1) {
                return new PatternState.Chain(text, target(state, text), state.base);
            }
        }
        return branch(state, id);
    }

    /** The bytes that lead on from the one node of a state as long as nothing else can happen. */
    private byte[] chain(Pending state) {
        byte[] text = new byte[16];
        int length = 0;
        int node = state.nodes[0];
        do {
            int child = trie.firstChild(node);
            if (child == PatternTrie.NONE
                    || trie.nextSibling(child) != PatternTrie.NONE
                    || isKnown(state.stars, trie.label(child))) {
                break;
            }
            if (length == text.length) {
                text = Arrays.copyOf(text, 2 * length);
            }
            text[length++] = trie.label(child);
            work++;
            node = child;
        } while (trie.isStep(node));
        return Arrays.copyOf(text, CellPool.chainable(Arrays.copyOf(text, length)));
    }

    private boolean isKnown(int[] ofStars, byte key) {
        work += ofStars.length;
        return Arrays.stream(ofStars).anyMatch(star -> trie.child(star, key) != PatternTrie.NONE);
    }

    private int target(Pending state, byte[] chain) {
        int node = state.nodes[0];
        for (byte key : chain) {
            node = trie.child(node, key);
        }
        nodes.clear();
        nodes.add(node);
        return state(state.stars);
    }

    private PatternState branch(Pending state, int id) {
        int[] own = state.nodes.length == 0 ? state.stars : state.nodes;
        Arrays.fill(isKey, false);
        for (int node : own) {
            for (int child = trie.firstChild(node); child != PatternTrie.NONE; child = trie.nextSibling(child)) {
                isKey[trie.label(child) & 0xFF] = true;
            }
        }
        byte[] keys = new byte[BYTES];
        int[] targets = new int[BYTES];
        int n = 0;
        for (int key = 0; key < BYTES; key++) {
            if (isKey[key]) {
                int target = target(state, (byte) key);
                // Where it does what the base does anyway there is no need of an edge.
                if (state.nodes.length > 0 || target != id) {
                    keys[n] = (byte) key;
                    targets[n++] = target;
                }
            }
        }
        int[] accept = accept(state);
        if (n == 0 && state.nodes.length == 0) {
            return new PatternState.End(accept);
        }
        return new PatternState.Branch(accept, state.base, Arrays.copyOf(keys, n), Arrays.copyOf(targets, n));
    }

    private int target(Pending state, byte key) {
        nodes.clear();
        reach(state.nodes, key);
        reach(state.stars, key);
        return state(state.stars);
    }

    private void reach(int[] from, byte key) {
        for (int node : from) {
            int child = trie.child(node, key);
            if (child != PatternTrie.NONE) {
                nodes.add(child);
            }
        }
        work += from.length;
    }

    private int[] accept(Pending state) {
        matching.clear();
        for (int[] some : List.of(state.stars, state.nodes)) {
            for (int node : some) {
                for (int entry = trie.firstRule(node); entry != PatternTrie.NONE; entry = trie.nextRule(entry)) {
                    matching.add(trie.rule(entry));
                }
            }
        }
        int[] accept = precedence.wanted(matching);
        work += accept.length;
        return accept;
    }

    /** Writes the automaton and gives the cell it begins with. */
    long write(CellPool pool, ToIntFunction<int[]> valueOf) {
        long[] heads = new long[states.size()];
        for (int i = 0; i < heads.length; i++) {
            PatternState state = states.get(i);
            if (state instanceof PatternState.End end) {
                heads[i] = CellPool.end(valueOf.applyAsInt(end.accept));
            } else if (state instanceof PatternState.Chain chain) {
                heads[i] = pool.placeChain(chain.text.length);
            } else if (state instanceof PatternState.Branch branch) {
                heads[i] = pool.placeBranch(branch.keys);
            }
        }
        for (int i = 0; i < heads.length; i++) {
            PatternState state = states.get(i);
            if (state instanceof PatternState.Chain chain) {
                pool.chain(heads[i], chain.text, heads[chain.next], heads[chain.base]);
            } else if (state instanceof PatternState.Branch branch) {
                long[] targets = Arrays.stream(branch.targets)
                        .mapToLong(target -> heads[target])
                        .toArray();
                pool.branch(heads[i], valueOf.applyAsInt(branch.accept), heads[branch.base], branch.keys, targets);
            }
        }
        return heads[root];
    }
}
