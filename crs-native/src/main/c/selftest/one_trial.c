#define _GNU_SOURCE
#include "judge.h"

#include "attempt.h"
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_MS      5000
#define SLOW_LIMIT_MS 25000

static int ring_made_here(void)
{
    char room[256] = {0};

#ifdef SYS_io_uring_setup
    return (int)syscall(SYS_io_uring_setup, 4, room);
#else
    return room[0] - 1;
#endif
}

int crs_judge_start(struct crs_judge *judge)
{
    signal(SIGCHLD, SIG_DFL); /* inherited otherwise, children would be gone before their numbers are */
    judge->trial_fd = (int)syscall(SYS_memfd_create, "crs-selftest", 1u);
    if (judge->trial_fd < 0 || ftruncate(judge->trial_fd, sizeof *judge->trial) != 0)
        return -errno;
    judge->trial = mmap(NULL, sizeof *judge->trial, PROT_READ | PROT_WRITE, MAP_SHARED, judge->trial_fd, 0);
    if (judge->trial == MAP_FAILED)
        return -errno;
    judge->ring = ring_made_here();
    judge->no_duplicate = crs_host_denies_duplicates();
    judge->no_look = crs_host_denies_looks();
    judge->filtered = prctl(PR_GET_SECCOMP) != 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    signal(SIGPIPE, SIG_IGN);
    return crs_doors_open(judge);
}

static void pass_on(int fd, int as)
{
    if (fd >= 0)
        dup2(fd, as);
}

static void run_agent(const struct crs_judge *judge, const char *id, uid_t user)
{
    char table[256], events[256], loads[256];
    char *const argv[] = {(char *)judge->place.init, "--table", table, "--events", events, "--", (char *)judge->place.self,
                          "--attempt", (char *)id, NULL};
    char *slash;

    snprintf(table, sizeof table, "%s/agent/table", judge->place.dir);
    snprintf(events, sizeof events, "file:%s/log/events", judge->place.dir);
    /* As in an instrumented image: then it listens for programs from outside. */
    snprintf(loads, sizeof loads, "%s", judge->place.init);
    slash = strrchr(loads, '/');
    snprintf(slash, sizeof loads - (size_t)(slash - loads), "/libcrs.so");
    setenv("LD_PRELOAD", loads, 1);
    if (crs_become((int32_t)user) == 0)
        execve(judge->place.init, argv, environ);
    _exit(124);
}

/* Programs that are refused say so; that is not what is printed. */
static void say_it_elsewhere(const struct crs_judge *judge)
{
    char path[256];
    int fd;

    snprintf(path, sizeof path, "%s/log/said", judge->place.dir);
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0)
        dup2(fd, STDERR_FILENO);
}

/* A process of its own session with the descriptors of an attempt. */
static pid_t start(const struct crs_judge *judge, const struct crs_technique *technique, const struct crs_user *user)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing goes on unwatched */
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    if (setsid() < 0) /* what is sent to a group must stay there */
        _exit(124);
    pass_on(judge->trial_fd, CRS_TRIAL_FD);
    pass_on(judge->gift, CRS_GIFT_FD);
    pass_on(judge->ring, CRS_RING_FD);
    pass_on(judge->door, CRS_DOOR_FD);
    for (int fd = 3; fd < CRS_TRIAL_FD; fd++)
        close(fd);
    say_it_elsewhere(judge);
    if (judge->trial->inside)
        run_agent(judge, technique->id, user->agent);
    crs_attempt(judge->trial, technique);
    _exit(0);
}

/* Whatever an attempt left running: orphans come to us. */
static void end_all(struct crs_judge *judge)
{
    char path[64], list[4096];

    crs_end(judge->started); /* 0 once it has ended: its number may be somebody else's */
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    for (int i = 0; i < 4000; i++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t got = fd < 0 ? 0 : read(fd, list, sizeof list - 1);

        if (fd >= 0)
            close(fd);
        list[got > 0 ? got : 0] = '\0';
        for (char *at = list, *end; got > 0; at = end) {
            long pid = strtol(at, &end, 10);

            if (end == at || *end != ' ') /* a number cut off by the end of the room would be another process's */
                break;
            crs_end((pid_t)pid);
        }
        while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
            ;
        if (got <= 0)
            return;
        usleep(500); /* the killed are not gone at once, and leave their own children to us */
    }
}

static void serve(struct crs_judge *judge)
{
    struct crs_trial *t = judge->trial;
    uint32_t ask = atomic_exchange(&t->ask, CRS_ASK_NOTHING);

    if (ask == CRS_ASK_AGENT)
        crs_look_first(judge);
    else if (ask == CRS_ASK_LOOK)
        crs_look_again(judge);
    else if (ask == CRS_ASK_CONNECT)
        crs_doors_connect(judge);
    else if (ask == CRS_ASK_DATAGRAM)
        crs_doors_send(judge);
    if (ask != CRS_ASK_NOTHING)
        atomic_store(&t->answered, 1);
}

/* Until it has ended or its time is over: 0, or -ETIMEDOUT. The exit status in *status. */
static int wait_for(struct crs_judge *judge, int limit_ms, int *status)
{
    const struct timespec pause = {0, 500000};
    int64_t end = crs_now_ms() + limit_ms;

    while (waitpid(judge->started, status, WNOHANG) == 0) {
        serve(judge);
        if (crs_now_ms() > end)
            return -ETIMEDOUT;
        nanosleep(&pause, NULL);
    }
    judge->started = 0;
    return 0;
}

static void prepare(struct crs_judge *judge, const struct crs_user *user, int inside)
{
    struct crs_trial *t = judge->trial;
    uint16_t port[2] = {t->port[0], t->port[1]}, door = t->door_port;

    memset(t, 0, sizeof *t);
    memcpy(t->port, port, sizeof port);
    t->door_port = door;
    t->inside = (uint32_t)inside;
    t->root = (uint32_t)judge->place.root;
    t->agent_here = (uint32_t)judge->place.executable;
    /* Below the agent the application changes its user by itself; in the baseline there is nothing but the application. */
    t->uid = geteuid() == 0 && user->application != 0 && !(inside && user->agent == user->application)
                 ? (int32_t)user->application : -1;
    snprintf(t->dir, sizeof t->dir, "%s", judge->place.dir);
    snprintf(t->self, sizeof t->self, "%s", judge->place.self);
    judge->harm[0] = '\0';
    judge->agent = 0;
    judge->user = user->agent;
}

/* One trial: 1 if it had its effect, 0 if not, or a negative errno if there was none. */
int crs_judge_try(struct crs_judge *judge, const struct crs_technique *technique, const struct crs_user *user, int inside,
                  int *status)
{
    struct crs_trial *t = judge->trial;
    char secret[256];
    uint64_t before;
    int result;

    result = crs_place_reset(&judge->place, user->application);
    if (result == 0)
        result = crs_doors_reset(judge);
    if (result != 0)
        return result;
    prepare(judge, user, inside);
    snprintf(secret, sizeof secret, "%s/secret", judge->place.dir);
    judge->gift = open(secret, O_RDONLY | O_CLOEXEC);
    before = crs_place_state(&judge->place);
    judge->started = start(judge, technique, user);
    if (judge->started < 0) {
        close(judge->gift);
        return -EAGAIN;
    }
    result = wait_for(judge, technique->flags & CRS_SLOW ? SLOW_LIMIT_MS : LIMIT_MS, status);
    end_all(judge);
    close(judge->gift);
    if (result != 0)
        return result;
    if (inside && technique->effect == CRS_EFFECT_HARMED && t->attempted && !t->finished)
        snprintf(judge->harm, sizeof judge->harm, "crs-init ended");
    if (t->control != 0)
        return -t->control;
    switch (technique->effect) {
    case CRS_EFFECT_READ:
        return memmem(t->loot, t->looted, judge->place.token, strlen(judge->place.token)) != NULL;
    case CRS_EFFECT_CHANGED:
        return crs_place_state(&judge->place) != before;
    case CRS_EFFECT_RAN:
        return t->ran != 0;
    case CRS_EFFECT_LIVED:
        return t->lived != 0;
    case CRS_EFFECT_SENT:
        return crs_doors_reached(judge);
    case CRS_EFFECT_HARMED:
        return judge->harm[0] != '\0' || memmem(t->loot, t->looted, judge->place.token, strlen(judge->place.token)) != NULL;
    case CRS_EFFECT_HIDDEN:
        return !inside || (!crs_judge_event(judge, t->needle) && !crs_judge_loss(judge));
    default:
        return t->done != 0;
    }
}
