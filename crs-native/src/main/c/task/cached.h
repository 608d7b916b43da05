/*
 * What is known of threads that call, so that /proc is not asked again at each call.
 *
 * The workers that share a descriptor table share this too: whoever takes a call goes on with what the other one found out. An
 * entry is held by one worker at a time; one that finds another thread's entry held uses a spare one of its own.
 */
#ifndef CRS_CACHED_H
#define CRS_CACHED_H

#include "creds.h"
#include "program.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define CRS_CACHED 128u

struct crs_ctx;
struct crs_shared;

struct crs_cached {
    _Atomic uint32_t holder; /* slot + 1 of a worker; 0: nobody */
    pid_t tid;               /* 0: nothing is known */
    uint32_t generation;     /* of the thread, when this was looked up */
    uint64_t start;
    int proc, mem, pidfd;    /* pidfd: of a process's first thread alone, else -1 */
    int kept;                /* mem is that of struct crs_kept_process, not to be closed here, and its folders count */
    struct crs_creds creds;
    struct crs_names names, ancestors;
};

/* Holds what is known of the caller, looked up anew where it may have changed. 0; -ESRCH: gone; -EACCES: cannot be looked at. */
int crs_cached_take(struct crs_ctx *ctx, struct crs_cached **out);
void crs_cached_release(struct crs_cached *entry);

/* Forgets the caller. */
void crs_cached_drop(struct crs_ctx *ctx);

/* Before a child is made for the call; then, in the child: what is known of the caller is the child's own. */
void crs_cached_copy(const struct crs_cached *entry);
struct crs_cached *crs_cached_own(void);

/* A worker has died: what it held may be half a truth. */
void crs_cached_gone(struct crs_shared *shared, uint32_t slot);

#endif
