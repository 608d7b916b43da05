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
static void answer_for(const struct crs_supervisor *s, uint64_t id)
{
    int closed = crs_fails_closed(&s->agent->table);
    struct seccomp_notif_resp response = {
        .id = id,
        .error = closed ? -EACCES : 0,
        .flags = closed ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE,
    };

    if (id != 0 && s->agent->listener > 0)
        ioctl(s->agent->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

static void release_locks(struct crs_shared *shared, pid_t pid)
{
    int32_t holder = (int32_t)pid;

    crs_programs_release(&shared->programs, pid);
    crs_identity_release(&shared->identities[0], pid);
    crs_identity_release(&shared->identities[1], pid);
    atomic_compare_exchange_strong(&shared->child_lock, &holder, 0);
}

static void worker_ended(struct crs_supervisor *s, uint32_t slot, int status)
{
    struct crs_shared *shared = s->agent->shared;

    s->worker[slot] = 0;
    atomic_store(&shared->worker[slot], 0);
    crs_policy_gone(s->agent, slot);
    if (s->ended || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return; /* nobody is left below the filter */
    answer_for(s, shared->request[slot].notification.id);
    crs_tell(s, crs_fails_closed(&s->agent->table) ? "a worker died; the call it was answering was denied"
                                                     : "a worker died; the call it was answering was let through");
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
    for (uint32_t i = 0; i < CRS_CHILDREN; i++) {
        int32_t reserved = -(int32_t)pid;

        atomic_compare_exchange_strong(&shared->child[i].pid, &reserved, 0);
        if (atomic_load(&shared->child[i].pid) == pid) {
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
                answer_for(s, atomic_load(&shared->child[i].call));
            crs_policy_gone(s->agent, CRS_WORKERS + i);
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
}
