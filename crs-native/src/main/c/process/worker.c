/* A worker: takes a notification, has it answered, takes the next. */
#define _GNU_SOURCE
#include "agent.h"
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

static union crs_received request;
static union {
    struct seccomp_notif_resp response;
    char room[512];
} response;
static struct crs_ctx ctx;

/* The application's process puts the listener there; without a futex (a policy may close it) a look every millisecond. */
static int wait_for_listener(struct crs_shared *shared)
{
    const struct timespec millisecond = {0, 1000000};
    int listener;

    while ((listener = atomic_load(&shared->listener)) == 0)
        syscall(SYS_futex, &shared->listener, FUTEX_WAIT, 0, &millisecond, NULL, 0);
    return listener;
}

/* Into shared memory, so that whoever reaps this worker knows the call; worked on in a copy that a child keeps. */
static int receive(const struct crs_agent *agent, uint32_t slot)
{
    union crs_received *shared = &agent->shared->request[slot];

    memset(shared, 0, sizeof *shared);
    if (ioctl(agent->listener, SECCOMP_IOCTL_NOTIF_RECV, &shared->notification) != 0)
        return -errno;
    request = *shared;
    return 0;
}

/* The last process below the filter has ended; receiving fails at once from then on. */
static int nobody_is_left(const struct crs_agent *agent)
{
    struct pollfd listener = {.fd = agent->listener};

    return poll(&listener, 1, 0) > 0 && listener.revents & (POLLHUP | POLLERR | POLLNVAL);
}

static void answer(void)
{
    ctx.answered = ctx.changes = 0;
    ctx.target.cached = NULL;
    crs_policy_enter(ctx.agent, ctx.reader);
    crs_handle(&ctx);
    crs_target_done(&ctx);
    if (ctx.answered)
        ;
    else if (crs_fails_closed(&ctx.agent->table)) /* the caller is gone, or something failed that should not */
        crs_reply_error(&ctx, EACCES);
    else
        crs_reply_continue(&ctx);
    if (ctx.child)
        _exit(0);
    crs_policy_leave(ctx.agent, ctx.reader);
}

/* In the table all share they would outlive it. */
static void note_own(const struct crs_agent *agent, uint32_t slot)
{
    int walk[3];

    if (slot >= CRS_WORKERS)
        return;
    crs_walk_descriptors(walk);
    for (int i = 0; i < 3; i++)
        agent->shared->own[slot][i] = walk[i];
    agent->shared->own[slot][3] = agent->self_fd;
}

void crs_worker(struct crs_agent *agent, uint32_t slot)
{
    pid_t parent = getppid();
    uint64_t sync = SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0); /* what the application sends to its own group is not for this process */
    crs_look_init();
    crs_walk_init();
    agent->self_fd = open("/proc/self/fd", O_PATH | O_CLOEXEC);
    note_own(agent, slot);
    if (agent->listener <= 0)
        agent->listener = wait_for_listener(agent->shared);
    ioctl(agent->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, sync); /* 6.6 and later; without it only slower */
    ctx.agent = agent;
    ctx.reader = slot;
    ctx.slot = slot < CRS_WORKERS ? slot : CRS_SLOT_CHILD;
    ctx.req = &request.notification;
    ctx.resp = &response.response;
    for (;;) {
        int result = receive(agent, slot);

        if (getppid() != parent) /* nobody reaps, restarts or reports any more: let calls fail */
            _exit(1);
        if (result != 0 && nobody_is_left(agent))
            _exit(0);
        if (result == 0)
            answer();
    }
}
