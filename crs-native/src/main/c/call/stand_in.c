/*
 * Calls that do to a file what another call is there for: some ioctls change a file's attributes, as fchmod does; bind
 * makes the file of a unix socket, as mknodat does. They are decided as that one, then as themselves.
 */
#define _GNU_SOURCE
#include "change_request.h"
#include "resolve.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int crs_stands_in(const struct seccomp_data *data)
{
    return (data->nr == CRS_NR_ioctl && crs_is_change_request((uint32_t)data->args[1])) || data->nr == CRS_NR_bind;
}

/* The file behind the descriptor. */
static int name_descriptor(struct crs_ctx *ctx, struct crs_call *call, struct crs_resolution *r)
{
    int result;

    r->path = "";
    r->base = crs_target_base(ctx, (int)ctx->req->data.args[0]);
    if (r->base < 0)
        return r->base == -EACCES ? -EACCES : 0;
    r->fd = fcntl(r->base, F_DUPFD_CLOEXEC, 0);
    result = crs_resolve_names(ctx, r, &call->path[0]);
    if (result == 0 && r->fd >= 0) {
        call->path[0].aliases = crs_identity_names(crs_identities_of(ctx->agent), &ctx->agent->table, r->fd, 0, ctx->alias[0]);
        call->path[0].alias = ctx->alias[0];
    }
    return result;
}

/* The file a socket would become: its folder as the caller sees it, and the last part of the name. */
static int name_socket(struct crs_ctx *ctx, struct crs_call *call, struct crs_resolution *r)
{
    const __u64 *args = ctx->req->data.args;
    struct sockaddr_un address = {0};
    char *path = ctx->path_buf[0], *slash;
    const char *last;
    int result;

    if (args[2] <= sizeof address.sun_family || args[2] > sizeof address)
        return 0;
    result = crs_target_read(ctx, args[1], &address, args[2]);
    if (result != 0 || address.sun_family != AF_UNIX || address.sun_path[0] == '\0')
        return result == -EFAULT ? 0 : result;
    memcpy(path, address.sun_path, sizeof address.sun_path);
    path[sizeof address.sun_path] = '\0';
    if (path[0] != '/') {
        r->base = crs_target_base(ctx, AT_FDCWD);
        if (r->base < 0)
            return -EACCES;
    }
    slash = strrchr(path, '/');
    last = slash == NULL ? path : slash + 1;
    memcpy(ctx->path_buf[1], path, slash == NULL ? 0 : (size_t)(slash - path) + 1);
    strcpy(ctx->path_buf[1] + (slash == NULL ? 0 : slash - path + 1), ".");
    r->path = ctx->path_buf[1];
    r->flags = O_DIRECTORY;
    result = crs_resolve_open(ctx, r);
    if (result != 0 || r->fd < 0)
        return result;
    r->path = path; /* the name that is asked for is the whole one */
    return crs_resolve_new_name(ctx, r, r->fd, last, &call->path[0]);
}

/* As what a call is decided. */
static int other(const struct crs_ctx *ctx)
{
    return ctx->req->data.nr == CRS_NR_ioctl ? CRS_NR_fchmod : CRS_NR_mknodat;
}

/* 0: nothing is against it; else it was answered. */
static int decide(struct crs_ctx *ctx)
{
    struct crs_resolution r = {.base = -1, .fd = -1};
    int change = ctx->req->data.nr == CRS_NR_ioctl, result = crs_target_find(ctx);
    struct crs_call call;

    crs_call_begin(ctx, &call);
    call.nr = other(ctx);
    call.arg_known = 0;
    if (result == 0)
        result = change ? name_descriptor(ctx, &call, &r) : name_socket(ctx, &call, &r);
    crs_resolve_close(&r);
    if (result == -ESRCH)
        return result;
    if (result != 0)
        return crs_answer_unreadable(ctx, "the file of a call cannot be looked at") == 0 ? 1 : -ENOENT;
    if (call.path[0].requested.s == NULL || !crs_still_waiting(ctx))
        return 0;
    result = crs_verdict(ctx, &call, "write");
    if (result == 0)
        return 0;
    crs_reply_error(ctx, -result);
    return 1;
}

int crs_stand_in_refused(struct crs_ctx *ctx)
{
    struct crs_decision constant;
    int program, result = -ESRCH;

    if (crs_table_need(&ctx->agent->table, other(ctx), &program, &constant) == CRS_NEED_NOTHING &&
        ctx->agent->own_files.count == 0)
        return 0;
    for (int i = 0; i < 2 && result == -ESRCH; i++) {
        result = decide(ctx);
        crs_target_done(ctx);
        if (result == -ESRCH)
            crs_target_drop(ctx);
    }
    if (result == -ESRCH)
        crs_reply_error(ctx, EFAULT);
    return result != 0;
}
