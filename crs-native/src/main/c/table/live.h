/*
 * A decision table that is replaced while it is in use.
 *
 * One memfd, mapped by all: a page that says which half counts, then two halves. The table in force lies in one of them,
 * the next one is written into the other; a generation is even or odd as its half is the first or the second. The seals
 * let nobody write or resize it who maps it later.
 *
 *      0 "CRSLIVE1" | generation u32 | 0 u32 | size u32[2] | mode u8[2] | log mode u8[2]
 *   4096 first half, 64 MiB, of which memory is used as far as a table reaches
 *   4096 + 64 MiB second half
 */
#ifndef CRS_LIVE_H
#define CRS_LIVE_H

#include "table.h"

#include <stdatomic.h>
#include <stdint.h>

struct crs_live {
    int fd;
    struct crs_live_page *page; /* NULL: the table is not to be replaced */
};

/* Instead of a table's own mode and log mode; -1: its own. */
struct crs_live_modes {
    int mode, log_mode;
};

/* Makes the memory with a table in force, as generation 0. 0 or -errno. */
int crs_live_create(struct crs_live *live, const struct crs_table *table);

/*
 * Writes a table into the half that is not in force and checks it there; whoever reads the other half is not disturbed.
 * 0; -EINVAL, -ENOTSUP as crs_table_open, whose sentence is then in t->error; else *t is open on it.
 */
int crs_live_write(struct crs_live *live, const void *bytes, size_t size, struct crs_live_modes modes, struct crs_table *t);

/* Puts what was written in force; its generation. */
uint32_t crs_live_switch(struct crs_live *live);

/* The generation in force; and the table of that generation. */
uint32_t crs_live_generation(const struct crs_live *live);
int crs_live_open(const struct crs_live *live, uint32_t generation, struct crs_table *t);

#endif
