/* What the two halves of the check of a decision table share. */
#ifndef CRS_TABLE_CHECK_H
#define CRS_TABLE_CHECK_H

#include "table_layout.h"

/* Writes "where number: what" to t->error; gives -EINVAL. */
int check_refuse(struct crs_table *t, const char *where, uint32_t number, const char *what);

/* Whether a reference is to a string. */
int check_string_at(const struct crs_table *t, uint32_t ref);

/* Whether a reference is 0 or to a run of the section. */
int check_run_at(const struct crs_table *t, int section, uint32_t ref);

/* kinds: one bit a kind of matcher. Whether a reference is 0 or to a matcher of one of them. */
int check_matcher_at(const struct crs_table *t, uint32_t ref, unsigned kinds);

/* The index; all else is checked already. */
int check_index(struct crs_table *t);

/* Matchers, rules, calls, and what the header refers to; sections, strings and runs are checked already. */
int check_records(struct crs_table *t);

#endif
