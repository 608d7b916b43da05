/* open, openat, openat2 and creat. */
#define _GNU_SOURCE
#include "open.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that keeps changing under the open is given up after so many tries. */
#define TRIES 16

/* What open and openat take no notice of, openat2 refuses. */
#define KNOWN_FLAGS                                                                                       \
    ((uint64_t)(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC | O_DSYNC | \
                FASYNC | O_DIRECT | 0100000 /* O_LARGEFILE */ | O_DIRECTORY | O_NOFOLLOW | O_NOATIME |     \
                O_CLOEXEC | O_PATH | __O_TMPFILE))

/* All that counts beside O_PATH; open and openat pass over the rest, openat2 refuses it. */
#define PATH_FLAGS ((uint64_t)(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))

#define NO_ENTRY "the caller's root cannot be entered, its rights cannot be taken on, or what it has in /proc cannot be looked at"

static int read_how(struct crs_ctx *ctx, struct crs_open *open, uint64_t address, uint64_t size)
{
    struct open_how how;
    char rest[64];
    int result;

    if (size < sizeof how)
        return -EINVAL;
    if (size > 4096)
        return -E2BIG;
    result = crs_target_read(ctx, address, &how, sizeof how);
    for (uint64_t at = sizeof how; result == 0 && at < size; at += sizeof rest) {
        size_t len = size - at < sizeof rest ? (size_t)(size - at) : sizeof rest;

        result = crs_target_read(ctx, address + at, rest, len);
        for (size_t i = 0; result == 0 && i < len; i++)
            if (rest[i] != 0)
                return -E2BIG;
    }
    if (result != 0)
        return result;
    open->flags = how.flags;
    open->mode = how.mode;
    open->resolve = how.resolve;
    if (how.flags & ~KNOWN_FLAGS || how.mode & ~07777ull || (how.flags & O_PATH && how.flags & ~PATH_FLAGS) ||
        (how.mode != 0 && !(how.flags & (O_CREAT | __O_TMPFILE))))
        return -EINVAL;
    return 0;
}

static int read_call(struct crs_ctx *ctx, struct crs_open *open)
{
    const struct seccomp_data *data = &ctx->req->data;
    uint64_t address = data->args[1];
    int at = 1, result = 0;
    ssize_t len;

    open->dirfd = (int)data->args[0];
    open->flags = data->args[2];
    open->mode = data->args[3];
    open->resolve = 0;
    if (data->nr == CRS_NR_openat2) {
        result = read_how(ctx, open, data->args[2], data->args[3]);
    } else if (data->nr != CRS_NR_openat) {
        open->dirfd = AT_FDCWD;
        address = data->args[0];
        at = 0;
        open->flags = data->nr == CRS_NR_creat ? (uint64_t)(O_CREAT | O_WRONLY | O_TRUNC) : data->args[1];
        open->mode = data->nr == CRS_NR_creat ? data->args[1] : data->args[2];
    }
    open->flags &= open->flags & O_PATH ? PATH_FLAGS : KNOWN_FLAGS;
    if (!(open->flags & (O_CREAT | __O_TMPFILE)))
        open->mode = 0;
    open->mode &= 07777;
    if (result == 0 && (open->flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
        result = -EINVAL;
    if (result == 0 && open->flags & __O_TMPFILE && (!(open->flags & O_DIRECTORY) || !(open->flags & O_ACCMODE)))
        result = -EINVAL;
    if (result != 0)
        return result;
    len = crs_target_string(ctx, address, ctx->path_buf[0], PATH_MAX);
    if (len < 0)
        return (int)len;
    open->path = ctx->path_buf[0];
    ctx->text[at] = (struct crs_str){open->path, (uint32_t)len};
    open->call.flags = (uint32_t)open->flags;
    return len == 0 ? -ENOENT : 0;
}

/* An O_PATH descriptor gives no access and cannot be handed to the caller: decided, then left to the kernel. */
static int open_path_only(struct crs_ctx *ctx, struct crs_open *open)
{
    int result = crs_resolve_open(ctx, &open->at);

    if (result == -EACCES)
        return crs_answer_unreadable(ctx, NO_ENTRY);
    if (result == 0)
        result = crs_open_decide(ctx, open);
    return result == 0 ? crs_reply_continue(ctx) : crs_reply_error(ctx, -result);
}

/* Whatever is there: what would be made is no folder. */
static int ends_in_slash(const struct crs_open *open)
{
    return open->path[strlen(open->path) - 1] == '/';
}

/* O_CREAT of a file that is there, in a folder where others may have put it. */
static int may_be_anothers(const struct crs_open *open)
{
    return open->at.fd >= 0 && (open->flags & (O_CREAT | O_EXCL)) == O_CREAT && !S_ISDIR(open->at.inode.mode) &&
           !S_ISLNK(open->at.inode.mode);
}

static int try_open(struct crs_ctx *ctx, struct crs_open *open)
{
    int result;

    memset(&open->call.path[0], 0, sizeof open->call.path[0]);
    result = crs_resolve_open(ctx, &open->at);
    if (result != 0)
        return result == -EACCES ? CRS_NO_ENTRY : result;
    if (open->flags & O_CREAT && (ends_in_slash(open) || (open->at.fd < 0 && open->at.error == -ENOENT)))
        return crs_open_create(ctx, open);
    if (open->flags & __O_TMPFILE)
        return crs_open_unnamed(ctx, open);
    result = crs_open_decide(ctx, open);
    if (result == 0 && may_be_anothers(open))
        result = crs_open_sticky(ctx, open);
    if (result != 0)
        return result;
    return open->at.fd < 0 ? open->at.error : crs_open_existing(ctx, open);
}

static int carry_out(struct crs_ctx *ctx, struct crs_open *open)
{
    int result = CRS_CHANGED;

    for (int i = 0; i < TRIES && result == CRS_CHANGED; i++) {
        if (i > 0 && !crs_still_waiting(ctx))
            return -ESRCH;
        result = try_open(ctx, open);
        if (open->at.fd >= 0)
            close(open->at.fd);
        open->at.fd = -1;
    }
    return result == CRS_CHANGED ? -EAGAIN : result;
}

/* An overlay makes a file of the image another one when it is opened for writing. */
static void follow_identity(struct crs_ctx *ctx, const struct crs_open *open, int fd)
{
    const struct crs_path *path = &open->call.path[0];
    struct crs_inode file;

    if (path->aliases > 0 && open->flags & (O_ACCMODE | O_TRUNC) && crs_inode_of(fd, "", AT_EMPTY_PATH, &file) == 0)
        crs_identity_became(crs_identities_of(ctx->agent), &ctx->agent->table, path->alias, path->aliases, &file);
}

static int answer(struct crs_ctx *ctx, const struct crs_open *open, int result)
{
    int reply;

    if (result == -ESRCH)
        return -ENOENT;
    if (result < 0)
        return crs_reply_error(ctx, -result);
    follow_identity(ctx, open, result);
    reply = crs_reply_fd(ctx, result, (open->flags & O_CLOEXEC) != 0);
    close(result);
    return reply;
}

static int handle(struct crs_ctx *ctx, struct crs_open *open)
{
    int result = crs_target_find(ctx);

    crs_call_begin(ctx, &open->call);
    if (result == 0)
        result = read_call(ctx, open);
    else if (result == -EACCES)
        return crs_answer_unreadable(ctx, "the caller cannot be looked at");
    if (result == -ESRCH) /* stale knowledge of the caller, or the caller is gone: the next try tells */
        return -ESRCH;
    if (result != 0)
        return crs_reply_error(ctx, -result);
    open->at.path = open->path;
    open->at.resolve = open->resolve;
    open->at.flags = (int)(open->flags & (O_NOFOLLOW | O_DIRECTORY));
    open->at.opens = !(open->flags & O_PATH);
    if (open->flags & O_EXCL && open->flags & O_CREAT)
        open->at.flags |= O_NOFOLLOW;
    if (open->path[0] != '/' || open->resolve & (RESOLVE_IN_ROOT | RESOLVE_BENEATH)) {
        open->at.base = crs_target_base(ctx, open->dirfd);
        if (open->at.base == -EACCES)
            return crs_answer_unreadable(ctx, "the caller's folders cannot be looked at");
        if (open->at.base < 0)
            return crs_reply_error(ctx, -open->at.base);
    }
    if (!crs_still_waiting(ctx))
        return -ENOENT;
    if (open->flags & O_PATH)
        return open_path_only(ctx, open);
    result = carry_out(ctx, open);
    if (result == CRS_NO_ENTRY)
        return crs_answer_unreadable(ctx, NO_ENTRY);
    return result == CRS_HANDED_OVER ? result : answer(ctx, open, result);
}

int crs_handle_open(struct crs_ctx *ctx)
{
    int result = -ESRCH;

    if (crs_fast_asked(ctx->agent, &ctx->req->data))
        return crs_fast_answer(ctx);
    for (int i = 0; i < 2 && result == -ESRCH; i++) {
        struct crs_open open = {.at = {.base = -1, .fd = -1}};

        result = handle(ctx, &open);
        crs_resolve_close(&open.at);
        if (result == -ESRCH) {
            crs_target_done(ctx);
            crs_target_drop(ctx);
        }
    }
    if (result == CRS_HANDED_OVER)
        return 0;
    return result == -ESRCH ? crs_reply_error(ctx, EFAULT) : result;
}
