#include "spool.h"

#include <string.h>

char *crs_spool_room(struct crs_spool *spool)
{
    if (sizeof spool->bytes - spool->end < CRS_LINE_MAX && spool->first > 0) {
        memmove(spool->bytes, spool->bytes + spool->first, spool->end - spool->first);
        spool->sent -= spool->first;
        spool->end -= spool->first;
        spool->first = 0;
    }
    return sizeof spool->bytes - spool->end < CRS_LINE_MAX ? NULL : spool->bytes + spool->end;
}

void crs_spool_add(struct crs_spool *spool, size_t length)
{
    spool->end += length;
}

void crs_spool_sent(struct crs_spool *spool, size_t n)
{
    spool->sent += n;
}

uint64_t crs_spool_release(struct crs_spool *spool)
{
    uint64_t lines = 0;
    const char *newline;

    while ((newline = memchr(spool->bytes + spool->first, '\n', spool->sent - spool->first)) != NULL) {
        spool->first = (size_t)(newline - spool->bytes) + 1;
        lines++;
    }
    if (spool->first == spool->end)
        spool->first = spool->sent = spool->end = 0;
    return lines;
}

void crs_spool_rewind(struct crs_spool *spool)
{
    spool->sent = spool->first;
}

size_t crs_spool_next_line(const struct crs_spool *spool)
{
    const char *from = spool->bytes + spool->sent;
    const char *newline = memchr(from, '\n', spool->end - spool->sent);

    return newline == NULL ? 0 : (size_t)(newline - from) + 1;
}

uint64_t crs_spool_unsent(const struct crs_spool *spool)
{
    uint64_t lines = 0;

    for (size_t i = spool->sent; i < spool->end; i++)
        lines += spool->bytes[i] == '\n';
    return lines;
}
