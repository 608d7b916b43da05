/* The destination of a sink: a file, a unix socket or standard output, written without ever waiting. */
#ifndef CRS_SINK_OUT_H
#define CRS_SINK_OUT_H

#include "spool.h"

struct crs_sink_out {
    struct crs_sink_url url;
    int fd;              /* -1: not open */
    uint8_t tried;       /* it has been opened, or tried, before: the application may have run since */
    uint8_t whole_lines; /* a pipe: at most PIPE_BUF bytes at once, so that no other writer comes between */
    uint8_t shared;      /* standard output as it was given: its flags are not ours to change */
};

/* 0, or -errno: try again later. */
int crs_out_open(struct crs_sink_out *out);
void crs_out_close(struct crs_sink_out *out);

/* Hands over what it can: 0 all sent, -EAGAIN the rest when it is writable, else -errno and the destination is broken. */
int crs_out_send(struct crs_sink_out *out, struct crs_spool *spool);

/* 1: what was sent can be forgotten; 0: the peer of a socket has not read it yet; -errno: broken. */
int crs_out_settled(const struct crs_sink_out *out);

/* Makes a file's lines last. */
int crs_out_sync(const struct crs_sink_out *out);

#endif
