/*
 * What a technique is, and what one trial of it leaves behind. A trial is carried out twice, by a process that nothing
 * holds back (the baseline) and by one below the agent; whoever judges it looks at the effect.
 */
#ifndef CRS_SELFTEST_TRIAL_H
#define CRS_SELFTEST_TRIAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Descriptors an attempt is born with, out of the way of what it opens itself. */
#define CRS_TRIAL_FD  200 /* memory it shares with the judge */
#define CRS_GIFT_FD   201 /* the secret, opened by somebody the filter does not hold */
#define CRS_RING_FD   202 /* an io_uring made there */
#define CRS_DOOR_FD   203 /* a listening socket made there; CRS_DOOR_PORT of the trial is its port */

#define CRS_WORKERS_SEEN 8

/* With fewer, a race that was not won says nothing. */
#define CRS_ENOUGH_TRIES 200

/* How the judge tells whether a technique had its effect. */
enum crs_effect {
    CRS_EFFECT_READ,    /* it got hold of the token, which it cannot know otherwise */
    CRS_EFFECT_CHANGED, /* what must not change is not as it was */
    CRS_EFFECT_RAN,     /* the program ran */
    CRS_EFFECT_LIVED,   /* the program ran, and went on after a call that the agent answers */
    CRS_EFFECT_SENT,    /* something arrived at a socket of the judge's */
    CRS_EFFECT_HARMED,  /* a process of the agent ended, stands still, or is not as it was */
    CRS_EFFECT_HIDDEN,  /* a denial is in no event */
    CRS_EFFECT_DONE,    /* the attempt says so itself: there is nothing for the judge to look at */
};

enum {
    CRS_SILENT = 1,     /* refused by something that owes no event: the kernel, or what the agent leaves as it is */
    CRS_MUST_WORK = 2,  /* nothing forbids it: held means that it works */
    CRS_NO_DUPLICATE = 4, /* its limit applies only where the agent gets no duplicate of a descriptor */
    CRS_SLOW = 8,       /* has more time */
    CRS_WON_RACE = 16,  /* counts tries */
    CRS_MUST_TELL = 32, /* and an event says so */
    CRS_NO_LOOK = 64,   /* its limit applies only where nobody may look at a process that changed its user without an exec */
};

/* What the judge is asked for. */
enum crs_ask { CRS_ASK_NOTHING, CRS_ASK_AGENT, CRS_ASK_LOOK, CRS_ASK_CONNECT, CRS_ASK_DATAGRAM };

/* In memory shared by the judge and the attempt. */
struct crs_trial {
    /* The judge's. */
    char dir[128];
    char self[256];                     /* this program, where it may be executed */
    uint32_t inside;                    /* below the agent */
    uint32_t root;                      /* the judge is root */
    uint32_t agent_here;                /* crs-init runs from the folder of the self-test */
    int32_t uid;                        /* the user to become in the attempt, or -1 */
    int32_t agent, worker[CRS_WORKERS_SEEN], workers;
    uint32_t harmed;
    uint64_t agent_word;                /* an address in the agent's memory whose content does not matter */
    uint16_t port[2], door_port;        /* a TCP and a UDP server's: all addresses */
    /* The attempt's. */
    char loot[512];
    uint32_t looted, ran, lived, done, attempted, finished;
    int32_t control;                    /* the errno of what is allowed and failed */
    uint32_t tries;
    int32_t error;                      /* the errno of the step that failed */
    char step[48];
    uint16_t own_port;
    char needle[64];                    /* what the event in question holds */
    /* From the attempt to the judge and back. */
    _Atomic uint32_t ask, answered;
};

struct crs_technique {
    const char *id, *what;
    int (*attempt)(struct crs_trial *t, int how);
    int how;
    uint8_t effect, flags;
    const char *limit; /* why it is not promised to be held, or NULL */
};

struct crs_section {
    char letter;
    const char *title;
    const struct crs_technique *first;
    size_t count;
};

#define CRS_SECTION(letter, name, title, table) \
    const struct crs_section crs_section_##name = {letter, title, table, sizeof(table) / sizeof *(table)}

/* All of them; ended by NULL. */
extern const struct crs_section *const crs_sections[];

const struct crs_technique *crs_technique_find(const char *id);

/* Below the agent, after exec: carries out a technique in the trial whose memory is CRS_TRIAL_FD. The exit status. */
int crs_attempt_inside(const char *id);

/* In a process made for it: carries out the technique. */
void crs_attempt(struct crs_trial *t, const struct crs_technique *technique);

/* After an exec of its own: carries out that deed of attempt.h. */
int crs_attempt_deed(int deed);

/* A program of the trial: notes that it ran. The exit status. */
int crs_attempt_mark(const char *name);

#endif
