/* Carries a technique out without the agent and below it, and says what came of it. */
#ifndef CRS_SELFTEST_JUDGE_H
#define CRS_SELFTEST_JUDGE_H

#include "place.h"
#include "trial.h"

#include <sys/types.h>

enum crs_result { CRS_HELD, CRS_NOT_HELD, CRS_NOT_APPLICABLE };

#define CRS_ANOTHER_USER 1000

/* As whom: the agent and the application; they differ where the application changes its user. */
struct crs_user {
    const char *name;
    uid_t agent, application;
};

struct crs_row {
    enum crs_result result;
    int baseline;   /* the effect was there without the agent */
    int event;      /* a denial is in an event */
    int limit;      /* not promised to be held, here */
    char why[256];
};

struct crs_judge {
    struct crs_place place;
    struct crs_trial *trial;
    int trial_fd;
    int gift, ring, door;      /* see trial.h; -1: not to be had */
    int filtered;              /* a filter is above us, and answers what it refuses before the agent sees it */
    int no_duplicate;          /* a process without more rights gets no duplicate of another's descriptor */
    int no_look;               /* nor looks at one that changed its user without an exec */
    pid_t started;             /* the process that is waited for */
    uid_t user;                /* of the agent */
    pid_t agent, worker[CRS_WORKERS_SEEN];
    uint64_t looks[1 + CRS_WORKERS_SEEN], word;
    char harm[96];
};

int crs_judge_start(struct crs_judge *judge);

/* one_trial.c: one trial, on which a row rests. 1 if it had its effect, 0 if not, a negative errno if there was none. */
int crs_judge_try(struct crs_judge *judge, const struct crs_technique *technique, const struct crs_user *user, int inside,
                  int *status);

/* A denial is in an event, one that holds that text. */
int crs_judge_event(const struct crs_judge *judge, const char *needle);

/* It is told that events were lost. */
int crs_judge_loss(const struct crs_judge *judge);

void crs_judge_row(struct crs_judge *judge, const struct crs_technique *technique, const struct crs_user *user,
                   struct crs_row *row);

/* agent_look.c: the processes of the agent, or of what stands for it in the baseline. */
void crs_look_first(struct crs_judge *judge);
void crs_look_again(struct crs_judge *judge);
pid_t crs_stand_in_start(uid_t user);

/* doors.c: the judge's sockets. */
int crs_doors_open(struct crs_judge *judge);
int crs_doors_reset(struct crs_judge *judge);
int crs_doors_reached(struct crs_judge *judge);
void crs_doors_connect(struct crs_judge *judge);
void crs_doors_send(struct crs_judge *judge);

#endif
