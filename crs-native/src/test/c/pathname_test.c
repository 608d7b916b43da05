#define _GNU_SOURCE
#include "check.h"
#include "pathname.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct crs_str str(const char *s)
{
    return (struct crs_str){s, (uint32_t)strlen(s)};
}

static void check_fold(const char *base, const char *path, const char *expected)
{
    char out[CRS_NAME_SIZE];
    ssize_t len = crs_path_absolute(str(base), str(path), out, sizeof out);

    if (len < 0 || strcmp(out, expected) != 0)
        fprintf(stderr, "'%s' + '%s': %zd '%s', not '%s'\n", base, path, len, len < 0 ? "" : out, expected);
    CHECK(len == (ssize_t)strlen(expected) && strcmp(out, expected) == 0);
}

static void folds(void)
{
    check_fold("/", "", "/");
    check_fold("/", "/", "/");
    check_fold("/", "///", "/");
    check_fold("/", "//.//./", "/");
    check_fold("/", "a", "/a");
    check_fold("/a/b", "c", "/a/b/c");
    check_fold("/a/b", "", "/a/b");
    check_fold("/a//b/./", "c//./d/.", "/a/b/c/d");
    check_fold("/a/b", "../c/..", "/a/b/../c/..");
    check_fold("/a", "..", "/a/..");
    check_fold("/a", "...", "/a/...");
    check_fold("/a", ".hidden/.", "/a/.hidden");
    check_fold("/a", "/b/../c/", "/b/../c");
    check_fold("relative", "/b", "/b");
    check_fold("", "/", "/");
}

static void refuses_what_does_not_fit_or_has_no_base(void)
{
    char out[8];

    CHECK(crs_path_absolute(str("/abc"), str("def"), out, 8) == -ENAMETOOLONG);
    CHECK(crs_path_absolute(str("/abc"), str("de"), out, 8) == 7 && strcmp(out, "/abc/de") == 0);
    CHECK(crs_path_absolute(str("/"), str(""), out, 1) == -ENAMETOOLONG);
    CHECK(crs_path_absolute(str("/"), str(""), out, 0) == -ENAMETOOLONG);
    CHECK(crs_path_absolute(str("/"), str(""), out, 2) == 1);
    CHECK(crs_path_absolute(str("abc"), str("def"), out, 8) == -EINVAL);
    CHECK(crs_path_absolute(str(""), str(""), out, 8) == -EINVAL);
}

static uint64_t state = 88172645463325252u;

static uint32_t any(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 32) % below);
}

/* The same by another way: split, filter, join. */
static void slowly(const char *base, const char *path, char *out)
{
    char all[256], *save = NULL;

    snprintf(all, sizeof all, "%s/%s", path[0] == '/' ? "" : base, path);
    out[0] = '\0';
    for (char *c = strtok_r(all, "/", &save); c != NULL; c = strtok_r(NULL, "/", &save))
        if (strcmp(c, ".") != 0)
            strcat(strcat(out, "/"), c);
    if (out[0] == '\0')
        strcpy(out, "/");
}

/* Folding agrees with the definition, is stable, and keeps to a buffer of exactly its size. */
static void folds_any_path(void)
{
    for (int i = 0; i < 100000; i++) {
        char base[32] = "/", path[64] = "", out[128], expected[320], again[320];
        ssize_t len;
        char *tight;

        for (uint32_t k = any(20); k > 0; k--)
            strncat(base, &"/./a.b/"[any(7)], 1);
        for (uint32_t k = any(40); k > 0; k--)
            strncat(path, &"/./a.b/."[any(8)], 1);
        slowly(base, path, expected);
        len = crs_path_absolute(str(base), str(path), out, sizeof out);
        CHECK(len == (ssize_t)strlen(expected) && strcmp(out, expected) == 0);
        CHECK(crs_path_absolute(str("/"), str(out), again, sizeof again) == len && strcmp(again, out) == 0);
        tight = malloc((size_t)len + 1);
        CHECK(tight != NULL);
        CHECK(crs_path_absolute(str(base), str(path), tight, (size_t)len) == -ENAMETOOLONG);
        if (len > 1)
            CHECK(crs_path_absolute(str(base), str(path), tight, (size_t)len + 1) == len);
        free(tight);
    }
}

static void check_fd(int fd, const char *expected)
{
    char out[CRS_NAME_SIZE];
    ssize_t len;

    CHECK(fd >= 0);
    len = crs_path_of_fd(fd, out, sizeof out);
    if (len != (ssize_t)strlen(expected) || (len > 0 && strcmp(out, expected) != 0))
        fprintf(stderr, "%zd '%s', not '%s'\n", len, len > 0 ? out : "", expected);
    CHECK(len == (ssize_t)strlen(expected) && (len == 0 || strcmp(out, expected) == 0));
}

static void names_what_is_open(void)
{
    char top[] = "/tmp/crs-name-XXXXXX", name[PATH_MAX], out[CRS_NAME_SIZE], small[8];
    int pipes[2], dir, file, marked;

    CHECK(mkdtemp(top) != NULL && (dir = open(top, O_PATH | O_DIRECTORY)) >= 0);
    check_fd(dir, top);
    CHECK((file = openat(dir, "f", O_CREAT | O_RDWR, 0600)) >= 0);
    check_fd(file, strcat(strcpy(name, top), "/f"));
    CHECK(crs_path_of_fd(file, small, sizeof small) == -ENAMETOOLONG);
    CHECK(unlinkat(dir, "f", 0) == 0);
    check_fd(file, name); /* without the mark */

    /* the mark can be a name; and a removed file can have had it, or another link still */
    strcat(strcpy(name, top), "/f (deleted)");
    CHECK((marked = open(name, O_CREAT | O_RDWR, 0600)) >= 0);
    check_fd(marked, name);
    check_fd(file, strcat(strcpy(out, top), "/f"));
    CHECK(linkat(dir, "f (deleted)", dir, "other", 0) == 0 && unlinkat(dir, "f (deleted)", 0) == 0);
    check_fd(marked, name);
    CHECK(unlinkat(dir, "other", 0) == 0);
    check_fd(marked, name);

    CHECK(symlinkat("nowhere", dir, "link") == 0);
    check_fd(openat(dir, "link", O_PATH | O_NOFOLLOW), strcat(strcpy(out, top), "/link"));
    CHECK(unlinkat(dir, "link", 0) == 0);
    CHECK(pipe(pipes) == 0);
    check_fd(pipes[0], "");
    check_fd(open("/", O_PATH), "/");
    CHECK(crs_path_of_fd(9999, out, sizeof out) == -ENOENT);
    CHECK(rmdir(top) == 0);
    check_fd(dir, top);
}

/* Deeper than the kernel tells names: an error, never a part of the name. */
static void does_not_shorten_a_name(void)
{
    char top[] = "/tmp/crs-deep-XXXXXX", part[201], out[CRS_NAME_SIZE];
    int at, next;

    memset(part, 'x', 200);
    part[200] = '\0';
    CHECK(mkdtemp(top) != NULL && (at = open(top, O_PATH | O_DIRECTORY)) >= 0);
    for (int i = 0; i < 25; i++) {
        CHECK(mkdirat(at, part, 0700) == 0 && (next = openat(at, part, O_PATH | O_DIRECTORY)) >= 0);
        close(at);
        at = next;
    }
    CHECK(crs_path_of_fd(at, out, sizeof out) == -ENAMETOOLONG);
    for (int i = 0; i < 25; i++) {
        CHECK((next = openat(at, "..", O_PATH | O_DIRECTORY)) >= 0 && unlinkat(next, part, AT_REMOVEDIR) == 0);
        close(at);
        at = next;
    }
    close(at);
    CHECK(rmdir(top) == 0);
}

int main(void)
{
    folds();
    refuses_what_does_not_fit_or_has_no_base();
    folds_any_path();
    names_what_is_open();
    does_not_shorten_a_name();
    return 0;
}
