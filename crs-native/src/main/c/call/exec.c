/*
 * execve and execveat. They cannot be carried out in the caller's place: they are decided, let through, and what they
 * led to is compared with what was decided at the process's next call (program_of.c).
 */
#define _GNU_SOURCE
#include "drift.h"
#include "exec.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a file that is not there costs nobody: the kernel would say the same, so it is said here. */
static int open_file(struct crs_ctx *ctx, struct crs_executable *file, int dirfd)
{
    int result;

    if (file->at.path[0] != '/') {
        file->at.base = crs_target_base(ctx, dirfd);
        if (file->at.base < 0)
            return file->at.base;
    }
    result = file->empty ? 0 : crs_resolve_open(ctx, &file->at);
    if (file->empty) {
        file->at.fd = file->at.base;
        file->at.base = -1;
        file->at.error = 0;
    }
    return result;
}

/* Decides on one file to be executed; 0 or the negative errno. */
static int decide(struct crs_ctx *ctx, struct crs_executable *file, struct crs_decision *worst)
{
    struct crs_path *path = &file->call.path[0];
    struct crs_decision decision;

    if (crs_resolve_names(ctx, &file->at, path) != 0)
        return crs_verdict_unreadable(ctx, "a file's name is too long to decide on");
    if (file->empty)
        path->requested = path->resolved;
    if (file->at.fd >= 0) {
        path->aliases = crs_identity_names(crs_identities_of(ctx->agent), &ctx->agent->table, file->at.fd, 1,
                                           ctx->alias[0]);
        path->alias = ctx->alias[0];
        file->call.drift = (uint8_t)crs_drift(ctx->agent, file->at.fd, path->resolved);
    }
    crs_decide(&ctx->agent->table, &file->call, &decision);
    /* One exec is one hit: the strictest of its files is told, the first among equals. */
    if (worst->rule == CRS_NOT_DECIDED || decision.action > worst->action ||
        (decision.action == worst->action && decision.events > worst->events)) {
        *worst = decision;
        file->told = 1;
    }
    return decision.blocked ? -(int)decision.err : 0;
}

static int read_call(struct crs_ctx *ctx, struct crs_executable *file, int *dirfd, uint64_t *argv)
{
    const struct seccomp_data *data = &ctx->req->data;
    int at = data->nr == CRS_NR_execveat;
    uint64_t flags = at ? data->args[4] : 0;
    ssize_t len = crs_target_string(ctx, data->args[at], ctx->path_buf[0], PATH_MAX);

    if (len < 0)
        return (int)len;
    *dirfd = at ? (int)data->args[0] : AT_FDCWD;
    *argv = data->args[at + 1];
    ctx->text[at] = (struct crs_str){ctx->path_buf[0], (uint32_t)len};
    file->at.path = ctx->path_buf[0];
    file->at.flags = flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0;
    file->call.flags = (uint32_t)flags;
    if (flags & ~(uint64_t)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    file->empty = len == 0;
    return len == 0 && !(flags & AT_EMPTY_PATH) ? -ENOENT : 0;
}

/* The file, then what it is run by: the interpreters of scripts, the program given to the dynamic loader. */
static int decide_all(struct crs_ctx *ctx, struct crs_executable *file, uint64_t argv, struct crs_names *next)
{
    struct crs_decision worst = {.rule = CRS_NOT_DECIDED};
    struct crs_names given;
    struct crs_call told;
    char text[PATH_MAX];
    int result, denied = 0, loaded = 0;

    memset(&told, 0, sizeof told);
    crs_names_clear(&given);
    for (int depth = 0;; depth++) {
        file->told = 0;
        result = decide(ctx, file, &worst);
        denied = denied != 0 ? denied : result;
        if (file->told)
            crs_call_keep(&told, &file->call, file->kept);
        crs_names_add(&given, file->call.path[0].requested.s, file->call.path[0].requested.len);
        if (file->at.fd < 0 || depth == CRS_INTERPRETERS)
            break;
        if (!loaded) /* the kernel will say that the last interpreter is what runs */
            crs_names_clear(next);
        crs_names_add(next, file->call.path[0].resolved.s, file->call.path[0].resolved.len);
        if (loaded)
            break;
        if (!crs_interpreter(ctx, file, text, sizeof text)) {
            if (!crs_loaded_program(ctx, file, argv, text, sizeof text))
                break;
            loaded = 1;
        }
        crs_resolve_close(&file->at);
        file->empty = 0;
        file->at.path = text;
        file->at.flags = 0;
        if (open_file(ctx, file, AT_FDCWD) != 0)
            break;
    }
    crs_names_join(next, &given);
    crs_report(ctx, &told, &worst, "execute");
    return denied;
}

static int handle(struct crs_ctx *ctx, struct crs_executable *file)
{
    struct crs_names next;
    uint64_t argv = 0;
    int dirfd = AT_FDCWD, result = crs_target_find(ctx), error;

    crs_call_begin(ctx, &file->call);
    if (result == -EACCES)
        return crs_answer_unreadable(ctx, "the caller cannot be looked at");
    if (result == 0)
        result = read_call(ctx, file, &dirfd, &argv);
    if (result == -ESRCH)
        return result;
    if (result != 0)
        return crs_reply_error(ctx, -result);
    result = open_file(ctx, file, dirfd);
    if (result == -EACCES)
        return crs_answer_unreadable(ctx, "the caller's folders cannot be looked at");
    if (result != 0)
        return crs_reply_error(ctx, -result);
    if (!crs_still_waiting(ctx))
        return -ENOENT;
    error = file->at.error;
    crs_names_clear(&next);
    result = decide_all(ctx, file, argv, &next);
    if (result == 0)
        result = error;
    if (result != 0)
        return crs_reply_error(ctx, -result);
    crs_program_next(ctx, &next);
    ctx->changes = 1;
    return crs_reply_continue(ctx);
}

int crs_handle_exec(struct crs_ctx *ctx)
{
    int result = -ESRCH;

    for (int i = 0; i < 2 && result == -ESRCH; i++) {
        struct crs_executable file = {.at = {.base = -1, .fd = -1}};

        result = handle(ctx, &file);
        crs_resolve_close(&file.at);
        if (result == -ESRCH) {
            crs_target_done(ctx);
            crs_target_drop(ctx);
        }
    }
    return result == -ESRCH ? crs_reply_error(ctx, EFAULT) : result;
}
