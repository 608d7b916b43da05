/*
 * Answers in HTTP/1.1, read from whatever gives bytes. Nothing the other side sends is trusted: each line, their number
 * and every body has a bound, and an answer that can be read in two ways is refused.
 */
#ifndef CRS_HTTP_H
#define CRS_HTTP_H

#include <stddef.h>
#include <stdint.h>

#define CRS_HTTP_LINE    8192u   /* bytes of a line, its end included */
#define CRS_HTTP_HEADERS 100u    /* of one answer; trailers too */
#define CRS_HTTP_ETAG    130u

enum crs_http_body { CRS_BODY_NONE, CRS_BODY_LENGTH, CRS_BODY_CHUNKED, CRS_BODY_TO_END };

struct crs_http {
    int (*read)(void *context, char *to, size_t cap); /* bytes, 0 at the end, -errno */
    void *context;

    int status;
    uint8_t keep;           /* the connection may be used again once the body is read */
    uint8_t body;           /* enum crs_http_body */
    uint8_t done;           /* the body is read */
    uint8_t started;        /* something of this answer came */
    int32_t retry_after;    /* seconds, -1: not said */
    uint64_t left;          /* of the body, or of its chunk */
    char etag[CRS_HTTP_ETAG]; /* with its quotes; "" : none */

    uint8_t in_chunks;      /* past the first chunk's size */
    uint8_t lengths;        /* Content-Length was said */
    size_t at, end;         /* unread bytes in buf */
    char buf[CRS_HTTP_LINE];
};

void crs_http_init(struct crs_http *http, int (*read)(void *context, char *to, size_t cap), void *context);

/*
 * Reads up to the body of the next answer; interim answers are passed over. An answer to CONNECT has no body when it
 * agrees. 0; -EPROTO: no HTTP, or ambiguous; -EMSGSIZE: beyond a bound; -ECONNRESET: ended early; else the source's.
 */
int crs_http_head(struct crs_http *http, int connect);

/* The next bytes of the body: how many, 0 at its end, else as above. A body shorter than said is -ECONNRESET. */
int crs_http_read(struct crs_http *http, char *to, size_t cap);

/* The whole body as text, ended by NUL: its length, or -EMSGSIZE if it has `cap` bytes or more, else as above. */
int crs_http_text(struct crs_http *http, char *to, size_t cap);

/* Passes over the rest of the body if it has at most `most` bytes: 0, or a negative errno. */
int crs_http_skip(struct crs_http *http, size_t most);

#endif
