/* From a process to the names of its program. */
#define _GNU_SOURCE
#include "agent.h"
#include "drift.h"
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* What a process runs; len 0 where it cannot be told. */
struct executable {
    int fd;
    size_t len;
    char name[CRS_NAME_SIZE]; /* as the kernel has it */
};

/* By the link alone; 0 where only a descriptor tells whether the name is one, or where a descriptor is needed anyway. */
static int read_executable(const struct crs_ctx *ctx, int proc, struct executable *out)
{
    static const char mark[] = " (deleted)";
    ssize_t len;

    if (ctx->agent->executables.text != NULL)
        return 0;
    len = readlinkat(proc, "exe", out->name, sizeof out->name);
    if (len <= 0 || (size_t)len == sizeof out->name || out->name[0] != '/')
        return 0;
    if ((size_t)len >= sizeof mark && memcmp(out->name + len - (sizeof mark - 1), mark, sizeof mark - 1) == 0)
        return 0;
    out->len = (size_t)len;
    return 1;
}

static void find_executable(const struct crs_ctx *ctx, int proc, const struct crs_creds *creds, struct executable *out)
{
    ssize_t len = -1;
    int known;

    out->fd = -1;
    crs_look_begin(creds->uid, creds->gid);
    known = read_executable(ctx, proc, out);
    if (!known)
        out->fd = openat(proc, "exe", O_PATH | O_CLOEXEC);
    crs_look_end();
    if (known)
        return;
    if (out->fd >= 0)
        len = crs_path_of_fd(out->fd, out->name, sizeof out->name);
    out->len = len > 0 ? (size_t)len : 0;
}

static int is_first(const struct crs_names *names, const struct executable *exe)
{
    struct crs_str first = crs_names_get(names, 0);

    return first.s != NULL && first.len == exe->len && memcmp(first.s, exe->name, exe->len) == 0;
}

/* A fork runs what its parent does. */
static void inherit(struct crs_programs *programs, struct crs_process_names *child, pid_t parent, const struct executable *exe)
{
    for (uint32_t i = 0; i < 32; i++) {
        const struct crs_process *other = &programs->process[((uint32_t)parent + i) % CRS_PROCESSES];
        const struct crs_process_names *its = crs_process_names(programs, other);

        if (other->tgid == parent && is_first(&its->names, exe)) {
            crs_names_copy(&child->names, &its->names);
            crs_names_copy(&child->ancestors, &its->ancestors);
            return;
        }
    }
    crs_names_add(&child->names, exe->name, exe->len);
}

/*
 * The exec that was decided led to another file than the one decided on: the path was changed under it, or an
 * interpreter this agent does not know of was put before it (binfmt_misc). What runs now is decided as if it had been
 * asked for. 1: it may run.
 */
static int may_run(struct crs_ctx *ctx, const struct crs_names *before, const struct executable *exe)
{
    struct crs_call call;
    struct crs_decision decision;

    memset(&call, 0, sizeof call);
    call.nr = ctx->agent->execve;
    call.port = call.local_port = -1;
    for (uint32_t i = 0; i < before->count && i < 4; i++)
        call.program[call.programs++] = crs_names_get(before, i);
    call.path[0].requested = call.path[0].resolved = (struct crs_str){exe->name, (uint32_t)exe->len};
    call.drift = (uint8_t)crs_drift(ctx->agent, exe->fd, call.path[0].resolved);
    crs_decide(&ctx->agent->table, &call, &decision);
    return !decision.blocked;
}

static void settle(struct crs_ctx *ctx, struct crs_process *process, const struct executable *exe, int *kill_it)
{
    struct crs_process_names *its = crs_process_names(&ctx->agent->shared->programs, process);

    process->pending = 0;
    /* Who forked before the exec, and was perhaps never seen to, ran this program too. */
    if (!is_first(&its->names, exe) || is_first(&its->next, exe))
        crs_names_join(&its->ancestors, &its->names);
    if (is_first(&its->next, exe)) {
        /* The same path; its bytes may have been changed after they were looked at. */
        *kill_it = ctx->agent->executables.text != NULL && !may_run(ctx, &its->names, exe);
        crs_names_copy(&its->names, &its->next);
    } else if (!is_first(&its->names, exe)) {
        *kill_it = !may_run(ctx, &its->names, exe);
        /* What was decided on is no name of it: it may have been put there for this. */
        crs_names_clear(&its->names);
        crs_names_add(&its->names, exe->name, exe->len);
    } /* else the exec failed, and the process runs what it ran */
    crs_kept_drop(&ctx->agent->shared->kept, process->tgid);
}

void crs_program_of(struct crs_ctx *ctx, int proc, pid_t tgid, pid_t ppid, uint64_t start,
                    const struct crs_creds *creds, struct crs_names *out, struct crs_names *ancestors)
{
    struct crs_programs *programs = &ctx->agent->shared->programs;
    struct crs_process *process;
    struct crs_process_names *its;
    struct executable exe;
    int kill_it = 0;

    find_executable(ctx, proc, creds, &exe);
    crs_programs_lock(programs);
    process = crs_process_find(programs, tgid, start, 1);
    its = crs_process_names(programs, process);
    if (process->pending && exe.len > 0)
        settle(ctx, process, &exe, &kill_it);
    else if (its->names.count == 0 && exe.len > 0)
        inherit(programs, its, ppid, &exe);
    crs_names_copy(out, &its->names);
    crs_names_copy(ancestors, &its->ancestors);
    crs_programs_unlock(programs);
    if (exe.fd >= 0)
        close(exe.fd);
    if (kill_it && crs_still_waiting(ctx)) {
        kill(tgid, SIGKILL);
        crs_alert(ctx, "killed: the file it executes is not the one that was allowed");
    }
}

void crs_program_next(struct crs_ctx *ctx, const struct crs_names *next)
{
    struct crs_programs *programs = &ctx->agent->shared->programs;
    struct crs_process *process;

    crs_programs_lock(programs);
    process = crs_process_find(programs, ctx->target.caller.tgid, crs_target_start(ctx), 1);
    crs_names_copy(&crs_process_names(programs, process)->next, next);
    process->pending = 1;
    crs_programs_unlock(programs);
}
