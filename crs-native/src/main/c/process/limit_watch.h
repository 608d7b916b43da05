/*
 * Limits of a policy about processes: how many there are, of one program, and how old they are.
 *
 * /proc is read once a second, less often where that takes long: what is above a limit for less than that is not seen. Nothing is
 * blocked; what passes a limit is an ALERT, once until it has been down to the limit again, and once for the age of a process.
 * (Calls in a second are counted where they are answered, in call/rate.c.)
 */
#ifndef CRS_LIMIT_WATCH_H
#define CRS_LIMIT_WATCH_H

#include <stdint.h>
#include <sys/types.h>

#define CRS_TOLD 256u /* old processes that were told of; another one than the last so many may be told of again */

struct crs_supervisor;

struct crs_limits {
    int64_t next_ms;
    uint32_t generation;        /* of the table the rest is about */
    uint8_t above[1026];        /* by the limit's place in the table: it was passed when last looked */
    struct {
        pid_t pid;
        uint64_t start;
    } told[CRS_TOLD];
    uint32_t tells;
};

/* Looks, if it is time to. Milliseconds until it wants to be called again, -1: there is nothing to look for. */
int crs_limits_look(struct crs_supervisor *s);

#endif
