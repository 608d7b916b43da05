/* Short-lived children: one call each that may block. */
#define _GNU_SOURCE
#include "agent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/*
 * The child has a descriptor table of its own, so that nothing it opens outlives it, and in it only what it needs: a
 * copy of another call's descriptor would keep a pipe open that the application has closed.
 */
static void close_others(const struct crs_ctx *ctx, int keep)
{
    const int kept[] = {keep, ctx->agent->listener, ctx->agent->proc, ctx->target.caller.proc, ctx->target.caller.mem,
                        ctx->target.caller.root, crs_ring_wake_fd(ctx->agent->ring)};

    crs_close_others(kept, sizeof kept / sizeof *kept);
}

void crs_close_others(const int *kept, size_t count)
{
    DIR *all = opendir("/proc/self/fd");
    struct dirent *entry;

    while (all != NULL && (entry = readdir(all)) != NULL) {
        int fd = atoi(entry->d_name), wanted = entry->d_name[0] == '.' || fd == dirfd(all) || fd <= 2;

        for (size_t i = 0; i < count; i++)
            wanted |= fd == kept[i];
        if (!wanted)
            close(fd);
    }
    if (all != NULL)
        closedir(all);
}

/* A free place in the list of children, or NULL. */
static struct crs_child *take_place(struct crs_shared *shared)
{
    int32_t reserved = -(int32_t)syscall(SYS_getpid);

    for (uint32_t i = 0; i < CRS_CHILDREN; i++) {
        int32_t free = 0;

        if (atomic_compare_exchange_strong(&shared->child[i].pid, &free, reserved))
            return &shared->child[i];
    }
    return NULL;
}

int crs_hand_over(struct crs_ctx *ctx, int keep)
{
    struct crs_child *place;
    uint32_t reader;
    long pid;

    if (ctx->child)
        return 1;
    place = take_place(ctx->agent->shared);
    if (place == NULL)
        return -EAGAIN;
    reader = CRS_ANSWERERS + (uint32_t)(place - ctx->agent->shared->child);
    atomic_store(&place->call, ctx->req->id);
    atomic_store(&place->listener, ctx->agent->listener);
    /* A child of crs-init, which reaps it, frees its place and answers for it if it died. */
    pid = syscall(SYS_clone, (unsigned long)(CLONE_PARENT | SIGCHLD), 0, 0, 0, 0);
    if (pid < 0) {
        int err = errno;

        atomic_store(&place->pid, 0);
        return -err;
    }
    if (pid > 0) {
        ctx->answered = 1;
        return 0;
    }
    atomic_store(&place->pid, (int32_t)syscall(SYS_getpid));
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    ctx->child = 1;
    ctx->slot = CRS_SLOT_CHILD;
    ctx->reader = reader; /* what it carries out was decided before; an accept decides later, and says so */
    close_others(ctx, keep);
    ctx->agent->self_fd = open("/proc/self/fd", O_PATH | O_CLOEXEC);
    return 1;
}

static void on_alarm(int number)
{
    (void)number; /* only interrupts */
}

void crs_child_wakes(void)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval often = {{0, 100000}, {0, 100000}};
    sigset_t alarm;

    sigaction(SIGALRM, &action, NULL);
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

void crs_child_lock(struct crs_ctx *ctx)
{
    int32_t self = (int32_t)syscall(SYS_getpid), free = 0;

    while (!atomic_compare_exchange_weak(&ctx->agent->shared->child_lock, &free, self)) {
        free = 0;
        sched_yield();
    }
}

void crs_child_unlock(struct crs_ctx *ctx)
{
    atomic_store(&ctx->agent->shared->child_lock, 0);
}

static uint64_t signals(const char *status, const char *field)
{
    const char *at = strstr(status, field);

    return at == NULL ? 0 : strtoull(at + strlen(field), NULL, 16);
}

int crs_target_interrupted(struct crs_ctx *ctx)
{
    char status[4096];
    int fd = openat(ctx->target.caller.proc, "status", O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (fd < 0)
        return 0;
    got = read(fd, status, sizeof status - 1);
    close(fd);
    if (got <= 0 || !crs_still_waiting(ctx))
        return 0;
    status[got] = '\0';
    return ((signals(status, "\nSigPnd:\t") | signals(status, "\nShdPnd:\t")) & ~signals(status, "\nSigBlk:\t") &
            signals(status, "\nSigCgt:\t")) != 0;
}
