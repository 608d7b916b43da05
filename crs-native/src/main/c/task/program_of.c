/* From a process to the names of its program. */
#define _GNU_SOURCE
#include "agent.h"
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The name of the executable as the kernel has it; 0 where it cannot be told. */
static size_t executable(int proc, const struct crs_creds *creds, char *name, size_t size)
{
    ssize_t len = -1;
    int fd;

    crs_look_begin(creds->uid, creds->gid);
    fd = openat(proc, "exe", O_PATH | O_CLOEXEC);
    crs_look_end();
    if (fd >= 0) {
        len = crs_path_of_fd(fd, name, size);
        close(fd);
    }
    return len > 0 ? (size_t)len : 0;
}

static int is_first(const struct crs_names *names, const char *name, size_t len)
{
    struct crs_str first = crs_names_get(names, 0);

    return first.s != NULL && first.len == len && memcmp(first.s, name, len) == 0;
}

/* A fork runs what its parent does. */
static void inherit(struct crs_programs *programs, struct crs_process *child, pid_t parent, const char *name, size_t len)
{
    for (uint32_t i = 0; i < 32; i++) {
        const struct crs_process *other = &programs->process[((uint32_t)parent + i) % CRS_PROCESSES];

        if (other->tgid == parent && is_first(&other->names, name, len)) {
            crs_names_copy(&child->names, &other->names);
            crs_names_copy(&child->ancestors, &other->ancestors);
            return;
        }
    }
    crs_names_add(&child->names, name, len);
}

/*
 * The exec that was decided led to another file than the one decided on: the path was changed under it, or an
 * interpreter this agent does not know of was put before it (binfmt_misc). What runs now is decided as if it had been
 * asked for. 1: it may run.
 */
static int may_run(struct crs_ctx *ctx, const struct crs_names *before, const char *name, size_t len)
{
    struct crs_call call;
    struct crs_decision decision;

    memset(&call, 0, sizeof call);
    call.nr = ctx->agent->execve;
    call.port = call.local_port = -1;
    for (uint32_t i = 0; i < before->count && i < 4; i++)
        call.program[call.programs++] = crs_names_get(before, i);
    call.path[0].requested = call.path[0].resolved = (struct crs_str){name, (uint32_t)len};
    crs_decide(&ctx->agent->table, &call, &decision);
    return !decision.blocked;
}

static void settle(struct crs_ctx *ctx, struct crs_process *process, const char *name, size_t len, int *kill_it)
{
    process->pending = 0;
    /* Who forked before the exec, and was perhaps never seen to, ran this program too. */
    if (!is_first(&process->names, name, len) || is_first(&process->next, name, len))
        crs_names_join(&process->ancestors, &process->names);
    if (is_first(&process->next, name, len)) {
        crs_names_copy(&process->names, &process->next);
    } else if (!is_first(&process->names, name, len)) {
        *kill_it = !may_run(ctx, &process->names, name, len);
        /* What was decided on is no name of it: it may have been put there for this. */
        crs_names_clear(&process->names);
        crs_names_add(&process->names, name, len);
    } /* else the exec failed, and the process runs what it ran */
    crs_kept_drop(&ctx->agent->shared->kept, process->tgid);
}

void crs_program_of(struct crs_ctx *ctx, int proc, pid_t tgid, pid_t ppid, uint64_t start,
                    const struct crs_creds *creds, struct crs_names *out, struct crs_names *ancestors)
{
    struct crs_programs *programs = &ctx->agent->shared->programs;
    struct crs_process *process;
    char name[CRS_NAME_SIZE];
    size_t len = executable(proc, creds, name, sizeof name);
    int kill_it = 0;

    crs_programs_lock(programs);
    process = crs_process_find(programs, tgid, start, 1);
    if (process->pending && len > 0)
        settle(ctx, process, name, len, &kill_it);
    else if (process->names.count == 0 && len > 0)
        inherit(programs, process, ppid, name, len);
    crs_names_copy(out, &process->names);
    crs_names_copy(ancestors, &process->ancestors);
    crs_programs_unlock(programs);
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
    crs_names_copy(&process->next, next);
    process->pending = 1;
    crs_programs_unlock(programs);
}
