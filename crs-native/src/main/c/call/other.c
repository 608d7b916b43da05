/*
 * Calls that are decided and then left to the kernel: those that a SYSCALL rule names. Where a rule asks for a file, its
 * name is what the path meant when it was looked at; the kernel reads the path again, so a second thread may change it.
 */
#define _GNU_SOURCE
#include "agent.h"
#include "resolve.h"
#include "sockaddr.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { NONE = -1, CWD = -2 };

/* Where a call has its file: a folder's descriptor (or CWD), the path, the AT_ flags; no path: a descriptor alone. */
struct file_call {
    int nr;
    int8_t dir, path, flags, nofollow;
};

static const struct file_call calls[] = {
    {CRS_NR_stat, CWD, 0, NONE, 0},           {CRS_NR_lstat, CWD, 0, NONE, 1},
    {CRS_NR_access, CWD, 0, NONE, 0},         {CRS_NR_chdir, CWD, 0, NONE, 0},
    {CRS_NR_readlink, CWD, 0, NONE, 1},       {CRS_NR_uselib, CWD, 0, NONE, 0},
    {CRS_NR_statfs, CWD, 0, NONE, 0},         {CRS_NR_pivot_root, CWD, 0, NONE, 0},
    {CRS_NR_chroot, CWD, 0, NONE, 0},         {CRS_NR_acct, CWD, 0, NONE, 0},
    {CRS_NR_umount2, CWD, 0, NONE, 0},        {CRS_NR_swapon, CWD, 0, NONE, 0},
    {CRS_NR_swapoff, CWD, 0, NONE, 0},        {CRS_NR_getxattr, CWD, 0, NONE, 0},
    {CRS_NR_lgetxattr, CWD, 0, NONE, 1},      {CRS_NR_listxattr, CWD, 0, NONE, 0},
    {CRS_NR_llistxattr, CWD, 0, NONE, 1},     {CRS_NR_inotify_add_watch, CWD, 1, NONE, 0},
    {CRS_NR_newfstatat, 0, 1, 3, 0},          {CRS_NR_readlinkat, 0, 1, NONE, 1},
    {CRS_NR_faccessat, 0, 1, NONE, 0},        {CRS_NR_faccessat2, 0, 1, 3, 0},
    {CRS_NR_statx, 0, 1, 2, 0},               {CRS_NR_fanotify_mark, 3, 4, NONE, 0},
    {CRS_NR_name_to_handle_at, 0, 1, NONE, 1}, {CRS_NR_open_tree, 0, 1, 2, 0},
    {CRS_NR_fspick, 0, 1, NONE, 0},           {CRS_NR_mount_setattr, 0, 1, 2, 0},
    {CRS_NR_getxattrat, 0, 1, 2, 0},          {CRS_NR_listxattrat, 0, 1, 2, 0},
    {CRS_NR_open_tree_attr, 0, 1, 2, 0},      {CRS_NR_file_getattr, 0, 1, NONE, 0},
};

static const struct file_call second[] = { /* new names: mount's folder, move_mount's */
    {CRS_NR_mount, CWD, 1, NONE, 0},
    {CRS_NR_move_mount, 2, 3, NONE, 0},
};

static const struct file_call first[] = {
    {CRS_NR_mount, CWD, 0, NONE, 0},
    {CRS_NR_move_mount, 0, 1, NONE, 0},
};

#define FIND(array, number) find(array, sizeof(array) / sizeof *(array), number)

static const struct file_call *find(const struct file_call *list, size_t count, int nr)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].nr == nr)
            return &list[i];
    return NULL;
}

/* Names the file of `where` as path `place` of the call. 0; else the file stays unknown or the caller is stale. */
static int name_file(struct crs_ctx *ctx, struct crs_call *call, const struct file_call *where, uint32_t place)
{
    const __u64 *args = ctx->req->data.args;
    struct crs_resolution r = {.base = -1, .fd = -1, .place = place, .path = ctx->path_buf[place]};
    uint64_t flags = where->flags >= 0 ? args[where->flags] : 0;
    ssize_t len = 0;
    int result = 0;

    ctx->path_buf[place][0] = '\0';
    if (where->path >= 0 && args[where->path] != 0) {
        len = crs_target_string(ctx, args[where->path], ctx->path_buf[place], PATH_MAX);
        if (len < 0)
            return (int)len;
        ctx->text[where->path] = (struct crs_str){r.path, (uint32_t)len};
    }
    if (r.path[0] != '/') {
        r.base = crs_target_base(ctx, where->dir == CWD ? AT_FDCWD : (int)args[where->dir]);
        if (r.base < 0)
            return r.base;
    }
    r.flags = where->nofollow || flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0;
    if (len == 0)
        r.fd = fcntl(r.base, F_DUPFD_CLOEXEC, 0);
    else
        result = crs_resolve_open(ctx, &r);
    if (result == 0)
        result = crs_resolve_names(ctx, &r, &call->path[place]);
    if (result == 0 && r.fd >= 0) {
        call->path[place].aliases = crs_identity_names(crs_identities_of(ctx->agent), &ctx->agent->table, r.fd, 0,
                                                       ctx->alias[place]);
        call->path[place].alias = ctx->alias[place];
    }
    call->flags = (uint32_t)flags;
    crs_resolve_close(&r);
    return result;
}

/* The operands its rules ask for. 0, -ESRCH, or -EACCES when they cannot be looked at. */
static int read_operands(struct crs_ctx *ctx, struct crs_call *call)
{
    const struct crs_syscall_info *info = crs_syscall_find(crs_syscalls, CRS_SYSCALLS, ctx->req->data.nr);
    const __u64 *args = ctx->req->data.args;
    const struct file_call descriptor = {ctx->req->data.nr, 0, NONE, NONE, 0};
    static struct sockaddr_storage address;
    static char text[128];
    int result = 0;

    if (info == NULL)
        return 0;
    if (info->roles[0] == CRS_ROLE_OLD) {
        result = FIND(first, info->nr) ? name_file(ctx, call, FIND(first, info->nr), 0) : 0;
        if (result == 0 && FIND(second, info->nr))
            result = name_file(ctx, call, FIND(second, info->nr), 1);
    } else if (info->roles[0] == CRS_ROLE_FILENAME || info->op == CRS_OP_READ || info->op == CRS_OP_WRITE) {
        const struct file_call *where = FIND(calls, info->nr);

        result = name_file(ctx, call, where != NULL ? where : &descriptor, 0);
    } else if (info->nr == CRS_NR_bind && args[2] > 0 && args[2] <= sizeof address) {
        memset(&address, 0, sizeof address);
        result = crs_target_read(ctx, args[1], &address, args[2]);
        if (result == 0)
            crs_call_address(call, &address, args[2], text);
    }
    /* What the kernel will refuse by itself is decided with the operand unknown. */
    return result == -ESRCH || result == -EACCES ? result : 0;
}

static const char *op_of(int nr)
{
    const struct crs_syscall_info *info = crs_syscall_find(crs_syscalls, CRS_SYSCALLS, nr);

    return info != NULL && info->op == CRS_OP_READ ? "read" : info != NULL && info->op == CRS_OP_WRITE ? "write" : NULL;
}

static int handle(struct crs_ctx *ctx)
{
    struct crs_call call;
    int dependent, result;
    struct crs_decision constant;
    enum crs_need need = crs_table_need(&ctx->agent->table, ctx->req->data.nr, &dependent, &constant);

    result = crs_target_find(ctx);
    crs_call_begin(ctx, &call);
    if (result == 0 && need == CRS_NEED_MEMORY)
        result = read_operands(ctx, &call);
    if (result == -ESRCH)
        return result;
    if (result == -EACCES && (need == CRS_NEED_MEMORY || dependent))
        return crs_answer_unreadable(ctx, "the caller cannot be looked at");
    if (!crs_still_waiting(ctx))
        return -ENOENT;
    result = crs_verdict(ctx, &call, op_of(ctx->req->data.nr));
    return result == 0 ? crs_reply_continue(ctx) : crs_reply_error(ctx, -result);
}

int crs_handle_other(struct crs_ctx *ctx)
{
    return crs_try_twice(ctx, handle);
}
