/* Opening what is there, through the descriptor it was decided on. */
#define _GNU_SOURCE
#include "open.h"
#include "proc_stat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONTROLLING_TERMINAL (5ull << 32) /* /dev/tty */

static const char *op_of(const struct crs_open *open)
{
    int mode = (int)(open->flags & O_ACCMODE);

    return mode != O_RDONLY || open->flags & (O_CREAT | O_TRUNC | __O_TMPFILE) ? "write" : "read";
}

int crs_open_decide(struct crs_ctx *ctx, struct crs_open *open)
{
    struct crs_path *path = &open->call.path[0];

    if (path->resolved.s == NULL && crs_resolve_names(ctx, &open->at, path) != 0)
        return crs_verdict_unreadable(ctx, "a file's name is too long to decide on");
    path->aliases = 0;
    if (open->at.fd >= 0 && !(open->flags & O_PATH)) {
        path->aliases = crs_identity_of(crs_identities_of(ctx->agent), &ctx->agent->table, &open->at.inode, 0,
                                        ctx->alias[0]);
        path->alias = ctx->alias[0];
    }
    return crs_verdict(ctx, &open->call, op_of(open));
}

/* The terminal that controls the caller, which is not the one that controls this process: "pts/3"; -ENXIO. */
static int own_terminal(struct crs_ctx *ctx, char *name, size_t size)
{
    struct crs_proc_stat stat;
    uint64_t number;

    if (crs_proc_stat_read(ctx->target.caller.proc, "stat", &stat) != 0)
        return -ENXIO;
    number = stat.terminal;
    /* the pseudo-terminals, in the encoding of new_encode_dev */
    if (((number >> 8) & 0xfff) < 136 || ((number >> 8) & 0xfff) > 143)
        return -ENXIO;
    snprintf(name, size, "/dev/pts/%llu", (unsigned long long)(number & 0xff) | (unsigned long long)((number >> 12) & 0xfff00));
    return 0;
}

static int open_terminal(struct crs_ctx *ctx, int flags)
{
    char name[32];
    int result = own_terminal(ctx, name, sizeof name);

    if (result != 0)
        return result;
    result = open(name, flags);
    return result < 0 ? -errno : result;
}

/* What may keep an open waiting: the other end of a FIFO, a device that is not one of memory or a pseudo-terminal. */
static int may_block(const struct crs_inode *inode)
{
    uint64_t major = inode->device >> 32;

    if (S_ISFIFO(inode->mode))
        return 1;
    if (S_ISCHR(inode->mode))
        return !(major == 1 || major == 5 || (major >= 136 && major <= 143));
    return S_ISBLK(inode->mode);
}

static int reopen(struct crs_ctx *ctx, const struct crs_open *open, int flags)
{
    int fd;

    if (crs_enter(&ctx->target.caller) != 0)
        return -EACCES;
    fd = crs_reopen(ctx, open->at.fd, flags);
    crs_leave();
    return fd;
}

/* In a short-lived child: waits as the caller would have. */
static int open_waiting(struct crs_ctx *ctx, const struct crs_open *open, int flags)
{
    int fd;

    crs_child_wakes();
    do {
        fd = reopen(ctx, open, flags);
        if (fd == -EINTR && crs_target_interrupted(ctx))
            return -CRS_RESTART;
    } while (fd == -EINTR && crs_still_waiting(ctx));
    return fd == -EINTR ? -ESRCH : fd;
}

int crs_open_existing(struct crs_ctx *ctx, struct crs_open *open)
{
    int flags = (int)(open->flags & ~(uint64_t)(O_CREAT | O_EXCL | O_NOFOLLOW)) | O_CLOEXEC | O_NOCTTY;
    const struct crs_inode *inode = &open->at.inode;
    int fd, result;

    if (S_ISLNK(inode->mode))
        return open->flags & O_EXCL && open->flags & O_CREAT ? -EEXIST : -ELOOP;
    if (open->flags & O_CREAT) {
        if (open->flags & O_EXCL)
            return -EEXIST;
        if (S_ISDIR(inode->mode))
            return -EISDIR;
    }
    if (S_ISCHR(inode->mode) && inode->device == CONTROLLING_TERMINAL)
        return open_terminal(ctx, flags);
    if (may_block(inode) && !(open->flags & O_NONBLOCK)) {
        result = crs_hand_over(ctx, open->at.fd);
        if (result == 0)
            return CRS_HANDED_OVER;
        return result == 1 ? open_waiting(ctx, open, flags) : result;
    }
    /* A lease could make even this one wait; then it goes to a child. */
    fd = reopen(ctx, open, flags | O_NONBLOCK);
    if (open->flags & O_NONBLOCK)
        return fd;
    if (fd == -EAGAIN) {
        result = crs_hand_over(ctx, open->at.fd);
        if (result == 0)
            return CRS_HANDED_OVER;
        return result == 1 ? open_waiting(ctx, open, flags) : result;
    }
    if (fd >= 0 && fcntl(fd, F_SETFL, (int)(open->flags & ~(uint64_t)O_NONBLOCK)) != 0) {
        result = -errno;
        close(fd);
        return result;
    }
    return fd;
}
