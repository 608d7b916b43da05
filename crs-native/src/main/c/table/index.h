/* The index of a decision table: which rule of a list is the first that matches, without asking each. */
#ifndef CRS_INDEX_H
#define CRS_INDEX_H

#include "match.h"

/* The first rule before limit of a list (by its place in INDX) that matches, else limit. */
uint32_t index_first(struct evaluation *e, uint32_t list, const struct crs_path *path, uint32_t limit);

#endif
