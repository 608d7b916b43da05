package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u16;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableLayout.EDGE_KEY_SHIFT;
import static io.crs.policy.compile.TableLayout.EDGE_SIZE;
import static io.crs.policy.compile.TableLayout.EDGE_TARGET;
import static io.crs.policy.compile.TableLayout.NODE_ACCEPT;
import static io.crs.policy.compile.TableLayout.NODE_AT;
import static io.crs.policy.compile.TableLayout.NODE_COUNT;
import static io.crs.policy.compile.TableLayout.NODE_LOW;
import static io.crs.policy.compile.TableLayout.NODE_MISS;
import static io.crs.policy.compile.TableLayout.NODE_SIZE;

import io.crs.policy.compile.TableLayout.Section;
import java.util.Arrays;

/**
 * The automata of a table: what a text leads to, in steps that are no more than its bytes and as many misses.
 *
 * <p>A node that does not know the next byte hands it to the node it misses to, which stands for what is left to match
 * wherever the text goes on; that node misses to itself and passes over the byte, or is an end.
 */
final class Automaton {
    private final byte[] bytes;
    private final int nodes;
    private final int edges;
    private final int texts;

    Automaton(TableView view, Section nodes, Section edges) {
        this.bytes = view.bytes;
        this.nodes = view.offset(nodes);
        this.edges = view.offset(edges);
        this.texts = view.offset(Section.TEXT);
    }

    /** What the node where a text of this many bytes ends accepts. */
    int accept(int root, byte[] text, int end) {
        int node = nodes + root * NODE_SIZE;
        int at = 0;
        while (true) {
            int kind = u8(bytes, node);
            if (kind == TableLayout.NODE_END || (at == end && kind != TableLayout.NODE_CHAIN)) {
                return i32(bytes, node + NODE_ACCEPT);
            }
            if (kind == TableLayout.NODE_CHAIN) {
                int length = u16(bytes, node + NODE_COUNT);
                int same = same(i32(bytes, node + NODE_AT), length, text, at, end);
                at += same;
                node = nodes + i32(bytes, node + (same == length ? NODE_ACCEPT : NODE_MISS)) * NODE_SIZE;
                continue;
            }
            int next = kind == TableLayout.NODE_DENSE ? dense(node, text[at] & 0xFF) : sparse(node, text[at] & 0xFF);
            if (next != 0) {
                node = nodes + next * NODE_SIZE;
                at++;
            } else {
                int miss = nodes + i32(bytes, node + NODE_MISS) * NODE_SIZE;
                at += miss == node ? 1 : 0;
                node = miss;
            }
        }
    }

    /** The first rule before {@code limit} that matches, among what any node on the way of a text accepts. */
    int scan(int root, byte[] text, int end, RuleIndex rules, int requested, int limit, CallBuffer call) {
        int node = nodes + root * NODE_SIZE;
        int at = 0;
        int best = limit;
        while (true) {
            int kind = u8(bytes, node);
            if (kind == TableLayout.NODE_CHAIN) {
                int length = u16(bytes, node + NODE_COUNT);
                int same = same(i32(bytes, node + NODE_AT), length, text, at, end);
                at += same;
                node = nodes + i32(bytes, node + (same == length ? NODE_ACCEPT : NODE_MISS)) * NODE_SIZE;
                continue;
            }
            best = rules.firstThatMatches(i32(bytes, node + NODE_ACCEPT), requested, best, call);
            if (kind == TableLayout.NODE_END || at == end) {
                return best;
            }
            int next = kind == TableLayout.NODE_DENSE ? dense(node, text[at] & 0xFF) : sparse(node, text[at] & 0xFF);
            if (next != 0) {
                node = nodes + next * NODE_SIZE;
                at++;
            } else {
                int miss = nodes + i32(bytes, node + NODE_MISS) * NODE_SIZE;
                at += miss == node ? 1 : 0;
                node = miss;
            }
        }
    }

    /** How many bytes of a chain stand in the text. */
    private int same(int chain, int length, byte[] text, int at, int end) {
        int n = Math.min(length, end - at);
        int from = texts + chain;
        int different = Arrays.mismatch(bytes, from, from + n, text, at, at + n);
        return different < 0 ? n : different;
    }

    private int dense(int node, int key) {
        int place = key - u8(bytes, node + NODE_LOW);
        return place >= 0 && place < u16(bytes, node + NODE_COUNT)
                ? i32(bytes, edges + (i32(bytes, node + NODE_AT) + place) * EDGE_SIZE)
                : 0;
    }

    private int sparse(int node, int key) {
        int at = edges + i32(bytes, node + NODE_AT) * EDGE_SIZE;
        int end = at + u16(bytes, node + NODE_COUNT) * EDGE_SIZE;
        for (; at < end; at += EDGE_SIZE) {
            int edge = i32(bytes, at);
            if (edge >>> EDGE_KEY_SHIFT == key) {
                return edge & EDGE_TARGET;
            }
        }
        return 0;
    }
}
