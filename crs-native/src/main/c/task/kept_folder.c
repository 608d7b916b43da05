#define _GNU_SOURCE
#include "kept_folder.h"

#include "resolve.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#define STAYS (CRS_KEPT_UNKNOWN - 1)

/* Under the lock. */
static struct crs_kept_process *kept_of(struct crs_ctx *ctx, pid_t tgid, uint64_t start)
{
    return crs_kept_find(&ctx->agent->shared->kept, tgid, start);
}

static int copy(int folder)
{
    int fd = folder < 0 ? -1 : fcntl(folder, F_DUPFD_CLOEXEC, 0);

    return fd < 0 ? -EACCES : fd;
}

int crs_kept_cwd(struct crs_ctx *ctx, pid_t tgid, uint64_t start)
{
    const struct crs_kept_process *kept;
    int fd;

    crs_programs_lock(&ctx->agent->shared->programs);
    kept = kept_of(ctx, tgid, start);
    fd = kept == NULL ? -EACCES : copy(kept->cwd);
    crs_programs_unlock(&ctx->agent->shared->programs);
    return fd;
}

int crs_kept_root(struct crs_ctx *ctx, pid_t tgid, uint64_t start)
{
    const struct crs_kept_process *kept;
    int fd;

    crs_programs_lock(&ctx->agent->shared->programs);
    kept = kept_of(ctx, tgid, start);
    fd = kept == NULL ? -EACCES : kept->root == CRS_KEPT_AGENTS ? CRS_KEPT_AGENTS : copy(kept->root);
    crs_programs_unlock(&ctx->agent->shared->programs);
    return fd;
}

/* Whether the kernel will say so too. What a walk by hand gave up is none of it. */
static int is_refusal(int error)
{
    return error == -ENOENT || error == -ENOTDIR || error == -EACCES || error == -ELOOP;
}

/* Where chdir leads, CRS_KEPT_UNKNOWN, or STAYS where it will fail. */
static int destination(struct crs_ctx *ctx)
{
    char *path = ctx->path_buf[0];
    struct crs_resolution r = {.base = -1, .fd = -1, .path = path, .flags = O_DIRECTORY};
    ssize_t len = crs_target_string(ctx, ctx->req->data.args[0], path, PATH_MAX - 2);
    int to = CRS_KEPT_UNKNOWN;

    if (len == 0)
        return STAYS;
    if (len < 0)
        return CRS_KEPT_UNKNOWN;
    memcpy(path + len, "/.", 3); /* asks for the right to search it, as the kernel does */
    if (path[0] != '/') {
        r.base = crs_target_base(ctx, AT_FDCWD);
        if (r.base < 0)
            return CRS_KEPT_UNKNOWN;
    }
    if (crs_resolve_open(ctx, &r) == 0)
        to = r.fd >= 0 ? r.fd : is_refusal(r.error) ? STAYS : CRS_KEPT_UNKNOWN;
    r.fd = -1; /* it is the caller's of this now */
    crs_resolve_close(&r);
    return to;
}

static int is_kept(struct crs_ctx *ctx)
{
    int known;

    if (crs_target_find(ctx) != 0)
        return 0;
    crs_programs_lock(&ctx->agent->shared->programs);
    known = kept_of(ctx, ctx->target.caller.tgid, crs_target_start(ctx)) != NULL;
    crs_programs_unlock(&ctx->agent->shared->programs);
    return known;
}

/* A thread may have folders of its own, too, after an unshare; what is kept is the process's. */
static int loses_root(const struct seccomp_data *data)
{
    return data->nr == CRS_NR_chroot || data->nr == CRS_NR_fchroot || data->nr == CRS_NR_setns ||
           (data->nr == CRS_NR_unshare && (data->args[0] & (CLONE_FS | CLONE_NEWNS | CLONE_NEWUSER)) != 0);
}

static void forget_step(struct crs_ctx *ctx)
{
    if (ctx->step.tgid != 0 && ctx->step.cwd >= 0)
        close(ctx->step.cwd);
    ctx->step.tgid = 0;
}

void crs_kept_follow(struct crs_ctx *ctx)
{
    const struct seccomp_data *data = &ctx->req->data;
    int root = loses_root(data), cwd = CRS_KEPT_UNKNOWN;

    forget_step(ctx);
    if (atomic_load(&ctx->agent->shared->kept.end) == 0)
        return;
    if ((!root && data->nr != CRS_NR_chdir && data->nr != CRS_NR_fchdir) || !is_kept(ctx))
        return;
    if (data->nr == CRS_NR_chdir)
        cwd = destination(ctx);
    if (cwd == STAYS)
        return;
    ctx->step = (struct crs_step){ctx->target.caller.tgid, root, cwd, crs_target_start(ctx), ctx->req->id};
}

void crs_kept_step(struct crs_ctx *ctx)
{
    struct crs_step *step = &ctx->step;
    struct crs_kept_process *kept;

    if (step->tgid == 0 || step->call != ctx->req->id) /* or it was refused */
        return;
    crs_programs_lock(&ctx->agent->shared->programs);
    kept = kept_of(ctx, step->tgid, step->start);
    if (kept != NULL) {
        crs_kept_move(&kept->cwd, step->cwd);
        step->cwd = CRS_KEPT_UNKNOWN;
        if (step->root)
            crs_kept_move(&kept->root, CRS_KEPT_UNKNOWN);
    }
    crs_programs_unlock(&ctx->agent->shared->programs);
    forget_step(ctx);
}
