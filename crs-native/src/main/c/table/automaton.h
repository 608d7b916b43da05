/* The automata of a decision table's index. */
#ifndef CRS_AUTOMATON_H
#define CRS_AUTOMATON_H

#include "table_layout.h"

/* A text on its way through an automaton: a section of nodes, behind which that of its edges comes. */
struct automaton_walk {
    const uint8_t *nodes, *edges, *chains;
    const uint8_t *node, *text, *end;
};

/* Time of either way: at most two steps a byte. */

/* What the node where a text ends accepts. */
uint32_t automaton_accept(const struct crs_table *t, int nodes, uint32_t root, struct crs_str text);

/* The same piece by piece: what the next node on the way accepts that accepts anything; 0 at the end of the text. */
void automaton_begin(struct automaton_walk *walk, const struct crs_table *t, int nodes, uint32_t root,
                     struct crs_str text);
uint32_t automaton_next(struct automaton_walk *walk);

#endif
