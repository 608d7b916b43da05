#define _GNU_SOURCE
#include "container_id.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static size_t hex_run(const char *s, size_t length)
{
    size_t n = 0;

    while (n < length && ((s[n] >= '0' && s[n] <= '9') || (s[n] >= 'a' && s[n] <= 'f')))
        n++;
    return n;
}

/* The id in one line, looked for from the first byte after the mark. */
static const char *in_line(const char *line, size_t length, const char *mark, char *out)
{
    const char *at = memmem(line, length, mark, strlen(mark));

    if (at == NULL)
        return NULL;
    for (size_t i = (size_t)(at - line) + strlen(mark); i < length;) {
        size_t n = hex_run(line + i, length - i);

        if (n == CRS_CONTAINER_ID - 1) {
            memcpy(out, line + i, n);
            out[n] = '\0';
            return out;
        }
        i += n + 1;
    }
    return NULL;
}

const char *crs_container_id_in(const char *text, size_t length, const char *mark, char out[CRS_CONTAINER_ID])
{
    while (length > 0) {
        const char *end = memchr(text, '\n', length);
        size_t line = end == NULL ? length : (size_t)(end - text);

        if (in_line(text, line, mark, out) != NULL)
            return out;
        text += line + (end != NULL);
        length -= line + (end != NULL);
    }
    return NULL;
}

static size_t slurp(const char *path, char *buf, size_t cap)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t n;

    if (fd < 0)
        return 0;
    while (length < cap && (n = read(fd, buf + length, cap - length)) > 0)
        length += (size_t)n;
    close(fd);
    return length;
}

/* Runtimes give a container's host the first 12 digits of the id as its name. */
static const char *host_name(char out[CRS_CONTAINER_ID])
{
    char name[CRS_CONTAINER_ID] = "";

    if (gethostname(name, sizeof name - 1) != 0 || strlen(name) != 12 || hex_run(name, 12) != 12)
        return NULL;
    memcpy(out, name, sizeof name);
    return out;
}

const char *crs_container_id(char out[CRS_CONTAINER_ID])
{
    static char text[32768];
    size_t length = slurp("/proc/self/cgroup", text, sizeof text);

    if (crs_container_id_in(text, length, "/", out) != NULL)
        return out;
    /* Under cgroup namespaces the path is "/"; the files that runtimes bind into a container tell the id instead. */
    length = slurp("/proc/self/mountinfo", text, sizeof text);
    if (crs_container_id_in(text, length, "containers/", out) != NULL)
        return out;
    return host_name(out);
}
