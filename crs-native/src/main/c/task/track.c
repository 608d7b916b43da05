/* Calls that change who a thread is. They are let through; what was known of it is forgotten. */
#define _GNU_SOURCE
#include "agent.h"
#include "kept_folder.h"
#include "look.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int changes_ids(int nr)
{
    static const int calls[] = {CRS_NR_setuid,    CRS_NR_setgid,    CRS_NR_setreuid, CRS_NR_setregid,
                                CRS_NR_setresuid, CRS_NR_setresgid, CRS_NR_setfsuid, CRS_NR_setfsgid};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i] == nr)
            return 1;
    return 0;
}

/* Afterwards the kernel no longer lets this process be looked at; what is open by then stays usable. */
static void keep(struct crs_ctx *ctx)
{
    struct crs_shared *shared = ctx->agent->shared;
    const struct crs_caller *caller = &ctx->target.caller;
    struct crs_kept_process process = {.tgid = caller->tgid, .start = crs_target_start(ctx)};
    int known;

    crs_programs_lock(&shared->programs);
    known = crs_kept_find(&shared->kept, process.tgid, process.start) != NULL;
    crs_programs_unlock(&shared->programs);
    if (known)
        return;
    process.mem = fcntl(caller->mem, F_DUPFD_CLOEXEC, 0);
    process.cwd = crs_target_base(ctx, AT_FDCWD);
    process.root = caller->root < 0 ? CRS_KEPT_AGENTS : fcntl(caller->root, F_DUPFD_CLOEXEC, 0);
    if (caller->root >= 0 && process.root < 0)
        process.root = CRS_KEPT_UNKNOWN;
    crs_programs_lock(&shared->programs);
    known = process.mem < 0 || crs_kept_add(&shared->kept, &process) != 0;
    crs_programs_unlock(&shared->programs);
    if (!known)
        return;
    if (process.mem >= 0)
        close(process.mem);
    if (process.cwd >= 0)
        close(process.cwd);
    if (process.root >= 0)
        close(process.root);
    crs_alert(ctx, "too many processes change their user: this one will be unreadable");
}

static int changes_root(int nr)
{
    return nr == CRS_NR_chroot || nr == CRS_NR_fchroot || nr == CRS_NR_unshare || nr == CRS_NR_setns;
}

/* Names mean something else to that process from now on; what a new namespace changes, it cannot mount anything into. */
static int changes_names(int nr)
{
    return nr == CRS_NR_chroot || nr == CRS_NR_fchroot || nr == CRS_NR_setns;
}

static int changes_namespaces(int nr)
{
    return nr == CRS_NR_unshare || nr == CRS_NR_setns;
}

void crs_track(struct crs_ctx *ctx)
{
    if (changes_namespaces(ctx->req->data.nr))
        atomic_store(&ctx->agent->shared->namespaces, 1);
    if (changes_names(ctx->req->data.nr))
        crs_fast_off(ctx->agent);
    if (changes_root(ctx->req->data.nr))
        atomic_store(&ctx->agent->shared->roots, 1);
    if (changes_ids(ctx->req->data.nr) && crs_target_find(ctx) == 0)
        keep(ctx);
    crs_kept_follow(ctx);
    ctx->changes = 1;
}
