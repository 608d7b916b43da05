/* The workers' lives, as crs-init sees them. */
#define _GNU_SOURCE
#include "supervisor.h"

#include <errno.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Workers that die at once on every start are not started for ever. */
#define DEATHS_MAX 64u

static int start_one(struct crs_supervisor *s, uint32_t slot)
{
    long pid = syscall(SYS_clone, (unsigned long)(CLONE_FILES | SIGCHLD), 0, 0, 0, 0);

    if (pid < 0)
        return -errno;
    if (pid == 0)
        crs_worker(s->agent, slot);
    s->worker[slot] = (pid_t)pid;
    atomic_store(&s->agent->shared->worker[slot], (int32_t)pid);
    s->agent->shared->filter.agent[1 + slot] = (int32_t)pid;
    return 0;
}

int crs_workers_start(struct crs_supervisor *s)
{
    for (uint32_t i = 0; i < CRS_WORKERS; i++) {
        int result = start_one(s, i);

        if (result != 0)
            return result;
    }
    return 0;
}

/* A call whose answerer died is denied, or let through where the policy says so; it would wait for ever. */
static void answer_for(const struct crs_supervisor *s, int listener, uint64_t id)
{
    int closed = crs_fails_closed(&s->agent->table);
    struct seccomp_notif_resp response = {
        .id = id,
        .error = closed ? -EACCES : 0,
        .flags = closed ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE,
    };

    if (id != 0 && listener > 0)
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

static void release_locks(struct crs_shared *shared, pid_t pid)
{
    int32_t holder = (int32_t)pid;

    crs_programs_release(&shared->programs, pid);
    crs_identity_release(&shared->identities[0], pid);
    crs_identity_release(&shared->identities[1], pid);
    atomic_compare_exchange_strong(&shared->child_lock, &holder, 0);
}

static void tell_death(struct crs_supervisor *s)
{
    crs_tell(s, crs_fails_closed(&s->agent->table) ? "a worker died; the call it was answering was denied"
                                                     : "a worker died; the call it was answering was let through");
}

/*
 * A worker for a listener of its own; its pid or -errno. It ends long before crs-init does, and has a descriptor table of its
 * own, so that nothing it opened is left, and no other listener in it, which would stay open when crs-init closes it.
 */
static pid_t start_joined(struct crs_supervisor *s, uint32_t slot, int listener)
{
    struct crs_agent *agent = s->agent;
    const int kept[] = {listener, agent->proc, crs_ring_wake_fd(agent->ring)};
    long pid = syscall(SYS_clone, (unsigned long)SIGCHLD, 0, 0, 0, 0);

    if (pid == 0) {
        crs_close_others(kept, sizeof kept / sizeof *kept);
        agent->listener = listener;
        agent->fast.state_fd = -1; /* has a descriptor table of its own, in which that of the next policy never comes */
        agent->asks = -1; /* only descendants of crs-init may be looked at by its right */
        crs_worker(agent, slot);
    }
    return pid < 0 ? -errno : (pid_t)pid;
}

int crs_joined_start(struct crs_supervisor *s, int listener)
{
    for (uint32_t i = 0; i < CRS_JOINED; i++) {
        pid_t pid;

        if (s->joined[i].worker != 0)
            continue;
        pid = start_joined(s, CRS_WORKERS + i, listener);
        if (pid < 0)
            return pid;
        s->joined[i] = (struct crs_joined){pid, listener};
        atomic_store(&s->agent->shared->joined[i], (int32_t)pid);
        return 0;
    }
    return -EAGAIN;
}

/* Its listener is closed when nobody is left below it, or when nobody can be had to answer it: calls fail then. */
static void joined_ended(struct crs_supervisor *s, uint32_t i, int status)
{
    uint32_t slot = CRS_WORKERS + i;
    struct crs_joined *joined = &s->joined[i];

    crs_policy_gone(s->agent, slot);
    joined->worker = 0;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        answer_for(s, joined->listener, s->agent->shared->request[slot].notification.id);
        tell_death(s);
        joined->worker = ++s->deaths > DEATHS_MAX ? 0 : start_joined(s, slot, joined->listener);
    }
    atomic_store(&s->agent->shared->joined[i], joined->worker > 0 ? (int32_t)joined->worker : 0);
    if (joined->worker > 0)
        return;
    joined->worker = 0;
    close(joined->listener);
}

static void close_own(struct crs_shared *shared, uint32_t slot)
{
    for (int i = 0; i < 4; i++) {
        if (shared->own[slot][i] > 2)
            close(shared->own[slot][i]);
        shared->own[slot][i] = -1;
    }
}

static void worker_ended(struct crs_supervisor *s, uint32_t slot, int status)
{
    struct crs_shared *shared = s->agent->shared;

    s->worker[slot] = 0;
    atomic_store(&shared->worker[slot], 0);
    crs_policy_gone(s->agent, slot);
    crs_cached_gone(shared, slot);
    close_own(shared, slot);
    if (s->ended || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return; /* nobody is left below the filter */
    answer_for(s, s->agent->listener, shared->request[slot].notification.id);
    tell_death(s);
    if (++s->deaths > DEATHS_MAX || start_one(s, slot) != 0)
        crs_tell(s, "a worker could not be replaced; calls fail when none is left");
}

void crs_child_ended(struct crs_supervisor *s, pid_t pid, int status)
{
    struct crs_shared *shared = s->agent->shared;

    release_locks(shared, pid);
    for (uint32_t i = 0; i < CRS_WORKERS; i++)
        if (s->worker[i] == pid)
            worker_ended(s, i, status);
    for (uint32_t i = 0; i < CRS_JOINED; i++)
        if (s->joined[i].worker == pid)
            joined_ended(s, i, status);
    for (uint32_t i = 0; i < CRS_CHILDREN; i++) {
        int32_t reserved = -(int32_t)pid;

        atomic_compare_exchange_strong(&shared->child[i].pid, &reserved, 0);
        if (atomic_load(&shared->child[i].pid) == pid) {
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
                answer_for(s, atomic_load(&shared->child[i].listener), atomic_load(&shared->child[i].call));
            crs_policy_gone(s->agent, CRS_ANSWERERS + i);
            atomic_store(&shared->child[i].pid, 0);
        }
    }
}

void crs_workers_stop(struct crs_supervisor *s)
{
    for (uint32_t i = 0; i < CRS_WORKERS; i++)
        if (s->worker[i] > 0) {
            kill(s->worker[i], SIGKILL);
            waitpid(s->worker[i], NULL, 0);
            s->worker[i] = 0;
        }
    for (uint32_t i = 0; i < CRS_JOINED; i++)
        if (s->joined[i].worker > 0) {
            kill(s->joined[i].worker, SIGKILL);
            waitpid(s->joined[i].worker, NULL, 0);
            s->joined[i].worker = 0;
        }
}
