/* libFuzzer: { size of a piece u8 | how it is read u8 | answers, one after the other }. */
#include "http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
    const uint8_t *at;
    size_t left, piece;
};

static int feed(void *context, char *to, size_t cap)
{
    struct source *source = context;
    size_t n = source->left < source->piece ? source->left : source->piece;

    n = n < cap ? n : cap;
    memcpy(to, source->at, n);
    source->at += n;
    source->left -= n;
    return (int)n;
}

/* The bodies and heads of all answers are not more than what came. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source source = {data + 2, size - 2, 0};
    size_t cap, got = 0;
    struct crs_http http;
    char *to;
    int n = 0;

    if (size < 2)
        return 0;
    source.piece = 1 + data[0];
    cap = 1 + (size_t)(data[1] >> 2) * 16;
    to = malloc(cap);
    if (to == NULL)
        return 0;
    crs_http_init(&http, feed, &source);
    for (int answers = 0; answers < 8 && crs_http_head(&http, data[1] & 1) == 0; answers++) {
        if (http.status < 200 || http.status > 999 || http.retry_after < -1 || strlen(http.etag) >= sizeof http.etag)
            abort();
        if (data[1] & 2)
            n = crs_http_text(&http, to, cap);
        else
            while ((n = crs_http_read(&http, to, cap)) > 0)
                got += (size_t)n;
        got += (data[1] & 2) && n > 0 ? (size_t)n : 0;
        if (got > size || (n >= 0 && !http.done))
            abort();
        if (n < 0 || !http.keep)
            break;
    }
    free(to);
    return 0;
}
