/* A folder of files of every kind for tests of calls that write by path, and its whole state as text. */
#ifndef CRS_TEST_TREE_H
#define CRS_TEST_TREE_H

#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/* No test uses all of them. */
#define FIXTURE static __attribute__((unused))

#define TREE_TEXT 32768
#define TREE_TIME 86400 /* every file's, until a call changes it */

FIXTURE void tree_remove_at(int dir, const char *name)
{
    struct stat st;
    DIR *d;

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    if (S_ISDIR(st.st_mode)) {
        int fd;

        fchmodat(dir, name, 0700, 0);
        fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        CHECK(fd >= 0 && (d = fdopendir(fd)) != NULL);
        for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
            if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
                tree_remove_at(dirfd(d), e->d_name);
        closedir(d);
        CHECK(unlinkat(dir, name, AT_REMOVEDIR) == 0);
    } else {
        CHECK(unlinkat(dir, name, 0) == 0);
    }
}

FIXTURE void tree_remove(const char *top)
{
    tree_remove_at(AT_FDCWD, top);
}

/* The folder the tree is in, as it is at first. It stays the same one, since it may be a task's root. */
FIXTURE void tree_reset(const char *top, uid_t owner)
{
    static const char *const attributes[] = {"user.new", "trusted.x"};
    DIR *d;

    CHECK(mkdir(top, 0700) == 0 || errno == EEXIST);
    CHECK(chmod(top, 0755) == 0 && (owner == (uid_t)-1 || chown(top, owner, owner) == 0) && chmod(top, 0755) == 0);
    for (int i = 0; i < 2; i++)
        removexattr(top, attributes[i]);
    CHECK((d = opendir(top)) != NULL);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            tree_remove_at(dirfd(d), e->d_name);
    closedir(d);
}

FIXTURE void tree_file(int root, const char *name, mode_t mode)
{
    int fd = openat(root, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

    CHECK(fd >= 0 && write(fd, "twelve bytes", 12) == 12 && fchmod(fd, mode) == 0);
    close(fd);
}

FIXTURE void tree_dir(int root, const char *name, mode_t mode)
{
    CHECK(mkdirat(root, name, 0700) == 0 && fchmodat(root, name, mode, 0) == 0);
}

FIXTURE void tree_settle(int dir)
{
    static const struct timespec times[2] = {{TREE_TIME, 0}, {TREE_TIME, 0}};
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    DIR *d;

    if (fd < 0) /* a folder closed to its owner, made last: its time does not matter */
        return;
    CHECK((d = fdopendir(fd)) != NULL);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if (S_ISDIR(st.st_mode)) {
            int sub = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

            if (sub >= 0) {
                tree_settle(sub);
                close(sub);
            }
        }
        utimensat(fd, e->d_name, times, AT_SYMLINK_NOFOLLOW);
    }
    closedir(d);
}

/*
 * Builds it anew as top/w. With owner other than -1 the builder is root: most of it becomes the owner's, and there are files of root
 * beside them. Otherwise everything is the builder's own.
 */
FIXTURE void tree_build(const char *top, uid_t owner)
{
    static const struct timespec times[2] = {{TREE_TIME, 0}, {TREE_TIME, 0}};
    static const char *const owned[] = {"d", "d/f", "d/g", "d/sub", "d/sub/x", "d/empty", "nox", "nox/f", "ro", "ro/f",
                                        "fifo", "link_f", "link_d", "sticky/mine", "dangling", "dangling2"};
    char absolute[PATH_MAX], root[PATH_MAX];
    int privileged = owner != (uid_t)-1, at;
    mode_t mask = umask(0);

    tree_reset(top, owner);
    CHECK((size_t)snprintf(root, sizeof root, "%s/w", top) < sizeof root && mkdir(root, 0755) == 0);
    CHECK((at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
    tree_dir(at, "d", 0755);
    tree_dir(at, "d/sub", 0755);
    tree_dir(at, "d/empty", 0755);
    tree_dir(at, "nox", 0755);
    tree_dir(at, "ro", 0755);
    tree_dir(at, "sticky", 01777);
    tree_dir(at, "setgid", 02777);
    tree_file(at, "d/f", 0644);
    tree_file(at, "d/g", 04755);
    tree_file(at, "d/sub/x", 0600);
    tree_file(at, "nox/f", 0644);
    tree_file(at, "ro/f", 0644);
    tree_file(at, "sticky/mine", 0644);
    tree_file(at, "sticky/theirs", 0666);
    CHECK(linkat(at, "d/f", at, "hard", 0) == 0);
    CHECK(symlinkat("d/f", at, "link_f") == 0 && symlinkat("d", at, "link_d") == 0);
    CHECK(symlinkat("link_d/", at, "link_dd") == 0 && symlinkat("link_f", at, "link_ff") == 0);
    CHECK(symlinkat("nowhere", at, "dangling") == 0 && symlinkat("nowhere/else", at, "dangling2") == 0);
    CHECK(symlinkat("loop", at, "loop") == 0 && symlinkat("../d/f", at, "sticky/link") == 0);
    CHECK(symlinkat("/proc/self/cwd/d", at, "link_cwd") == 0 && symlinkat("..", at, "d/up") == 0);
    CHECK((size_t)snprintf(absolute, sizeof absolute, "%s/d/f", root) < sizeof absolute);
    CHECK(symlinkat(absolute, at, "absolute") == 0 && symlinkat("/w/d/f", at, "rooted") == 0);
    CHECK(mknodat(at, "fifo", S_IFIFO | 0644, 0) == 0);
    setxattr(strcat(strcpy(absolute, root), "/d/f"), "user.had", "old", 3, 0);
    if (privileged) {
        tree_dir(at, "locked", 0700);
        tree_file(at, "locked/f", 0600);
        CHECK(mknodat(at, "null", S_IFCHR | 0666, makedev(1, 3)) == 0);
        CHECK(fchownat(at, "setgid", (uid_t)-1, 2000, 0) == 0 && fchmodat(at, "setgid", 02777, 0) == 0);
        for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
            CHECK(fchownat(at, owned[i], owner, owner, AT_SYMLINK_NOFOLLOW) == 0);
        CHECK(fchmodat(at, "d/g", 04755, 0) == 0 && fchownat(at, "", owner, owner, AT_EMPTY_PATH) == 0);
    }
    tree_settle(at);
    CHECK(fchmodat(at, "nox", 0644, 0) == 0 && fchmodat(at, "ro", 0555, 0) == 0);
    CHECK(futimens(at, times) == 0 && utimensat(AT_FDCWD, top, times, 0) == 0);
    close(at);
    umask(mask);
}

FIXTURE const char *tree_when(const struct timespec *t)
{
    static char text[2][48];
    static int which;

    if (t->tv_sec == TREE_TIME && t->tv_nsec == 0)
        return "=";
    if (t->tv_sec > 1000000000)
        return "now";
    which = !which;
    snprintf(text[which], sizeof text[which], "%lld.%09ld", (long long)t->tv_sec, t->tv_nsec);
    return text[which];
}

FIXTURE void tree_xattrs(const char *path, char *out, size_t size)
{
    char names[1024], value[256];
    ssize_t n = llistxattr(path, names, sizeof names);

    out[0] = '\0';
    for (const char *name = names; n > 0 && name < names + n; name += strlen(name) + 1) {
        ssize_t len = lgetxattr(path, name, value, sizeof value);
        size_t have = strlen(out);

        snprintf(out + have, size - have, " %s=%.*s", name, len < 0 ? 0 : (int)len, value);
    }
}

/* Makes a folder for trees, in memory if files there can have attributes. */
FIXTURE void tree_base(char *out, size_t size)
{
    static const char *const places[] = {"/dev/shm", "/tmp"};

    for (int i = 0; i < 2; i++) {
        snprintf(out, size, "%s/crs-tree-XXXXXX", places[i]);
        if (mkdtemp(out) == NULL)
            continue;
        if (chmod(out, 0755) == 0 && setxattr(out, "user.new", "", 0, 0) == 0)
            return;
        rmdir(out);
    }
    CHECK(!"a folder where files can have attributes");
}

FIXTURE void tree_describe(const char *root, const char *path, char *out)
{
    struct dirent **entries = NULL;
    char link[PATH_MAX] = "", attributes[2048], below[PATH_MAX];
    struct stat st;
    ssize_t len;
    int n;

    if (lstat(path, &st) < 0) { /* in a folder that its owner may list and not search */
        CHECK(errno == EACCES);
        return;
    }
    len = readlink(path, link, sizeof link - 1);
    link[len < 0 ? 0 : len] = '\0';
    tree_xattrs(path, attributes, sizeof attributes);
    len = (ssize_t)strlen(out);
    /* a folder's size is the file system's affair; a time of access that reading set is ours */
    n = snprintf(out + len, TREE_TEXT - (size_t)len, "%s %o %u:%u n%u s%lld r%llx m%s a%s l%s%s\n", path + strlen(root),
                 st.st_mode, st.st_uid, st.st_gid, (unsigned)st.st_nlink,
                 S_ISDIR(st.st_mode) ? 0LL : (long long)st.st_size, (unsigned long long)st.st_rdev,
                 tree_when(&st.st_mtim), !S_ISREG(st.st_mode) || st.st_atim.tv_sec > 1000000000 ? "-" : tree_when(&st.st_atim),
                 strncmp(link, root, strlen(root)) == 0 ? link + strlen(root) : link, attributes);
    CHECK(n > 0 && len + n < TREE_TEXT);
    if (!S_ISDIR(st.st_mode) || (n = scandir(path, &entries, NULL, alphasort)) < 0)
        return;
    for (int i = 0; i < n; i++) {
        if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0) {
            CHECK(snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name) < (int)sizeof below);
            tree_describe(root, below, out);
        }
        free(entries[i]);
    }
    free(entries);
}

/* Every file below root: mode, owner, links, size, device, times, link, attributes. */
FIXTURE void tree_text(const char *root, char out[TREE_TEXT])
{
    out[0] = '\0';
    tree_describe(root, root, out);
}

#endif
