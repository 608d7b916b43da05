/*
 * accept and accept4. The peer is known only once the connection is taken, so it is taken here, on a duplicate of the
 * listening socket; what is denied is closed, and the listener goes on. Without a duplicate (SYS_PTRACE is needed in
 * most containers) the call is let through, which an ALERT says once.
 */
#define _GNU_SOURCE
#include "agent.h"
#include "sockaddr.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct peer {
    struct sockaddr_storage address;
    socklen_t len;
    char text[128];
};

/* Takes connections until one may be had. Its descriptor or -errno; -EAGAIN and -EINTR as accept gives them. */
static int take(struct crs_ctx *ctx, int listener, int flags, struct peer *peer)
{
    for (;;) {
        struct sockaddr_storage local;
        struct crs_call call;
        struct crs_decision decision;
        int fd;

        memset(peer, 0, sizeof *peer);
        peer->len = sizeof peer->address;
        fd = accept4(listener, (struct sockaddr *)&peer->address, &peer->len, flags | SOCK_CLOEXEC);
        if (fd < 0)
            return -errno;
        crs_call_begin(ctx, &call);
        crs_call_address(&call, &peer->address, peer->len, peer->text);
        if (getsockname(fd, (struct sockaddr *)&local, &(socklen_t){sizeof local}) == 0)
            call.local_port = ntohs(local.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&local)->sin6_port
                                                                : ((struct sockaddr_in *)&local)->sin_port);
        crs_policy_enter(ctx->agent, ctx->reader);
        crs_decide(&ctx->agent->table, &call, &decision);
        crs_report(ctx, &call, &decision, "accept");
        if (ctx->child)
            crs_policy_leave(ctx->agent, ctx->reader);
        if (!decision.blocked)
            return fd;
        close(fd);
        if (!crs_still_waiting(ctx))
            return -ENOENT;
    }
}

/* In a short-lived child: waits for a connection as the caller would. */
static int take_waiting(struct crs_ctx *ctx, int listener, int flags, struct peer *peer)
{
    struct pollfd ready = {.fd = listener, .events = POLLIN};
    int64_t left = crs_socket_patience(listener, SO_RCVTIMEO);
    int result;

    crs_child_wakes();
    do {
        if (poll(&ready, 1, 100) > 0)
            result = take(ctx, listener, flags, peer);
        else
            result = -EINTR;
        if (result == -EINTR && crs_target_interrupted(ctx))
            return -CRS_RESTART;
        if (result == -EINTR && left >= 0 && (left -= 100) <= 0)
            return -EAGAIN;
    } while (result == -EINTR && crs_still_waiting(ctx));
    return result == -EINTR ? -ENOENT : result;
}

/* The peer's address to where the caller wants it. 0 or -EFAULT, -EINVAL. */
static int tell_peer(struct crs_ctx *ctx, const struct peer *peer)
{
    uint64_t address = ctx->req->data.args[1], len_at = ctx->req->data.args[2];
    uint32_t have = peer->len, room;

    if (address == 0)
        return 0;
    if (crs_target_read(ctx, len_at, &room, sizeof room) != 0)
        return -EFAULT;
    if ((int32_t)room < 0)
        return -EINVAL;
    if (room > have)
        room = have;
    if ((room > 0 && crs_target_write(ctx, address, &peer->address, room) != 0))
        return -EFAULT;
    return crs_target_write(ctx, len_at, &have, sizeof have);
}

static int answer(struct crs_ctx *ctx, int fd, int flags, const struct peer *peer)
{
    int result;

    if (fd < 0)
        return fd == -ENOENT ? fd : crs_reply_error(ctx, -fd);
    result = tell_peer(ctx, peer);
    result = result != 0 ? crs_reply_error(ctx, -result) : crs_reply_fd(ctx, fd, (flags & SOCK_CLOEXEC) != 0);
    close(fd);
    return result;
}

static void alert_once(struct crs_ctx *ctx)
{
    if (!atomic_exchange(&ctx->agent->shared->told_accept, 1))
        crs_alert(ctx, "inbound rules are not enforced: the agent may not take the application's sockets (SYS_PTRACE)");
}

static int handle(struct crs_ctx *ctx)
{
    const struct seccomp_data *data = &ctx->req->data;
    int flags = data->nr == CRS_NR_accept4 ? (int)data->args[3] : 0;
    int result = crs_target_find(ctx), fd, domain = 0;
    struct peer peer;

    if (result == -EACCES)
        return crs_answer_unreadable(ctx, "the caller cannot be looked at");
    if (result != 0)
        return result;
    if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
        return crs_reply_error(ctx, EINVAL);
    fd = crs_target_duplicate(ctx, (int)data->args[0]);
    if (fd == -EPERM) {
        alert_once(ctx);
        return crs_reply_continue(ctx);
    }
    if (fd < 0)
        return crs_reply_error(ctx, -fd);
    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &(socklen_t){sizeof domain});
    if ((domain != AF_INET && domain != AF_INET6) || !crs_still_waiting(ctx))
        result = crs_reply_continue(ctx);
    else if (fcntl(fd, F_GETFL) & O_NONBLOCK)
        result = answer(ctx, take(ctx, fd, flags, &peer), flags, &peer);
    else {
        result = crs_hand_over(ctx, fd);
        if (result == 1)
            result = answer(ctx, take_waiting(ctx, fd, flags, &peer), flags, &peer);
        else if (result < 0)
            result = crs_reply_error(ctx, -result);
    }
    close(fd);
    return result;
}

int crs_handle_accept(struct crs_ctx *ctx)
{
    return crs_try_twice(ctx, handle);
}
