package io.crs.policy.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The automaton of ranges of keys that are all of one length: addresses and ports. The ranges cut the keys into
 * intervals with the same rules; a tree of bytes leads to the interval of a key.
 */
final class KeyAutomaton {
    private static final int BYTES = 256;
    private static final long BASE_LIMIT = 1 << 12;
    private static final long LIMIT_PER_RANGE = 32;
    private static final long WORDS_PER_BYTE = 8;

    /** A rule for the keys from {@code low} to {@code high}; a sure one matches whatever else the call is. */
    static final class Range {
        final byte[] low;
        final byte[] high;
        final int rule;
        final boolean sure;

        Range(byte[] low, byte[] high, int rule, boolean sure) {
            this.low = low;
            this.high = high;
            this.rule = rule;
            this.sure = sure;
        }
    }

    /** An end, which has no keys; or where all bytes lead to {@code rest}, an end, but those of a chain or of edges. */
    private static final class Node {
        final int value;
        final @Nullable Node rest;
        final byte[] keys;
        final List<Node> targets;

        Node(int value, @Nullable Node rest, byte[] keys, List<Node> targets) {
            this.value = value;
            this.rest = rest;
            this.keys = keys;
            this.targets = targets;
        }

        static Node end(int value) {
            return new Node(value, null, new byte[0], List.of());
        }

        /** Whether there is but one way on. */
        boolean isChain() {
            return targets.size() == 1;
        }
    }

    private final List<byte[]> starts = new ArrayList<>();
    private final List<Integer> values = new ArrayList<>();
    private final Map<Integer, Node> ends = new HashMap<>();

    private KeyAutomaton() {}

    /** How many intervals and candidates there may be for so many ranges, in this many words of nodes. */
    static long limit(int ranges, int length, long room) {
        return Math.min(BASE_LIMIT + LIMIT_PER_RANGE * ranges, room / (WORDS_PER_BYTE * length));
    }

    /**
     * Adds the automaton to a pool and gives the cell it begins with.
     *
     * @param ranges of keys of this many bytes, by the order of their rules
     * @param limit how many candidates and nodes there may be
     * @return empty if there would be more: ranges that all lie in each other
     */
    static Optional<Long> write(
            List<Range> ranges, int length, CellPool pool, ToIntFunction<int[]> valueOf, long limit) {
        if (ranges.isEmpty()) {
            return Optional.of(CellPool.DEAD);
        }
        List<int[]> candidates = new ArrayList<>();
        KeyAutomaton automaton = new KeyAutomaton();
        if (!automaton.cut(ranges, length, candidates, limit)) {
            return Optional.empty();
        }
        for (int[] rules : candidates) {
            automaton.values.add(valueOf.applyAsInt(rules));
        }
        Node root = automaton.node(0, 0, automaton.starts.size() - 1);
        return Optional.of(new Writer(pool, new HashMap<>()).write(root));
    }

    /** Cuts the keys into intervals, each with the rules of which one is the first that matches. */
    private boolean cut(List<Range> ranges, int length, List<int[]> candidates, long limit) {
        TreeMap<byte[], List<Range>> begins = new TreeMap<>(Arrays::compareUnsigned);
        TreeMap<byte[], List<Range>> ends = new TreeMap<>(Arrays::compareUnsigned);
        for (Range range : ranges) {
            begins.computeIfAbsent(range.low, key -> new ArrayList<>()).add(range);
            byte[] behind = next(range.high);
            if (behind != null) {
                ends.computeIfAbsent(behind, key -> new ArrayList<>()).add(range);
            }
        }
        TreeSet<byte[]> cuts = new TreeSet<>(Arrays::compareUnsigned);
        cuts.add(new byte[length]);
        cuts.addAll(begins.keySet());
        cuts.addAll(ends.keySet());
        TreeMap<Integer, Boolean> open = new TreeMap<>();
        long total = 0;
        for (byte[] at : cuts) {
            ends.getOrDefault(at, List.of()).forEach(range -> open.remove(range.rule));
            begins.getOrDefault(at, List.of()).forEach(range -> open.put(range.rule, range.sure));
            int[] rules = untilSure(open);
            total += rules.length + 1L;
            if (total > limit) {
                return false;
            }
            if (candidates.isEmpty() || !Arrays.equals(rules, candidates.get(candidates.size() - 1))) {
                starts.add(at);
                candidates.add(rules);
            }
        }
        return true;
    }

    private static int[] untilSure(Map<Integer, Boolean> open) {
        Ints rules = new Ints();
        for (Map.Entry<Integer, Boolean> entry : open.entrySet()) {
            rules.add(entry.getKey());
            if (entry.getValue()) {
                break;
            }
        }
        return rules.toArray();
    }

    /** The key behind a key; null behind the last. */
    private static byte @Nullable [] next(byte[] key) {
        byte[] next = key.clone();
        for (int i = next.length - 1; i >= 0; i--) {
            if (++next[i] != 0) {
                return next;
            }
        }
        return null;
    }

    /** The tree of the keys that are alike up to a depth, of which the lowest and the highest are in these intervals. */
    private Node node(int depth, int lowest, int highest) {
        if (lowest == highest) {
            return ends.computeIfAbsent(values.get(lowest), Node::end);
        }
        Node[] children = new Node[BYTES];
        int low = lowest;
        for (int key = 0; key < BYTES; key++) {
            while (low < highest && isAtMost(low + 1, depth, key)) {
                low++;
            }
            int high = low;
            while (high < highest && (starts.get(high + 1)[depth] & 0xFF) <= key) {
                high++;
            }
            children[key] = node(depth + 1, low, high);
            low = high;
        }
        return join(children);
    }

    /** Whether an interval begins no later than the keys with this byte do. */
    private boolean isAtMost(int interval, int depth, int key) {
        byte[] start = starts.get(interval);
        if ((start[depth] & 0xFF) != key) {
            return (start[depth] & 0xFF) < key;
        }
        for (int i = depth + 1; i < start.length; i++) {
            if (start[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** A node with edges to the children that are not the most frequent end. */
    private Node join(Node[] children) {
        Node rest = mostFrequentEnd(children);
        Ints keys = new Ints();
        for (int key = 0; key < BYTES; key++) {
            if (children[key] != rest) {
                keys.add(key);
            }
        }
        byte[] bytes = new byte[keys.size()];
        List<Node> targets = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) keys.get(i);
            targets.add(children[keys.get(i)]);
        }
        Node first = children[keys.get(0)];
        if (bytes.length == 1 && first.isChain() && first.rest == rest) {
            byte[] text = Arrays.copyOf(bytes, 1 + first.keys.length);
            System.arraycopy(first.keys, 0, text, 1, first.keys.length);
            if (CellPool.chainable(text) == text.length) {
                return new Node(0, rest, text, first.targets);
            }
        }
        return new Node(0, rest, bytes, targets);
    }

    private Node mostFrequentEnd(Node[] children) {
        Map<Node, Integer> counts = new HashMap<>();
        Node best = ends.computeIfAbsent(values.get(0), Node::end);
        for (Node child : children) {
            if (child.rest == null && counts.merge(child, 1, Integer::sum) > counts.getOrDefault(best, 0)) {
                best = child;
            }
        }
        return best;
    }

    /** Writes nodes, each once, behind those it leads to. */
    private record Writer(CellPool pool, Map<Node, Long> heads) {
        long write(Node node) {
            Long head = heads.get(node);
            if (head == null) {
                head = node.rest == null ? CellPool.end(node.value) : branch(node, write(node.rest));
                heads.put(node, head);
            }
            return head;
        }

        private long branch(Node node, long rest) {
            if (node.isChain() && node.keys.length > 1) {
                long next = write(node.targets.get(0));
                long head = pool.placeChain(node.keys.length);
                pool.chain(head, node.keys, next, rest);
                return head;
            }
            long[] targets = node.targets.stream().mapToLong(this::write).toArray();
            long head = pool.placeBranch(node.keys);
            pool.branch(head, 0, rest, node.keys, targets);
            return head;
        }
    }
}
