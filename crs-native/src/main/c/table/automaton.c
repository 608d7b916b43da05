/*
 * A node that does not know the next byte hands it to the node it misses to, which stands for what is left to match
 * wherever the text goes on; that node misses to itself and passes over the byte, or is an end.
 */
#include "automaton.h"

/* How many bytes are the same. What is left behind the last eight is looked at with some before it. */
static inline uint32_t same(const uint8_t *one, const uint8_t *other, uint32_t len)
{
    uint64_t difference;
    uint32_t i = 0;

    for (; len - i >= 8; i += 8) {
        difference = load64(one + i) ^ load64(other + i);
        if (difference != 0)
            return i + (uint32_t)__builtin_ctzll(difference) / 8;
    }
    if (i < len && len >= 8) {
        difference = load64(one + len - 8) ^ load64(other + len - 8);
        return difference == 0 ? len : len - 8 + (uint32_t)__builtin_ctzll(difference) / 8;
    }
    if (len - i >= 4 && load32(one + i) == load32(other + i))
        i += 4;
    while (i < len && one[i] == other[i])
        i++;
    return i;
}

/* The node that a byte leads to, 0 if the node does not know it. */
static inline uint32_t edge(const uint8_t *node, const uint8_t *edges, uint8_t key)
{
    uint32_t n = load16(node + NODE_COUNT), i;
    const uint8_t *first = edges + (size_t)load32(node + NODE_AT) * EDGE_SIZE;

    if (node[NODE_KIND] == NODE_DENSE) {
        i = (uint32_t)key - node[NODE_LOW];
        return i < n ? load32(first + (size_t)i * EDGE_SIZE) : 0;
    }
    for (i = 0; i < n; i++)
        if (load32(first + (size_t)i * EDGE_SIZE) >> EDGE_KEY_SHIFT == key)
            return load32(first + (size_t)i * EDGE_SIZE) & EDGE_TARGET;
    return 0;
}

/* Takes one step from a node that is no END, and with the text not at its end unless it is a CHAIN. */
static inline void step(const struct automaton_walk *w, const uint8_t **node, const uint8_t **text)
{
    const uint8_t *at = *node;
    uint32_t n, next;

    if (at[NODE_KIND] == NODE_CHAIN) {
        n = load16(at + NODE_COUNT);
        next = (uint32_t)(w->end - *text) < n ? (uint32_t)(w->end - *text) : n;
        next = same(w->chains + load32(at + NODE_AT), *text, next);
        *text += next;
        *node = w->nodes + (size_t)load32(at + (next == n ? NODE_ACCEPT : NODE_MISS)) * NODE_SIZE;
        return;
    }
    next = edge(at, w->edges, **text);
    if (next != 0) {
        *node = w->nodes + (size_t)next * NODE_SIZE;
        ++*text;
        return;
    }
    *node = w->nodes + (size_t)load32(at + NODE_MISS) * NODE_SIZE;
    *text += *node == at;
}

static inline int is_last(const struct automaton_walk *w, const uint8_t *node, const uint8_t *text)
{
    return node[NODE_KIND] == NODE_END || (text == w->end && node[NODE_KIND] != NODE_CHAIN);
}

void automaton_begin(struct automaton_walk *walk, const struct crs_table *t, int nodes, uint32_t root,
                     struct crs_str text)
{
    walk->nodes = t->section[nodes].at;
    walk->edges = t->section[nodes + 1].at;
    walk->chains = t->section[CRS_TEXT].at;
    walk->node = walk->nodes + (size_t)root * NODE_SIZE;
    walk->text = (const uint8_t *)text.s;
    walk->end = walk->text + text.len;
}

uint32_t automaton_accept(const struct crs_table *t, int nodes, uint32_t root, struct crs_str text)
{
    struct automaton_walk w;
    const uint8_t *node, *at;

    automaton_begin(&w, t, nodes, root, text);
    node = w.node;
    at = w.text;
    while (!is_last(&w, node, at))
        step(&w, &node, &at);
    return load32(node + NODE_ACCEPT);
}

uint32_t automaton_next(struct automaton_walk *walk)
{
    while (walk->node != NULL) {
        const uint8_t *node = walk->node;
        uint32_t accepted = node[NODE_KIND] == NODE_CHAIN ? 0 : load32(node + NODE_ACCEPT);

        if (is_last(walk, node, walk->text))
            walk->node = NULL;
        else
            step(walk, &walk->node, &walk->text);
        if (accepted != 0)
            return accepted;
    }
    return 0;
}
