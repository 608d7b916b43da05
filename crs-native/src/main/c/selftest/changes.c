/* C: what must not change, by every call that changes a folder, a name or an attribute. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

/* One line a call: its number is the line's. The folders: app, which must not change; free, which may. */
enum {
    UNLINK, UNLINKAT, RMDIR, UNLINKAT_DIR, RENAME_AWAY, RENAME_OVER, RENAMEAT2_NEW, RENAME_EXCHANGED, RENAME_FOLDER, RENAME_ABOVE,
    RENAME_INTO, SYMLINK, SYMLINKAT, MKNOD_FIFO, MKNODAT, MKDIR, MKDIRAT, LINK, LINKAT, LINK_OUT, CHMOD, FCHMOD, FCHMODAT, FCHMODAT2,
    FCHMODAT2_EMPTY, CHOWN, LCHOWN, FCHOWN, FCHOWNAT, FCHOWNAT_EMPTY, UTIME, UTIMES, UTIMENSAT, FUTIMENS, FUTIMESAT, SETXATTR,
    LSETXATTR, FSETXATTR, SETXATTRAT, REMOVEXATTR, TRUNCATE, TRUNCATE_LINK, RMDIR_DOT, FILE_SETATTR, PROC_CHMOD,
    UTIMENSAT_EMPTY, SETXATTRAT_EMPTY, FILE_SETATTR_EMPTY, LREMOVEXATTR, FREMOVEXATTR, REMOVEXATTRAT
};

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#define NR_setxattrat    463
#define NR_removexattrat 466
#define NR_file_setattr  469

static int names(struct crs_trial *t, int how)
{
    const char *file = crs_at(t, "app/file"), *other = crs_at(t, "free/file"), *new = crs_at(t, "app/new");
    int folder = open(crs_at(t, "app"), O_PATH | O_DIRECTORY);

    switch (how) {
    case UNLINK: return crs_step(t, "unlink", unlink(file));
    case UNLINKAT: return crs_step(t, "unlinkat", unlinkat(folder, "file", 0));
    case RMDIR: return crs_step(t, "rmdir", rmdir(crs_at(t, "app/empty")));
    case UNLINKAT_DIR: return crs_step(t, "unlinkat", unlinkat(folder, "empty", AT_REMOVEDIR));
    case RMDIR_DOT: return crs_step(t, "rmdir", rmdir(crs_at(t, "app/sub/../empty")));
    case RENAME_AWAY: return crs_step(t, "rename", rename(file, crs_at(t, "free/taken")));
    case RENAME_OVER: return crs_step(t, "rename", rename(other, file));
    case RENAME_INTO: return crs_step(t, "renameat", renameat(AT_FDCWD, other, folder, "new"));
    case RENAMEAT2_NEW: return crs_step(t, "renameat2", syscall(SYS_renameat2, AT_FDCWD, other, AT_FDCWD, new, 1));
    case RENAME_EXCHANGED: return crs_step(t, "renameat2", syscall(SYS_renameat2, AT_FDCWD, other, AT_FDCWD, file, 2));
    case RENAME_FOLDER: return crs_step(t, "rename", rename(crs_at(t, "app"), crs_at(t, "moved")));
    case RENAME_ABOVE: return crs_step(t, "rename", rename(crs_at(t, "app/sub"), crs_at(t, "free/taken")));
    case SYMLINK: return crs_step(t, "symlink", symlink(other, new));
    case SYMLINKAT: return crs_step(t, "symlinkat", symlinkat(other, folder, "new"));
    case MKNOD_FIFO: return crs_step(t, "mknod", mknod(new, S_IFIFO | 0644, 0));
    case MKNODAT: return crs_step(t, "mknodat", mknodat(folder, "new", S_IFREG | 0644, 0));
    case MKDIR: return crs_step(t, "mkdir", mkdir(new, 0755));
    case MKDIRAT: return crs_step(t, "mkdirat", mkdirat(folder, "new", 0755));
    case LINK: return crs_step(t, "link", link(other, new));
    case LINKAT: return crs_step(t, "linkat", linkat(AT_FDCWD, other, folder, "new", 0));
    default: return crs_step(t, "link", link(file, crs_at(t, "free/second")));
    }
}

/* By the name where the call takes one, else by a descriptor that was opened for reading. */
static int attributes(struct crs_trial *t, int how)
{
    const char *file = crs_at(t, "app/file"), *link = crs_at(t, "app/link");
    int fd = open(file, O_RDONLY | O_CLOEXEC), at = open(file, O_PATH | O_CLOEXEC), folder = open(crs_at(t, "app"), O_PATH);
    const struct timespec times[2] = {{1, 0}, {1, 0}};
    const struct timeval old[2] = {{1, 0}, {1, 0}};
    const struct utimbuf older = {1, 1};
    uid_t me = geteuid();

    switch (how) {
    case CHMOD: return crs_step(t, "chmod", chmod(file, 0600));
    case FCHMOD: return crs_step(t, "fchmod", fchmod(fd, 0600));
    case FCHMODAT: return crs_step(t, "fchmodat", syscall(SYS_fchmodat, folder, "file", 0600));
    case FCHMODAT2: return crs_step(t, "fchmodat2", syscall(SYS_fchmodat2, folder, "file", 0600, AT_SYMLINK_NOFOLLOW));
    case FCHMODAT2_EMPTY: return crs_step(t, "fchmodat2", syscall(SYS_fchmodat2, at, "", 0600, AT_EMPTY_PATH));
    case PROC_CHMOD: {
        char path[64];

        snprintf(path, sizeof path, "/proc/self/fd/%d", at);
        return crs_step(t, "chmod", chmod(path, 0600));
    }
    case CHOWN: return crs_step(t, "chown", chown(file, me, (gid_t)-1));
    case LCHOWN: return crs_step(t, "lchown", lchown(link, me, (gid_t)-1));
    case FCHOWN: return crs_step(t, "fchown", fchown(fd, me, (gid_t)-1));
    case FCHOWNAT: return crs_step(t, "fchownat", fchownat(folder, "file", me, (gid_t)-1, 0));
    case FCHOWNAT_EMPTY: return crs_step(t, "fchownat", fchownat(at, "", me, (gid_t)-1, AT_EMPTY_PATH));
    case UTIME: return crs_step(t, "utime", utime(file, &older));
    case UTIMES: return crs_step(t, "utimes", utimes(file, old));
    case UTIMENSAT: return crs_step(t, "utimensat", utimensat(folder, "link", times, AT_SYMLINK_NOFOLLOW));
    case FUTIMENS: return crs_step(t, "futimens", futimens(fd, times));
#ifdef SYS_futimesat
    case FUTIMESAT: return crs_step(t, "futimesat", syscall(SYS_futimesat, folder, "file", old));
#endif
    case SETXATTR: return crs_step(t, "setxattr", setxattr(file, "user.crs", "x", 1, 0));
    case LSETXATTR: return crs_step(t, "lsetxattr", lsetxattr(file, "user.crs", "x", 1, 0));
    case FSETXATTR: return crs_step(t, "fsetxattr", fsetxattr(fd, "user.crs", "x", 1, 0));
    case UTIMENSAT_EMPTY: return crs_step(t, "utimensat", utimensat(at, "", times, AT_EMPTY_PATH));
    case REMOVEXATTR: return crs_step(t, "removexattr", removexattr(file, "user.there"));
    case LREMOVEXATTR: return crs_step(t, "lremovexattr", lremovexattr(file, "user.there"));
    case FREMOVEXATTR: return crs_step(t, "fremovexattr", fremovexattr(fd, "user.there"));
    case REMOVEXATTRAT: return crs_step(t, "removexattrat", syscall(NR_removexattrat, folder, "file", 0, "user.there"));
    case SETXATTRAT: case SETXATTRAT_EMPTY: {
        const struct { uint64_t value; uint32_t size, flags; } args = {(uint64_t)(uintptr_t)"x", 1, 0};

        return how == SETXATTRAT ? crs_step(t, "setxattrat", syscall(NR_setxattrat, folder, "file", 0, "user.crs", &args, sizeof args))
                                 : crs_step(t, "setxattrat", syscall(NR_setxattrat, fd, "", AT_EMPTY_PATH, "user.crs", &args, sizeof args));
    }
    case TRUNCATE: return crs_step(t, "truncate", truncate(file, 1));
    case TRUNCATE_LINK: return crs_step(t, "truncate", truncate(link, 1));
    case FILE_SETATTR: case FILE_SETATTR_EMPTY: {
        const struct { uint64_t flags; uint32_t extent, count, project, cow; } args = {.flags = 0x80 /* no dump */};

        return how == FILE_SETATTR ? crs_step(t, "file_setattr", syscall(NR_file_setattr, AT_FDCWD, file, &args, sizeof args, 0))
                                   : crs_step(t, "file_setattr", syscall(NR_file_setattr, fd, "", &args, sizeof args, AT_EMPTY_PATH));
    }
    default: return -1;
    }
}

enum { SETFLAGS, SETXFLAGS, SETVERSION };

/* ioctls that change a file through a descriptor that is good for reading alone. */
static int by_ioctl(struct crs_trial *t, int how)
{
    int fd = crs_step(t, "open", open(crs_at(t, "app/file"), O_RDONLY | O_CLOEXEC)), flags = 0;
    struct fsxattr more = {0};

    if (fd < 0)
        return fd;
    if (how == SETFLAGS) {
        ioctl(fd, FS_IOC_GETFLAGS, &flags);
        flags |= FS_NODUMP_FL;
        return crs_step(t, "ioctl FS_IOC_SETFLAGS", ioctl(fd, FS_IOC_SETFLAGS, &flags));
    }
    if (how == SETVERSION) {
        flags = 4711;
        return crs_step(t, "ioctl FS_IOC_SETVERSION", ioctl(fd, FS_IOC_SETVERSION, &flags));
    }
    ioctl(fd, FS_IOC_FSGETXATTR, &more);
    more.fsx_xflags |= FS_XFLAG_NODUMP;
    return crs_step(t, "ioctl FS_IOC_FSSETXATTR", ioctl(fd, FS_IOC_FSSETXATTR, &more));
}

enum { BY_PATH, BY_PATH_DATAGRAM, FROM_FOLDER, FROM_DESCRIPTOR, FROM_LINK, FROM_DOTDOT, FROM_PROC, FROM_READABLE, FROM_SHARED, FROM_ROOT };

static int go_there(void *folder)
{
    return chdir(folder);
}

/* By a child that has no folder of its own. */
static int be_taken(struct crs_trial *t, const char *folder)
{
    static char stack[16384] __attribute__((aligned(16)));

    return crs_wait(t, crs_step(t, "clone", clone(go_there, stack + sizeof stack, CLONE_FS | CLONE_VM | SIGCHLD, (char *)folder)));
}

/* Goes into the folder. Nobody may look at a process that has changed its user: who decides must follow each step. */
static int go(struct crs_trial *t, int how)
{
    const char *app = crs_at(t, "app");
    char path[64];
    int folder = how == FROM_DESCRIPTOR || how == FROM_PROC ? crs_step(t, "open", open(app, O_PATH | O_DIRECTORY)) : -1;

    switch (how) {
    case FROM_DESCRIPTOR: return crs_step(t, "fchdir", fchdir(folder));
    case FROM_LINK:
        app = crs_at(t, "free/link");
        if (crs_step(t, "symlink", symlink("../app", app)) != 0)
            return -1;
        break;
    case FROM_DOTDOT:
        if (crs_step(t, "chdir", chdir(crs_at(t, "free/sub"))) != 0 || chdir("none") == 0 || crs_step(t, "chdir", chdir("..")) != 0)
            return -1;
        app = "../app";
        break;
    case FROM_PROC:
        snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
        app = path;
        break;
    case FROM_ROOT:
        if (crs_step(t, "chroot", chroot(app)) != 0)
            return -1;
        app = "/";
        break;
    case FROM_SHARED: return be_taken(t, app);
    case FROM_READABLE: /* for as long as it takes to go there */
        prctl(PR_SET_DUMPABLE, 1);
        break;
    default: break;
    }
    if (crs_step(t, "chdir", chdir(app)) != 0)
        return -1;
    if (how == FROM_READABLE)
        prctl(PR_SET_DUMPABLE, 0);
    umask(umask(0)); /* what was known of it is looked up anew */
    return 0;
}

/* bind makes a file of the socket. */
static int by_bind(struct crs_trial *t, int how)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = crs_step(t, "socket", socket(AF_UNIX, how == BY_PATH ? SOCK_STREAM : SOCK_DGRAM, 0));

    if (fd < 0)
        return fd;
    if (how >= FROM_FOLDER && go(t, how) != 0)
        return -1;
    snprintf(name.sun_path, sizeof name.sun_path, "%s", how == FROM_ROOT ? "/new" : how >= FROM_FOLDER ? "new" : crs_at(t, "app/new"));
    return crs_step(t, "bind", bind(fd, (struct sockaddr *)&name, sizeof name));
}

/* The kernel writes the core of a process where that process is. */
static int by_core(struct crs_trial *t, int how)
{
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    pid_t pid;

    (void)how;
    if (crs_step(t, "setrlimit", setrlimit(RLIMIT_CORE, &all)) != 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        if (chdir(crs_at(t, "app")) == 0)
            kill(getpid(), 6);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    return 0;
}

#define NAMED(id, what, how) {"C4-" id, what, names, how, CRS_EFFECT_CHANGED, 0, NULL}
#define ATTRIBUTE(id, what, how) {"C4-" id, what, attributes, how, CRS_EFFECT_CHANGED, 0, NULL}
#define BOUND(id, what, how) {"C4-" id, what, by_bind, how, CRS_EFFECT_CHANGED, 0, NULL}
#define SHARED_LIMIT "where a process cannot be looked at that changed its user without an exec, its folder is followed by its own calls alone"
#define CORE_LIMIT "what the kernel itself writes (a core, where core_pattern says so) is no call of a process"

static const struct crs_technique table[] = {
    NAMED("unlink", "unlink", UNLINK), NAMED("unlinkat", "unlinkat", UNLINKAT), NAMED("rmdir", "rmdir", RMDIR),
    NAMED("rmdir-dotdot", "rmdir through ..", RMDIR_DOT), NAMED("unlinkat-dir", "unlinkat with AT_REMOVEDIR", UNLINKAT_DIR),
    NAMED("rename-away", "rename away", RENAME_AWAY), NAMED("rename-over", "rename over it", RENAME_OVER),
    NAMED("renameat-into", "renameat into it", RENAME_INTO), NAMED("renameat2-new", "renameat2 with RENAME_NOREPLACE", RENAMEAT2_NEW),
    NAMED("renameat2-exchange", "renameat2 with RENAME_EXCHANGE", RENAME_EXCHANGED), NAMED("rename-folder", "rename of the folder", RENAME_FOLDER),
    NAMED("rename-below", "rename of a folder below", RENAME_ABOVE), NAMED("symlink", "symlink", SYMLINK), NAMED("symlinkat", "symlinkat", SYMLINKAT),
    NAMED("mknod", "mknod of a FIFO", MKNOD_FIFO), NAMED("mknodat", "mknodat of a file", MKNODAT), NAMED("mkdir", "mkdir", MKDIR),
    NAMED("mkdirat", "mkdirat", MKDIRAT), NAMED("link", "link into it", LINK), NAMED("linkat", "linkat into it", LINKAT),
    NAMED("link-out", "link out of it", LINK_OUT),
    ATTRIBUTE("chmod", "chmod", CHMOD), ATTRIBUTE("fchmod", "fchmod of what was opened for reading", FCHMOD), ATTRIBUTE("fchmodat", "fchmodat", FCHMODAT),
    ATTRIBUTE("fchmodat2", "fchmodat2", FCHMODAT2), ATTRIBUTE("fchmodat2-empty", "fchmodat2 with AT_EMPTY_PATH", FCHMODAT2_EMPTY),
    ATTRIBUTE("chmod-proc", "chmod of /proc/self/fd/N", PROC_CHMOD),
    ATTRIBUTE("chown", "chown", CHOWN), ATTRIBUTE("lchown", "lchown", LCHOWN), ATTRIBUTE("fchown", "fchown of what was opened for reading", FCHOWN),
    ATTRIBUTE("fchownat", "fchownat", FCHOWNAT), ATTRIBUTE("fchownat-empty", "fchownat with AT_EMPTY_PATH", FCHOWNAT_EMPTY), ATTRIBUTE("utime", "utime", UTIME),
    ATTRIBUTE("utimes", "utimes", UTIMES), ATTRIBUTE("utimensat", "utimensat of a link", UTIMENSAT), ATTRIBUTE("futimens", "futimens of what was opened for reading", FUTIMENS),
    ATTRIBUTE("futimesat", "futimesat", FUTIMESAT), ATTRIBUTE("setxattr", "setxattr", SETXATTR), ATTRIBUTE("lsetxattr", "lsetxattr", LSETXATTR),
    ATTRIBUTE("fsetxattr", "fsetxattr of what was opened for reading", FSETXATTR), ATTRIBUTE("setxattrat", "setxattrat", SETXATTRAT),
    ATTRIBUTE("truncate", "truncate", TRUNCATE), ATTRIBUTE("truncate-link", "truncate through a link", TRUNCATE_LINK),
    ATTRIBUTE("file-setattr", "file_setattr", FILE_SETATTR), ATTRIBUTE("file-setattr-empty", "file_setattr with AT_EMPTY_PATH", FILE_SETATTR_EMPTY),
    ATTRIBUTE("utimensat-empty", "utimensat with AT_EMPTY_PATH", UTIMENSAT_EMPTY), ATTRIBUTE("setxattrat-empty", "setxattrat with AT_EMPTY_PATH", SETXATTRAT_EMPTY),
    ATTRIBUTE("removexattr", "removexattr", REMOVEXATTR), ATTRIBUTE("lremovexattr", "lremovexattr", LREMOVEXATTR),
    ATTRIBUTE("fremovexattr", "fremovexattr of what was opened for reading", FREMOVEXATTR), ATTRIBUTE("removexattrat", "removexattrat", REMOVEXATTRAT),
    {"C4-ioctl-flags", "ioctl FS_IOC_SETFLAGS of what was opened for reading", by_ioctl, SETFLAGS, CRS_EFFECT_CHANGED, 0, NULL},
    {"C4-ioctl-xflags", "ioctl FS_IOC_FSSETXATTR of what was opened for reading", by_ioctl, SETXFLAGS, CRS_EFFECT_CHANGED, 0, NULL},
    {"C4-ioctl-version", "ioctl FS_IOC_SETVERSION of what was opened for reading", by_ioctl, SETVERSION, CRS_EFFECT_CHANGED, 0, NULL},
    BOUND("bind", "bind of a unix socket", BY_PATH), BOUND("bind-datagram", "bind of a unix datagram socket", BY_PATH_DATAGRAM),
    BOUND("bind-relative", "bind of a unix socket by a relative name", FROM_FOLDER), BOUND("bind-fchdir", "the same after fchdir", FROM_DESCRIPTOR),
    BOUND("bind-link", "the same after chdir by a link", FROM_LINK), BOUND("bind-dotdot", "the same after chdir by ..", FROM_DOTDOT),
    BOUND("bind-proc", "the same after chdir by /proc/self/fd/N", FROM_PROC), BOUND("bind-readable", "the same, dumpable for the time of chdir", FROM_READABLE),
    BOUND("bind-chroot", "bind of a unix socket after chroot", FROM_ROOT),
    {"C4-bind-shared", "the same after chdir of a process that shares the folder", by_bind, FROM_SHARED, CRS_EFFECT_CHANGED, CRS_NO_LOOK, SHARED_LIMIT},
    {"C4-core", "a core dump", by_core, 0, CRS_EFFECT_CHANGED, CRS_SILENT, CORE_LIMIT},
};

CRS_SECTION('C', changes, "By whatever call: names and attributes", table);
