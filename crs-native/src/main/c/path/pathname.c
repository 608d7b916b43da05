#define _GNU_SOURCE
#include "pathname.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Appends "/component" for each component of path but "."; the new length, or -ENAMETOOLONG. */
static ssize_t append(char *out, size_t size, size_t len, struct crs_str path)
{
    const char *at = path.s, *end = path.s + path.len;

    while (at < end) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        size_t n = (size_t)((slash != NULL ? slash : end) - at);

        if (n > 0 && !(n == 1 && *at == '.')) {
            if (n + 1 >= size - len)
                return -ENAMETOOLONG;
            out[len] = '/';
            memcpy(out + len + 1, at, n);
            len += n + 1;
        }
        at = slash != NULL ? slash + 1 : end;
    }
    return (ssize_t)len;
}

ssize_t crs_path_absolute(struct crs_str base, struct crs_str path, char *out, size_t size)
{
    ssize_t len = 0;

    if (size < 2)
        return -ENAMETOOLONG;
    if (path.len == 0 || path.s[0] != '/') {
        if (base.len == 0 || base.s[0] != '/')
            return -EINVAL;
        len = append(out, size, 0, base);
    }
    if (len >= 0 && path.len > 0)
        len = append(out, size, (size_t)len, path);
    if (len < 0)
        return len;
    if (len == 0)
        out[len++] = '/';
    out[len] = '\0';
    return len;
}

/* Whether the name, mark included, is really a name of the object. */
static int names(const char *name, int fd)
{
    struct stat object, named;

    return fstat(fd, &object) == 0 && lstat(name, &named) == 0 && object.st_dev == named.st_dev &&
           object.st_ino == named.st_ino;
}

ssize_t crs_path_of_fd(int fd, char *out, size_t size)
{
    static const char mark[] = " (deleted)";
    const size_t marked = sizeof mark - 1;
    char link[32];
    ssize_t len;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = readlink(link, out, size);
    if (len < 0)
        return -errno;
    if ((size_t)len == size)
        return -ENAMETOOLONG;
    out[len] = '\0';
    if (len == 0 || out[0] != '/')
        return 0;
    if ((size_t)len > marked && memcmp(out + len - marked, mark, marked) == 0 && !names(out, fd)) {
        len -= (ssize_t)marked;
        out[len] = '\0';
    }
    return len;
}
