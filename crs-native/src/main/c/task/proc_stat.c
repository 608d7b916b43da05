#include "proc_stat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Fields as proc(5) counts them; the state is the third. */
enum { STATE = 3, PARENT = 4, TERMINAL = 7, START = 22 };

int crs_proc_stat_parse(char *text, size_t len, struct crs_proc_stat *out)
{
    char *name, *at;

    memset(out, 0, sizeof *out);
    text[len] = '\0';
    name = strchr(text, '(');
    at = strrchr(text, ')'); /* there may be others in the name */
    if (name == NULL || at == NULL || at < name || at[1] != ' ' || at[2] == '\0')
        return -EPROTO;
    *at = '\0';
    snprintf(out->name, sizeof out->name, "%s", name + 1);
    at += 2;
    out->state = *at;
    for (int field = STATE + 1; field <= START; field++) {
        at = strchr(at, ' ');
        if (at == NULL)
            return -EPROTO;
        at++;
        if (field == PARENT)
            out->parent = (pid_t)strtol(at, NULL, 10);
        else if (field == TERMINAL)
            out->terminal = strtoul(at, NULL, 10);
    }
    out->start = strtoull(at, NULL, 10);
    return 0;
}

int crs_proc_stat_read(int proc, const char *path, struct crs_proc_stat *out)
{
    char text[1024];
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (fd < 0)
        return errno == ENOENT ? -ESRCH : -errno;
    got = read(fd, text, sizeof text - 1);
    close(fd);
    return got <= 0 ? -ESRCH : crs_proc_stat_parse(text, (size_t)got, out);
}
