#define _GNU_SOURCE
#include "agent.h"
#include "kept_folder.h"
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CACHED 128u

/* What one worker knows of one thread. It is dropped when the thread is gone or its generation is another. */
struct crs_cached {
    pid_t tid, ppid;
    uint32_t generation;
    uint64_t start;
    int proc, mem, pidfd;
    int kept;                /* mem is that of struct crs_kept_process, not to be closed here, and its folders count */
    struct crs_creds creds;
    struct crs_names names, ancestors;
};

static struct crs_cached cache[CACHED];

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

void crs_target_drop(struct crs_ctx *ctx)
{
    drop(&cache[ctx->req->pid % CACHED]);
}

void crs_target_changes(struct crs_ctx *ctx, pid_t tid, pid_t tgid)
{
    atomic_fetch_add(&ctx->agent->shared->generation[(uint32_t)tid % CRS_GENERATIONS], 1);
    if (tgid != 0 && tgid != tid)
        atomic_fetch_add(&ctx->agent->shared->generation[(uint32_t)tgid % CRS_GENERATIONS], 1);
}

/* Whether the thread the entry was made for is still the one with that pid. */
static int is_alive(const struct crs_cached *entry)
{
    if (entry->pidfd >= 0)
        return syscall(SYS_pidfd_send_signal, entry->pidfd, 0, NULL, 0) == 0 || errno == EPERM;
    return faccessat(entry->proc, "comm", F_OK, 0) == 0;
}

/* Parent and start time of a process. */
static int read_stat(int proc, pid_t tgid, pid_t *ppid, uint64_t *start)
{
    char text[1024], name[32], *at;
    int fd;
    ssize_t got;

    snprintf(name, sizeof name, "%d/stat", tgid);
    fd = openat(proc, name, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    got = read(fd, text, sizeof text - 1);
    close(fd);
    if (got <= 0)
        return -ESRCH;
    text[got] = '\0';
    at = strrchr(text, ')'); /* the program may have put anything into its name */
    if (at == NULL)
        return -EPROTO;
    at += 2; /* the state, field 3 */
    *ppid = (pid_t)strtol(at + 1, NULL, 10);
    for (int field = 3; field < 22 && at != NULL; field++) {
        at = strchr(at, ' ');
        at = at == NULL ? NULL : at + 1;
    }
    if (at == NULL)
        return -EPROTO;
    *start = strtoull(at, NULL, 10);
    return 0;
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

static int fill(struct crs_ctx *ctx, struct crs_cached *entry)
{
    pid_t tid = (pid_t)ctx->req->pid;
    char name[16];
    int result;

    entry->generation = generation_of(ctx, tid);
    snprintf(name, sizeof name, "%d", tid);
    entry->proc = openat(ctx->agent->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (entry->proc < 0)
        return errno == ENOENT ? -ESRCH : -EACCES;
    entry->pidfd = -1;
    result = crs_creds_read(entry->proc, &entry->creds);
    if (result == 0)
        result = read_stat(ctx->agent->proc, entry->creds.tgid, &entry->ppid, &entry->start);
    if (result == 0)
        result = open_memory(ctx, entry);
    if (result != 0) {
        close(entry->proc);
        return result == -ESRCH ? -ESRCH : -EACCES;
    }
    if (entry->creds.tgid == tid)
        entry->pidfd = (int)syscall(SYS_pidfd_open, tid, 0);
    entry->tid = tid;
    crs_program_of(ctx, entry->proc, entry->creds.tgid, entry->ppid, entry->start, &entry->creds, &entry->names,
                   &entry->ancestors);
    if (!crs_still_waiting(ctx)) {
        drop(entry);
        return -ESRCH;
    }
    return 0;
}

/* The caller's root where it is not this process's: an O_PATH descriptor to be closed, else -1; -EACCES. */
static int different_root(struct crs_ctx *ctx, const struct crs_cached *entry)
{
    const struct crs_inode *own = &ctx->agent->root;
    struct crs_inode its;
    int fd;

    if (atomic_load(&ctx->agent->shared->roots) == 0)
        return -1;
    if (entry->kept)
        return crs_kept_root(ctx, entry->creds.tgid, entry->start);
    if (crs_inode_of(entry->proc, "root", 0, &its) == 0 && its.ino == own->ino && its.dev == own->dev &&
        its.mount == own->mount)
        return -1;
    fd = openat(entry->proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -EACCES : fd;
}

/* An entry of /proc/TID, with the right to look; the folders of a process that /proc no longer tells are those kept. */
static int look(void *context, const char *name, int flags)
{
    struct crs_ctx *ctx = context;
    const struct crs_cached *entry = ctx->target.cached;
    int fd = entry->kept && strcmp(name, "cwd") == 0 ? crs_kept_cwd(ctx, entry->creds.tgid, entry->start) : -EACCES;

    if (fd >= 0)
        return fd;
    crs_look_begin(ctx->target.caller.creds->uid, ctx->target.caller.creds->gid);
    fd = openat(ctx->target.caller.proc, name, flags | O_CLOEXEC);
    fd = fd < 0 ? -errno : fd;
    crs_look_end();
    return fd;
}

int crs_target_find(struct crs_ctx *ctx)
{
    struct crs_cached *entry = &cache[ctx->req->pid % CACHED];
    int root;

    if (entry->tid != 0 && (entry->tid != (pid_t)ctx->req->pid ||
                            entry->generation != generation_of(ctx, entry->tid) || !is_alive(entry)))
        drop(entry);
    if (entry->tid == 0) {
        int result = fill(ctx, entry);

        if (result != 0)
            return result;
    }
    crs_look_begin(entry->creds.uid, entry->creds.gid);
    root = different_root(ctx, entry);
    crs_look_end();
    if (root == -EACCES)
        return -EACCES;
    ctx->target.caller = (struct crs_caller){
        .tid = entry->tid,
        .tgid = entry->creds.tgid,
        .proc = entry->proc,
        .mem = entry->mem,
        .root = root,
        .creds = &entry->creds,
        .look = look,
        .guarded = crs_guarded_folder,
        .context = ctx,
    };
    ctx->target.names = &entry->names;
    ctx->target.ancestors = &entry->ancestors;
    ctx->target.ppid = entry->ppid;
    ctx->target.cached = entry;
    return 0;
}

uint64_t crs_target_start(const struct crs_ctx *ctx)
{
    return ctx->target.cached->start;
}

void crs_target_done(struct crs_ctx *ctx)
{
    if (ctx->target.cached != NULL && ctx->target.caller.root >= 0)
        close(ctx->target.caller.root);
    ctx->target.cached = NULL;
}

int crs_target_refresh(struct crs_ctx *ctx)
{
    int result = crs_creds_read(ctx->target.caller.proc, &ctx->target.cached->creds);

    if (result != 0)
        crs_target_drop(ctx);
    return result;
}

int crs_target_base(struct crs_ctx *ctx, int dirfd)
{
    char name[32] = "cwd";
    int fd;

    if (dirfd != AT_FDCWD) {
        if (dirfd < 0)
            return -EBADF;
        snprintf(name, sizeof name, "fd/%d", dirfd);
    }
    fd = look(ctx, name, O_PATH);
    if (fd < 0)
        return fd == -ENOENT && dirfd != AT_FDCWD ? -EBADF : -EACCES;
    return fd;
}

int crs_target_duplicate(struct crs_ctx *ctx, int fd)
{
    int pidfd = ctx->target.cached->pidfd, opened = -1, copy;

    if (pidfd < 0)
        pidfd = opened = (int)syscall(SYS_pidfd_open, ctx->target.caller.tgid, 0);
    if (pidfd < 0)
        return -EPERM;
    crs_look_begin(ctx->target.caller.creds->uid, ctx->target.caller.creds->gid);
    copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
    if (copy < 0)
        copy = errno == EBADF ? -EBADF : -EPERM;
    crs_look_end();
    if (opened >= 0)
        close(opened);
    return copy;
}
