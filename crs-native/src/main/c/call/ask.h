/*
 * Memory of the application's processes, opened by crs-init for a worker.
 *
 * Where Yama restricts tracing to descendants (ptrace_scope 1, the default of several distributions), only crs-init,
 * from which the whole application descends, may open /proc/PID/mem. Once open it may be read by all that share its
 * descriptor table.
 */
#ifndef CRS_ASK_H
#define CRS_ASK_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

struct crs_agent;

/* One per worker, in shared memory. */
struct crs_ask {
    _Atomic uint32_t state; /* 0 nothing asked, 1 asked, 2 answered */
    int32_t pid, result;    /* the descriptor, or -errno */
    uid_t uid;
    gid_t gid;
};

/* Whether asking can help on this machine; makes the descriptor that wakes crs-init then. 0 or -errno. */
int crs_ask_init(struct crs_agent *agent);

/* Worker: the memory of a process with these ids, or -EACCES. */
int crs_ask_memory(struct crs_agent *agent, uint32_t slot, pid_t pid, uid_t uid, gid_t gid);

/* crs-init: answers what is asked. */
void crs_ask_answer(struct crs_agent *agent);

#endif
