#define _GNU_SOURCE
#include "message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define BLOCK 65536u /* a datagram has at most 65,535 bytes; a stream is sent in blocks */

/* The kernel's struct user_msghdr. */
struct head {
    uint64_t name;
    uint32_t name_len, pad;
    uint64_t parts, part_count, control, control_len;
    uint32_t flags, pad2;
};

int crs_message_of(struct crs_ctx *ctx, uint64_t bytes, uint64_t length, uint64_t name, uint64_t name_len,
                   struct crs_message *out)
{
    out->part[0] = (struct iovec){(void *)(uintptr_t)bytes, (size_t)length};
    out->parts = 1;
    out->length = length > INT32_MAX ? INT32_MAX : length;
    out->control_len = 0;
    out->to.len = 0;
    return name == 0 ? 0 : crs_read_destination(ctx, name, name_len, &out->to);
}

int crs_message_read(struct crs_ctx *ctx, uint64_t at, struct crs_message *out)
{
    struct head head;
    int result = crs_target_read(ctx, at, &head, sizeof head);

    if (result != 0)
        return result;
    if (head.part_count > CRS_PARTS)
        return -EMSGSIZE;
    if (head.control_len > CRS_CONTROL_MAX)
        return -ENOBUFS;
    /* The kernel cuts what is too long here, and does not in sendto. */
    if ((int32_t)head.name_len > (int32_t)sizeof out->to.address)
        head.name_len = sizeof out->to.address;
    out->parts = (uint32_t)head.part_count;
    out->control_len = (uint32_t)head.control_len;
    out->length = 0;
    out->to.len = 0;
    if (head.name != 0)
        result = crs_read_destination(ctx, head.name, head.name_len, &out->to);
    if (result == 0 && out->parts > 0)
        result = crs_target_read(ctx, head.parts, out->part, out->parts * sizeof *out->part);
    if (result == 0 && out->control_len > 0)
        result = crs_target_read(ctx, head.control, out->control, out->control_len);
    for (uint32_t i = 0; result == 0 && i < out->parts; i++) {
        if (out->part[i].iov_len > INT32_MAX - out->length)
            return (ssize_t)out->part[i].iov_len < 0 ? -EINVAL : -EMSGSIZE;
        out->length += out->part[i].iov_len;
    }
    return result;
}

/* Bytes `from` on, as many as fit. 0 or -EFAULT, -ESRCH. */
static int copy(struct crs_ctx *ctx, const struct crs_message *message, uint64_t from, char *out, size_t want)
{
    for (uint32_t i = 0; i < message->parts && want > 0; i++) {
        const struct iovec *part = &message->part[i];
        size_t now;
        int result;

        if (from >= part->iov_len) {
            from -= part->iov_len;
            continue;
        }
        now = part->iov_len - from < want ? part->iov_len - from : want;
        result = crs_target_read(ctx, (uint64_t)(uintptr_t)part->iov_base + from, out, now);
        if (result != 0)
            return result;
        out += now;
        want -= now;
        from = 0;
    }
    return 0;
}

/* With the caller's rights: what goes with a message may ask for some. */
static int64_t send_block(struct crs_ctx *ctx, int fd, struct msghdr *head, int flags)
{
    ssize_t sent;

    if (crs_creds_assume(ctx->target.caller.creds) != 0)
        return -EPERM;
    sent = sendmsg(fd, head, flags);
    if (sent < 0)
        sent = -errno;
    crs_creds_restore();
    return sent;
}

int64_t crs_message_send(struct crs_ctx *ctx, int fd, const struct crs_message *message, int flags, int wait)
{
    static char block[BLOCK];
    int stream = crs_socket_option(fd, SO_TYPE) == SOCK_STREAM;
    uint64_t done = 0;
    int64_t result = 0;

    if (!stream && message->length > BLOCK)
        return -EMSGSIZE;
    flags = (flags & ~MSG_ZEROCOPY) | MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT);
    do {
        size_t now = message->length - done < BLOCK ? (size_t)(message->length - done) : BLOCK;
        struct iovec part = {block, now};
        struct msghdr head = {
            .msg_name = message->to.len > 0 ? (void *)(uintptr_t)&message->to.address : NULL,
            .msg_namelen = (socklen_t)message->to.len,
            .msg_iov = &part,
            .msg_iovlen = 1,
            .msg_control = message->control_len > 0 ? (void *)(uintptr_t)message->control : NULL,
            .msg_controllen = message->control_len,
        };

        result = copy(ctx, message, done, block, now);
        if (result == 0 && !crs_still_waiting(ctx))
            result = -ENOENT;
        if (result == 0)
            result = send_block(ctx, fd, &head, flags);
        if (result > 0)
            done += (uint64_t)result;
        flags &= ~MSG_FASTOPEN; /* it is connected now */
    } while ((result > 0 && stream && done < message->length) || (result == -EINTR && wait && !crs_target_interrupted(ctx)));
    return done > 0 ? (int64_t)done : result;
}
