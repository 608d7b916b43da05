#define _GNU_SOURCE
#include "pathop_calls.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stddef.h>
#include <sys/syscall.h>

/* Newer than the headers this may be built with; one number on every architecture. */
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_setxattrat
#define __NR_setxattrat 463
#endif
#ifndef __NR_removexattrat
#define __NR_removexattrat 466
#endif
#ifndef __NR_file_setattr
#define __NR_file_setattr 469
#endif

#define NONE   CRS_REG_NONE
#define CWD    CRS_REG_CWD
#define NO_ONE {NONE, NONE}

#define OBJECT_FLAGS (AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)
#define RENAME_FLAGS (RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)

/* number, what, form, times, {dir, path} twice, flags, values, extra, flags known */
#define ROW(name, kind, form, ...) {__NR_##name, CRS_OP_##kind, CRS_FORM_##form, CRS_TIMES_##__VA_ARGS__}

static const struct crs_pathcall calls[] = {
#ifdef __NR_unlink
    ROW(unlink, UNLINK, ENTRY, NONE, {{CWD, 0}, NO_ONE}, NONE, {NONE, NONE, NONE}, NONE, 0),
    ROW(rmdir, RMDIR, ENTRY, NONE, {{CWD, 0}, NO_ONE}, NONE, {NONE, NONE, NONE}, NONE, 0),
    ROW(rename, RENAME, ENTRY, NONE, {{CWD, 0}, {CWD, 1}}, NONE, {NONE, NONE, NONE}, NONE, 0),
    ROW(link, LINK, NOFOLLOW, NONE, {{CWD, 0}, {CWD, 1}}, NONE, {NONE, NONE, NONE}, NONE, 0),
    ROW(symlink, SYMLINK, ENTRY, NONE, {{CWD, 1}, NO_ONE}, NONE, {0, NONE, NONE}, NONE, 0),
    ROW(mkdir, MKDIR, ENTRY, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, NONE, NONE}, NONE, 0),
    ROW(mknod, MKNOD, ENTRY, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, 2, NONE}, NONE, 0),
    ROW(chmod, CHMOD, FOLLOW, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, NONE, NONE}, NONE, 0),
    ROW(chown, CHOWN, FOLLOW, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, 2, NONE}, NONE, 0),
    ROW(lchown, CHOWN, NOFOLLOW, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, 2, NONE}, NONE, 0),
    ROW(utime, UTIMES, FOLLOW, SECONDS, {{CWD, 0}, NO_ONE}, NONE, {1, NONE, NONE}, NONE, 0),
    ROW(utimes, UTIMES, FOLLOW, MICROSECONDS, {{CWD, 0}, NO_ONE}, NONE, {1, NONE, NONE}, NONE, 0),
    ROW(futimesat, UTIMES, FOLLOW, MICROSECONDS, {{0, 1}, NO_ONE}, NONE, {2, NONE, NONE}, NONE, 0),
#endif
#ifdef __NR_renameat
    ROW(renameat, RENAME, ENTRY, NONE, {{0, 1}, {2, 3}}, NONE, {NONE, NONE, NONE}, NONE, 0),
#endif
    ROW(unlinkat, UNLINK, ENTRY, NONE, {{0, 1}, NO_ONE}, 2, {NONE, NONE, NONE}, NONE, AT_REMOVEDIR),
    ROW(renameat2, RENAME, ENTRY, NONE, {{0, 1}, {2, 3}}, 4, {NONE, NONE, NONE}, NONE, RENAME_FLAGS),
    ROW(linkat, LINK, NOFOLLOW, NONE, {{0, 1}, {2, 3}}, 4, {NONE, NONE, NONE}, NONE,
        AT_SYMLINK_FOLLOW | AT_EMPTY_PATH),
    ROW(symlinkat, SYMLINK, ENTRY, NONE, {{1, 2}, NO_ONE}, NONE, {0, NONE, NONE}, NONE, 0),
    ROW(mkdirat, MKDIR, ENTRY, NONE, {{0, 1}, NO_ONE}, NONE, {2, NONE, NONE}, NONE, 0),
    ROW(mknodat, MKNOD, ENTRY, NONE, {{0, 1}, NO_ONE}, NONE, {2, 3, NONE}, NONE, 0),
    ROW(fchmodat, CHMOD, FOLLOW, NONE, {{0, 1}, NO_ONE}, NONE, {2, NONE, NONE}, NONE, 0),
    ROW(fchmodat2, CHMOD, FOLLOW, NONE, {{0, 1}, NO_ONE}, 3, {2, NONE, NONE}, NONE, OBJECT_FLAGS),
    ROW(fchmod, CHMOD, DESCRIPTOR, NONE, {{0, NONE}, NO_ONE}, NONE, {1, NONE, NONE}, NONE, 0),
    ROW(fchownat, CHOWN, FOLLOW, NONE, {{0, 1}, NO_ONE}, 4, {2, 3, NONE}, NONE, OBJECT_FLAGS),
    ROW(fchown, CHOWN, DESCRIPTOR, NONE, {{0, NONE}, NO_ONE}, NONE, {1, 2, NONE}, NONE, 0),
    ROW(utimensat, UTIMES, FOLLOW, NANOSECONDS, {{0, 1}, NO_ONE}, 3, {2, NONE, NONE}, NONE, OBJECT_FLAGS),
    ROW(truncate, TRUNCATE, FOLLOW, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, NONE, NONE}, NONE, 0),
    ROW(setxattr, SETXATTR, FOLLOW, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, 2, 3}, 4, 0),
    ROW(lsetxattr, SETXATTR, NOFOLLOW, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, 2, 3}, 4, 0),
    ROW(fsetxattr, SETXATTR, DESCRIPTOR, NONE, {{0, NONE}, NO_ONE}, NONE, {1, 2, 3}, 4, 0),
    ROW(setxattrat, SETXATTR, FOLLOW, NONE, {{0, 1}, NO_ONE}, 2, {3, 4, NONE}, 5, OBJECT_FLAGS),
    ROW(removexattr, REMOVEXATTR, FOLLOW, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, NONE, NONE}, NONE, 0),
    ROW(lremovexattr, REMOVEXATTR, NOFOLLOW, NONE, {{CWD, 0}, NO_ONE}, NONE, {1, NONE, NONE}, NONE, 0),
    ROW(fremovexattr, REMOVEXATTR, DESCRIPTOR, NONE, {{0, NONE}, NO_ONE}, NONE, {1, NONE, NONE}, NONE, 0),
    ROW(removexattrat, REMOVEXATTR, FOLLOW, NONE, {{0, 1}, NO_ONE}, 2, {3, NONE, NONE}, NONE, OBJECT_FLAGS),
    ROW(file_setattr, FILEATTR, FOLLOW, NONE, {{0, 1}, NO_ONE}, 4, {2, NONE, NONE}, 3, OBJECT_FLAGS),
};

const struct crs_pathcall *crs_pathcall_find(int nr)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (calls[i].nr == nr)
            return &calls[i];
    return NULL;
}
