/*
 * A race: what an attempt hands to the kernel is something else the moment after. A thread or another process changes it
 * for a third of a second, while the attempt is made again and again.
 */
#ifndef CRS_SELFTEST_RACE_H
#define CRS_SELFTEST_RACE_H

#include "trial.h"

#include <stdatomic.h>
#include <stddef.h>

/* Shared with the other side, whoever it is. */
struct crs_race {
    struct crs_trial *t;
    atomic_int done;
    size_t size;
    char value[2][512]; /* what is allowed, what is denied */
    char now[512];      /* one of them, or half of each */
};

extern struct crs_race *crs_race;

int crs_race_begin(struct crs_trial *t, const void *allowed, const void *denied, size_t size);

enum crs_rival { CRS_BY_NOBODY, CRS_BY_THREAD, CRS_BY_PROCESS };

/* `other` runs until it is done; `once` is given `how`. 0, or a negative errno if there is no other side. */
int crs_race_run(struct crs_trial *t, enum crs_rival by, void *(*other)(void *), void (*once)(struct crs_trial *, int), int how);

/* As the other side: the two values by turns. */
void *crs_race_flip(void *unused);

#endif
