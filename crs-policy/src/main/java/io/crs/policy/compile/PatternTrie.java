package io.crs.policy.compile;

import java.util.Arrays;

/**
 * Globs without {@code ?} as one tree: what begins alike is there once. A node below a {@code *} is a star, which any
 * bytes lead back to.
 *
 * <p>A {@code *} takes whole code points where globs are matched one by one. Without a {@code ?} that is the same as
 * whole bytes: what stands behind it begins with a byte that begins a code point.
 */
final class PatternTrie {
    static final int ROOT = 0;
    static final int NONE = -1;

    private int size;
    private int[] firstChild = new int[256];
    private int[] nextSibling = new int[256];
    private int[] star = new int[256];
    private byte[] label = new byte[256];
    /** The rules whose patterns end at a node, as chains through {@link #nextRule}. */
    private int[] firstRule = new int[256];

    private int rules;
    private int[] rule = new int[64];
    private int[] nextRule = new int[64];

    PatternTrie() {
        node((byte) 0);
    }

    private int node(byte key) {
        if (size == label.length) {
            int room = 2 * size;
            firstChild = Arrays.copyOf(firstChild, room);
            nextSibling = Arrays.copyOf(nextSibling, room);
            star = Arrays.copyOf(star, room);
            label = Arrays.copyOf(label, room);
            firstRule = Arrays.copyOf(firstRule, room);
        }
        firstChild[size] = NONE;
        nextSibling[size] = NONE;
        star[size] = NONE;
        firstRule[size] = NONE;
        label[size] = key;
        return size++;
    }

    /** The node behind plain bytes. */
    int plain(int from, byte[] bytes, int at, int end) {
        int node = from;
        for (int i = at; i < end; i++) {
            node = child(node, bytes[i], true);
        }
        return node;
    }

    /** The node behind what is left of a pattern: stars, plain bytes, and bytes behind a backslash. */
    int pattern(int from, byte[] bytes, int at, int end) {
        int node = from;
        for (int i = at; i < end; i++) {
            if (bytes[i] == '*') {
                node = starBelow(node);
            } else {
                i += bytes[i] == '\\' && i + 1 < end ? 1 : 0;
                node = child(node, bytes[i], true);
            }
        }
        return node;
    }

    /** The star below a node. */
    int starBelow(int node) {
        if (star[node] == NONE) {
            // Made first: making a node may move the arrays.
            int made = node((byte) 0);
            star[node] = made;
        }
        return star[node];
    }

    /** Says that the pattern of a rule ends at a node. */
    void end(int node, int place) {
        if (rules == rule.length) {
            rule = Arrays.copyOf(rule, 2 * rules);
            nextRule = Arrays.copyOf(nextRule, 2 * rules);
        }
        rule[rules] = place;
        nextRule[rules] = firstRule[node];
        firstRule[node] = rules++;
    }

    /** The child of a node for a byte; {@link #NONE} if it has none. */
    int child(int node, byte key) {
        return child(node, key, false);
    }

    private int child(int node, byte key, boolean make) {
        int last = NONE;
        for (int child = firstChild[node]; child != NONE; child = nextSibling[child]) {
            if (label[child] == key) {
                return child;
            }
            last = child;
        }
        if (!make) {
            return NONE;
        }
        int made = node(key);
        if (last == NONE) {
            firstChild[node] = made;
        } else {
            nextSibling[last] = made;
        }
        return made;
    }

    int size() {
        return size;
    }

    int firstChild(int node) {
        return firstChild[node];
    }

    int nextSibling(int node) {
        return nextSibling[node];
    }

    int star(int node) {
        return star[node];
    }

    byte label(int node) {
        return label[node];
    }

    /** The first of the rules that end at a node, to be followed by {@link #nextRule}; {@link #NONE} if none does. */
    int firstRule(int node) {
        return firstRule[node];
    }

    int nextRule(int entry) {
        return nextRule[entry];
    }

    int rule(int entry) {
        return rule[entry];
    }

    /** Whether a node is but a step on the way to its one child. */
    boolean isStep(int node) {
        return firstRule[node] == NONE
                && star[node] == NONE
                && firstChild[node] != NONE
                && nextSibling[firstChild[node]] == NONE;
    }
}
