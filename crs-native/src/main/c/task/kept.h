/*
 * Descriptors kept of processes that are about to change their user without an exec.
 *
 * Such a process (an nginx worker) can no longer be looked at without SYS_PTRACE; what was opened before stays usable.
 * The descriptors lie in the table all workers share. A folder is followed from there call by call (kept_folder.c), and
 * taken out as a copy under the lock: another worker may close it.
 */
#ifndef CRS_KEPT_H
#define CRS_KEPT_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define CRS_KEPT 512u

/* In the place of a folder's descriptor. */
#define CRS_KEPT_AGENTS  (-1) /* a root: the agent's own */
#define CRS_KEPT_UNKNOWN (-2) /* it went where nobody can tell */

struct crs_kept_process {
    int32_t tgid;    /* 0: free */
    uint64_t start;
    int32_t mem, cwd, root;
};

struct crs_kept {
    _Atomic uint32_t end; /* no process is at this place or behind it */
    struct crs_kept_process process[CRS_KEPT]; /* under the lock of struct crs_programs */
};

/* Under the lock: what is kept of a process, or NULL. */
struct crs_kept_process *crs_kept_find(struct crs_kept *kept, pid_t tgid, uint64_t start);

/* Under the lock: takes over the descriptors; those kept of dead processes are closed to make room. 0 or -ENOSPC. */
int crs_kept_add(struct crs_kept *kept, const struct crs_kept_process *process);

/* Under the lock: a folder of a process is another one now, a descriptor to take over or CRS_KEPT_UNKNOWN. */
void crs_kept_move(int32_t *folder, int to);

/* Under the lock: closes what is kept of a process. */
void crs_kept_drop(struct crs_kept *kept, pid_t tgid);

#endif
