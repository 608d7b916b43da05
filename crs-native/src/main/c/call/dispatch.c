/* Which handler answers a call. */
#define _GNU_SOURCE
#include "agent.h"
#include "call_group.h"
#include "pathop.h"
#include "syscalls.h"

#include <errno.h>
#include <string.h>

int crs_try_twice(struct crs_ctx *ctx, int (*handle)(struct crs_ctx *))
{
    int result = handle(ctx);

    if (result != -ESRCH)
        return result;
    crs_target_done(ctx);
    crs_target_drop(ctx);
    result = handle(ctx);
    return result == -ESRCH ? crs_reply_error(ctx, EFAULT) : result;
}

/* What is closed whatever the policy says. One event a process and call: a program may try in a loop. */
static int answer_closed(struct crs_ctx *ctx, const struct crs_closed *closed)
{
    uint64_t process = ctx->req->pid;

    if (crs_target_find(ctx) == 0)
        process = (uint64_t)ctx->target.caller.tgid << 32 ^ crs_target_start(ctx);
    if (closed->reported && crs_once_first(ctx->agent->ring, process, ctx->req->data.arch, ctx->req->data.nr))
        crs_report_closed(ctx, closed);
    return closed->enforced ? crs_reply_error(ctx, closed->err) : crs_reply_continue(ctx);
}

static int is_decided_by_rule(struct crs_ctx *ctx)
{
    struct crs_call call;
    struct crs_decision decision;

    if (crs_target_find(ctx) != 0)
        return 0;
    crs_call_begin(ctx, &call);
    crs_decide(&ctx->agent->table, &call, &decision);
    return decision.rule >= 0;
}

int crs_handle(struct crs_ctx *ctx)
{
    const struct seccomp_data *data = &ctx->req->data;
    const struct crs_syscall_info *info = crs_syscall_find(crs_syscalls, CRS_SYSCALLS, data->nr);
    struct crs_closed closed;

    crs_rate_count(ctx, crs_is_library_call(data) ? -(int)data->args[1] : data->nr);
    crs_filter_closed(&ctx->agent->shared->filter, ctx->agent->closures, data, &closed);
    if (closed.kind != CRS_CLOSED_NOT && !(closed.unless_rule && is_decided_by_rule(ctx)))
        return answer_closed(ctx, &closed);
    crs_target_done(ctx);
    if (info == NULL)
        return crs_handle_other(ctx);
    if (crs_is_library_call(data))
        return crs_handle_library(ctx);
    if (crs_call_group(info->name, (uint32_t)strlen(info->name)) == CRS_GROUP_TRACK && info->op != CRS_OP_EXEC) {
        crs_track(ctx);
        crs_target_done(ctx);
    }
    if (crs_stands_in(data) && crs_stand_in_refused(ctx))
        return 0;
    if (info->op != CRS_OP_EXEC && crs_policy_ignores(ctx->agent, data->nr))
        return crs_reply_continue(ctx);
    switch (info->op) {
    case CRS_OP_OPEN:
        return data->nr == CRS_NR_open_by_handle_at ? crs_handle_other(ctx) : crs_handle_open(ctx);
    case CRS_OP_EXEC:
        return crs_handle_exec(ctx);
    case CRS_OP_CONNECT:
        return crs_handle_connect(ctx);
    case CRS_OP_SEND:
        return crs_handle_send(ctx);
    case CRS_OP_ACCEPT:
        return crs_handle_accept(ctx);
    default:
        return crs_pathop_handles(data->nr) ? crs_handle_path(ctx) : crs_handle_other(ctx);
    }
}
