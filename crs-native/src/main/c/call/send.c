/*
 * The sends that carry an address. It is copied once, with the rest of the message's head. What is allowed is carried out
 * on a duplicate of the caller's socket with that copy, where the kernel gives one; else it is let through, and the kernel
 * reads the address once more.
 */
#define _GNU_SOURCE
#include "message.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGES 1024u /* of one sendmmsg; the kernel's own bound */
#define EACH     64u   /* struct mmsghdr */
#define SENT_AT  56u   /* msg_len in it */

static int is_many(const struct crs_ctx *ctx)
{
    return ctx->req->data.nr == CRS_NR_sendmmsg;
}

static int flags_of(const struct crs_ctx *ctx)
{
    return (int)ctx->req->data.args[ctx->req->data.nr == CRS_NR_sendmsg ? 2 : 3];
}

static uint32_t messages(const struct crs_ctx *ctx)
{
    uint32_t count = (uint32_t)ctx->req->data.args[2];

    return !is_many(ctx) ? 1 : count < MESSAGES ? count : MESSAGES;
}

static int read_head(struct crs_ctx *ctx, uint32_t i, struct crs_message *message)
{
    const __u64 *args = ctx->req->data.args;

    if (ctx->req->data.nr == CRS_NR_sendto)
        return crs_message_of(ctx, args[1], args[2], args[4], args[5], message);
    return crs_message_read(ctx, args[1] + EACH * i, message);
}

static int decide(struct crs_ctx *ctx, struct crs_message *message)
{
    struct crs_destination *to = &message->to;
    struct crs_call call;
    int result;

    crs_policy_enter(ctx->agent, ctx->reader);
    crs_call_begin(ctx, &call);
    if (to->len == 0)
        call.addr_kind = CRS_ADDR_NONE;
    else
        crs_call_destination(&call, &to->address, to->len, to->text);
    result = crs_verdict_address(ctx, &call, "send");
    if (ctx->child)
        crs_policy_leave(ctx->agent, ctx->reader);
    return result;
}

/* The message at hand; a child that waits goes on with its parent's. */
static struct crs_message message;

static int read_and_decide(struct crs_ctx *ctx, uint32_t i)
{
    int result = read_head(ctx, i, &message);

    return result != 0 ? result : decide(ctx, &message);
}

/* Tells the caller how much of a message of several was sent. */
static int tell_sent(struct crs_ctx *ctx, uint32_t i, uint32_t sent)
{
    return crs_target_write(ctx, ctx->req->data.args[1] + EACH * i + SENT_AT, &sent, sizeof sent);
}

/* All of them, the first of which is decided. How many were sent, or bytes of the one; -errno if the first one fails. */
static int64_t send_all(struct crs_ctx *ctx, int fd, int wait)
{
    uint32_t done = 0;
    int64_t result = 0;

    for (; done < messages(ctx); done++) {
        if (done > 0)
            result = read_and_decide(ctx, done);
        if (result == 0)
            result = crs_message_send(ctx, fd, &message, flags_of(ctx), wait);
        if (result >= 0 && is_many(ctx))
            result = tell_sent(ctx, done, (uint32_t)result) == 0 ? result : -EFAULT;
        if (result < 0)
            break;
        if (is_many(ctx))
            result = 0;
    }
    return !is_many(ctx) || (result < 0 && done == 0) ? result : (int64_t)done;
}

static int answer(struct crs_ctx *ctx, int64_t result)
{
    if (result == -ENOENT || result == -ESRCH)
        return -ENOENT;
    if (result == -EPIPE && !(flags_of(ctx) & MSG_NOSIGNAL))
        crs_target_signal(ctx, SIGPIPE);
    return result < 0 ? crs_reply_error(ctx, (int)-result) : crs_reply_value(ctx, result);
}

static int carry_out(struct crs_ctx *ctx, int fd)
{
    int blocks = !(flags_of(ctx) & MSG_DONTWAIT) && !(fcntl(fd, F_GETFL) & O_NONBLOCK);
    int stream = crs_socket_option(fd, SO_TYPE) == SOCK_STREAM, handed;
    int64_t result = messages(ctx) == 0 ? 0 : read_and_decide(ctx, 0);

    /* A stream takes a message in parts, or is connected by it: that waits from the beginning. */
    if (result == 0 && !(stream && blocks))
        result = messages(ctx) == 0 ? 0 : send_all(ctx, fd, 0);
    else if (result == 0)
        result = -EAGAIN;
    if (result != -EAGAIN || !blocks)
        return answer(ctx, result);
    handed = crs_hand_over(ctx, fd);
    if (handed == 1) {
        crs_child_wakes();
        return answer(ctx, send_all(ctx, fd, 1));
    }
    return handed == 0 ? 0 : crs_reply_error(ctx, -handed);
}

/* Decided, then left to the kernel. */
static int let_through(struct crs_ctx *ctx)
{
    int result = 0;

    for (uint32_t i = 0; i < messages(ctx) && result == 0; i++)
        result = read_and_decide(ctx, i);
    if (result == -ESRCH)
        return result;
    return result == 0 ? crs_reply_continue(ctx) : crs_reply_error(ctx, -result);
}

static int handle(struct crs_ctx *ctx)
{
    int result = crs_target_find(ctx), fd, domain;

    crs_call_begin(ctx, &(struct crs_call){0});
    if (result == -EACCES)
        return crs_answer_unreadable(ctx, "the caller cannot be looked at");
    if (result != 0)
        return result;
    fd = crs_target_duplicate(ctx, (int)ctx->req->data.args[0]);
    if (fd == -EPERM)
        return let_through(ctx);
    if (fd < 0)
        return crs_reply_error(ctx, -fd);
    domain = crs_socket_option(fd, SO_DOMAIN);
    if (!crs_still_waiting(ctx))
        result = -ENOENT;
    else if (domain != AF_INET && domain != AF_INET6)
        result = let_through(ctx); /* what goes with it, descriptors and credentials, is the caller's own */
    else
        result = carry_out(ctx, fd);
    close(fd);
    return result;
}

int crs_handle_send(struct crs_ctx *ctx)
{
    return crs_try_twice(ctx, handle);
}
