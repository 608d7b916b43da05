/* A message of the application, copied so far that nothing of it is read twice but its bytes. */
#ifndef CRS_MESSAGE_H
#define CRS_MESSAGE_H

#include "agent.h"
#include "sockaddr.h"

#include <sys/uio.h>

#define CRS_PARTS       1024u   /* of one message; the kernel's own bound */
#define CRS_CONTROL_MAX 20480u  /* more than the kernel takes by default */

struct crs_message {
    struct crs_destination to; /* len 0: no address */
    struct iovec part[CRS_PARTS]; /* in the caller's memory */
    uint32_t parts, control_len;
    uint64_t length;
    _Alignas(8) char control[CRS_CONTROL_MAX];
};

/* The arguments of a sendto; a struct msghdr at an address. 0; -EINVAL, -EMSGSIZE, -ENOBUFS, -EFAULT, -ESRCH. */
int crs_message_of(struct crs_ctx *ctx, uint64_t bytes, uint64_t length, uint64_t name, uint64_t name_len,
                   struct crs_message *out);
int crs_message_read(struct crs_ctx *ctx, uint64_t at, struct crs_message *out);

/*
 * Sends it on a duplicate of the caller's socket, with the caller's rights: bytes sent or -errno. Without `wait` it
 * never waits; with it, it ends when nobody waits any more (-ENOENT) or a signal came (-EINTR).
 */
int64_t crs_message_send(struct crs_ctx *ctx, int fd, const struct crs_message *message, int flags, int wait);

#endif
