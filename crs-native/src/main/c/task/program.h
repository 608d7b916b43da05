/*
 * What program a process runs: known to all workers, fixed at exec, inherited by fork.
 *
 * The first name is the executable as the kernel has it, then come the path given to exec and, for a script or a
 * program started through the dynamic loader, what that interpreter was given.
 */
#ifndef CRS_PROGRAM_H
#define CRS_PROGRAM_H

#include "table.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define CRS_PROCESSES 4096u
#define CRS_NAMES 16u
#define CRS_NAMES_SIZE (3u * 4096u) /* bytes of all names of one process */

/* Names one after the other; those that do not fit are left out, which `incomplete` tells. */
struct crs_names {
    uint32_t count, used;
    uint32_t at[CRS_NAMES], len[CRS_NAMES];
    uint8_t incomplete;
    char bytes[CRS_NAMES_SIZE];
};

void crs_names_clear(struct crs_names *names);
/* Adds a name, or all of them, where they are not there yet. */
void crs_names_add(struct crs_names *names, const char *name, size_t len);
void crs_names_join(struct crs_names *names, const struct crs_names *more);
struct crs_str crs_names_get(const struct crs_names *names, uint32_t i);
void crs_names_copy(struct crs_names *to, const struct crs_names *from);

/* Of one process. */
struct crs_process_names {
    struct crs_names names;     /* of the program it runs */
    struct crs_names ancestors; /* of the programs it descends from, by fork or by exec */
    struct crs_names next;      /* of the one it is about to run; the first is the executable that is expected */
};

/* A process; its slot is found by pid and belongs to it as long as `start` agrees. */
struct crs_process {
    int32_t tgid;               /* 0: free */
    uint16_t at;                /* which names are its */
    uint8_t pending;            /* an exec was let through and not yet seen to have happened */
    uint8_t drift_told;
    uint64_t start;             /* what tells it from another process of the same pid */
    uint32_t used;              /* for eviction */
};

/* Names are large, and a search looks at many processes: they lie apart, and those of the dead are the first to be taken again. */
struct crs_programs {
    _Atomic int32_t lock;       /* holder's pid, 0: free */
    _Atomic uint32_t clock;
    uint32_t hand;              /* the next names to be looked at whether whose they are lives */
    uint32_t made;              /* names that were ever anybody's */
    uint32_t frees;
    uint16_t free[CRS_PROCESSES];
    uint16_t owner[CRS_PROCESSES]; /* of names: the place of the process whose they are, if it says so too */
    struct crs_process process[CRS_PROCESSES];
    struct crs_process_names names[CRS_PROCESSES];
};

void crs_programs_lock(struct crs_programs *programs);
void crs_programs_unlock(struct crs_programs *programs);
/* A dead process of the agent holds nothing any more. */
void crs_programs_release(struct crs_programs *programs, pid_t dead);

/* Under the lock: the slot of a process, or NULL; `make` takes a free or the least used one. */
struct crs_process *crs_process_find(struct crs_programs *programs, pid_t tgid, uint64_t start, int make);

static inline struct crs_process_names *crs_process_names(struct crs_programs *programs, const struct crs_process *process)
{
    return &programs->names[process->at];
}

struct crs_ctx;
struct crs_creds;

/*
 * The names of the program a process runs, and those of its ancestors. An exec that was let through is compared with what it led to: if that is
 * another file and the policy denies executing it, the process is killed.
 */
void crs_program_of(struct crs_ctx *ctx, int proc, pid_t tgid, pid_t ppid, uint64_t start,
                    const struct crs_creds *creds, struct crs_names *out, struct crs_names *ancestors);

/* The caller's exec is let through: `next` is what it should lead to, the executable first. */
void crs_program_next(struct crs_ctx *ctx, const struct crs_names *next);

#endif
