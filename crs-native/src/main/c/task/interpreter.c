#define _GNU_SOURCE
#include "exec.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* As many bytes of a script as the kernel looks at. */
#define FIRST_LINE 256
#define ARGUMENTS 32

int crs_interpreter(struct crs_ctx *ctx, const struct crs_executable *file, char *out, size_t size)
{
    char line[FIRST_LINE + 1], *from, *to;
    /* With this process's own rights: a script need not be readable to be executed. */
    int fd = crs_reopen(ctx, file->at.fd, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t got = fd < 0 ? -1 : pread(fd, line, FIRST_LINE, 0);

    if (fd >= 0)
        close(fd);
    if (got < 3 || line[0] != '#' || line[1] != '!')
        return 0;
    line[got] = '\0';
    from = line + 2 + strspn(line + 2, " \t");
    to = from + strcspn(from, " \t\n");
    if (to == from || (size_t)(to - from) >= size)
        return 0;
    memcpy(out, from, (size_t)(to - from));
    out[to - from] = '\0';
    return 1;
}

/* ld-linux-x86-64.so.2, ld-musl-aarch64.so.1, ld-2.31.so … */
static int is_loader(struct crs_str name)
{
    char last[64];
    const char *slash = memrchr(name.s, '/', name.len);
    size_t len = slash == NULL ? name.len : (size_t)(name.s + name.len - slash - 1);

    if (len == 0 || len >= sizeof last)
        return 0;
    memcpy(last, name.s + name.len - len, len);
    last[len] = '\0';
    return (strncmp(last, "ld-", 3) == 0 && strstr(last, ".so") != NULL) || strcmp(last, "ld.so") == 0 ||
           (strncmp(last, "libc.musl-", 10) == 0) || strcmp(last, "libc.so") == 0;
}

/* Options of glibc's and musl's loader that take the next argument. */
static int takes_argument(const char *option)
{
    static const char *const known[] = {"--library-path", "--inhibit-rpath",       "--audit",             "--preload",
                                        "--argv0",        "--glibc-hwcaps-prepend", "--glibc-hwcaps-mask"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(option, known[i]) == 0)
            return 1;
    return 0;
}

int crs_loaded_program(struct crs_ctx *ctx, const struct crs_executable *file, uint64_t argv, char *out, size_t size)
{
    if (!is_loader(file->call.path[0].resolved))
        return 0;
    for (uint64_t i = 1; i < ARGUMENTS; i++) {
        uint64_t address = 0;

        if (crs_target_read(ctx, argv + i * sizeof address, &address, sizeof address) != 0 || address == 0 ||
            crs_target_string(ctx, address, out, size) < 0)
            return 0;
        if (strcmp(out, "--") == 0)
            return crs_target_read(ctx, argv + (i + 1) * sizeof address, &address, sizeof address) == 0 &&
                   address != 0 && crs_target_string(ctx, address, out, size) > 0;
        if (strncmp(out, "--", 2) != 0)
            return out[0] != '\0';
        if (takes_argument(out))
            i++;
    }
    return 0;
}

static struct crs_str keep(struct crs_str name, char *to)
{
    if (name.s == NULL)
        return name;
    memcpy(to, name.s, name.len);
    return (struct crs_str){to, name.len};
}

void crs_call_keep(struct crs_call *copy, const struct crs_call *call, char names[2][CRS_NAME_SIZE])
{
    *copy = *call;
    copy->path[0].requested = keep(call->path[0].requested, names[0]);
    copy->path[0].resolved = keep(call->path[0].resolved, names[1]);
    copy->path[0].aliases = 0;
}
