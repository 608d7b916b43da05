/* B: other names for a file that must not be read. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* %s is the folder, %d a descriptor of it opened with O_PATH, which is also where the process is. */
static const char *const spellings[] = {
    "%s/./secret", "%s//secret", "%s/app/../secret", "/%s/app/./..//secret", "/../../..%s/secret", "secret", "./secret",
    "app/../secret", "/proc/self/root%s/secret", "/proc/self/cwd/secret", "/proc/thread-self/root%s/secret",
    "/proc/thread-self/cwd/secret", "/proc/self/cwd/app/../secret", "/proc/self/root/proc/self/root%s/secret",
    "/proc/self/task/../cwd/secret", "/proc/self/../self/cwd/secret",
};

static int by_spelling(struct crs_trial *t, int how)
{
    char path[1024];

    snprintf(path, sizeof path, spellings[how], t->dir);
    if (crs_step(t, "chdir", chdir(t->dir)) != 0)
        return -errno;
    return crs_loot_file(t, path);
}

static int by_long_path(struct crs_trial *t, int how)
{
    char path[4096];
    size_t length = (size_t)snprintf(path, sizeof path, "%s", t->dir);

    (void)how;
    while (length < 4050)
        length += (size_t)snprintf(path + length, sizeof path - length, "/.");
    snprintf(path + length, sizeof path - length, "/secret");
    return crs_loot_file(t, path);
}

/* Through /proc of this process by its number, of its thread, of its parent, of the first of all. */
static int by_number(struct crs_trial *t, int how)
{
    static const char *const forms[] = {"/proc/%d/root%s/secret", "/proc/%d/cwd/secret", NULL,
                                        "/proc/self/task/%d/cwd/secret"};
    char path[1024];
    int pid = how == 4 ? (int)getppid() : how == 5 ? 1 : (int)getpid();

    if (crs_step(t, "chdir", chdir(t->dir)) != 0)
        return -errno;
    if (how == 2)
        snprintf(path, sizeof path, "/proc/%d/task/%d/root%s/secret", pid, pid, t->dir);
    else
        snprintf(path, sizeof path, forms[how > 3 ? 0 : how], pid, t->dir);
    return crs_loot_file(t, path);
}

enum { DIRFD, FCHDIR, DIRFD_UP, PROC_FD, DEV_FD, PROC_FD_FOLDER, DEV_FD_FOLDER, REOPENED, REOPENED_PID, TASK_FD };

static int by_descriptor(struct crs_trial *t, int how)
{
    int folder = crs_step(t, "open", open(how == DIRFD_UP ? crs_at(t, "app/sub") : t->dir, O_PATH | O_DIRECTORY));
    int file = folder < 0 || how < REOPENED ? -1 : crs_step(t, "open with O_PATH", open(crs_at(t, "secret"), O_PATH));
    char path[128];

    if (folder < 0 || (how >= REOPENED && file < 0))
        return -1;
    switch (how) {
    case DIRFD:
        return crs_loot_close(t, crs_step(t, "openat", openat(folder, "secret", O_RDONLY)));
    case DIRFD_UP:
        return crs_loot_close(t, crs_step(t, "openat", openat(folder, "../../secret", O_RDONLY)));
    case FCHDIR:
        return crs_step(t, "fchdir", fchdir(folder)) == 0 ? crs_loot_file(t, "secret") : -1;
    case PROC_FD_FOLDER:
        snprintf(path, sizeof path, "/proc/self/fd/%d/secret", folder);
        break;
    case DEV_FD_FOLDER:
        snprintf(path, sizeof path, "/dev/fd/%d/secret", folder);
        break;
    case REOPENED_PID:
        snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), file);
        break;
    case TASK_FD:
        snprintf(path, sizeof path, "/proc/self/task/%d/fd/%d", (int)getpid(), file);
        break;
    case DEV_FD:
        snprintf(path, sizeof path, "/dev/fd/%d", crs_step(t, "open", open(crs_at(t, "secret"), O_PATH)));
        break;
    case PROC_FD:
        snprintf(path, sizeof path, "/proc/self/fd/%d", crs_step(t, "open", open(crs_at(t, "secret"), O_PATH | O_NOFOLLOW)));
        break;
    default:
        snprintf(path, sizeof path, "/proc/thread-self/fd/%d", file);
    }
    return crs_loot_file(t, path);
}

enum { LINK, CHAIN, FOLDER_LINK, RELATIVE_LINK, PROC_LINK, FD_LINK };

static int by_link(struct crs_trial *t, int how)
{
    char text[256];
    const char *to = crs_at(t, "secret");
    int result, fd;

    if (how == FOLDER_LINK)
        to = t->dir;
    else if (how == RELATIVE_LINK)
        to = "../secret";
    else if (how == PROC_LINK || how == FD_LINK) {
        fd = how == FD_LINK ? open(crs_at(t, "secret"), O_PATH) : -1;
        if (how == FD_LINK)
            snprintf(text, sizeof text, "/proc/self/fd/%d", fd);
        else
            snprintf(text, sizeof text, "/proc/self/root%s/secret", t->dir);
        to = text;
    }
    result = crs_step(t, "symlink", symlink(to, crs_at(t, "free/link")));
    if (how == CHAIN)
        for (int i = 0; i < 20 && result == 0; i++) {
            snprintf(text, sizeof text, "%s/free/link%d", t->dir, i);
            result = crs_step(t, "symlink", symlink(i == 0 ? crs_at(t, "free/link") : strrchr(text, '/') + 1, text));
            snprintf(text, sizeof text, "%s/free/next%d", t->dir, i);
        }
    if (result != 0)
        return result;
    if (how == CHAIN)
        return crs_loot_file(t, crs_at(t, "free/link0"));
    return crs_loot_file(t, crs_at(t, how == FOLDER_LINK ? "free/link/secret" : "free/link"));
}

enum { HARD, HARD_AT, HARD_FOLLOW, HARD_EMPTY, HARD_PROC, RENAMED, RENAMED_OVER, EXCHANGED, PARENT, PARENT_FREE, BEFORE };

/* Another name made now; LINKAT follows what it is told to. */
static int by_new_name(struct crs_trial *t, int how)
{
    const char *secret = crs_at(t, "secret"), *new = crs_at(t, "free/new");
    char text[128];
    int fd, result = 0;

    switch (how) {
    case HARD:
        result = crs_step(t, "link", syscall(SYS_linkat, AT_FDCWD, secret, AT_FDCWD, new, 0));
        break;
    case HARD_AT:
        fd = open(t->dir, O_PATH);
        result = crs_step(t, "linkat", linkat(fd, "secret", fd, "free/new", 0));
        break;
    case HARD_FOLLOW:
        result = crs_step(t, "symlink", symlink(secret, crs_at(t, "free/soft")));
        if (result == 0)
            result = crs_step(t, "linkat", linkat(AT_FDCWD, crs_at(t, "free/soft"), AT_FDCWD, new, AT_SYMLINK_FOLLOW));
        break;
    case HARD_EMPTY:
        fd = open(secret, O_PATH);
        result = crs_step(t, "linkat", linkat(fd, "", AT_FDCWD, new, AT_EMPTY_PATH));
        break;
    case HARD_PROC:
        snprintf(text, sizeof text, "/proc/self/fd/%d", open(secret, O_PATH));
        result = crs_step(t, "linkat", linkat(AT_FDCWD, text, AT_FDCWD, new, AT_SYMLINK_FOLLOW));
        break;
    case RENAMED:
        result = crs_step(t, "rename", rename(secret, new));
        break;
    case RENAMED_OVER:
        result = crs_step(t, "rename", rename(secret, crs_at(t, "free/file")));
        new = crs_at(t, "free/file");
        break;
    case EXCHANGED:
        result = crs_step(t, "renameat2", syscall(SYS_renameat2, AT_FDCWD, secret, AT_FDCWD, crs_at(t, "free/file"), 2));
        new = crs_at(t, "free/file");
        break;
    case PARENT:
        result = crs_step(t, "rename", rename(crs_at(t, "vault"), crs_at(t, "moved")));
        new = crs_at(t, "moved/one");
        break;
    default:
        new = crs_at(t, "other-name");
    }
    return result != 0 ? result : crs_loot_file(t, new);
}

enum { IN_ROOT, BENEATH, NO_LINKS, BENEATH_CWD };

static int by_openat2(struct crs_trial *t, int how)
{
    struct open_how open_how = {.flags = O_RDONLY};
    int folder = crs_step(t, "open", open(t->dir, O_PATH)), base = folder;
    const char *path = "secret";

    if (how == IN_ROOT) {
        open_how.resolve = RESOLVE_IN_ROOT;
        path = "/../app/../secret";
    } else if (how == BENEATH || how == BENEATH_CWD)
        open_how.resolve = RESOLVE_BENEATH;
    else
        open_how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    if (how == BENEATH_CWD && fchdir(folder) == 0)
        base = AT_FDCWD;
    return crs_loot_close(t, crs_step(t, "openat2", syscall(SYS_openat2, base, path, &open_how, sizeof open_how)));
}

/* What a name in an event says and a rule compares is bytes: another case is another file, if the file system says so. */
static int by_case(struct crs_trial *t, int how)
{
    (void)how;
    return crs_loot_file(t, crs_at(t, "SECRET"));
}

#define SPELLED(id, number) {"B-" id, "another spelling", by_spelling, number, CRS_EFFECT_READ, 0, NULL}

static const struct crs_technique table[] = {
    SPELLED("dot", 0), SPELLED("slashes", 1), SPELLED("dotdot", 2), SPELLED("dot-mix", 3), SPELLED("above-root", 4),
    SPELLED("cwd", 5), SPELLED("cwd-dot", 6), SPELLED("cwd-dotdot", 7), SPELLED("self-root", 8), SPELLED("self-cwd", 9),
    SPELLED("thread-root", 10), SPELLED("thread-cwd", 11), SPELLED("self-cwd-dotdot", 12), SPELLED("root-of-root", 13),
    SPELLED("task-dotdot", 14), SPELLED("self-dotdot", 15),
    {"B-long", "a path of 4,000 bytes", by_long_path, 0, CRS_EFFECT_READ, 0, NULL},
    {"B-pid-root", "/proc/PID/root", by_number, 0, CRS_EFFECT_READ, 0, NULL},
    {"B-pid-cwd", "/proc/PID/cwd", by_number, 1, CRS_EFFECT_READ, 0, NULL},
    {"B-tid-root", "/proc/PID/task/TID/root", by_number, 2, CRS_EFFECT_READ, 0, NULL},
    {"B-tid-cwd", "/proc/PID/task/TID/cwd", by_number, 3, CRS_EFFECT_READ, 0, NULL},
    {"B-parent-root", "the parent's /proc/PID/root", by_number, 4, CRS_EFFECT_READ, CRS_SILENT, NULL},
    {"B-init-root", "/proc/1/root", by_number, 5, CRS_EFFECT_READ, CRS_SILENT, NULL},
    {"B6-dirfd", "relative to a descriptor", by_descriptor, DIRFD, CRS_EFFECT_READ, 0, NULL},
    {"B6-dirfd-up", "upwards from a descriptor", by_descriptor, DIRFD_UP, CRS_EFFECT_READ, 0, NULL},
    {"B6-fchdir", "relative after fchdir", by_descriptor, FCHDIR, CRS_EFFECT_READ, 0, NULL},
    {"B6-proc-fd", "below /proc/self/fd/N of a folder", by_descriptor, PROC_FD_FOLDER, CRS_EFFECT_READ, 0, NULL},
    {"B6-dev-fd", "below /dev/fd/N of a folder", by_descriptor, DEV_FD_FOLDER, CRS_EFFECT_READ, 0, NULL},
    {"B6-reopen", "O_PATH, then /proc/thread-self/fd/N", by_descriptor, REOPENED, CRS_EFFECT_READ, 0, NULL},
    {"B6-reopen-pid", "O_PATH, then /proc/PID/fd/N", by_descriptor, REOPENED_PID, CRS_EFFECT_READ, 0, NULL},
    {"B6-reopen-tid", "O_PATH, then /proc/self/task/TID/fd/N", by_descriptor, TASK_FD, CRS_EFFECT_READ, 0, NULL},
    {"B6-reopen-dev", "O_PATH, then /dev/fd/N", by_descriptor, DEV_FD, CRS_EFFECT_READ, 0, NULL},
    {"B6-reopen-self", "O_PATH, then /proc/self/fd/N", by_descriptor, PROC_FD, CRS_EFFECT_READ, 0, NULL},
    {"B1-link", "a symbolic link", by_link, LINK, CRS_EFFECT_READ, 0, NULL},
    {"B1-chain", "a link to a link", by_link, CHAIN, CRS_EFFECT_READ, 0, NULL},
    {"B1-folder", "a link to the folder", by_link, FOLDER_LINK, CRS_EFFECT_READ, 0, NULL},
    {"B1-relative", "a relative link", by_link, RELATIVE_LINK, CRS_EFFECT_READ, 0, NULL},
    {"B1-proc", "a link through /proc/self/root", by_link, PROC_LINK, CRS_EFFECT_READ, 0, NULL},
    {"B1-fd", "a link to /proc/self/fd/N", by_link, FD_LINK, CRS_EFFECT_READ, 0, NULL},
    {"B3-before", "a hard link that was there before", by_new_name, BEFORE, CRS_EFFECT_READ, 0, NULL},
    {"B3-link", "a hard link made now", by_new_name, HARD, CRS_EFFECT_READ, 0, NULL},
    {"B3-linkat", "linkat by descriptors", by_new_name, HARD_AT, CRS_EFFECT_READ, 0, NULL},
    {"B3-follow", "linkat through a symbolic link", by_new_name, HARD_FOLLOW, CRS_EFFECT_READ, 0, NULL},
    {"B12-linkat", "linkat of a descriptor, with AT_EMPTY_PATH", by_new_name, HARD_EMPTY, CRS_EFFECT_READ, CRS_SILENT, NULL},
    {"B3-proc", "linkat of /proc/self/fd/N", by_new_name, HARD_PROC, CRS_EFFECT_READ, 0, NULL},
    {"B3-rename", "renamed, then read", by_new_name, RENAMED, CRS_EFFECT_READ, 0, NULL},
    {"B3-rename-over", "renamed over another, then read", by_new_name, RENAMED_OVER, CRS_EFFECT_READ, 0, NULL},
    {"B3-exchange", "exchanged with another, then read", by_new_name, EXCHANGED, CRS_EFFECT_READ, 0, NULL},
    {"B3-parent", "a file only a glob names, its folder renamed", by_new_name, PARENT, CRS_EFFECT_READ, 0,
     "what only a glob names has no identity: renamed to where no rule matches, it is another file"},
    {"B-openat2-root", "openat2 with RESOLVE_IN_ROOT", by_openat2, IN_ROOT, CRS_EFFECT_READ, 0, NULL},
    {"B-openat2-beneath", "openat2 with RESOLVE_BENEATH", by_openat2, BENEATH, CRS_EFFECT_READ, 0, NULL},
    {"B-openat2-cwd", "openat2 with RESOLVE_BENEATH from where it is", by_openat2, BENEATH_CWD, CRS_EFFECT_READ, 0, NULL},
    {"B-openat2-links", "openat2 with RESOLVE_NO_SYMLINKS", by_openat2, NO_LINKS, CRS_EFFECT_READ, 0, NULL},
    {"B-case", "another case, where the file system does not tell", by_case, 0, CRS_EFFECT_READ, 0, NULL},
};

CRS_SECTION('B', names, "By whatever name", table);
