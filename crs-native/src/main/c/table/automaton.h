/* The automata of a decision table's index. */
#ifndef CRS_AUTOMATON_H
#define CRS_AUTOMATON_H

#include "table_layout.h"

/*
 * What the node where a text ends accepts; root is a node of the section nodes, whose edges are in the section edges.
 * Time: at most two steps a byte.
 */
uint32_t automaton_accept(const struct crs_table *t, int nodes, int edges, uint32_t root, const uint8_t *text,
                          uint32_t len);

#endif
