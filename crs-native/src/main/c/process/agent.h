/*
 * The agent's processes and what they share.
 *
 *   crs-init ── signals, reaping, exit status, the sink
 *     ├── worker 0, worker 1 ── answer what the kernel filter hands over
 *     ├── a worker for each process that entered from outside and took the filter
 *     ├── short-lived children of a worker ── calls that may block, one each
 *     ├── two couriers, with a back end ── bring events there, and policies from there (backend.h)
 *     └── the application, below the filter
 *
 * All but the application share one descriptor table (clone with CLONE_FILES) and the memory of struct crs_shared.
 * Everything else is each process's own: credentials, umask, root, working folder, heap.
 */
#ifndef CRS_AGENT_H
#define CRS_AGENT_H

#include "ask.h"
#include "cached.h"
#include "creds.h"
#include "event.h"
#include "executables.h"
#include "fast.h"
#include "filter.h"
#include "identity.h"
#include "inode.h"
#include "kept.h"
#include "program.h"
#include "ring.h"
#include "table.h"
#include "own_files.h"
#include "pathname.h"
#include "policy.h"
#include "target.h"

#include <linux/limits.h>
#include <linux/seccomp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define CRS_WORKERS 2u
#define CRS_JOINED  64u                       /* workers for processes from outside, one a listener */
#define CRS_ANSWERERS (CRS_WORKERS + CRS_JOINED)
#define CRS_SLOT_CHILD (CRS_WORKERS)     /* ring slot of all but the first workers, under shared->child_lock */
#define CRS_SLOT_INIT  (CRS_WORKERS + 1) /* ring slot of crs-init itself */
#define CRS_SLOT_COURIER (CRS_WORKERS + 2) /* ring slots of the couriers */

#define CRS_GENERATIONS 4096u

/* Limits that are counted; a policy has at most 1,024 about calls, behind two about processes. */
#define CRS_RATES 1026u

/* The container cannot make the agent start more children than this; a further blocking call fails with EAGAIN. */
#define CRS_CHILDREN 256u

struct crs_child {
    _Atomic int32_t pid;   /* 0: free; negative: reserved by that worker */
    _Atomic uint64_t call; /* the notification it answers */
    _Atomic int32_t listener; /* which it came from */
};

/* shared->filter_flags where only the constant part of the filter could be installed. */
#define CRS_WITHOUT_LISTENER 0x80000000u

/* The kernel's idea of a notification may be larger than this program's. */
union crs_received {
    struct seccomp_notif notification;
    char room[512];
};

/* How far the application's process came; each step that fails ends it. */
enum crs_start_step { CRS_START_SECCOMP, CRS_START_EXEC };

/* Mapped MAP_SHARED before the first child; zeroed at first. */
struct crs_shared {
    _Atomic int32_t listener;                /* descriptor of the filter, 0 until it is installed */
    _Atomic int32_t start_error;             /* errno of the step in start_step; 0 while all is well */
    _Atomic int32_t start_step;              /* enum crs_start_step */
    _Atomic uint32_t filter_flags;           /* SECCOMP_FILTER_FLAG_* in force */
    union crs_received request[CRS_ANSWERERS]; /* the kernel writes there what a worker takes: known even if it dies then */
    _Atomic int32_t worker[CRS_WORKERS];     /* pids */
    int32_t own[CRS_WORKERS][4];             /* descriptors a worker opened for itself, closed when it has died */
    _Atomic int32_t joined[CRS_JOINED];      /* pids of the workers for those from outside */
    _Atomic int32_t child_lock;              /* holder's pid, 0: free */
    struct crs_child child[CRS_CHILDREN];
    struct crs_ask ask[CRS_ANSWERERS];
    _Atomic uint32_t roots;                  /* not 0: some process may have another root than the agent */
    _Atomic uint32_t namespaces;             /* not 0: some process may have changed its user namespace */
    _Atomic uint64_t rate[CRS_RATES];        /* by place of a limit in the table: second << 32 | calls in it */
    _Atomic int32_t fast_table;              /* memory of the table in force, for those who decide in themselves */
    _Atomic uint32_t told_accept;            /* the ALERT about accept was queued */
    _Atomic uint32_t generation[CRS_GENERATIONS]; /* by tid: what was cached under another number is stale */
    struct crs_cached cached[CRS_CACHED];    /* by tid; for workers with one descriptor table */
    struct crs_programs programs;
    struct crs_kept kept;
    struct crs_identities identities[2];     /* by the generation of the policy: even, odd */
    _Atomic uint32_t reading[CRS_READERS(CRS_ANSWERERS, CRS_CHILDREN)]; /* generation + 1 an answerer works with, 0: none */
    struct crs_filter filter;
};

/* Made before the workers are, which work on their copies of it. */
struct crs_agent {
    struct crs_shared *shared;
    struct crs_table table;
    struct crs_live live;                /* page NULL: the table stays as it is */
    uint32_t generation;                 /* of the table */
    struct crs_fast fast;
    const struct crs_closures *closures; /* of the table */
    struct crs_executables executables; /* text NULL: there is no list */
    struct crs_own_files own_files;
    struct crs_event_source source;
    struct crs_ring *ring;
    int proc;          /* O_PATH of /proc */
    int self_fd;       /* O_PATH of /proc/self/fd: each process has its own */
    struct crs_inode root; /* the agent's */
    int listener;
    int asks;          /* wakes crs-init for what a worker asks it; -1: workers may look themselves */
    int execve;        /* its number */
};

/* Where a process of which folders are kept goes, if its call goes on (kept_folder.h). */
struct crs_step {
    int32_t tgid; /* 0: nowhere */
    int32_t root; /* its root is unknown then */
    int32_t cwd;  /* a descriptor to take over, or CRS_KEPT_UNKNOWN */
    uint64_t start;
    uint64_t call; /* the notification it goes with */
};

/* A call to be answered; one per worker, reused. */
struct crs_ctx {
    struct crs_agent *agent;
    struct seccomp_notif *req;
    struct seccomp_notif_resp *resp;
    struct crs_target target;
    uint32_t slot;                            /* of the event ring */
    uint32_t reader;                          /* of the policy */
    uint8_t child;                            /* this is a short-lived child: it ends after the answer */
    uint8_t answered;
    uint8_t aimed;                            /* a walk led to what the agent's processes have in /proc; nobody told yet */
    struct crs_step step;
    uint8_t changes;                          /* if the call goes on, what is known of the caller is no longer true */
    char path_buf[2][PATH_MAX + 1];           /* as the caller wrote them */
    char requested_buf[2][CRS_NAME_SIZE];     /* absolute, normalised */
    char resolved_buf[2][CRS_NAME_SIZE];      /* what the kernel calls the file */
    struct crs_str alias[2][CRS_ALIASES];     /* literal names of the operands in rules */
    uint32_t aliases[2];                      /* how many: set where the operands are named */
    struct crs_str ancestor[CRS_NAMES];
    struct crs_str text[6];                   /* arguments that are paths or names, for the event */
};

/*
 * Answers. Each is the last thing a handler does: 0, or -errno; -ENOENT says that the caller is gone, which is no
 * error. `err` is positive.
 */
int crs_reply_error(struct crs_ctx *ctx, int err);
int crs_reply_value(struct crs_ctx *ctx, int64_t value);
int crs_reply_continue(struct crs_ctx *ctx);
/* Gives the caller a copy of `fd` and that copy's number as the result. */
int crs_reply_fd(struct crs_ctx *ctx, int fd, int cloexec);
/* 1 while the caller still waits: everything looked up under its pid before is the caller's own. */
int crs_still_waiting(const struct crs_ctx *ctx);

/* The call with its number, arguments and the caller's program; paths and addresses are the handler's to add. */
void crs_call_begin(struct crs_ctx *ctx, struct crs_call *call);

/*
 * Decides and queues the events owed. 0: let it happen; else the negative errno the caller must get.
 * `op` names the operation in the event: "read", "write", "execute", "connect" …
 */
int crs_verdict(struct crs_ctx *ctx, const struct crs_call *call, const char *op);
/* The same, for a call whose operands cannot be read: the policy's onUnreadable decides. */
int crs_verdict_unreadable(struct crs_ctx *ctx, const char *why);
/* Queues the events of a decision already taken. */
void crs_report(struct crs_ctx *ctx, const struct crs_call *call, const struct crs_decision *decision, const char *op);
/* Queues the event of a call that is closed whatever the policy says. */
void crs_report_closed(struct crs_ctx *ctx, const struct crs_closed *closed);
/* Queues an ALERT about the caller, with its call. */
void crs_alert(struct crs_ctx *ctx, const char *reason);

/* Of caller.guarded: it notes what it refuses, and the next tells the event of it. */
int crs_guarded_folder(void *ctx, int folder);
void crs_tell_guarded(struct crs_ctx *ctx);

/* Handlers: each answers the notification in ctx->req. The result is crs_reply_…'s. */
int crs_handle(struct crs_ctx *ctx);
int crs_handle_open(struct crs_ctx *ctx);
int crs_handle_exec(struct crs_ctx *ctx);
int crs_handle_connect(struct crs_ctx *ctx);
int crs_handle_send(struct crs_ctx *ctx);
int crs_handle_accept(struct crs_ctx *ctx);
int crs_handle_path(struct crs_ctx *ctx);
int crs_handle_other(struct crs_ctx *ctx);
/* A call was made that may have a limit. */
void crs_rate_count(struct crs_ctx *ctx, int nr);
/* Whether a process is one of the agent's. */
int crs_is_agent(const struct crs_shared *shared, int pid);
/* Whether libcrs asks about a call of a library; then the answer. */
int crs_is_library_call(const struct seccomp_data *data);
int crs_handle_library(struct crs_ctx *ctx);
/* Whether a call does to a file what another one is there for; then, whether it was refused and answered for that. */
int crs_stands_in(const struct seccomp_data *data);
int crs_stand_in_refused(struct crs_ctx *ctx);
/* The files of the policy in force that are known by other names. */
static inline struct crs_identities *crs_identities_of(const struct crs_agent *agent)
{
    return &agent->shared->identities[agent->generation & 1];
}

/* Whether a call that cannot be decided is denied: not in a mode that never denies, nor with failMode OPEN. */
static inline int crs_fails_closed(const struct crs_table *table)
{
    return table->mode == CRS_ACTIVE && !table->fail_open;
}

/* The life of a worker: never returns. */
void crs_worker(struct crs_agent *agent, uint32_t slot) __attribute__((noreturn));

/* Before a call goes on that changes who the caller is: what can be read stays readable. */
void crs_track(struct crs_ctx *ctx);
/* -ESRCH of a handler says that what was known of the caller is stale: once more with fresh knowledge. */
int crs_try_twice(struct crs_ctx *ctx, int (*handle)(struct crs_ctx *));
/* The answer to a caller that cannot be looked at. */
int crs_answer_unreadable(struct crs_ctx *ctx, const char *why);

/*
 * Goes on with the call in a short-lived child, which may block without stalling the others. In the worker: 0 (the
 * child answers) or -errno (no child; the call fails with it). In the child: 1; of the descriptors it has `keep`, the
 * listener and the caller's folders.
 */
int crs_hand_over(struct crs_ctx *ctx, int keep);
/* Closes all descriptors but the three standard ones and these; for a process with a table of its own. */
void crs_close_others(const int *kept, size_t count);
/* ERESTARTSYS: the kernel turns it into EINTR or runs the call again, as the caller's signal handler wants. */
#define CRS_RESTART 512
/* In a child: interrupts its blocking calls ten times a second, so that it sees when nobody waits any more. */
void crs_child_wakes(void);
/* In a child: 1 if a signal waits that would have interrupted the caller. */
int crs_target_interrupted(struct crs_ctx *ctx);
/* The event ring of the short-lived children is one: for as long as a line is put. */
void crs_child_lock(struct crs_ctx *ctx);
void crs_child_unlock(struct crs_ctx *ctx);

#endif
