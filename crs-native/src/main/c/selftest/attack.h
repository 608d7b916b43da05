/* H1: an attack on a process of the agent: it is found, attacked, and looked at again. */
#ifndef CRS_SELFTEST_ATTACK_H
#define CRS_SELFTEST_ATTACK_H

#include "trial.h"

/* Finds the agent's processes: t->agent and t->worker. 0, or a negative errno. */
int crs_attack_begin(struct crs_trial *t);

/* Afterwards: they are looked at, and what was forbidden stays so. The result it is given. */
int crs_attack_end(struct crs_trial *t, int result);

/* Two rows: `how` at a worker, and with CRS_AT_INIT at crs-init. */
#define CRS_AT_INIT 64
#define CRS_ATTACK(id, what, attempt, how, effect, flags, limit)                             \
    {"H1-" id, what " at a worker", attempt, how, effect, flags, limit},                     \
    {"H1-" id "-init", what " at crs-init", attempt, (how) | CRS_AT_INIT, effect, flags, limit}

#endif
