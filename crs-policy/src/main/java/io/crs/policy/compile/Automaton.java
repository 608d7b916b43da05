package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i64;
import static io.crs.policy.compile.TableLayout.CELL_SIZE;
import static io.crs.policy.compile.TableLayout.SPARSE_EDGES;

import io.crs.policy.compile.TableLayout.Section;

/**
 * The automata of a table: what a text leads to, in steps that are no more than its bytes and as many misses.
 *
 * <p>A node that does not know the next byte hands it to the node it misses to, which stands for what is left to match
 * wherever the text goes on; that node misses to itself and passes over the byte, or is an end.
 */
final class Automaton {
    private static final int BYTES = 256;
    /** Behind its head a node has where it goes on, or what it accepts; where it misses to; then the rest. */
    private static final int MISS = 1;

    private static final int REST = 2;
    /** Shifting is what dividing by 8 comes to where no number is negative, which the JVM cannot know. */
    private static final int BITS_TO_BYTES = 3;

    private static final long EACH_BYTE = 0x0101010101010101L;
    private static final long TOP_BITS = 0x8080808080808080L >>> ((Long.BYTES - SPARSE_EDGES) * Byte.SIZE);

    /** The cells as the numbers they are: they are looked at in every step. */
    private final long[] cells;

    Automaton(TableView view, Section cells) {
        this.cells = new long[view.count(cells)];
        for (int i = 0; i < this.cells.length; i++) {
            this.cells[i] = i64(view.bytes, view.offset(cells) + i * CELL_SIZE);
        }
    }

    static int kind(long cell) {
        return (int) (cell >>> TableLayout.CELL_KIND_SHIFT);
    }

    static int count(long cell) {
        return (int) (cell >>> TableLayout.CELL_COUNT_SHIFT) & TableLayout.CELL_COUNT;
    }

    static int low(long cell) {
        return (int) (cell >>> TableLayout.CELL_LOW_SHIFT) & TableLayout.CELL_LOW;
    }

    /** The number of cells of the node with this head; 0 if it is no head. */
    static int size(long head) {
        int n = count(head);
        return switch (kind(head)) {
            case TableLayout.CELL_CHAIN -> n > 0 ? CellPool.chainSize(n) : 0;
            case TableLayout.CELL_DENSE -> n <= BYTES ? CellPool.HEAD + n : 0;
            case TableLayout.CELL_SPARSE -> n > 0 && n <= SPARSE_EDGES ? CellPool.HEAD + 1 + n : 0;
            default -> 0;
        };
    }

    /** The number of nodes in a section of a sound table. */
    static int nodes(TableView view, Section cells) {
        int nodes = 0;
        for (int at = 0; at < view.count(cells); nodes++) {
            at += size(i64(view.bytes, view.offset(cells) + at * CELL_SIZE));
        }
        return nodes;
    }

    /** What the node where a text of this many bytes ends accepts. */
    int accept(long root, byte[] text, int end) {
        long cell = root;
        int at = 0;
        while (true) {
            int kind = kind(cell);
            if (kind == TableLayout.CELL_END) {
                return (int) cell;
            }
            int node = (int) cell;
            if (kind == TableLayout.CELL_CHAIN) {
                int length = count(cell);
                if (starts(node + REST, length, text, at, end)) {
                    at += length;
                    cell = cells[node];
                } else {
                    at += same(node + REST, length, text, at, end);
                    cell = cells[node + MISS];
                }
            } else if (at == end) {
                return (int) cells[node];
            } else {
                long next = edge(cell, node, text[at] & 0xFF);
                if (next == 0) {
                    next = cells[node + MISS];
                    at += next == cell ? 1 : 0;
                } else {
                    at++;
                }
                cell = next;
            }
        }
    }

    /** The first rule before {@code limit} that matches, among what any node on the way of a text accepts. */
    int scan(long root, byte[] text, int end, RuleIndex rules, int requested, int limit, CallFields call) {
        long cell = root;
        int at = 0;
        int best = limit;
        while (true) {
            int kind = kind(cell);
            if (kind == TableLayout.CELL_END) {
                return rules.firstThatMatches((int) cell, requested, best, call);
            }
            int node = (int) cell;
            if (kind == TableLayout.CELL_CHAIN) {
                int length = count(cell);
                int same = same(node + REST, length, text, at, end);
                at += same;
                cell = cells[same == length ? node : node + MISS];
                continue;
            }
            best = rules.firstThatMatches((int) cells[node], requested, best, call);
            if (at == end) {
                return best;
            }
            long next = edge(cell, node, text[at] & 0xFF);
            if (next == 0) {
                next = cells[node + MISS];
                at += next == cell ? 1 : 0;
            } else {
                at++;
            }
            cell = next;
        }
    }

    /**
     * Whether a chain stands next in the text. Asked first, so that the processor, which guesses that it does, goes on
     * from there and need not wait for how many bytes are the same.
     */
    private boolean starts(int chain, int length, byte[] text, int at, int end) {
        if (end - at < length) {
            return false;
        }
        int word = chain;
        int i = 0;
        for (; i + Long.BYTES < length; i += Long.BYTES) {
            if (cells[word] != i64(text, at + i)) {
                return false;
            }
            word++;
        }
        // What the last word has behind the chain is shifted out.
        return (cells[word] ^ i64(text, at + i)) << (Byte.SIZE * (i + Long.BYTES - length)) == 0;
    }

    /** How many bytes of a chain stand in the text; the array of the text has a word more than it needs. */
    private int same(int chain, int length, byte[] text, int at, int end) {
        int n = Math.min(length, end - at);
        for (int word = 0, i = 0; i < n; word++, i += Long.BYTES) {
            long different = cells[chain + word] ^ i64(text, at + i);
            if (different != 0) {
                return Math.min(n, i + firstByte(different));
            }
        }
        return n;
    }

    /** The cell that a byte leads to, 0 if the node does not know it. */
    private long edge(long cell, int node, int key) {
        if (kind(cell) == TableLayout.CELL_DENSE) {
            int place = key - low(cell);
            return place >= 0 && place < count(cell) ? cells[node + REST + place] : 0;
        }
        long different = cells[node + REST] ^ key * EACH_BYTE;
        // The lowest byte of 0 is the first whose highest bit is set here.
        long found = (different - EACH_BYTE) & ~different & TOP_BITS;
        return found == 0 ? 0 : cells[node + REST + 1 + firstByte(found)];
    }

    /** The place of the lowest byte of a word that is not 0. */
    private static int firstByte(long word) {
        return Long.numberOfTrailingZeros(word) >>> BITS_TO_BYTES;
    }
}
