#define _GNU_SOURCE
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static int has_parent_step(const char *path)
{
    for (const char *at = path; (at = strstr(at, "..")) != NULL; at += 2)
        if ((at == path || at[-1] == '/') && (at[2] == '/' || at[2] == '\0'))
            return 1;
    return 0;
}

#define MOUNTS 64u

/* Remembered by the mount's number where that is never given out again. File systems on a device are none of it. */
static int is_on_proc(int fd, const struct crs_inode *inode)
{
    static struct {
        uint64_t mount;
        int proc;
    } known[MOUNTS];
    uint64_t at = inode->mount % MOUNTS;
    struct statfs fs;
    int proc;

    if (inode->dev >> 32 != 0)
        return 0;
    if (inode->unique && known[at].mount == inode->mount)
        return known[at].proc;
    proc = fstatfs(fd, &fs) != 0 || fs.f_type == PROC_SUPER_MAGIC;
    if (inode->unique) {
        known[at].mount = inode->mount;
        known[at].proc = proc;
    }
    return proc;
}

/* What was opened, told apart; a file that cannot be is not opened. 1: it is on /proc. */
static int look_at(struct crs_resolution *r)
{
    int result = crs_inode_of(r->fd, "", AT_EMPTY_PATH, &r->inode);

    if (result == 0)
        return is_on_proc(r->fd, &r->inode);
    close(r->fd);
    r->fd = -1;
    r->error = result;
    return 0;
}

/* What anybody may read of a process; the rest of /proc/PID is refused where PID is the agent's. */
static int is_public(const char *name)
{
    static const char *const files[] = {"stat", "statm", "status", "cmdline", "comm", "cgroup", "limits", "mounts",
                                        "mountinfo", "loginuid", "sessionid", "oom_score", "cpuset", "task",
                                        "children"};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strcmp(name, files[i]) == 0)
            return 1;
    return 0;
}

int crs_is_agent(const struct crs_shared *shared, int pid)
{
    for (uint32_t i = 0; pid > 0 && i < shared->filter.agents; i++)
        if (shared->filter.agent[i] == pid)
            return 1;
    for (uint32_t i = 0; pid > 0 && i < CRS_JOINED; i++)
        if (atomic_load(&shared->joined[i]) == pid)
            return 1;
    for (uint32_t i = 0; pid > 0 && i < CRS_CHILDREN; i++)
        if (atomic_load(&shared->child[i].pid) == pid)
            return 1;
    return 0;
}

static int is_agent(const struct crs_shared *shared, const char *pid)
{
    return crs_is_agent(shared, atoi(pid));
}

/* Whether a file of /proc is the agent's own: its memory, its descriptors, what could change it. */
static int is_agents(const struct crs_ctx *ctx, const struct crs_resolution *r)
{
    char name[CRS_NAME_SIZE], *part, *rest = name, *before = "";
    int below = 0;

    if (crs_path_of_fd(r->fd, name, sizeof name) < 0)
        return 1;
    while ((part = strsep(&rest, "/")) != NULL) {
        if (below && rest == NULL)
            return !is_public(part) && strcmp(before, "task") != 0;
        below |= is_agent(ctx->agent->shared, part);
        before = part;
    }
    /* The folder itself, once opened, is as good as a pidfd: signals can be sent by it. */
    return below && r->opens && is_agent(ctx->agent->shared, before);
}

int crs_guarded_folder(void *context, int folder)
{
    struct crs_ctx *ctx = context;
    char name[CRS_NAME_SIZE], *part, *rest = name;
    int guarded = crs_path_of_fd(folder, name, sizeof name) < 0;

    while (!guarded && (part = strsep(&rest, "/")) != NULL)
        guarded = is_agent(ctx->agent->shared, part);
    if (guarded)
        ctx->aimed = 1;
    return guarded;
}

/* Told once a process and call: who looks at all of /proc does nothing wrong. */
void crs_tell_guarded(struct crs_ctx *ctx)
{
    const struct crs_closed closed = {
        .kind = CRS_CLOSED_AGENT, .enforced = 1, .err = EACCES, .why = "a file of a process of the agent"};
    struct crs_str text[6];
    int aimed = ctx->aimed;

    ctx->aimed = 0;
    if (!aimed || !(ctx->agent->table.log_mode & CRS_LOG_DENY) || ctx->target.cached == NULL ||
        !crs_once_first(ctx->agent->ring, (uint64_t)ctx->target.caller.tgid << 32 ^ crs_target_start(ctx),
                        ctx->req->data.arch, ctx->req->data.nr))
        return;
    memcpy(text, ctx->text, sizeof text);
    crs_report_closed(ctx, &closed);
    memcpy(ctx->text, text, sizeof text);
}

/*
 * The kernel's own walk, without symbolic links: most paths have none, and then no name has to be read back.
 * Links take the long way: on /proc it matters who follows them.
 */
static void walk(struct crs_ctx *ctx, struct crs_resolution *r)
{
    struct open_how how = {
        .flags = (uint64_t)(O_PATH | O_CLOEXEC | r->flags),
        .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | r->resolve,
    };
    int base = r->base >= 0 ? r->base : AT_FDCWD;

    r->error = r->exact = r->proc = 0;
    r->fd = (int)syscall(SYS_openat2, base, r->path, &how, sizeof how);
    if (r->fd < 0)
        r->error = -errno;
    if (r->fd >= 0) {
        r->proc = look_at(r);
        r->exact = !has_parent_step(r->path) && (r->resolve & RESOLVE_IN_ROOT) == 0;
        return;
    }
    /* Where a process became somebody else, the kernel lets nobody but itself at what it has in /proc: the long way does. */
    if (r->error != -ELOOP && r->error != -ENOSYS && r->error != -EPERM && r->error != -EACCES)
        return;
    if (r->resolve != 0) {
        /* The caller asked for a confined walk; the kernel does it, and what it finds in /proc is not the caller's. */
        how.resolve = r->resolve;
        r->fd = (int)syscall(SYS_openat2, base, r->path, &how, sizeof how);
        r->error = r->fd < 0 ? -errno : 0;
        if (r->fd >= 0 && look_at(r)) {
            close(r->fd);
            r->fd = -1;
            r->error = -EACCES;
        }
        return;
    }
    r->fd = crs_walk(&ctx->target.caller, base, r->path, r->flags);
    r->error = r->fd < 0 ? r->fd : 0;
    r->proc = r->fd >= 0 && look_at(r);
}

int crs_resolve_open(struct crs_ctx *ctx, struct crs_resolution *r)
{
    r->fd = -1;
    if (crs_enter(&ctx->target.caller) != 0)
        return -EACCES;
    walk(ctx, r);
    crs_leave();
    if (r->error == CRS_WALK_UNREADABLE)
        return -EACCES;
    if (r->fd >= 0 && r->proc && is_agents(ctx, r)) {
        close(r->fd);
        r->fd = -1;
        r->error = -EACCES;
        ctx->aimed = 1;
    }
    crs_tell_guarded(ctx);
    return 0;
}

static int requested_name(struct crs_ctx *ctx, struct crs_resolution *r, struct crs_path *out)
{
    char *name = ctx->requested_buf[r->place];
    char folder[CRS_NAME_SIZE];
    int root = ctx->target.caller.root, from = r->path[0] == '/' ? root : r->base;
    struct crs_str base = {"/", 1}, path = {r->path, (uint32_t)strlen(r->path)};
    ssize_t len;

    if (from >= 0) {
        len = crs_path_of_fd(from, folder, sizeof folder);
        if (len < 0)
            return (int)len;
        if (len > 0 && folder[0] == '/')
            base = (struct crs_str){folder, (uint32_t)len};
        while (path.len > 0 && path.s[0] == '/' && from == root) {
            path.s++;
            path.len--;
        }
    }
    len = crs_path_absolute(base, path, name, CRS_NAME_SIZE);
    if (len < 0)
        return (int)len;
    out->requested = (struct crs_str){name, (uint32_t)len};
    return 0;
}

int crs_resolve_names(struct crs_ctx *ctx, struct crs_resolution *r, struct crs_path *out)
{
    char *name = ctx->resolved_buf[r->place];
    int result = requested_name(ctx, r, out);
    ssize_t len;

    if (result != 0)
        return result;
    out->resolved = out->requested;
    if (r->fd < 0 || r->exact)
        return 0;
    len = crs_path_of_fd(r->fd, name, CRS_NAME_SIZE);
    if (len < 0)
        return (int)len;
    if (len > 0) /* else a pipe or a socket: it has no other name */
        out->resolved = (struct crs_str){name, (uint32_t)len};
    return 0;
}

int crs_resolve_new_name(struct crs_ctx *ctx, struct crs_resolution *r, int folder, const char *last,
                         struct crs_path *out)
{
    char *name = ctx->resolved_buf[r->place];
    char text[CRS_NAME_SIZE];
    int result = requested_name(ctx, r, out);
    ssize_t len;

    if (result != 0)
        return result;
    len = crs_path_of_fd(folder, text, sizeof text);
    if (len < 0)
        return (int)len;
    if (len == 0)
        return -ENAMETOOLONG;
    len = crs_path_absolute((struct crs_str){text, (uint32_t)len}, (struct crs_str){last, (uint32_t)strlen(last)}, name,
                            CRS_NAME_SIZE);
    if (len < 0)
        return (int)len;
    out->resolved = (struct crs_str){name, (uint32_t)len};
    return 0;
}

void crs_resolve_close(struct crs_resolution *r)
{
    if (r->fd >= 0)
        close(r->fd);
    if (r->base >= 0)
        close(r->base);
    r->fd = r->base = -1;
}

int crs_reopen(const struct crs_ctx *ctx, int fd, int flags)
{
    char name[16];
    int opened;

    snprintf(name, sizeof name, "%d", fd);
    opened = openat(ctx->agent->self_fd, name, flags);
    return opened < 0 ? -errno : opened;
}
