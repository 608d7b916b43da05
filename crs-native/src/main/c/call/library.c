/* Calls of a library that the caller's own libcrs asks about: who looks up which name. */
#define _GNU_SOURCE
#include "agent.h"
#include "sockaddr.h"
#include "syscalls.h"

#include <errno.h>
#include <string.h>

#define NAME_SIZE 1025u /* NI_MAXHOST */

int crs_is_library_call(const struct seccomp_data *data)
{
    return data->nr == CRS_NR_prctl && (uint32_t)data->args[0] == CRS_LIBRARY_CALL;
}

/* A string of the caller into an argument of the event; -EFAULT, -ENAMETOOLONG, -ESRCH; an address of 0 is none. */
static ssize_t read_name(struct crs_ctx *ctx, uint64_t address, uint32_t i, struct crs_str *out)
{
    ssize_t len;

    if (address == 0)
        return 0;
    len = crs_target_string(ctx, address, ctx->path_buf[i], NAME_SIZE);
    if (len < 0)
        return len;
    *out = ctx->text[i] = (struct crs_str){ctx->path_buf[i], (uint32_t)len};
    return 0;
}

static int read_call(struct crs_ctx *ctx, struct crs_call *call, struct crs_destination *peer)
{
    const __u64 *args = ctx->req->data.args;
    struct crs_str service;
    int result;

    call->arg[0] = args[2];
    call->arg[1] = args[3];
    call->arg[2] = call->arg[3] = 0;
    call->arg_known = 3;
    if (args[1] == CRS_GETNAMEINFO) {
        call->nr = CRS_LIB_GETNAMEINFO;
        result = crs_read_destination(ctx, args[2], args[3], peer);
        if (result == 0)
            crs_call_address(call, &peer->address, peer->len, peer->text);
        return result;
    }
    call->nr = CRS_LIB_GETADDRINFO;
    result = (int)read_name(ctx, args[2], 0, &call->name);
    return result == 0 ? (int)read_name(ctx, args[3], 1, &service) : result;
}

static int handle(struct crs_ctx *ctx)
{
    static struct crs_destination peer;
    struct crs_call call;
    int result = crs_target_find(ctx);

    crs_call_begin(ctx, &call);
    if (result == -EACCES)
        return crs_answer_unreadable(ctx, "the caller cannot be looked at");
    if (result == 0)
        result = read_call(ctx, &call, &peer);
    if (result == -ESRCH)
        return result;
    if (result != 0)
        return crs_reply_error(ctx, EFAULT);
    if (!crs_still_waiting(ctx))
        return -ENOENT;
    result = crs_verdict(ctx, &call, call.nr == CRS_LIB_GETADDRINFO ? "resolve" : "name");
    return result == 0 ? crs_reply_value(ctx, 0) : crs_reply_error(ctx, -result);
}

int crs_handle_library(struct crs_ctx *ctx)
{
    if (ctx->req->data.args[1] != CRS_GETADDRINFO && ctx->req->data.args[1] != CRS_GETNAMEINFO)
        return crs_reply_error(ctx, EINVAL);
    return crs_try_twice(ctx, handle);
}
