/*
 * connect. The address is copied once. An allowed connect is carried out with that copy on a duplicate of the caller's
 * socket where the kernel gives one; else it is let through, and what the caller wrote there meanwhile is what counts: a
 * race that only a denial of the whole category closes.
 */
#define _GNU_SOURCE
#include "agent.h"
#include "sockaddr.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* In a short-lived child: the connect goes on while there is somebody to tell its end. */
static int connect_waiting(struct crs_ctx *ctx, int fd, const struct crs_destination *to)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};

    crs_child_wakes();
    if (connect(fd, (const struct sockaddr *)&to->address, (socklen_t)to->len) == 0)
        return 0;
    if (errno != EINTR)
        return -errno;
    for (int64_t left = crs_socket_patience(fd, SO_SNDTIMEO); poll(&ready, 1, 100) <= 0; left -= left > 0 ? 100 : 0) {
        if (left >= 0 && left <= 100)
            return -EINPROGRESS;
        if (!crs_still_waiting(ctx))
            return -ENOENT;
        if (crs_target_interrupted(ctx))
            return -EINTR; /* as a connect is: it goes on in the background */
    }
    return -crs_socket_option(fd, SO_ERROR);
}

/* Connects on the duplicate. CRS_HANDED_OVER, or the result. */
static int connect_on(struct crs_ctx *ctx, int fd, const struct crs_destination *to, int *handed_over)
{
    int result;

    *handed_over = 0;
    if (crs_socket_option(fd, SO_TYPE) == SOCK_DGRAM || fcntl(fd, F_GETFL) & O_NONBLOCK)
        return connect(fd, (const struct sockaddr *)&to->address, (socklen_t)to->len) == 0 ? 0 : -errno;
    result = crs_hand_over(ctx, fd);
    *handed_over = result == 0;
    return result == 1 ? connect_waiting(ctx, fd, to) : result;
}

static int carry_out(struct crs_ctx *ctx, const struct crs_destination *to)
{
    int fd = crs_target_duplicate(ctx, (int)ctx->req->data.args[0]), domain, result, handed_over;

    if (fd == -EPERM)
        return crs_reply_continue(ctx);
    if (fd < 0)
        return crs_reply_error(ctx, -fd);
    domain = crs_socket_option(fd, SO_DOMAIN);
    if ((domain != AF_INET && domain != AF_INET6) || !crs_still_waiting(ctx)) {
        close(fd); /* of this kind it stays, whatever address is put there */
        return crs_reply_continue(ctx);
    }
    result = connect_on(ctx, fd, to, &handed_over);
    close(fd);
    if (handed_over)
        return 0;
    return result == 0 ? crs_reply_value(ctx, 0) : crs_reply_error(ctx, -result);
}

static int handle_connect(struct crs_ctx *ctx)
{
    const struct seccomp_data *data = &ctx->req->data;
    struct crs_destination to;
    struct crs_call call;
    int result = crs_target_find(ctx);

    crs_call_begin(ctx, &call);
    if (result == -EACCES)
        return crs_answer_unreadable(ctx, "the caller cannot be looked at");
    if (result == 0)
        result = crs_read_destination(ctx, data->args[1], data->args[2], &to);
    if (result == -ESRCH)
        return result;
    if (result != 0)
        return crs_reply_error(ctx, -result);
    if (!crs_still_waiting(ctx))
        return -ENOENT;
    crs_call_address(&call, &to.address, to.len, to.text);
    result = crs_verdict_address(ctx, &call, "connect");
    if (result == -ESRCH)
        return result;
    if (result != 0)
        return crs_reply_error(ctx, -result);
    return data->nr == CRS_NR_connect ? carry_out(ctx, &to) : crs_reply_continue(ctx);
}

int crs_handle_connect(struct crs_ctx *ctx)
{
    return crs_try_twice(ctx, handle_connect);
}
