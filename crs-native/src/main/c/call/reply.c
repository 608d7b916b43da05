/* Answers to the listener. */
#define _GNU_SOURCE
#include "agent.h"
#include "kept_folder.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#ifndef SECCOMP_ADDFD_FLAG_SEND
#define SECCOMP_ADDFD_FLAG_SEND (1UL << 1)
#endif

static int send_answer(struct crs_ctx *ctx, int64_t value, int32_t error, uint32_t flags)
{
    ctx->answered = 1;
    memset(ctx->resp, 0, sizeof *ctx->resp);
    ctx->resp->id = ctx->req->id;
    ctx->resp->val = value;
    ctx->resp->error = error;
    ctx->resp->flags = flags;
    return ioctl(ctx->agent->listener, SECCOMP_IOCTL_NOTIF_SEND, ctx->resp) == 0 ? 0 : -errno;
}

int crs_reply_error(struct crs_ctx *ctx, int err)
{
    return send_answer(ctx, 0, -err, 0);
}

int crs_reply_value(struct crs_ctx *ctx, int64_t value)
{
    return send_answer(ctx, value, 0, 0);
}

int crs_reply_continue(struct crs_ctx *ctx)
{
    /* The last thing before the call happens: what is looked up from now on is of after it. */
    crs_kept_step(ctx);
    if (ctx->changes)
        crs_target_changes(ctx, (pid_t)ctx->req->pid, ctx->target.cached != NULL ? ctx->target.caller.tgid : 0);
    return send_answer(ctx, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

int crs_still_waiting(const struct crs_ctx *ctx)
{
    return ioctl(ctx->agent->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &ctx->req->id) == 0;
}

int crs_reply_fd(struct crs_ctx *ctx, int fd, int cloexec)
{
    static int without_send; /* kernels before 5.14 */
    struct seccomp_notif_addfd add = {
        .id = ctx->req->id,
        .srcfd = (uint32_t)fd,
        .newfd_flags = cloexec ? 02000000 /* O_CLOEXEC */ : 0,
        .flags = without_send ? 0 : SECCOMP_ADDFD_FLAG_SEND,
    };
    int number = ioctl(ctx->agent->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);

    if (number < 0 && errno == EINVAL && !without_send) {
        without_send = 1;
        add.flags = 0;
        number = ioctl(ctx->agent->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
    }
    if (number < 0) {
        int err = errno;

        if (err == ENOENT)
            return -ENOENT;
        /* EMFILE is the caller's own limit; anything else is still better told than left hanging. */
        return crs_reply_error(ctx, err);
    }
    ctx->answered = 1;
    return without_send ? crs_reply_value(ctx, number) : 0;
}
