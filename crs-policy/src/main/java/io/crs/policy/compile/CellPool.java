package io.crs.policy.compile;

import static io.crs.policy.compile.TableLayout.CELL_COUNT_SHIFT;
import static io.crs.policy.compile.TableLayout.CELL_KIND_SHIFT;
import static io.crs.policy.compile.TableLayout.CELL_LOW_SHIFT;
import static io.crs.policy.compile.TableLayout.CELL_SIZE;
import static io.crs.policy.compile.TableLayout.NODE_MISS;
import static io.crs.policy.compile.TableLayout.NODE_REST;
import static io.crs.policy.compile.TableLayout.SPARSE_EDGES;

/**
 * A section of the cells of automata. A cell is an edge and the head of the node it leads to in one, so that a step is
 * one look into the table. A node is placed first, which gives its head, and filled in when the heads of the others are
 * known.
 */
final class CellPool {
    /** The end that accepts nothing. Unlike no edge, which is 0, it is one. */
    static final long DEAD = end(0);

    private static final int DENSITY = 4;
    /** The cells of a node before its text or its edges: the head, where it goes on or what it accepts, its miss. */
    static final int HEAD = 3;

    private final SectionBytes cells = new SectionBytes();

    /** The end that accepts this. It needs no room. */
    static long end(int accept) {
        return 1L << CELL_COUNT_SHIFT | Integer.toUnsignedLong(accept);
    }

    /**
     * How many bytes of a text can be one chain, from its first. None can be in the highest byte of a word that would
     * make it look like the head of a node there.
     */
    static int chainable(byte[] text) {
        for (int i = Long.BYTES - 1; i < text.length; i += Long.BYTES) {
            if (text[i] > TableLayout.CELL_END && text[i] <= TableLayout.CELL_SPARSE) {
                return i;
            }
        }
        return text.length;
    }

    /** The number of cells a chain of this many bytes takes. */
    static int chainSize(int length) {
        return HEAD + (length + Long.BYTES - 1) / Long.BYTES;
    }

    /** The number of cells a node with these edges takes. */
    static int branchSize(byte[] keys) {
        return HEAD + (isDense(keys) ? span(keys) : 1 + keys.length);
    }

    private static boolean isDense(byte[] keys) {
        return keys.length > SPARSE_EDGES || span(keys) <= Math.max(DENSITY, DENSITY * keys.length);
    }

    private static int span(byte[] keys) {
        return keys.length == 0 ? 0 : (keys[keys.length - 1] & 0xFF) - (keys[0] & 0xFF) + 1;
    }

    private long place(int kind, int low, int count, int size) {
        int head = cells.grow(size * CELL_SIZE) / CELL_SIZE;
        long cell = (long) kind << CELL_KIND_SHIFT
                | (long) low << CELL_LOW_SHIFT
                | (long) count << CELL_COUNT_SHIFT
                | (head + 1);
        cells.put64(head * CELL_SIZE, cell);
        return cell;
    }

    /** Places a node that a text of this many bytes leads away from. */
    long placeChain(int length) {
        return place(TableLayout.CELL_CHAIN, 0, length, chainSize(length));
    }

    /** Places a node with edges for these bytes, in the order of their numbers. */
    long placeBranch(byte[] keys) {
        return isDense(keys)
                ? place(TableLayout.CELL_DENSE, keys.length == 0 ? 0 : keys[0] & 0xFF, span(keys), branchSize(keys))
                : place(TableLayout.CELL_SPARSE, 0, keys.length, branchSize(keys));
    }

    private static int node(long head) {
        return (int) head * CELL_SIZE;
    }

    /** Fills in a chain: what its text leads to, and where it is looked on if the text breaks off. */
    void chain(long head, byte[] text, long next, long miss) {
        int node = node(head);
        cells.put64(node, next);
        cells.put64(node + NODE_MISS, miss);
        for (int i = 0; i < text.length; i++) {
            cells.put8(node + NODE_REST + i, text[i]);
        }
    }

    /**
     * Fills in a node with edges.
     *
     * @param miss where a byte without an edge is looked at again; the node itself to pass over it
     */
    void branch(long head, int accept, long miss, byte[] keys, long[] targets) {
        int node = node(head);
        cells.put64(node, end(accept));
        cells.put64(node + NODE_MISS, miss);
        if (isDense(keys)) {
            for (int i = 0; i < keys.length; i++) {
                cells.put64(node + NODE_REST + ((keys[i] & 0xFF) - (keys[0] & 0xFF)) * CELL_SIZE, targets[i]);
            }
            return;
        }
        for (int i = 0; i < SPARSE_EDGES; i++) {
            // A place that is left over has the first byte once more: the first of equal ones is found.
            cells.put8(node + NODE_REST + i, keys[i < keys.length ? i : 0]);
        }
        for (int i = 0; i < keys.length; i++) {
            cells.put64(node + NODE_REST + CELL_SIZE + i * CELL_SIZE, targets[i]);
        }
    }

    SectionBytes cells() {
        return cells;
    }
}
