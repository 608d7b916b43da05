#define _GNU_SOURCE
#include "agent.h"
#include "look.h"
#include "proc_stat.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PIDFS_MAGIC 0x50494446

/* Of this process: in place of one that is held, for workers that share nothing, for children. */
static struct crs_cached spare, alone[CRS_CACHED];

static uint32_t generation_of(const struct crs_ctx *ctx, pid_t tid)
{
    return atomic_load(&ctx->agent->shared->generation[(uint32_t)tid % CRS_GENERATIONS]);
}

static void drop(struct crs_cached *entry)
{
    if (entry->tid == 0)
        return;
    close(entry->proc);
    if (!entry->kept)
        close(entry->mem);
    if (entry->pidfd >= 0)
        close(entry->pidfd);
    entry->tid = 0;
}

/* Whether the thread the entry was made for is still the one with that pid. */
static int is_alive(const struct crs_cached *entry)
{
    if (entry->pidfd >= 0)
        return syscall(SYS_pidfd_send_signal, entry->pidfd, 0, NULL, 0) == 0 || errno == EPERM;
    return faccessat(entry->proc, "comm", F_OK, 0) == 0;
}

/*
 * What tells a process from another one that gets its pid later: the number of its pidfd, which since Linux 6.9 is never given
 * out again, else when it began.
 */
static int tell_apart(int proc, pid_t tgid, int pidfd, uint64_t *start)
{
    static enum { UNASKED, NUMBERED, NOT_NUMBERED } pidfs;
    struct crs_inode inode;
    struct crs_proc_stat stat;
    struct statfs fs;
    char path[32];
    int opened = -1, result = -1;

    if (pidfs != NOT_NUMBERED) {
        if (pidfd < 0)
            pidfd = opened = (int)syscall(SYS_pidfd_open, tgid, 0);
        if (pidfs == UNASKED && pidfd >= 0)
            pidfs = fstatfs(pidfd, &fs) == 0 && fs.f_type == PIDFS_MAGIC ? NUMBERED : NOT_NUMBERED;
        if (pidfs == NUMBERED && pidfd >= 0) {
            result = crs_inode_of(pidfd, "", 0x1000 /* AT_EMPTY_PATH */, &inode);
            *start = inode.ino;
        }
        if (opened >= 0)
            close(opened);
        if (pidfs == NUMBERED)
            return result == 0 ? 0 : -ESRCH;
    }
    snprintf(path, sizeof path, "%d/stat", tgid);
    result = crs_proc_stat_read(proc, path, &stat);
    if (result == 0)
        *start = stat.start;
    return result;
}

/* The process's own or, where /proc no longer tells it, what was kept from before. */
static int open_memory(struct crs_ctx *ctx, struct crs_cached *entry)
{
    struct crs_shared *shared = ctx->agent->shared;
    struct crs_kept_process *kept;

    entry->kept = 0;
    crs_look_begin(entry->creds.uid, entry->creds.gid);
    entry->mem = openat(entry->proc, "mem", O_RDONLY | O_CLOEXEC);
    crs_look_end();
    if (entry->mem < 0)
        entry->mem = crs_ask_memory(ctx->agent, ctx->slot, entry->creds.tgid, entry->creds.uid, entry->creds.gid);
    if (entry->mem >= 0)
        return 0;
    crs_programs_lock(&shared->programs);
    kept = crs_kept_find(&shared->kept, entry->creds.tgid, entry->start);
    if (kept != NULL) {
        entry->kept = 1;
        entry->mem = kept->mem;
    }
    crs_programs_unlock(&shared->programs);
    return kept != NULL ? 0 : -EACCES;
}

/* What an exec and a change of rights leave as it is. */
static int open_process(struct crs_ctx *ctx, struct crs_cached *entry)
{
    pid_t tid = (pid_t)ctx->req->pid;
    char name[16];
    int result;

    snprintf(name, sizeof name, "%d", tid);
    entry->proc = openat(ctx->agent->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (entry->proc < 0)
        return errno == ENOENT ? -ESRCH : -EACCES;
    entry->pidfd = -1;
    result = crs_creds_read(entry->proc, CRS_LIVES_UNASKED, &entry->creds);
    if (result == 0 && entry->creds.tgid == tid)
        entry->pidfd = (int)syscall(SYS_pidfd_open, tid, 0);
    if (result == 0)
        result = tell_apart(ctx->agent->proc, entry->creds.tgid, entry->pidfd, &entry->start);
    if (result != 0) {
        close(entry->proc);
        if (entry->pidfd >= 0)
            close(entry->pidfd);
    }
    return result == 0 || result == -ESRCH ? result : -EACCES;
}

/* The rest of it. Afterwards the entry is whole, or dropped. */
static int complete(struct crs_ctx *ctx, struct crs_cached *entry)
{
    int result = open_memory(ctx, entry);

    if (result != 0) {
        entry->kept = 1; /* there is no memory to close */
        drop(entry);
        return result;
    }
    crs_program_of(ctx, entry->proc, entry->creds.tgid, entry->creds.ppid, entry->start, &entry->creds, &entry->names,
                   &entry->ancestors);
    if (crs_still_waiting(ctx))
        return 0;
    drop(entry);
    return -ESRCH;
}

static int fill(struct crs_ctx *ctx, struct crs_cached *entry)
{
    pid_t tid = (pid_t)ctx->req->pid;
    int result;

    entry->generation = generation_of(ctx, tid);
    result = open_process(ctx, entry);
    if (result != 0)
        return result;
    entry->tid = tid;
    return complete(ctx, entry);
}

/* The same thread, with other rights perhaps, another program, other memory. */
static int renew(struct crs_ctx *ctx, struct crs_cached *entry)
{
    enum crs_lives lives = atomic_load(&ctx->agent->shared->namespaces) != 0 ? CRS_LIVES_UNASKED : (enum crs_lives)entry->creds.lives;
    int result;

    entry->generation = generation_of(ctx, entry->tid);
    if (!entry->kept)
        close(entry->mem);
    result = crs_creds_read(entry->proc, lives, &entry->creds);
    if (result == 0)
        return complete(ctx, entry);
    entry->kept = 1;
    drop(entry);
    return result == -ESRCH ? result : -EACCES;
}

static struct crs_cached *hold(const struct crs_ctx *ctx)
{
    struct crs_cached *entry;
    uint32_t nobody = 0;

    if (ctx->child)
        return &spare;
    entry = (ctx->slot < CRS_WORKERS ? ctx->agent->shared->cached : alone) + ctx->req->pid % CRS_CACHED;
    return atomic_compare_exchange_strong(&entry->holder, &nobody, ctx->reader + 1) ? entry : &spare;
}

int crs_cached_take(struct crs_ctx *ctx, struct crs_cached **out)
{
    struct crs_cached *entry = hold(ctx);
    int result = 0;

    if (entry->tid != 0 && (entry->tid != (pid_t)ctx->req->pid || !is_alive(entry)))
        drop(entry);
    if (entry->tid == 0)
        result = fill(ctx, entry);
    else if (entry->generation != generation_of(ctx, entry->tid))
        result = renew(ctx, entry);
    if (result != 0)
        crs_cached_release(entry);
    else
        *out = entry;
    return result;
}

void crs_cached_release(struct crs_cached *entry)
{
    if (entry != &spare)
        atomic_store(&entry->holder, 0);
}

void crs_cached_drop(struct crs_ctx *ctx)
{
    struct crs_cached *entry = hold(ctx);

    if (entry->tid == (pid_t)ctx->req->pid)
        drop(entry);
    crs_cached_release(entry);
}

void crs_cached_copy(const struct crs_cached *entry)
{
    if (entry == &spare)
        return;
    drop(&spare);
    spare = *entry;
    spare.tid = 0; /* its descriptors are still the entry's, here */
}

struct crs_cached *crs_cached_own(void)
{
    return &spare;
}

void crs_cached_gone(struct crs_shared *shared, uint32_t slot)
{
    for (uint32_t i = 0; i < CRS_CACHED; i++) {
        struct crs_cached *entry = &shared->cached[i];

        if (atomic_load(&entry->holder) == slot + 1) {
            entry->tid = 0;
            atomic_store(&entry->holder, 0);
        }
    }
}
