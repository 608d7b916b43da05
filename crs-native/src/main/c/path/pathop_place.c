#define _GNU_SOURCE
#include "pathop_place.h"
#include "pathop_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK (O_PATH | O_CLOEXEC)

#define PROC_ROOT_INO 1
#define PROC_DEPTH    8 /* /proc/N/task/N/… and what is below it */

static struct {
    pid_t known; /* by which process: a child may have other descriptors */
    int entered, protects_links;
    int root, cwd, proc;
    dev_t proc_dev;
} home;

int crs_walk_init(void)
{
    struct stat st;
    char c = '1';
    int fd;

    if (home.known == getpid())
        return 0;
    if (crs_creds_init() < 0)
        return -EPERM;
    home.root = open("/", LOOK | O_DIRECTORY);
    home.cwd = open(".", LOOK | O_DIRECTORY);
    home.proc = open("/proc", LOOK | O_DIRECTORY);
    if (home.root < 0 || home.cwd < 0 || home.proc < 0 || fstat(home.proc, &st) < 0)
        return -EPERM;
    home.proc_dev = st.st_dev;
    fd = open("/proc/sys/fs/protected_symlinks", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        if (read(fd, &c, 1) != 1)
            c = '1';
        close(fd);
    }
    home.protects_links = c != '0';
    home.known = getpid();
    return 0;
}

void crs_walk_descriptors(int out[3])
{
    out[0] = home.root;
    out[1] = home.cwd;
    out[2] = home.proc;
}

int crs_enter(const struct crs_caller *caller)
{
    char root[32];

    if (crs_walk_init() < 0)
        return -EPERM;
    if (caller->root >= 0) {
        snprintf(root, sizeof root, "/proc/self/fd/%d", caller->root);
        if (chroot(root) < 0)
            return -EPERM;
        home.entered = 1;
    }
    if (crs_creds_assume(caller->creds) == 0)
        return 0;
    crs_leave();
    return -EPERM;
}

void crs_leave(void)
{
    crs_creds_restore();
    if (!home.entered)
        return;
    if (fchdir(home.root) < 0 || chroot(".") < 0 || fchdir(home.cwd) < 0)
        abort();
    home.entered = 0;
}

int crs_place_protects_links(void)
{
    return home.protects_links;
}

int crs_place_is_proc(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && st.st_dev == home.proc_dev;
}

/* This process's number in the proc file system of fd, which says it at its root. -errno if that is out of reach. */
static int own_number(int fd)
{
    char number[16];
    struct stat st, up;
    int at, next, r = -EACCES;
    ssize_t n;

    if (crs_place_is_proc(fd))
        return (int)getpid();
    if (fstat(fd, &st) < 0 || (at = openat(fd, ".", LOOK)) < 0)
        return -EACCES;
    for (int i = 0; i < PROC_DEPTH && fstat(at, &up) == 0 && up.st_dev == st.st_dev; i++) {
        if (up.st_ino == PROC_ROOT_INO) {
            n = readlinkat(at, "self", number, sizeof number - 1);
            number[n < 0 ? 0 : n] = '\0';
            r = n < 0 && errno == ENOENT ? 0 : n <= 0 ? -EACCES : atoi(number); /* 0: it is not seen there */
            break;
        }
        next = openat(at, "..", LOOK);
        close(at);
        if ((at = next) < 0)
            return -EACCES;
    }
    close(at);
    return r;
}

int crs_place_is_own(int folder)
{
    char name[PATH_MAX + 1], number[32];
    const char *at = name;
    int own = own_number(folder);
    ssize_t len;
    size_t n;

    if (own <= 0)
        return own;
    snprintf(number, sizeof number, "self/fd/%d", folder);
    len = readlinkat(home.proc, number, name, sizeof name - 1);
    if (len < 0)
        return -errno;
    name[len] = '\0';
    n = (size_t)snprintf(number, sizeof number, "/%d", own);
    while ((at = strstr(at, number)) != NULL) {
        at += n;
        if (*at == '/' || *at == '\0')
            return 1;
    }
    return 0;
}

int crs_place_below(int folder, pid_t pid, char *rest, size_t size)
{
    char name[PATH_MAX + 1], number[32];
    const char *at;
    ssize_t len;

    if (!crs_place_is_proc(folder))
        return -1;
    snprintf(number, sizeof number, "self/fd/%d", folder);
    len = readlinkat(home.proc, number, name, sizeof name - 1);
    if (len < 0)
        return -1;
    name[len] = '\0';
    snprintf(number, sizeof number, "/%d", (int)pid);
    at = strstr(name, number);
    at = at == NULL ? NULL : at + strlen(number);
    if (at == NULL || (*at != '\0' && *at != '/') || strlen(at) >= size)
        return -1;
    strcpy(rest, at);
    return 0;
}
