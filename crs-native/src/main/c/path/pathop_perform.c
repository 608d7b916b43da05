#define _GNU_SOURCE
#include "pathop.h"
#include "pathop_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A root folder cannot be renamed, nor can "."; but "/" would be this process's own root, maybe on another mount. */
static const char *renamed(const struct crs_operand *o)
{
    return o->last[0] == '/' ? "." : o->last;
}

/*
 * Entries are named in their open folder. Objects go by the link of their descriptor: it is one way that serves all
 * calls and all kernels, and what it leads to is fixed, a symbolic link included.
 */
static long perform(const struct crs_pathop *op)
{
    const struct crs_operand *a = &op->operand[0], *b = &op->operand[1];
    const uint64_t *v = op->value;
    char object[32];

    snprintf(object, sizeof object, "/proc/self/fd/%d", a->fd);
    switch (op->call->kind) {
    case CRS_OP_UNLINK:
        return syscall(__NR_unlinkat, a->fd, a->last, op->flags);
    case CRS_OP_RMDIR:
        return syscall(__NR_unlinkat, a->fd, a->last, AT_REMOVEDIR);
    case CRS_OP_RENAME:
        return syscall(__NR_renameat2, a->fd, renamed(a), b->fd, renamed(b), op->flags);
    case CRS_OP_LINK:
        return syscall(__NR_linkat, AT_FDCWD, object, b->fd, b->last, AT_SYMLINK_FOLLOW);
    case CRS_OP_SYMLINK:
        return syscall(__NR_symlinkat, op->text, a->fd, a->last);
    case CRS_OP_MKDIR:
        return syscall(__NR_mkdirat, a->fd, a->last, v[0]);
    case CRS_OP_MKNOD:
        return syscall(__NR_mknodat, a->fd, a->last, v[0], v[1]);
    case CRS_OP_CHMOD:
        return syscall(__NR_fchmodat, AT_FDCWD, object, v[0]);
    case CRS_OP_CHOWN:
        return syscall(__NR_fchownat, AT_FDCWD, object, v[0], v[1], 0);
    case CRS_OP_UTIMES:
        return syscall(__NR_utimensat, AT_FDCWD, object, op->times_given ? op->times : NULL, 0);
    case CRS_OP_TRUNCATE:
        return syscall(__NR_truncate, object, v[0]);
    case CRS_OP_SETXATTR:
        return syscall(__NR_setxattr, object, op->text, op->xattr, (size_t)op->xattr_size, v[2]);
    case CRS_OP_REMOVEXATTR:
        return syscall(__NR_removexattr, object, op->text);
    case CRS_OP_FILEATTR:
        return syscall(op->call->nr, AT_FDCWD, object, op->xattr, (size_t)op->xattr_size, 0);
    default:
        errno = ENOSYS;
        return -1;
    }
}

int crs_pathop_may_wait(const struct crs_pathop *op)
{
    return op->operands > 0 && op->call->kind == CRS_OP_TRUNCATE && op->operand[0].error == 0;
}

int64_t crs_pathop_perform(struct crs_pathop *op)
{
    int64_t r;

    for (uint32_t i = 0; i < op->operands; i++)
        if (op->operand[i].error != 0)
            return op->operand[i].error;
    if (op->operands == 0) /* two times to be left as they are: no path is looked at */
        return 0;
    if (crs_creds_assume(op->caller->creds) < 0)
        return -EACCES;
    r = perform(op);
    if (r < 0)
        r = -errno;
    crs_creds_restore();
    return r;
}
