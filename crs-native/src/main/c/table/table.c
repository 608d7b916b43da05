/* What an open decision table says of itself. */
#include "table_layout.h"

#include <errno.h>

/* A string that may be missing. */
static struct crs_str optional(const struct crs_table *t, uint32_t ref)
{
    return ref == 0 ? (struct crs_str){NULL, 0} : table_string(t, ref);
}

int crs_table_open(struct crs_table *t, const void *bytes, size_t len)
{
    const uint8_t *b = bytes;
    int err;

    memset(t, 0, sizeof(*t));
    t->bytes = b;
    err = table_check(t, len);
    if (err < 0)
        return err;
    t->mode = b[HEADER_MODE];
    t->log_mode = b[HEADER_LOG];
    t->arch = b[HEADER_ARCH];
    t->translation = b[HEADER_TRANSLATION];
    t->drift = b[HEADER_DRIFT];
    t->on_unreadable = b[HEADER_UNREADABLE];
    t->fail_open = b[HEADER_FAIL];
    t->refuse_degraded = b[HEADER_DEGRADED];
    t->generation = load32(b + HEADER_GENERATION);
    memcpy(t->digest, b + HEADER_DIGEST, sizeof(t->digest));
    t->policy_id = optional(t, load32(b + HEADER_ID));
    t->policy_name = table_string(t, load32(b + HEADER_NAME));
    return 0;
}

int crs_table_rule(const struct crs_table *t, int32_t rule, struct crs_rule_info *out)
{
    const uint8_t *r, *tags;

    if (rule < 0 || (uint32_t)rule >= t->section[CRS_RULE].count)
        return -ENOENT;
    r = table_rule(t, (uint32_t)rule);
    *out = (struct crs_rule_info){
        .name = table_string(t, load32(r + RULE_NAME)),
        .id = optional(t, load32(r + RULE_ID)),
        .message = optional(t, load32(r + RULE_MESSAGE)),
        .index = (int32_t)load32(r + RULE_INDEX),
        .tags = table_run(t, CRS_TAGS, load32(r + RULE_TAGS), &tags),
        .type = r[RULE_TYPE],
        .action = r[RULE_ACTION],
        .severity = r[RULE_SEVERITY],
    };
    return 0;
}

int crs_table_tag(const struct crs_table *t, int32_t rule, uint32_t i, struct crs_str *out)
{
    const uint8_t *tags = NULL;

    if (rule < 0 || (uint32_t)rule >= t->section[CRS_RULE].count
        || i >= table_run(t, CRS_TAGS, load32(table_rule(t, (uint32_t)rule) + RULE_TAGS), &tags))
        return -ENOENT;
    *out = table_string(t, load32(tags + 4 * i));
    return 0;
}

struct crs_str crs_table_call(const struct crs_table *t, int nr)
{
    const uint8_t *row = table_row(t, nr);

    return row == NULL ? (struct crs_str){NULL, 0} : table_string(t, load32(row + SYSC_NAME));
}

int crs_table_literals(const struct crs_table *t, uint32_t i, struct crs_str *path, uint8_t *kinds)
{
    const uint8_t *literal;

    if (i >= t->section[CRS_LITS].count)
        return -ENOENT;
    literal = t->section[CRS_LITS].at + (size_t)i * LITS_SIZE;
    *path = table_string(t, load32(literal));
    *kinds = literal[LITS_KINDS];
    return 0;
}

int crs_table_limit(const struct crs_table *t, uint32_t i, struct crs_limit *out)
{
    const uint8_t *limit;

    if (i >= t->section[CRS_LIMT].count)
        return -ENOENT;
    limit = t->section[CRS_LIMT].at + (size_t)i * LIMT_SIZE;
    *out = (struct crs_limit){.kind = limit[LIMT_KIND], .number = load32(limit + LIMT_NUMBER)};
    if (out->kind == CRS_LIMIT_CALLS)
        out->nr = (int32_t)load32(limit + LIMT_WHAT);
    else if (out->kind == CRS_LIMIT_PROGRAM)
        out->program = table_string(t, load32(limit + LIMT_WHAT));
    return 0;
}

int32_t crs_table_limit_of(const struct crs_table *t, int nr)
{
    struct crs_limit limit;

    for (uint32_t i = 0; crs_table_limit(t, i, &limit) == 0; i++)
        if (limit.kind == CRS_LIMIT_CALLS && limit.nr == nr)
            return (int32_t)i;
    return -1;
}
