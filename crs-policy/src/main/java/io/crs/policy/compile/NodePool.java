package io.crs.policy.compile;

import static io.crs.policy.compile.TableLayout.EDGE_KEY_SHIFT;
import static io.crs.policy.compile.TableLayout.EDGE_SIZE;
import static io.crs.policy.compile.TableLayout.NODE_ACCEPT;
import static io.crs.policy.compile.TableLayout.NODE_AT;
import static io.crs.policy.compile.TableLayout.NODE_COUNT;
import static io.crs.policy.compile.TableLayout.NODE_KIND;
import static io.crs.policy.compile.TableLayout.NODE_LOW;
import static io.crs.policy.compile.TableLayout.NODE_MISS;
import static io.crs.policy.compile.TableLayout.NODE_SIZE;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The sections of an automaton's nodes and edges. Node 0 is the end that accepts nothing. A node's edges are written
 * with it, so that those of all nodes follow each other.
 */
final class NodePool {
    /** The most nodes there can be, since an edge has 24 bits for one. */
    static final int MAX_NODES = 1 << EDGE_KEY_SHIFT;

    /** Up to this many edges are looked through one by one. */
    private static final int FEW = 4;

    private static final int SPREAD = 4;

    /** The bytes of chains, each once; shared by all pools. */
    static final class Texts {
        private final SectionBytes bytes = new SectionBytes();
        private final Map<ByteBuffer, Integer> places = new HashMap<>();

        private int put(byte[] text) {
            return places.computeIfAbsent(ByteBuffer.wrap(text), key -> bytes.add(text));
        }

        SectionBytes bytes() {
            return bytes;
        }
    }

    private final SectionBytes nodes = new SectionBytes();
    private final SectionBytes edges = new SectionBytes();
    private final Texts texts;

    NodePool(Texts texts) {
        this.texts = texts;
        end(add(), 0);
    }

    /** Adds a node, to be written by one of the methods below, in the order of their addition. */
    int add() {
        return nodes.grow(NODE_SIZE) / NODE_SIZE;
    }

    int size() {
        return nodes.size() / NODE_SIZE;
    }

    private int head(int node, int kind, int low, int count) {
        int at = node * NODE_SIZE;
        nodes.put8(at + NODE_KIND, kind);
        nodes.put8(at + NODE_LOW, low);
        nodes.put16(at + NODE_COUNT, count);
        return at;
    }

    /** A node that no byte leads away from. */
    void end(int node, int accept) {
        nodes.put32(head(node, TableLayout.NODE_END, 0, 0) + NODE_ACCEPT, accept);
    }

    /** A node that a text leads away from to the next one; where it breaks off, {@code miss} looks on. */
    void chain(int node, byte[] text, int next, int miss) {
        int at = head(node, TableLayout.NODE_CHAIN, 0, text.length);
        nodes.put32(at + NODE_ACCEPT, next);
        nodes.put32(at + NODE_MISS, miss);
        nodes.put32(at + NODE_AT, texts.put(text));
    }

    /**
     * A node with edges, in the order of their unsigned keys.
     *
     * @param miss where a byte without an edge is looked at again; the node itself to pass over it
     */
    void branch(int node, int accept, int miss, byte[] keys, int[] targets) {
        int n = keys.length;
        int low = n == 0 ? 0 : keys[0] & 0xFF;
        int span = n == 0 ? 0 : (keys[n - 1] & 0xFF) - low + 1;
        boolean dense = span <= FEW || n > FEW * SPREAD || span <= SPREAD * n;
        int at =
                head(node, dense ? TableLayout.NODE_DENSE : TableLayout.NODE_SPARSE, dense ? low : 0, dense ? span : n);
        int edge = edges.grow((dense ? span : n) * EDGE_SIZE);
        for (int i = 0; i < n; i++) {
            int key = keys[i] & 0xFF;
            if (dense) {
                edges.put32(edge + (key - low) * EDGE_SIZE, targets[i]);
            } else {
                edges.put32(edge + i * EDGE_SIZE, key << EDGE_KEY_SHIFT | targets[i]);
            }
        }
        nodes.put32(at + NODE_ACCEPT, accept);
        nodes.put32(at + NODE_MISS, miss);
        nodes.put32(at + NODE_AT, edge / EDGE_SIZE);
    }

    SectionBytes nodes() {
        return nodes;
    }

    SectionBytes edges() {
        return edges;
    }
}
