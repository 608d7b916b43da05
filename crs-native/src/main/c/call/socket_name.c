/* Decisions on addresses; a unix socket's path is a name of a file, which has others. */
#define _GNU_SOURCE
#include "resolve.h"
#include "sockaddr.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* The names a path of the caller has. 0; -EACCES: its folders cannot be looked at; -ESRCH. */
static int names_of(struct crs_ctx *ctx, struct crs_str text, struct crs_path *names)
{
    struct crs_resolution r = {.base = -1, .fd = -1, .path = ctx->path_buf[0]};
    int result;

    memcpy(ctx->path_buf[0], text.s, text.len);
    ctx->path_buf[0][text.len] = '\0';
    if (text.s[0] != '/') {
        r.base = crs_target_base(ctx, AT_FDCWD);
        if (r.base < 0)
            return -EACCES;
    }
    result = crs_resolve_open(ctx, &r);
    if (result == 0 && crs_resolve_names(ctx, &r, names) != 0)
        result = -EACCES;
    crs_resolve_close(&r);
    return result;
}

static void stricter(const struct crs_table *table, const struct crs_call *call, struct crs_str name,
                     struct crs_call *worst, struct crs_decision *decision)
{
    struct crs_call other = *call;
    struct crs_decision its;

    other.addr_text = name;
    crs_decide(table, &other, &its);
    if (its.action > decision->action) {
        *worst = other;
        *decision = its;
    }
}

int crs_verdict_address(struct crs_ctx *ctx, const struct crs_call *call, const char *op)
{
    const struct crs_table *table = &ctx->agent->table;
    struct crs_call worst = *call;
    struct crs_decision decision;
    struct crs_path names = {0};
    int result = 0;

    crs_decide(table, call, &decision);
    if (crs_table_names(table, call->nr) && call->addr_kind == CRS_ADDR_OTHER && call->addr_text.len > 0 && call->addr_text.s[0] != '@' &&
        call->addr_text.len < PATH_MAX)
        result = names_of(ctx, call->addr_text, &names);
    if (result == -ESRCH)
        return result;
    if (result != 0)
        return crs_verdict_unreadable(ctx, "the path of a socket cannot be looked at");
    if (names.requested.s != NULL) {
        stricter(table, call, names.requested, &worst, &decision);
        stricter(table, call, names.resolved, &worst, &decision);
    }
    crs_report(ctx, &worst, &decision, op);
    return decision.blocked ? -(int)decision.err : 0;
}
