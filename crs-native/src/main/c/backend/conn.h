/* A connection to the back end: to it or to a proxy, in TLS or not. Every wait ends at a deadline. */
#ifndef CRS_CONN_H
#define CRS_CONN_H

#include "backend.h"
#include "http.h"
#include "tls.h"

#include <stdint.h>

struct crs_conn {
    struct crs_backend *backend;
    enum crs_courier which;
    int fd;                  /* -1: closed */
    uint8_t secure;          /* tls is open */
    int64_t deadline;        /* of whatever waits, by crs_monotonic_ms */
    struct crs_tls tls;
    struct crs_tls_below below;
    struct crs_http http;
    size_t filled;           /* bytes not sent yet in out */
    char out[16384];
};

void crs_conn_init(struct crs_conn *conn, struct crs_backend *backend, enum crs_courier which);

/* Connects, through the proxy if there is one. 0, or -errno with one line in *why. */
int crs_conn_open(struct crs_conn *conn, const char **why);
/* Queues bytes, sending as they become many; crs_conn_flush sends the rest. 0 or -errno. */
int crs_conn_write(struct crs_conn *conn, const char *bytes, size_t length);
int crs_conn_flush(struct crs_conn *conn);
void crs_conn_close(struct crs_conn *conn);

/* The value of a header that tells the credentials of a URL: 0, or -EMSGSIZE. */
int crs_conn_basic(const struct crs_url *url, char *out, size_t cap);

#endif
