#define _GNU_SOURCE
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define LISTED 16

static const char *at(const struct crs_place *place, const char *name)
{
    static char room[8][512];
    static unsigned next;
    char *path = room[next++ & 7];

    snprintf(path, sizeof room[0], "%s/%s", place->dir, name);
    return path;
}

static int put(const struct crs_place *place, const char *name, const char *text, mode_t mode)
{
    int fd = open(at(place, name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int result = fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchmod(fd, mode) != 0 ? -errno : 0;

    if (fd >= 0)
        close(fd);
    return result;
}

static int is_executable_here(const struct crs_place *place)
{
    struct statvfs fs;

    return statvfs(place->dir, &fs) == 0 && !(fs.f_flag & ST_NOEXEC);
}

/* Our own program under the names a trial executes it by, and the image's own, to be run by its loader. */
static int make_programs(struct crs_place *place)
{
    static const char *const names[] = {"bin/crs-selftest", "bin/tool", "bin/listed", "bin/reader", "bin/suid"};
    static const char *const dynamic[] = {"/usr/bin/cat", "/bin/cat", "/bin/busybox"};
    struct stat st;
    int result = 0;

    if (mkdir(at(place, "bin"), 0755) != 0 && errno != EEXIST)
        return -errno;
    for (size_t i = 0; i < sizeof names / sizeof *names && result == 0; i++)
        if (i == 1 || i == 2 || lstat(at(place, names[i]), &st) != 0) /* two of them trials change */
            result = crs_file_copy_to("/proc/self/exe", at(place, names[i]), i == 4 && place->root ? 04755 : 0755);
    for (size_t i = 0; i < sizeof dynamic / sizeof *dynamic && access(at(place, "bin/dynamic"), X_OK) != 0; i++)
        crs_file_copy_to(dynamic[i], at(place, "bin/dynamic"), 0755);
    return result;
}

/* Ours alone as long as this process lives: made now, or left by one of ours that did not live to remove it. */
static int take_folder(const char *dir)
{
    struct stat st;
    int made = mkdir(dir, 0755), fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int result = fd < 0 || fstat(fd, &st) != 0 || flock(fd, LOCK_EX | LOCK_NB) != 0 ? -errno : 0;

    if (result == 0 && made != 0 && (st.st_uid != geteuid() || (st.st_mode & 022) != 0))
        result = -EEXIST;
    if (result != 0 && fd >= 0)
        close(fd);
    return result; /* the descriptor stays, and with it the lock */
}

int crs_place_make(struct crs_place *place, const char *const dirs[], const char *folder)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    int result = -ENOENT;

    if (len <= 0 || (size_t)len >= sizeof place->self)
        return -ENAMETOOLONG;
    path[len] = '\0';
    snprintf(place->self, sizeof place->self, "%.255s", path);
    snprintf(place->given[0], sizeof place->given[0], "%.240s/crs-init", folder);
    snprintf(place->given[1], sizeof place->given[1], "%.240s/table", folder);
    for (size_t i = 0; dirs[i] != NULL && result != 0; i++) {
        snprintf(place->dir, sizeof place->dir, "%s", dirs[i]);
        result = take_folder(place->dir);
        if (result != 0)
            fprintf(stderr, "crs-selftest: %s: %s\n", place->dir, strerror(-result));
    }
    if (result != 0)
        return result;
    chmod(place->dir, 0755);
    place->executable = is_executable_here(place);
    place->root = geteuid() == 0;
    if (place->executable)
        snprintf(place->self, sizeof place->self, "%s", at(place, "bin/crs-selftest"));
    snprintf(place->init, sizeof place->init, "%s", place->executable ? at(place, "agent/crs-init") : place->given[0]);
    return 0;
}

/* The list of the image's executables, as the instrumenter writes it: what the trials need, and nothing else. */
static int make_list(const struct crs_place *place)
{
    static char *lines[LISTED];
    static uint32_t count;
    const char *const wanted[] = {place->self, at(place, "bin/tool"), at(place, "bin/listed"), at(place, "bin/suid"), "/bin/sh", "/bin/cat",
                                  "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1",
                                  "/usr/bin/env", "/bin/true", "/usr/bin/python3", "/usr/bin/perl"};
    char list[LISTED * 512] = "crs-executables 1\n", real[PATH_MAX], hex[65], line[512];
    uint64_t size = 0;

    for (size_t i = 0; count == 0 && i < sizeof wanted / sizeof *wanted; i++) {
        size_t k = 0;

        if (realpath(wanted[i], real) == NULL || crs_file_digest(real, hex, &size) != 0)
            continue;
        snprintf(line, sizeof line, "%s %llu %.380s\n", hex, (unsigned long long)size, real);
        while (k < i && lines[k] != NULL && strcmp(strchr(lines[k] + 65, '/'), strchr(line + 65, '/')) < 0)
            k++;
        if (lines[k] != NULL && strcmp(strchr(lines[k] + 65, '/'), strchr(line + 65, '/')) == 0)
            continue;
        memmove(&lines[k + 1], &lines[k], (LISTED - 1 - k) * sizeof *lines);
        lines[k] = strdup(line);
    }
    count = 1;
    for (size_t i = 0; i < LISTED && lines[i] != NULL; i++)
        strcat(list, lines[i]);
    return put(place, "agent/executables", list, 0644);
}

static void new_token(struct crs_place *place)
{
    unsigned char random[16] = {0};

    if (getrandom(random, sizeof random, 0) != sizeof random)
        abort();
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(place->token + 2 * i, 3, "%02x", random[i]);
}

static int make_files(const struct crs_place *place)
{
    static const char *const secrets[] = {"secret", "vault/one", "vault/two", "linked", "gone", "owned"};
    static const char *const folders[] = {"vault", "app", "app/sub", "app/empty", "app2", "free", "free/sub", "run", "agent", "log"};
    static const char *const plain[] = {"app/file", "app/sub/deep", "app2/file", "free/file", "free/sub/file", "watched"};
    int result = 0;

    for (size_t i = 0; i < sizeof folders / sizeof *folders && result == 0; i++)
        result = mkdir(at(place, folders[i]), 0755) == 0 ? 0 : -errno;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets && result == 0; i++)
        result = put(place, secrets[i], place->token, 0644);
    for (size_t i = 0; i < sizeof plain / sizeof *plain && result == 0; i++)
        result = put(place, plain[i], "as it was\n", 0644);
    if (result == 0)
        result = put(place, "public", "public\n", 0644);
    if (result == 0)
        result = put(place, "rootonly", place->token, 0600);
    if (result == 0 && (symlink("file", at(place, "app/link")) != 0 || link(at(place, "linked"), at(place, "other-name")) != 0))
        result = -errno;
    if (result == 0) /* where the file system has them */
        setxattr(at(place, "app/file"), "user.there", "x", 1, 0);
    return result;
}

static int give(const struct crs_place *place, uid_t user)
{
    static const char *const names[] = {"", "vault", "vault/one", "vault/two", "app", "app/file", "app/sub", "app/sub/deep",
                                        "app/empty", "app/link", "app2", "app2/file", "free", "free/file", "free/sub", "free/sub/file",
                                        "run", "agent", "agent/crs-init", "agent/table", "agent/executables", "log", "bin",
                                        "bin/tool", "bin/listed", "secret", "linked", "gone", "owned", "watched", "public"};

    for (size_t i = 0; place->root && i < sizeof names / sizeof *names; i++)
        if (lchown(at(place, names[i]), user, user) != 0 && errno != ENOENT && errno != EPERM)
            return -errno;
    return 0;
}

int crs_place_reset(struct crs_place *place, uid_t user)
{
    static const char *const made[] = {"vault", "app", "app2", "free", "run", "agent", "log", "secret", "linked", "other-name",
                                       "gone", "owned", "watched", "public", "rootonly", "moved", "app3", "away"};
    int result;

    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        crs_tree_remove(at(place, made[i]));
    new_token(place);
    result = make_programs(place);
    if (result == 0)
        result = make_files(place);
    if (result == 0)
        result = crs_file_copy_to(place->given[1], at(place, "agent/table"), 0644);
    if (result == 0)
        result = crs_file_copy_to(place->given[0], at(place, "agent/crs-init"), 0755);
    if (result == 0)
        result = make_list(place);
    return result != 0 ? result : give(place, user);
}

uint64_t crs_place_state(const struct crs_place *place)
{
    return crs_tree_state(at(place, "agent"), crs_tree_state(at(place, "app"), 0));
}

void crs_place_remove(const struct crs_place *place)
{
    crs_tree_remove(place->dir);
}
