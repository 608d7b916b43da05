/* Requests of a courier, one after the other, over a connection that is kept between them. */
#ifndef CRS_CLIENT_H
#define CRS_CLIENT_H

#include "conn.h"

struct crs_client {
    struct crs_conn conn;
    const char *why;        /* after a failure: one line */
};

struct crs_request {
    const char *method;
    const char *path;       /* and query; absolute */
    const char *token;      /* bearer; NULL: the credentials of the URL, if it has some */
    const char *etag;       /* If-None-Match; NULL: none */
    const char *type;       /* Content-Type; NULL: no body */
    size_t length;          /* of the body */
    /* Writes the body, which may be asked for twice. 0 or -errno. */
    int (*body)(void *context, struct crs_conn *conn);
    void *context;
    int timeout_ms;         /* for all of it, up to and with the answer's body */
};

void crs_client_init(struct crs_client *client, struct crs_backend *backend, enum crs_courier which);

/*
 * Sends a request and reads the head of its answer: the status, or -errno. A kept connection that the other side has
 * closed meanwhile is made anew once.
 */
int crs_client_send(struct crs_client *client, const struct crs_request *request);
/* The answer's body as text ended by NUL: its length, or -errno. */
int crs_client_text(struct crs_client *client, char *to, size_t cap);
/* The answer is done with; what is left of it is read if it is little, else the connection closed. */
void crs_client_done(struct crs_client *client);

#endif
