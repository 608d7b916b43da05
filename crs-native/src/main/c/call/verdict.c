/* From a notified call to a decision and the events it owes. */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <string.h>

void crs_call_begin(struct crs_ctx *ctx, struct crs_call *call)
{
    const struct seccomp_data *data = &ctx->req->data;

    memset(call, 0, sizeof *call);
    memset(ctx->text, 0, sizeof ctx->text);
    call->nr = data->nr;
    call->port = call->local_port = -1;
    for (int i = 0; i < 6; i++)
        call->arg[i] = data->args[i];
    call->arg_known = 0x3f;
    if (ctx->target.cached == NULL)
        return;
    for (uint32_t i = 0; i < ctx->target.names->count && i < 4; i++)
        call->program[call->programs++] = crs_names_get(ctx->target.names, i);
    for (uint32_t i = 0; i < ctx->target.ancestors->count; i++)
        ctx->ancestor[call->ancestors++] = crs_names_get(ctx->target.ancestors, i);
    call->ancestor = ctx->ancestor;
}

static void event_of(const struct crs_ctx *ctx, struct crs_event *event)
{
    const struct seccomp_data *data = &ctx->req->data;

    crs_event_init(event);
    event->via = CRS_VIA_NOTIFY;
    event->pid = (int32_t)ctx->req->pid;
    event->audit_arch = data->arch;
    event->nr = data->nr;
    for (int i = 0; i < 6; i++) {
        event->arg[i] = data->args[i];
        event->text[i] = ctx->text[i];
    }
    if (ctx->target.cached == NULL)
        return;
    event->pid = ctx->target.caller.tgid;
    event->ppid = ctx->target.ppid;
    event->uid = ctx->target.caller.creds->uid;
    event->exe = crs_names_get(ctx->target.names, 0);
    event->exec = crs_names_get(ctx->target.names, 1);
}

static void library_call(const struct crs_call *call, struct crs_event *event)
{
    event->via = CRS_VIA_LIBC;
    event->nr = call->nr;
    memcpy(event->arg, call->arg, sizeof event->arg);
}

static void object_of(const struct crs_call *call, const struct crs_decision *decision, struct crs_event *event)
{
    const struct crs_path *path = &call->path[decision->file_part == 2 ? 1 : 0];

    if (path->requested.s != NULL || path->resolved.s != NULL) {
        event->object = CRS_OBJECT_FILE;
        event->requested = path->requested;
        event->path = path->resolved.s != NULL ? path->resolved : path->requested;
    } else if (call->addr_kind == CRS_ADDR_INET || call->addr_kind == CRS_ADDR_INET6 ||
               call->addr_kind == CRS_ADDR_OTHER) {
        event->object = CRS_OBJECT_SOCKET;
        event->addr_kind = call->addr_kind;
        memcpy(event->addr, call->addr, sizeof event->addr);
        event->path = call->addr_text;
        event->port = call->port;
        event->local_port = call->local_port;
    } else if (call->name.s != NULL) {
        event->object = CRS_OBJECT_NAME;
        event->name = call->name;
    }
}

static void emit(struct crs_ctx *ctx, const struct crs_event *event)
{
    if (ctx->slot == CRS_SLOT_CHILD)
        crs_child_lock(ctx);
    crs_event_call(ctx->agent->ring, ctx->slot, &ctx->agent->source, event);
    if (ctx->slot == CRS_SLOT_CHILD)
        crs_child_unlock(ctx);
}

void crs_report(struct crs_ctx *ctx, const struct crs_call *call, const struct crs_decision *decision, const char *op)
{
    struct crs_event event;

    if (decision->events == 0)
        return;
    event_of(ctx, &event);
    if (call->nr < 0) /* a call of a library, which the kernel knows nothing of */
        library_call(call, &event);
    event.action = decision->action;
    event.enforced = decision->enforced;
    event.err = decision->blocked ? decision->err : 0;
    event.rule = decision->rule;
    event.op = op;
    object_of(call, decision, &event);
    if (event.object == CRS_OBJECT_SOCKET && call->nr >= 0)
        event.direction = call->local_port >= 0 ? "inbound" : "outbound";
    if (decision->events & CRS_EVENT_STANDARD) {
        event.type = CRS_TYPE_STANDARD;
        emit(ctx, &event);
    }
    if (decision->events & CRS_EVENT_BEHAVIOR) {
        event.type = CRS_TYPE_BEHAVIOR;
        emit(ctx, &event);
    }
}

/* 1: the call is refused; where the policy does not enforce it is told, and decided as any other. */
static int refuse_own(struct crs_ctx *ctx, const struct crs_call *call, const char *op)
{
    const struct crs_table *table = &ctx->agent->table;
    const struct crs_decision nothing = {0};
    struct crs_event event;

    if (table->mode == CRS_INACTIVE || !crs_own_files_change(&ctx->agent->own_files, call))
        return 0;
    event_of(ctx, &event);
    event.type = CRS_TYPE_STANDARD;
    event.action = CRS_DENY;
    event.enforced = table->mode == CRS_ACTIVE;
    event.err = event.enforced ? EACCES : 0;
    event.op = op;
    event.reason = "a file of the agent";
    object_of(call, &nothing, &event);
    if (table->log_mode & CRS_LOG_DENY)
        emit(ctx, &event);
    return event.enforced;
}

int crs_verdict(struct crs_ctx *ctx, const struct crs_call *call, const char *op)
{
    struct crs_decision decision;

    if (refuse_own(ctx, call, op))
        return -EACCES;
    crs_decide(&ctx->agent->table, call, &decision);
    crs_report(ctx, call, &decision, op);
    return decision.blocked ? -(int)decision.err : 0;
}

void crs_report_closed(struct crs_ctx *ctx, const struct crs_closed *closed)
{
    struct crs_event event;

    memset(ctx->text, 0, sizeof ctx->text);
    event_of(ctx, &event);
    event.type = CRS_TYPE_STANDARD;
    event.action = CRS_DENY;
    event.enforced = closed->enforced;
    event.err = closed->enforced ? closed->err : 0;
    event.reason = closed->why;
    emit(ctx, &event);
}

void crs_alert(struct crs_ctx *ctx, const char *reason)
{
    struct crs_event event;

    event_of(ctx, &event);
    event.type = CRS_TYPE_ALERT;
    event.enforced = ctx->agent->table.mode == CRS_ACTIVE;
    event.reason = reason;
    emit(ctx, &event);
}

int crs_verdict_unreadable(struct crs_ctx *ctx, const char *why)
{
    const struct crs_table *table = &ctx->agent->table;
    struct crs_event event;
    int deny = table->on_unreadable == CRS_DENY;

    /* What is being killed cannot be looked at either: no call happens, and there is nothing to tell. */
    if (!crs_still_waiting(ctx))
        return -EACCES;
    event_of(ctx, &event);
    event.type = CRS_TYPE_ALERT;
    event.action = table->on_unreadable;
    event.enforced = table->mode == CRS_ACTIVE;
    event.err = deny && event.enforced ? EACCES : 0;
    event.reason = why;
    emit(ctx, &event);
    return deny && event.enforced ? -EACCES : 0;
}

int crs_answer_unreadable(struct crs_ctx *ctx, const char *why)
{
    int result = crs_verdict_unreadable(ctx, why);

    return result == 0 ? crs_reply_continue(ctx) : crs_reply_error(ctx, -result);
}
