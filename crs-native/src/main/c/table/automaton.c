/*
 * A node that does not know the next byte hands it to the node it misses to, which stands for what is left to match
 * wherever the text goes on; that node misses to itself and passes over the byte, or is an end.
 */
#include "automaton.h"

static uint32_t same(const uint8_t *one, const uint8_t *other, uint32_t len)
{
    uint32_t i = 0;

    for (; len - i >= 8; i += 8) {
        uint64_t difference = load64(one + i) ^ load64(other + i);

        if (difference != 0)
            return i + (uint32_t)__builtin_ctzll(difference) / 8;
    }
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

uint32_t automaton_accept(const struct crs_table *t, int nodes, int edges, uint32_t root, const uint8_t *text,
                          uint32_t len)
{
    const uint8_t *base = t->section[nodes].at, *node = base + (size_t)root * NODE_SIZE, *end = text + len;

    while (node[NODE_KIND] != NODE_END) {
        uint32_t n, next;

        if (node[NODE_KIND] == NODE_CHAIN) {
            n = load16(node + NODE_COUNT);
            next = (uint32_t)(end - text) < n ? (uint32_t)(end - text) : n;
            next = same(t->section[CRS_TEXT].at + load32(node + NODE_AT), text, next);
            text += next;
            node = base + (size_t)load32(node + (next == n ? NODE_ACCEPT : NODE_MISS)) * NODE_SIZE;
            continue;
        }
        if (text == end)
            break;
        next = edge(node, t->section[edges].at, *text);
        if (next != 0) {
            node = base + (size_t)next * NODE_SIZE;
            text++;
            continue;
        }
        next = load32(node + NODE_MISS);
        text += base + (size_t)next * NODE_SIZE == node;
        node = base + (size_t)next * NODE_SIZE;
    }
    return load32(node + NODE_ACCEPT);
}
