/*
 * The kernel filter: the decision table turned into a classic BPF program for seccomp.
 *
 * Three tiers. What is constant and owes no event is answered in the kernel. What depends on integer arguments
 * alone is compared there too. The rest goes to a worker through the listener. The program looks at the ABI before
 * the number; a call of a foreign ABI, of x32 or with an unknown number goes to the worker as well, which answers
 * as crs_filter_closed says and reports it.
 */
#ifndef CRS_FILTER_H
#define CRS_FILTER_H

#include "filter_marker.h"
#include "table.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>

#define CRS_FILTER_MAX     4096u /* instructions; the kernel's own bound */
#define CRS_FILTER_AGENTS  64u
#define CRS_FILTER_NUMBERS 1024u /* no architecture has a native call number from here on */

#define CRS_SET_SIGNAL 10u /* F_SETSIG */

struct crs_filter_options {
    /*
     * The agent's processes by the pids the application knows them by, at most CRS_FILTER_AGENTS, crs-init first.
     * Signals to crs-init that it can act upon (all but SIGKILL and SIGSTOP) are let through, it forwards them.
     */
    const int32_t *agent;
    uint32_t agents;
    /*
     * Hand over what changes the meaning of a path or the caller's rights: set*id, setgroups, capset, umask, chdir,
     * fchdir, chroot, unshare, setns and execution. For policies that need paths.
     */
    uint8_t track;
    /*
     * No listener is to be had: what is constant is denied or closed in the kernel although its event is lost, and
     * what only a worker could decide is let through.
     */
    uint8_t degraded;
    /* Hand over what could change a file, whatever the table says of it: the agent has files of its own to keep. */
    uint8_t keep_files;
    /*
     * The table may be replaced by another one while the filter stays: hand over every call but those programs make all
     * the time, and of these what this table decides.
     */
    uint8_t live;
    /* An openat2 whose instruction ends there is let through; 0: there is none. */
    uint64_t fast;
};

/* What is closed whatever the rules say, under one table. */
struct crs_closures {
    uint8_t mode, log_mode;             /* of the table */
    uint8_t closed[CRS_FILTER_NUMBERS]; /* of a native number: enum crs_closed_kind, CRS_CLOSED_NAMED */
    uint8_t disguise;                   /* the same, of the requests of prctl that name another executable */
};

/* A built filter. Plain memory without pointers: it may lie in shared memory. */
struct crs_filter {
    struct sock_filter code[CRS_FILTER_MAX];
    uint32_t length;                    /* 0: the policy is inactive and observes nothing; install no filter */
    uint32_t audit_arch;                /* of the table */
    uint32_t agents;
    int32_t agent[CRS_FILTER_AGENTS];
    struct crs_closures closures;       /* of the table it was made from */
    uint8_t passed[CRS_FILTER_NUMBERS]; /* the program lets a native number pass, whatever its arguments are */
    uint8_t aimed[CRS_FILTER_NUMBERS];  /* bit i: argument i holds the pid a call is aimed at */
    int8_t signal[CRS_FILTER_NUMBERS];  /* the argument that holds a signal, -1: none */
    uint8_t library_calls;              /* calls of a library are handed over */
    int32_t fcntl, prctl;               /* their numbers, -1 where nothing is guarded */
};

/* 0; -EINVAL: too many agent pids; -ENOTSUP: the table's architecture; -E2BIG: does not fit the kernel's bound. */
int crs_filter_build(const struct crs_table *table, const struct crs_filter_options *options, struct crs_filter *out);

/* Whether a table has a say in calls of a library (getaddrinfo, getnameinfo). */
int crs_filter_asks_libraries(const struct crs_table *table);

/* What a table closes. */
void crs_filter_closures(const struct crs_table *table, struct crs_closures *out);

/*
 * Puts the calling thread below the filter, no_new_privs included; returns the listener (close-on-exec) or -errno:
 * -EBUSY when a filter above already has a listener. From here to exec the thread makes only calls that the table
 * allows or a worker already answers. *flags gets the SECCOMP_FILTER_FLAG_* in force: without WAIT_KILLABLE_RECV a
 * signal may restart a call that is being answered.
 */
int crs_filter_install(const struct crs_filter *filter, uint32_t *flags);

enum crs_closed_kind {
    CRS_CLOSED_NOT,     /* decide by the table */
    CRS_CLOSED_FOREIGN, /* an ABI other than the table's */
    CRS_CLOSED_X32,
    CRS_CLOSED_UNKNOWN, /* a number the table does not know */
    CRS_CLOSED_RING,    /* io_uring: its operations pass no filter */
    CRS_CLOSED_HARD,    /* the hard list: mounts, bpf, kernel modules … */
    CRS_CLOSED_AGENT,   /* aimed at one of the agent's processes */
};
#define CRS_CLOSED_NAMED 0x80u /* in crs_closures.closed: a rule names the call */

struct crs_closed {
    uint8_t kind;        /* enum crs_closed_kind */
    uint8_t unless_rule; /* a rule names the call: ask the table; the closure applies if no rule decided */
    uint8_t enforced;    /* answer with err; else report and let the call through */
    uint8_t reported;    /* the log mode asks for an event, a denial, once per process and call (crs_once_first) */
    int err;             /* ENOSYS or EPERM */
    const char *why;     /* for the event, a constant */
};

/* What a worker does with a notified call before the table is asked. Pids are compared as the arguments have them. */
void crs_filter_closed(const struct crs_filter *filter, const struct crs_closures *closures,
                       const struct seccomp_data *call, struct crs_closed *out);

#endif
