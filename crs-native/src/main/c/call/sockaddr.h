/* Socket addresses as a decision sees them. */
#ifndef CRS_SOCKADDR_H
#define CRS_SOCKADDR_H

#include "table.h"

#include <stddef.h>
#include <sys/socket.h>

/* The address into the call; of another family its text goes to `text` (a path, or @name for an abstract one). */
void crs_call_address(struct crs_call *call, const struct sockaddr_storage *address, size_t len, char text[128]);

/* The same for a send: the kernel takes an unspecified family for IPv4 there. */
void crs_call_destination(struct crs_call *call, struct sockaddr_storage *address, size_t len, char text[128]);

/* Where the caller wants to: its own copy of the address. */
struct crs_destination {
    struct sockaddr_storage address;
    size_t len;
    char text[128];
};

struct crs_ctx;

/* 0; -EINVAL, -EFAULT, -ESRCH. */
int crs_read_destination(struct crs_ctx *ctx, uint64_t at, uint64_t len, struct crs_destination *to);

/* As crs_verdict; the path of a unix socket counts under every name it has, the strictest decision holds. -ESRCH: gone. */
int crs_verdict_address(struct crs_ctx *ctx, const struct crs_call *call, const char *op);

/* An integer option of the level SOL_SOCKET, or -1. */
int crs_socket_option(int fd, int option);

/* How long a call on it waits, in milliseconds: SO_RCVTIMEO or SO_SNDTIMEO; -1: for ever. */
int64_t crs_socket_patience(int fd, int option);

#endif
