#define _GNU_SOURCE
#include "pathop_args.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/xattr.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u
#define FILE_ATTRIBUTES 24u /* the first version of its structure */

/* The structure setxattrat points to. */
struct xattr_values {
    uint64_t value;
    uint32_t size, flags;
};

static ssize_t copy_some(const struct crs_caller *caller, uint64_t address, void *out, size_t len)
{
    ssize_t n;

#ifdef __aarch64__
    address &= UINT64_MAX >> 8; /* the top byte is the program's own and ignored by the processor */
#endif
    if (address > (uint64_t)INT64_MAX - len)
        return -EFAULT;
    do
        n = pread(caller->mem, out, len, (off_t)address);
    while (n < 0 && errno == EINTR);
    return n > 0 ? n : -EFAULT;
}

ssize_t crs_copy_string(const struct crs_caller *caller, uint64_t address, char *out, size_t size)
{
    size_t have = 0;

    while (have < size) {
        size_t want = PAGE - (size_t)((address + have) % PAGE); /* the page after the string need not exist */
        ssize_t n = copy_some(caller, address + have, out + have, want < size - have ? want : size - have);
        const char *end;

        if (n < 0)
            return n;
        end = memchr(out + have, '\0', (size_t)n);
        if (end != NULL)
            return end - out;
        have += (size_t)n;
    }
    return -ENAMETOOLONG;
}

int crs_copy_bytes(const struct crs_caller *caller, uint64_t address, void *out, size_t len)
{
    for (size_t have = 0; have < len;) {
        ssize_t n = copy_some(caller, address + have, (char *)out + have, len - have);

        if (n < 0)
            return (int)n;
        have += (size_t)n;
    }
    return 0;
}

/* A path as getname() of the kernel takes it. */
static int copy_name(const struct crs_caller *caller, uint64_t address, int may_be_empty, char out[PATH_MAX])
{
    ssize_t n = crs_copy_string(caller, address, out, PATH_MAX);

    if (n < 0)
        return (int)n;
    return n == 0 && !may_be_empty ? -ENOENT : 0;
}

static int copy_times(struct crs_pathop *op, uint64_t address)
{
    int64_t raw[4];
    int form = op->call->times, r;

    op->times_given = address != 0;
    if (address == 0)
        return 0;
    r = crs_copy_bytes(op->caller, address, raw, form == CRS_TIMES_SECONDS ? 2 * sizeof raw[0] : sizeof raw);
    if (r < 0)
        return r;
    for (int i = 0; i < 2; i++) {
        op->times[i].tv_sec = form == CRS_TIMES_SECONDS ? raw[i] : raw[2 * i];
        op->times[i].tv_nsec = form == CRS_TIMES_SECONDS ? 0 : raw[2 * i + 1];
        if (form == CRS_TIMES_MICROSECONDS) {
            if (raw[2 * i + 1] < 0 || raw[2 * i + 1] >= 1000000)
                return -EINVAL;
            op->times[i].tv_nsec *= 1000;
        }
    }
    return form == CRS_TIMES_NANOSECONDS && raw[1] == UTIME_OMIT && raw[3] == UTIME_OMIT;
}

static int copy_attribute_name(struct crs_pathop *op, uint64_t address)
{
    ssize_t n = crs_copy_string(op->caller, address, op->text, XATTR_NAME_MAX + 1);

    if (n == 0 || n == -ENAMETOOLONG)
        return -ERANGE;
    return n < 0 ? (int)n : 0;
}

/* setxattrat's structure, which may grow in kernels to come: what this one does not know must be zero. */
static int copy_xattr_values(const struct crs_pathop *op, uint64_t address, uint64_t size, struct xattr_values *out)
{
    uint8_t all[PAGE];
    int r;

    if (size < sizeof *out)
        return -EINVAL;
    if (size > sizeof all)
        return -E2BIG;
    r = crs_copy_bytes(op->caller, address, all, size);
    for (size_t i = sizeof *out; r == 0 && i < size; i++)
        if (all[i] != 0)
            return -E2BIG;
    memcpy(out, all, sizeof *out);
    return r;
}

static int copy_attribute(struct crs_pathop *op, const uint64_t args[6])
{
    const struct crs_pathcall *call = op->call;
    struct xattr_values v = {0};
    int r = 0;

    if (call->value[2] != CRS_REG_NONE) {
        /* sizes beyond 32 bits are too big as well */
        v.size = args[call->value[2]] > UINT32_MAX ? UINT32_MAX : (uint32_t)args[call->value[2]];
        v.value = args[call->value[1]];
        v.flags = (uint32_t)args[call->extra];
    } else {
        r = copy_xattr_values(op, args[call->value[1]], args[call->extra], &v);
    }
    if (r == 0 && (op->flags & ~call->known) != 0)
        r = -EINVAL;
    if (r == 0 && (v.flags & ~(uint32_t)(XATTR_CREATE | XATTR_REPLACE)) != 0)
        r = -EINVAL;
    if (r == 0)
        r = copy_attribute_name(op, args[call->value[0]]);
    if (r == 0 && v.size > XATTR_SIZE_MAX)
        r = -E2BIG;
    if (r == 0 && v.size > 0)
        r = crs_copy_bytes(op->caller, v.value, op->xattr, v.size);
    op->xattr_size = v.size;
    op->value[2] = v.flags;
    return r;
}

/* file_setattr's structure goes to the kernel as it is, which knows what may be in it. */
static int copy_file_attributes(struct crs_pathop *op, uint64_t size)
{
    if (size > PAGE)
        return -E2BIG;
    if (size < FILE_ATTRIBUTES)
        return -EINVAL;
    op->xattr_size = (uint32_t)size;
    return crs_copy_bytes(op->caller, op->value[0], op->xattr, size);
}

static int check_mode(uint64_t mode)
{
    switch (mode & S_IFMT) {
    case 0: case S_IFREG: case S_IFCHR: case S_IFBLK: case S_IFIFO: case S_IFSOCK:
        return 0;
    case S_IFDIR:
        return -EPERM;
    default:
        return -EINVAL;
    }
}

static int check_rename(uint32_t flags)
{
    return (flags & RENAME_EXCHANGE) && (flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) ? -EINVAL : 0;
}

int crs_copy_values(struct crs_pathop *op, const uint64_t args[6])
{
    const struct crs_pathcall *call = op->call;
    int r;

    op->flags = call->flags == CRS_REG_NONE ? 0 : (uint32_t)args[call->flags];
    for (int i = 0; i < 3; i++)
        op->value[i] = call->value[i] == CRS_REG_NONE ? 0 : args[call->value[i]];
    if (call->kind == CRS_OP_SETXATTR)
        return copy_attribute(op, args);
    if (call->kind == CRS_OP_UTIMES) {
        r = copy_times(op, op->value[0]);
        if (r != 0)
            return r;
    }
    if ((op->flags & ~call->known) != 0)
        return -EINVAL;
    switch (call->kind) {
    case CRS_OP_MKNOD:
        return check_mode(op->value[0]);
    case CRS_OP_RENAME:
        return check_rename(op->flags);
    case CRS_OP_TRUNCATE:
        return (int64_t)op->value[0] < 0 ? -EINVAL : 0;
    case CRS_OP_SYMLINK:
        return copy_name(op->caller, op->value[0], 0, op->text);
    case CRS_OP_REMOVEXATTR:
        return copy_attribute_name(op, op->value[0]);
    case CRS_OP_FILEATTR:
        return copy_file_attributes(op, args[call->extra]);
    default:
        return 0;
    }
}

static int look(const struct crs_caller *caller, const char *name, int flags)
{
    int fd;

    if (caller->look != NULL)
        return caller->look(caller->context, name, flags);
    fd = openat(caller->proc, name, flags | O_CLOEXEC);
    if (fd < 0 && errno == EACCES && crs_creds_look(caller->creds->uid, caller->creds->gid) == 0) {
        fd = openat(caller->proc, name, flags | O_CLOEXEC);
        fd = fd < 0 ? -errno : fd;
        crs_creds_restore();
        return fd;
    }
    return fd < 0 ? -errno : fd;
}

/* *fd: O_PATH of a descriptor of the task, or of its working folder. 0, -EBADF or CRS_PATHOP_UNREADABLE. */
static int open_base(const struct crs_caller *caller, int number, int *fd)
{
    char name[32] = "cwd";
    int r;

    if (number != AT_FDCWD) {
        if (number < 0)
            return -EBADF;
        snprintf(name, sizeof name, "fd/%d", number);
    }
    r = look(caller, name, O_PATH);
    if (r == -ENOENT && number != AT_FDCWD)
        return -EBADF;
    if (r < 0)
        return CRS_PATHOP_UNREADABLE;
    *fd = r;
    return 0;
}

/* Whether a descriptor of the task is an O_PATH one, which the descriptor forms do not take. 1, 0 or unreadable (-1). */
static int is_path_only(const struct crs_caller *caller, int number)
{
    char name[32], text[256];
    const char *flags;
    unsigned value;
    ssize_t n;
    int fd;

    snprintf(name, sizeof name, "fdinfo/%d", number);
    fd = look(caller, name, O_RDONLY);
    if (fd < 0)
        return -1;
    n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n < 0 ? 0 : n] = '\0';
    flags = strstr(text, "flags:");
    if (flags == NULL || sscanf(flags, "flags: %o", &value) != 1)
        return -1;
    return (value & O_PATH) != 0;
}

static int copy_descriptor(struct crs_pathop *op, int number, struct crs_operand *to)
{
    int r = number < 0 ? -EBADF : open_base(op->caller, number, &to->base);

    if (r != 0)
        return r;
    r = is_path_only(op->caller, number);
    return r < 0 ? CRS_PATHOP_UNREADABLE : r ? -EBADF : 0;
}

int crs_copy_path(struct crs_pathop *op, const uint64_t args[6], uint32_t i)
{
    const struct crs_pathcall *call = op->call;
    struct crs_operand *to = &op->operand[i];
    int dir = call->at[i].dir == CRS_REG_CWD ? AT_FDCWD : (int)args[call->at[i].dir];
    /* In these calls no path stands for the descriptor, which O_PATH is not enough for. */
    int descriptor = call->kind == CRS_OP_SETXATTR || call->kind == CRS_OP_REMOVEXATTR || call->kind == CRS_OP_FILEATTR;
    int may_be_empty = i == 0 && (op->flags & call->known & AT_EMPTY_PATH) != 0;
    uint64_t address;
    int r;

    if (call->form == CRS_FORM_DESCRIPTOR)
        return copy_descriptor(op, dir, to);
    address = args[call->at[i].path];
    if (address == 0 && call->kind == CRS_OP_UTIMES && call->at[0].dir != CRS_REG_CWD && dir != AT_FDCWD)
        return op->flags != 0 ? -EINVAL : copy_descriptor(op, dir, to); /* futimens */
    if (!(address == 0 && may_be_empty && descriptor)) {
        r = copy_name(op->caller, address, may_be_empty, to->path);
        if (r < 0)
            return r;
    }
    if (to->path[0] == '/')
        return 0;
    if (to->path[0] == '\0' && descriptor && (dir != AT_FDCWD || call->kind == CRS_OP_REMOVEXATTR))
        return copy_descriptor(op, dir, to);
    return open_base(op->caller, dir, &to->base);
}
