package io.crs.policy.compile;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Which rules of a tree of patterns are still of interest once others match for sure: none behind the first that does,
 * but where that one allows, and so looks at one name of a file only, those that look at all names.
 */
final class Precedence {
    private static final int NONE = TableLayout.NO_RULE;

    private final PatternTrie trie;
    private final boolean firstOnly;
    private final IntPredicate allows;
    /** By node: the first rule that allows, and the first of the others, among those reached by plain bytes. */
    private final int[] plainAllow;

    private final int[] plainStrict;
    /** The same, with those behind the node's star. */
    private final int[] allow;

    private final int[] strict;

    /** The first rules that match whatever follows, of those that allow or not, and of those that do not. */
    private int anyBound;

    private int strictBound;

    private Precedence(PatternTrie trie, boolean firstOnly, IntPredicate allows) {
        this.trie = trie;
        this.firstOnly = firstOnly;
        this.allows = allows;
        int size = firstOnly ? trie.size() : 0;
        plainAllow = new int[size];
        plainStrict = new int[size];
        allow = new int[size];
        strict = new int[size];
        // What is below a node was made after it.
        for (int node = size - 1; node >= 0; node--) {
            sum(node);
        }
    }

    /** All rules that match are wanted. */
    static Precedence all(PatternTrie trie) {
        return new Precedence(trie, false, rule -> false);
    }

    /** The first rule is wanted, and if it allows, the first that does not. */
    static Precedence first(PatternTrie trie, IntPredicate allows) {
        return new Precedence(trie, true, allows);
    }

    private void sum(int node) {
        int firstAllow = NONE;
        int firstStrict = NONE;
        for (int entry = trie.firstRule(node); entry != PatternTrie.NONE; entry = trie.nextRule(entry)) {
            int rule = trie.rule(entry);
            if (allows.test(rule)) {
                firstAllow = Math.min(firstAllow, rule);
            } else {
                firstStrict = Math.min(firstStrict, rule);
            }
        }
        for (int child = trie.firstChild(node); child != PatternTrie.NONE; child = trie.nextSibling(child)) {
            firstAllow = Math.min(firstAllow, allow[child]);
            firstStrict = Math.min(firstStrict, strict[child]);
        }
        plainAllow[node] = firstAllow;
        plainStrict[node] = firstStrict;
        int star = trie.star(node);
        allow[node] = star == PatternTrie.NONE ? firstAllow : Math.min(firstAllow, allow[star]);
        strict[node] = star == PatternTrie.NONE ? firstStrict : Math.min(firstStrict, strict[star]);
    }

    /** Drops the stars that do not matter beside the others. */
    void keepStars(Ints stars) {
        if (!firstOnly) {
            return;
        }
        anyBound = NONE;
        strictBound = NONE;
        for (int i = 0; i < stars.size(); i++) {
            bound(stars.get(i));
        }
        int kept = 0;
        for (int i = 0; i < stars.size(); i++) {
            int star = stars.get(i);
            boolean reachesAllow = allow[star] != NONE && allow[star] <= anyBound;
            if (reachesAllow || (strict[star] != NONE && strict[star] <= strictBound)) {
                stars.set(kept++, star);
            }
        }
        stars.cut(kept);
    }

    private void bound(int star) {
        for (int entry = trie.firstRule(star); entry != PatternTrie.NONE; entry = trie.nextRule(entry)) {
            int rule = trie.rule(entry);
            anyBound = Math.min(anyBound, rule);
            strictBound = allows.test(rule) ? strictBound : Math.min(strictBound, rule);
        }
    }

    /** Drops the nodes that do not matter beside the stars, which {@link #keepStars} has seen just before. */
    void keepNodes(Ints nodes) {
        int kept = 0;
        for (int i = 0; i < nodes.size(); i++) {
            int node = nodes.get(i);
            boolean keep = firstOnly
                    ? plainAllow[node] < anyBound || plainStrict[node] < strictBound
                    : trie.firstRule(node) != PatternTrie.NONE || trie.firstChild(node) != PatternTrie.NONE;
            if (keep) {
                nodes.set(kept++, node);
            }
        }
        nodes.cut(kept);
    }

    /** Of the rules that match here, in order, those that are wanted. */
    int[] wanted(Ints matching) {
        int[] rules = matching.sorted().toArray();
        if (!firstOnly || rules.length < 2) {
            return rules;
        }
        for (int i = 0; i < rules.length; i++) {
            if (!allows.test(rules[i])) {
                return i == 0 ? new int[] {rules[0]} : new int[] {rules[0], rules[i]};
            }
        }
        return Arrays.copyOf(rules, 1);
    }
}
