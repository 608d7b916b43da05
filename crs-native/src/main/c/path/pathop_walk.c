#define _GNU_SOURCE
#include "pathop_walk.h"
#include "pathop_place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LOOK (O_PATH | O_CLOEXEC)

/* The kernel's limit of links in one walk, and of text that waits to be walked (ours). */
#define LINKS_MAX 40
#define TEXT_MAX  (4 * PATH_MAX)

/* Components walked by hand, each at the price of some system calls; nobody else is served meanwhile. */
#define STEPS_MAX 512

#define PROC_ROOT_INO 1
#define NO_LINKS_FOLLOWED 0x2000 /* ST_NOSYMFOLLOW of statfs(2) */

/* A walk by hand: where it is, and the text that is left, kept at the end of its buffer so that links go before it. */
struct walk {
    const struct crs_caller *caller;
    int flags, links;
    int dir;      /* ours to close */
    int on_proc;  /* dir is in a proc file system */
    int no_links; /* dir is on a mount where links are not followed */
    char *rest;
    char text[TEXT_MAX];
};

static int put_before(struct walk *w, const char *text, size_t n)
{
    if (n > (size_t)(w->rest - w->text))
        return -ENAMETOOLONG;
    w->rest -= n;
    memcpy(w->rest, text, n);
    return 0;
}

static int move_to(struct walk *w, int dir)
{
    struct statfs fs;

    if (w->dir >= 0)
        close(w->dir);
    w->dir = dir;
    if (dir < 0)
        return dir;
    if (fstatfs(dir, &fs) < 0)
        return -errno;
    w->on_proc = fs.f_type == PROC_SUPER_MAGIC;
    w->no_links = (fs.f_flags & NO_LINKS_FOLLOWED) != 0;
    return 0;
}

static int is_folder(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

static int open_root(void)
{
    int fd = open("/", LOOK | O_DIRECTORY);

    return fd < 0 ? -errno : fd;
}

static int is_guarded(const struct walk *w)
{
    return w->caller->guarded != NULL && w->caller->guarded(w->caller->context, w->dir);
}

/* The links a process has in /proc, which the kernel lets it follow whoever it has become. */
static int is_link_of_its_own(const char *folder, const char *name)
{
    const char *last = strrchr(folder, '/');

    if (last != NULL && strcmp(last, "/fd") == 0)
        return name[strspn(name, "0123456789")] == '\0';
    return strcmp(name, "cwd") == 0 || strcmp(name, "root") == 0 || strcmp(name, "exe") == 0;
}

/* An entry of the caller's part of /proc with the rights it takes to look there. */
static int look_at_caller(const struct walk *w, const char *folder, const char *name, int flags)
{
    const struct crs_caller *caller = w->caller;
    char path[64 + NAME_MAX];
    int fd;

    crs_creds_restore();
    if (caller->tid == caller->tgid && folder[0] == '\0' && strcmp(name, "cwd") == 0 && !(flags & O_NOFOLLOW))
        snprintf(path, sizeof path, "cwd"); /* kept from before, where /proc tells it no more */
    else
        snprintf(path, sizeof path, "../%d%s/%s", (int)caller->tgid, folder, name);
    fd = caller->look(caller->context, path, flags);
    if (crs_creds_assume(caller->creds) == 0)
        return fd == -EACCES ? CRS_WALK_UNREADABLE : fd;
    if (fd >= 0)
        close(fd);
    return CRS_WALK_UNREADABLE;
}

/*
 * An entry of a folder, as the kernel gives it to the caller. Its own part of /proc is never closed to a process, also
 * where it became somebody else and nobody may look at it.
 */
static int open_entry(const struct walk *w, const char *name, int flags)
{
    char folder[64];
    int fd = openat(w->dir, name, flags);

    if (fd >= 0)
        return fd;
    if (errno != EACCES || !w->on_proc || w->caller->look == NULL)
        return -errno;
    if (is_guarded(w)) /* refused by the kernel, but noted all the same */
        return -EACCES;
    if (crs_place_below(w->dir, w->caller->tgid, folder, sizeof folder) != 0 || !is_link_of_its_own(folder, name))
        return -EACCES;
    return look_at_caller(w, folder, name, flags);
}

/* Jumps through a link of /proc to the object it stands for, which the kernel allows as it would the caller. */
static int jump(const struct walk *w, const char *name)
{
    if (is_guarded(w) || crs_place_is_own(w->dir) != 0)
        return -EACCES;
    return open_entry(w, name, LOOK);
}

/* The kernel's rule for the last link of a walk in a sticky folder that all may write. */
static int may_follow(const struct walk *w, const struct stat *link, int last)
{
    struct stat dir;

    if (w->no_links)
        return -ELOOP;
    if (!last || !crs_place_protects_links() || link->st_uid == w->caller->creds->fsuid)
        return 0;
    if (fstat(w->dir, &dir) < 0)
        return -errno;
    if ((dir.st_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH) || dir.st_uid == link->st_uid)
        return 0;
    return -EACCES;
}

/* What a link of the root of /proc says to the caller: self and thread-self are the caller's. */
static ssize_t link_text(const struct walk *w, const char *name, int at_root, int fd, char *out, size_t size)
{
    int own = strcmp(name, "self") == 0, thread = strcmp(name, "thread-self") == 0;
    ssize_t n;

    if (at_root && (own || thread) && !crs_place_is_proc(w->dir))
        return -EACCES; /* another /proc, where the caller may have another number */
    if (at_root && own)
        return snprintf(out, size, "%d", (int)w->caller->tgid);
    if (at_root && thread)
        return snprintf(out, size, "%d/task/%d", (int)w->caller->tgid, (int)w->caller->tid);
    n = readlinkat(fd, "", out, size);
    return n < 0 ? -errno : n;
}

/* Follows the link fd, named name in w->dir; closes it. */
static int follow(struct walk *w, const char *name, int fd, const struct stat *link, int last)
{
    char text[PATH_MAX];
    struct stat dir;
    ssize_t n = may_follow(w, link, last);
    int at_root = 0, r;

    if (n == 0 && ++w->links > LINKS_MAX)
        n = -ELOOP;
    if (n == 0 && w->on_proc && fstat(w->dir, &dir) == 0)
        at_root = dir.st_ino == PROC_ROOT_INO;
    if (n == 0 && w->on_proc && !at_root) {
        close(fd);
        n = jump(w, name);
        if (n < 0)
            return (int)n;
        r = move_to(w, (int)n);
        return r == 0 && w->rest[0] == '/' && !is_folder(w->dir) ? -ENOTDIR : r;
    }
    if (n == 0)
        n = link_text(w, name, at_root, fd, text, sizeof text);
    close(fd);
    if (n == 0)
        n = -ENOENT;
    if (n > 0)
        n = put_before(w, text, (size_t)n) < 0 ? -ENAMETOOLONG : n;
    if (n < 0)
        return (int)n;
    return w->rest[0] == '/' ? move_to(w, open_root()) : 0;
}

/* Takes one component off the text. 0, or -errno. */
static int step(struct walk *w)
{
    char name[PATH_MAX];
    size_t n = strcspn(w->rest, "/");
    int fd, slash, last;
    struct stat st;

    if (n >= sizeof name)
        return -ENAMETOOLONG;
    memcpy(name, w->rest, n);
    name[n] = '\0';
    w->rest += n;
    slash = w->rest[0] == '/';
    w->rest += strspn(w->rest, "/");
    last = w->rest[0] == '\0';

    if (last && w->on_proc && crs_place_is_own(w->dir) != 0) {
        is_guarded(w); /* notes it */
        return -EACCES;
    }
    fd = open_entry(w, name, LOOK | O_NOFOLLOW);
    if (fd < 0)
        return fd;
    if (fstat(fd, &st) < 0) {
        close(fd);
        return -EACCES;
    }
    if (slash) /* kept for what comes after a link */
        w->rest--;
    if (S_ISLNK(st.st_mode) && (!last || slash || !(w->flags & O_NOFOLLOW)))
        return follow(w, name, fd, &st, last);
    if (slash && last && !S_ISDIR(st.st_mode)) {
        close(fd);
        return -ENOTDIR;
    }
    return move_to(w, fd);
}

static int by_hand(const struct crs_caller *caller, int base, const char *path, int flags)
{
    struct walk w = {.caller = caller, .flags = flags, .dir = -1};
    int r;

    w.rest = w.text + sizeof w.text - 1;
    *w.rest = '\0';
    r = put_before(&w, path, strlen(path));
    if (r == 0)
        r = path[0] == '/' ? open_root() : fcntl(base, F_DUPFD_CLOEXEC, 0);
    if (r == -1)
        r = -EBADF;
    if (r >= 0)
        r = move_to(&w, r);
    for (int steps = 0; r == 0 && *(w.rest += strspn(w.rest, "/")) != '\0'; steps++)
        r = steps < STEPS_MAX ? step(&w) : -ENAMETOOLONG;
    if (r == 0 && (flags & O_DIRECTORY) && !is_folder(w.dir))
        r = -ENOTDIR;
    if (r < 0 && w.dir >= 0)
        close(w.dir);
    return r < 0 ? r : w.dir;
}

int crs_walk(const struct crs_caller *caller, int base, const char *path, int flags)
{
    struct open_how how = {.flags = (uint64_t)(LOOK | flags), .resolve = RESOLVE_NO_MAGICLINKS};
    struct statfs fs;
    int fd;

    if (path[0] == '\0')
        return -ENOENT;
    /* The kernel's walk counts when it gets there without /proc; what it cannot say is walked again by hand. */
    fd = (int)syscall(__NR_openat2, base, path, &how, sizeof how);
    if (fd >= 0) {
        if (fstatfs(fd, &fs) == 0 && fs.f_type != PROC_SUPER_MAGIC)
            return fd;
        close(fd);
    }
    return by_hand(caller, base, path, flags);
}
