/*
 * Processes that enter the container from outside and take the filter by themselves (libcrs, join_protocol.h): crs-init
 * tells each what to do and has a worker answer its listener.
 */
#ifndef CRS_JOIN_H
#define CRS_JOIN_H

#include <stdint.h>
#include <sys/types.h>

#define CRS_PENDING 16u /* conversations at a time */

struct crs_supervisor;

/* A process that is being told what to do. */
struct crs_pending {
    int fd; /* 0: none */
    pid_t pid;
    uid_t uid;
    gid_t gid;
    int64_t until_ms;
    uint8_t told; /* to join */
};

struct crs_joins {
    int fd;    /* of the socket, 0: there is none */
    int epoll; /* of the socket and of the conversations */
    struct crs_pending pending[CRS_PENDING];
};

/* Opens the socket. 0 or -errno; -EADDRINUSE: somebody else has the name. */
int crs_joins_open(struct crs_joins *joins);

/* Does what can be done without waiting. Milliseconds until it wants to be called again, or -1. */
int crs_joins_serve(struct crs_joins *joins, struct crs_supervisor *s);

/*
 * Takes the object that only those who enter from outside need out of the environment. 1: it was there, so they load it; 0:
 * nobody does.
 */
int crs_joins_unload(char *environment[], const char *object);

#endif
