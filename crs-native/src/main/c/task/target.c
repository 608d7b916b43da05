#define _GNU_SOURCE
#include "agent.h"
#include "cached.h"
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

void crs_target_drop(struct crs_ctx *ctx)
{
    crs_cached_drop(ctx);
}

void crs_target_changes(struct crs_ctx *ctx, pid_t tid, pid_t tgid)
{
    atomic_fetch_add(&ctx->agent->shared->generation[(uint32_t)tid % CRS_GENERATIONS], 1);
    if (tgid != 0 && tgid != tid)
        atomic_fetch_add(&ctx->agent->shared->generation[(uint32_t)tgid % CRS_GENERATIONS], 1);
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

static void looks_from(struct crs_ctx *ctx, struct crs_cached *entry, int root)
{
    ctx->target.caller = (struct crs_caller){
        .tid = (pid_t)ctx->req->pid,
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
    ctx->target.ppid = entry->creds.ppid;
    ctx->target.cached = entry;
}

int crs_target_find(struct crs_ctx *ctx)
{
    struct crs_cached *entry;
    int root, result;

    crs_target_done(ctx);
    result = crs_cached_take(ctx, &entry);
    if (result != 0)
        return result;
    crs_look_begin(entry->creds.uid, entry->creds.gid);
    root = different_root(ctx, entry);
    crs_look_end();
    if (root == -EACCES) {
        crs_cached_release(entry);
        return -EACCES;
    }
    looks_from(ctx, entry, root);
    return 0;
}

void crs_target_own(struct crs_ctx *ctx)
{
    if (ctx->target.cached != NULL)
        looks_from(ctx, crs_cached_own(), ctx->target.caller.root);
}

uint64_t crs_target_start(const struct crs_ctx *ctx)
{
    return ctx->target.cached->start;
}

void crs_target_done(struct crs_ctx *ctx)
{
    if (ctx->target.cached == NULL)
        return;
    if (ctx->target.caller.root >= 0)
        close(ctx->target.caller.root);
    crs_cached_release(ctx->target.cached);
    ctx->target.cached = NULL;
}

int crs_target_refresh(struct crs_ctx *ctx)
{
    struct crs_creds *creds = &ctx->target.cached->creds;
    enum crs_lives lives = atomic_load(&ctx->agent->shared->namespaces) != 0 ? CRS_LIVES_UNASKED : (enum crs_lives)creds->lives;

    return crs_creds_read(ctx->target.caller.proc, lives, creds);
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
