#include "callrecord.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

enum {
    AT_NR = 4,
    AT_FLAGS = 8,
    AT_ADDR_KIND = 12,
    AT_DIRECTORY = 13,
    AT_DRIFT = 14,
    AT_ARG_KNOWN = 15,
    AT_PORT = 16,
    AT_LOCAL_PORT = 20,
    AT_ADDR = 24,
    AT_ARG = 40,
    AT_PROGRAMS = 88,
    AT_ANCESTORS = 92,
    AT_ALIASES = 96,
};

/* The strings that are still to be read. */
struct strings {
    const uint8_t *at;
    size_t left;
    int err;
};

static uint32_t load(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static struct crs_str next(struct strings *s)
{
    struct crs_str string = {NULL, 0};
    uint32_t len;

    if (s->left < 4) {
        s->err = -EINVAL;
        return string;
    }
    len = load(s->at);
    s->at += 4;
    s->left -= 4;
    if (len == UINT32_MAX)
        return string;
    if (len > s->left) {
        s->err = -EINVAL;
        return string;
    }
    string = (struct crs_str){(const char *)s->at, len};
    s->at += len;
    s->left -= len;
    return string;
}

static int equal(struct crs_str one, struct crs_str other)
{
    return one.s != NULL && other.s != NULL && one.len == other.len && memcmp(one.s, other.s, one.len) == 0;
}

/* Reads n strings that must be known. */
static const struct crs_str *list(struct strings *s, struct crs_str *into, uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        into[i] = next(s);
        if (into[i].s == NULL)
            s->err = -EINVAL;
    }
    return into;
}

static int read_fixed(struct crs_call *c, const uint8_t *b)
{
    if (b[AT_ADDR_KIND] > CRS_ADDR_OTHER || b[AT_DIRECTORY] > CRS_DIRECTORY_YES || b[AT_DRIFT] > 1
        || b[AT_ARG_KNOWN] > 63)
        return -EINVAL;
    c->nr = (int)load(b + AT_NR);
    c->flags = load(b + AT_FLAGS);
    c->addr_kind = b[AT_ADDR_KIND];
    c->directory = b[AT_DIRECTORY];
    c->drift = b[AT_DRIFT];
    c->arg_known = b[AT_ARG_KNOWN];
    c->port = (int32_t)load(b + AT_PORT);
    c->local_port = (int32_t)load(b + AT_LOCAL_PORT);
    if (c->port < -1 || c->port > 65535 || c->local_port < -1 || c->local_port > 65535)
        return -EINVAL;
    memcpy(c->addr, b + AT_ADDR, sizeof(c->addr));
    memcpy(c->arg, b + AT_ARG, sizeof(c->arg));
    return 0;
}

int crs_call_record_read(struct crs_call_record *record, const void *bytes, size_t len)
{
    struct crs_call *c = &record->call;
    struct crs_str *listed = record->listed;
    const uint8_t *b = bytes;
    struct strings s = {0};
    uint32_t size, i;

    memset(c, 0, sizeof(*c));
    if (len < CRS_CALL_RECORD_FIXED)
        return -EINVAL;
    size = load(b);
    if (size < CRS_CALL_RECORD_FIXED || size > len || size > INT_MAX || read_fixed(c, b) < 0)
        return -EINVAL;
    c->programs = load(b + AT_PROGRAMS);
    c->ancestors = load(b + AT_ANCESTORS);
    c->path[0].aliases = load(b + AT_ALIASES);
    c->path[1].aliases = load(b + AT_ALIASES + 4);
    if (c->programs > sizeof(c->program) / sizeof(c->program[0])
        || (uint64_t)c->ancestors + c->path[0].aliases + c->path[1].aliases > CRS_CALL_RECORD_LISTED)
        return -E2BIG;
    s.at = b + CRS_CALL_RECORD_FIXED;
    s.left = size - CRS_CALL_RECORD_FIXED;
    list(&s, c->program, c->programs);
    c->ancestor = list(&s, listed, c->ancestors);
    listed += c->ancestors;
    for (i = 0; i < 2; i++) {
        c->path[i].requested = next(&s);
        c->path[i].resolved = next(&s);
        if (equal(c->path[i].resolved, c->path[i].requested))
            c->path[i].resolved = (struct crs_str){NULL, 0};
        c->path[i].alias = list(&s, listed, c->path[i].aliases);
        listed += c->path[i].aliases;
    }
    c->addr_text = next(&s);
    c->name = next(&s);
    if (s.err < 0 || s.left != 0)
        return -EINVAL;
    return (int)size;
}
