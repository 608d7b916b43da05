/* crs-init itself: starts the application and the workers, passes signals on, reaps, ships events. */
#ifndef CRS_SUPERVISOR_H
#define CRS_SUPERVISOR_H

#include "agent.h"
#include "couriers.h"
#include "join.h"
#include "limit_watch.h"
#include "sink.h"
#include "watch.h"

#include <signal.h>

/* A worker for one process from outside, and for what that starts. */
struct crs_joined {
    pid_t worker; /* 0: none */
    int listener;
};

struct crs_supervisor {
    struct crs_agent *agent;
    struct crs_sink *sink;
    struct crs_watch watch;
    struct crs_limits limits;
    struct crs_couriers couriers;
    int log_mode;                  /* instead of any table's; -1: the table's */
    sigset_t mask;                 /* the signal mask the application starts with */
    pid_t app, worker[CRS_WORKERS];
    struct crs_joins joins;
    struct crs_joined joined[CRS_JOINED];
    uint32_t deaths;               /* of workers, in a row */
    int status;                    /* of the application, as wait gives it */
    int signals;                   /* signalfd */
    uint8_t filtered;              /* the application runs below the filter, with a listener */
    uint8_t settling;              /* a change of the policy is not through yet */
    uint8_t ended;                 /* the application has */
    uint8_t listening;             /* the workers do */
};

/* Starts both workers; they wait for the listener. 0 or -errno. */
int crs_workers_start(struct crs_supervisor *s);

/* Starts a worker that answers this listener, which is its own from then on. 0, -EAGAIN: there are too many; -errno. */
int crs_joined_start(struct crs_supervisor *s, int listener);

/* A child was reaped: if it was a worker, another one takes its place and its call is answered. */
void crs_child_ended(struct crs_supervisor *s, pid_t pid, int status);

/* Ends and reaps the workers. */
void crs_workers_stop(struct crs_supervisor *s);

/* The file to execute for a command, by PATH: `out` and 0; -ENOENT, -EACCES, -ENAMETOOLONG. */
int crs_find_program(const char *name, const char *path, char *out, size_t size);

/*
 * Starts the application below the filter and hands the listener to the workers. 0; -errno of the step in
 * shared->start_step.
 */
int crs_app_start(struct crs_supervisor *s, const char *program, char *const argv[], char *const envp[]);

/* Until the application has ended: signals, reaping, events. Its exit status: 128 + n for a signal. */
int crs_supervise(struct crs_supervisor *s);

/* Said in the agent's log, as a warning, and as a HEALTH event. */
void crs_tell(struct crs_supervisor *s, const char *reason);
/* The same of what is as it should be. */
void crs_tell_health(struct crs_supervisor *s, const char *reason);

#endif
