/* Walking an automaton of a decision table: what a text leads to. */
#ifndef CRS_AUTOMATON_H
#define CRS_AUTOMATON_H

#include "table_layout.h"

/*
 * A node that does not know the next byte hands it to the node it misses to, which stands for what is left to match
 * wherever the text goes on; that node misses to itself and passes over the byte, or is an end.
 */
struct automaton_walk {
    const uint8_t *cells;
    uint64_t cell;
    const uint8_t *text, *end;
};

/* The first left bytes of a text, fewer than eight, as a word. */
static inline uint64_t automaton_short_word(const uint8_t *text, size_t left)
{
    if (left >= 4)
        return load32(text) | (uint64_t)load32(text + left - 4) << 8 * (left - 4);
    if (left == 0)
        return 0;
    return text[0] | (uint64_t)text[left / 2] << 8 * (left / 2) | (uint64_t)text[left - 1] << 8 * (left - 1);
}

/* The same, where fewer than the words of the chain are left of the text. Rare, so kept out of the walk. */
__attribute__((noinline)) static size_t automaton_same_short(const uint8_t *chain, size_t n, const uint8_t *text, size_t left)
{
    size_t i = 0;
    uint64_t word;

    if (n > left)
        n = left;
    for (; i < n; i += 8) {
        word = left - i >= 8 ? load64(text + i) : automaton_short_word(text + i, left - i);
        word ^= load64(chain + i);
        if (word != 0) {
            i += (size_t)__builtin_ctzll(word) / 8;
            break;
        }
    }
    return i < n ? i : n;
}

/* How many bytes of a chain of n (1 at least) stand next in the text. Its last word is filled up with 0. */
__attribute__((noinline)) static size_t automaton_same(const uint8_t *chain, size_t n, const uint8_t *text, const uint8_t *end)
{
    size_t left = (size_t)(end - text), i = 0;
    uint64_t word;

    if (left < ((n + 7) & ~(size_t)7))
        return automaton_same_short(chain, n, text, left);
    do {
        word = load64(text + i) ^ load64(chain + i);
        if (word != 0) {
            i += (size_t)__builtin_ctzll(word) / 8;
            break;
        }
        i += 8;
    } while (i < n);
    return i < n ? i : n;
}

/*
 * Whether a chain stands next in the text. Asked first, so that the processor, which guesses that it does, goes on from
 * there and need not wait for how many bytes are the same.
 */
static inline int automaton_starts(const uint8_t *chain, size_t n, const uint8_t *text, const uint8_t *end)
{
    size_t left = (size_t)(end - text), i = 0;

    if (left < ((n + 7) & ~(size_t)7))
        return automaton_same_short(chain, n, text, left) == n;
    for (; i + 8 < n; i += 8)
        if (load64(text + i) != load64(chain + i))
            return 0;
    /* What the last word has behind the chain is shifted out. */
    return (load64(text + i) ^ load64(chain + i)) << 8 * (i + 8 - n) == 0;
}

/* The place among the bytes of a SPARSE node, 8 if it is none of them. The lowest byte of 0 in a word is found. */
static inline uint32_t automaton_find(uint64_t keys, uint8_t key)
{
    uint64_t different = keys ^ key * 0x0101010101010101u;
    uint64_t found = (different - 0x0101010101010101u) & ~different & 0x0080808080808080u;

    return found == 0 ? 8 : (uint32_t)__builtin_ctzll(found) / 8;
}

/* The cell behind a byte, 0 if the node does not know it. */
static inline uint64_t automaton_edge(const uint8_t *node, uint64_t cell, uint8_t key)
{
    uint32_t place;

    if (cell_kind(cell) == CELL_DENSE) {
        place = key - cell_low(cell);
        return place < cell_count(cell) ? load64(node + NODE_REST + (size_t)place * CELL_SIZE) : 0;
    }
    place = automaton_find(load64(node + NODE_REST), key);
    return place < 8 ? load64(node + NODE_REST + CELL_SIZE + (size_t)place * CELL_SIZE) : 0;
}

/*
 * Goes on to the next node but chains, and gives what is accepted there: 0 is nothing. Over: w->cell is an end, or
 * the text is.
 */
static inline uint32_t automaton_next(struct automaton_walk *w, int *over)
{
    const uint8_t *node = w->cells + (size_t)(uint32_t)w->cell * CELL_SIZE;
    size_t n, same;
    uint64_t next;

    while (cell_kind(w->cell) == CELL_CHAIN) {
        n = cell_count(w->cell);
        same = automaton_same(node + NODE_REST, n, w->text, w->end);
        w->text += same;
        w->cell = load64(same == n ? node : node + NODE_MISS);
        node = w->cells + (size_t)(uint32_t)w->cell * CELL_SIZE;
    }
    *over = cell_kind(w->cell) == CELL_END || w->text == w->end;
    if (cell_kind(w->cell) == CELL_END)
        return (uint32_t)w->cell;
    if (!*over) {
        next = automaton_edge(node, w->cell, *w->text);
        if (next != 0) {
            w->text++;
        } else {
            next = load64(node + NODE_MISS);
            w->text += next == w->cell;
        }
        w->cell = next;
    }
    return (uint32_t)load64(node);
}

/* What the node where the text ends accepts: automaton_next to the end, with all of the walk in registers. */
__attribute__((always_inline)) static inline uint32_t automaton_accept(const uint8_t *cells, uint64_t cell, struct crs_str of)
{
    const uint8_t *text = (const uint8_t *)of.s, *end = text + of.len, *node;
    uint64_t next;
    size_t n;

    while (cell_kind(cell) != CELL_END) {
        node = cells + (size_t)(uint32_t)cell * CELL_SIZE;
        if (cell_kind(cell) == CELL_CHAIN) {
            n = cell_count(cell);
            if (automaton_starts(node + NODE_REST, n, text, end)) {
                text += n;
                cell = load64(node);
            } else {
                text += automaton_same(node + NODE_REST, n, text, end);
                cell = load64(node + NODE_MISS);
            }
            continue;
        }
        if (text == end)
            return (uint32_t)load64(node);
        next = automaton_edge(node, cell, *text);
        if (next != 0) {
            text++;
        } else {
            next = load64(node + NODE_MISS);
            text += next == cell;
        }
        cell = next;
    }
    return (uint32_t)cell;
}

#endif
