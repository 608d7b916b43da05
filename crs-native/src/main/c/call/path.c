/* The calls that write by path, carried out in the caller's place (pathop.h). */
#define _GNU_SOURCE
#include "agent.h"
#include "pathop.h"
#include "pathop_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static struct crs_pathop op; /* large, and one call at a time */

/* Its mode goes through the umask, which may have changed unseen. */
static int makes_a_mode(int nr)
{
    const struct crs_pathcall *call = crs_pathcall_find(nr);

    return call != NULL && (call->kind == CRS_OP_MKDIR || call->kind == CRS_OP_MKNOD);
}

static uint32_t aliases_of(struct crs_ctx *ctx, const struct crs_operand *operand, struct crs_str out[CRS_ALIASES])
{
    const struct crs_inode file = {
        .dev = (uint64_t)major(operand->dev) << 32 | minor(operand->dev),
        .ino = operand->ino,
    };

    return crs_identity_of(crs_identities_of(ctx->agent), &ctx->agent->table, &file, 0, out);
}

static void name_operands(struct crs_ctx *ctx, struct crs_call *call)
{
    call->flags = op.flags;
    for (uint32_t i = 0; i < op.operands && i < 2; i++) {
        struct crs_operand *operand = &op.operand[i];

        call->path[i].requested = operand->requested;
        call->path[i].resolved = operand->resolved;
        ctx->aliases[i] = operand->exists ? aliases_of(ctx, operand, ctx->alias[i]) : 0;
        call->path[i].aliases = ctx->aliases[i];
        call->path[i].alias = ctx->alias[i];
        if (op.call->at[i].path >= 0)
            ctx->text[op.call->at[i].path] = (struct crs_str){operand->path, (uint32_t)strlen(operand->path)};
    }
    call->directory = op.operand[0].directory;
}

/* Where the object of an operand is now: a rename has moved it to the other one's place. */
static void follow_identity(struct crs_ctx *ctx, uint32_t from)
{
    const struct crs_operand *now = &op.operand[op.call->kind == CRS_OP_RENAME ? 1 - from : from];
    const char *name = now->last == NULL ? "" : now->last;
    struct crs_inode file;

    if (ctx->aliases[from] > 0 &&
        crs_inode_of(now->fd, name, now->last == NULL ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW, &file) == 0)
        crs_identity_became(crs_identities_of(ctx->agent), &ctx->agent->table, ctx->alias[from], ctx->aliases[from],
                            &file);
}

/* Other files have these names now, and files that rules name may have others. */
static void learn_names(struct crs_ctx *ctx)
{
    for (uint32_t i = 0; i < op.operands && i < 2; i++) {
        crs_identity_touch(crs_identities_of(ctx->agent), &ctx->agent->table, op.operand[i].resolved);
        if (i == 0 || op.flags & RENAME_EXCHANGE)
            follow_identity(ctx, i);
    }
}

/* Files that rules name are about to have other names, which those who decide in themselves must be told before. */
static void warn_of_names(struct crs_ctx *ctx)
{
    const struct crs_table *table = &ctx->agent->table;

    if (op.call->kind != CRS_OP_RENAME && op.call->kind != CRS_OP_LINK)
        return;
    for (uint32_t i = 0; i < op.operands && i < 2; i++)
        if (ctx->aliases[i] > 0 || crs_identity_below(table, op.operand[i].resolved))
            crs_fast_aliases(ctx->agent);
}

static int carry_out(struct crs_ctx *ctx)
{
    int64_t result;

    /* Where no child can be had it is waited for here: that stalls others, a refusal would break the caller. */
    if (crs_pathop_may_wait(&op) && crs_hand_over(ctx, op.operand[0].fd) == 0)
        return 0;
    warn_of_names(ctx);
    result = crs_pathop_perform(&op);
    if (result == 0)
        learn_names(ctx);
    return result < 0 ? crs_reply_error(ctx, (int)-result) : crs_reply_value(ctx, result);
}

static int decide_and_do(struct crs_ctx *ctx)
{
    struct crs_call call;
    int result = crs_pathop_resolve(&op);

    crs_tell_guarded(ctx);
    if (result == CRS_PATHOP_UNREADABLE)
        return crs_answer_unreadable(ctx, "an operand cannot be looked at");
    if (result != 0)
        return crs_reply_error(ctx, -result);
    crs_call_begin(ctx, &call);
    name_operands(ctx, &call);
    result = crs_verdict(ctx, &call, "write");
    return result != 0 ? crs_reply_error(ctx, -result) : carry_out(ctx);
}

static int handle(struct crs_ctx *ctx)
{
    int result = crs_target_find(ctx);

    crs_call_begin(ctx, &(struct crs_call){0});
    if (result == -EACCES)
        return crs_answer_unreadable(ctx, "the caller cannot be looked at");
    if (result == 0 && makes_a_mode(ctx->req->data.nr))
        result = crs_target_refresh(ctx);
    if (result != 0)
        return result;
    result = crs_pathop_prepare(&op, &ctx->target.caller, &ctx->req->data);
    if (!crs_still_waiting(ctx))
        result = -ENOENT;
    else if (result == CRS_PATHOP_UNREADABLE)
        result = crs_answer_unreadable(ctx, "the caller's folders cannot be looked at");
    else if (result != 0)
        result = crs_reply_error(ctx, -result);
    else
        result = decide_and_do(ctx);
    crs_pathop_close(&op);
    return result;
}

int crs_handle_path(struct crs_ctx *ctx)
{
    return crs_try_twice(ctx, handle);
}
