/* C: what must not change, by every call that opens it for a change, and every way to bring bytes into it. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN, OPENAT, OPENAT2, CREAT };

struct way {
    int call, flags;
    const char *name;
};

#define FILE_THERE "app/file"
#define FILE_NEW   "app/new"

static const struct way ways[] = {
    {OPEN, O_WRONLY, FILE_THERE},             {OPEN, O_RDWR, FILE_THERE},
    {OPEN, 3, FILE_THERE},                    {OPEN, O_RDONLY | O_TRUNC, FILE_THERE},
    {OPEN, O_WRONLY | O_APPEND, FILE_THERE},  {OPEN, O_WRONLY | O_CREAT, FILE_NEW},
    {OPEN, O_RDONLY | O_CREAT, FILE_NEW},     {OPEN, O_WRONLY | O_CREAT | O_EXCL, FILE_NEW},
    {OPENAT, O_WRONLY, FILE_THERE},           {OPENAT, O_RDWR | O_TRUNC, FILE_THERE},
    {OPENAT, O_RDONLY | O_CREAT, FILE_NEW},   {OPENAT, O_WRONLY | O_DSYNC | O_NOFOLLOW, FILE_THERE},
    {OPENAT2, O_WRONLY, FILE_THERE},          {OPENAT2, O_RDWR | O_CREAT, FILE_NEW},
    {OPENAT2, O_RDONLY | O_TRUNC, FILE_THERE}, {CREAT, 0, FILE_THERE},
    {CREAT, 0, FILE_NEW},                     {OPEN, O_WRONLY, "app/link"},
    {OPEN, O_WRONLY, "app/sub/deep"},         {OPENAT, O_WRONLY | O_DIRECT, FILE_THERE},
};

static int open_way(struct crs_trial *t, const struct way *way)
{
    struct open_how how = {.flags = (uint64_t)way->flags, .mode = way->flags & O_CREAT ? 0644 : 0};
    const char *path = crs_at(t, way->name);

    switch (way->call) {
    case OPENAT:
        return crs_step(t, "openat", syscall(SYS_openat, AT_FDCWD, path, way->flags, 0644));
    case OPENAT2:
        return crs_step(t, "openat2", syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
#ifdef SYS_open
    case CREAT:
        return crs_step(t, "creat", syscall(SYS_creat, path, 0644));
    default:
        return crs_step(t, "open", syscall(SYS_open, path, way->flags, 0644));
#else
    default:
        return crs_step(t, "openat", openat(AT_FDCWD, path, way->call == CREAT ? O_CREAT | O_WRONLY | O_TRUNC : way->flags, 0644));
#endif
    }
}

static int open_to_write(struct crs_trial *t, int how)
{
    int fd = open_way(t, &ways[how]);

    /* Where the open alone changes nothing, the write does; what is opened for reading has been emptied or made. */
    if (fd >= 0 && (ways[how].flags & O_ACCMODE || ways[how].call == CREAT) && !(ways[how].flags & O_DIRECT))
        crs_step(t, "write", write(fd, "x", 1));
    if (fd >= 0 && ways[how].flags & O_DIRECT)
        crs_step(t, "ftruncate", ftruncate(fd, 3));
    if (fd >= 0 && (ways[how].flags & O_ACCMODE) == 3)
        crs_step(t, "fchmod", fchmod(fd, 0600));
    return fd < 0 ? fd : close(fd);
}

enum { PWRITE, WRITEV, PWRITEV2, SENDFILE, COPY_RANGE, SPLICE, MAPPED, FALLOCATE, AIO, VMSPLICE, FICLONE_CALL };

static int mapped(struct crs_trial *t, int fd)
{
    char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (memory == MAP_FAILED)
        return crs_step(t, "mmap", -1);
    memory[0] = 'X';
    return crs_step(t, "msync", msync(memory, 4096, MS_SYNC));
}

static int by_aio(struct crs_trial *t, int fd)
{
    aio_context_t context = 0;
    struct iocb call = {.aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = (uint32_t)fd, .aio_buf = (uint64_t)(uintptr_t)"X", .aio_nbytes = 1};
    struct iocb *list[] = {&call};
    struct io_event event;
    int result = crs_step(t, "io_setup", syscall(SYS_io_setup, 1, &context));

    if (result == 0)
        result = crs_step(t, "io_submit", syscall(SYS_io_submit, context, 1, list));
    return result < 0 ? result : crs_step(t, "io_getevents", syscall(SYS_io_getevents, context, 1, 1, &event, NULL));
}

/* Every way to write without write(2) begins with an open. */
static int without_write(struct crs_trial *t, int how)
{
    int fd = crs_step(t, "open", open(crs_at(t, FILE_THERE), O_RDWR | O_CLOEXEC)), from = open(crs_at(t, "public"), O_RDONLY);
    struct iovec part = {"X", 1};
    int ends[2];

    if (fd < 0)
        return fd;
    switch (how) {
    case PWRITE: return crs_step(t, "pwrite64", pwrite(fd, "X", 1, 0));
    case WRITEV: return crs_step(t, "writev", writev(fd, &part, 1));
    case PWRITEV2: return crs_step(t, "pwritev2", syscall(SYS_pwritev2, fd, &part, 1, 0, 0, 0));
    case SENDFILE: return crs_step(t, "sendfile", sendfile(fd, from, NULL, 4));
    case COPY_RANGE: return crs_step(t, "copy_file_range", syscall(SYS_copy_file_range, from, NULL, fd, NULL, 4, 0));
    case MAPPED: return mapped(t, fd);
    case FALLOCATE: return crs_step(t, "fallocate", fallocate(fd, 0, 0, 4096));
    case AIO: return by_aio(t, fd);
    default:
        if (crs_step(t, "pipe", pipe(ends)) != 0)
            return -1;
        if (how == VMSPLICE)
            crs_step(t, "vmsplice", vmsplice(ends[1], &part, 1, 0));
        else
            crs_step(t, "splice", splice(from, NULL, ends[1], NULL, 4, 0));
        return crs_step(t, "splice", splice(ends[0], NULL, fd, NULL, 4, 0));
    }
}

enum { SEEN_SENDFILE, SEEN_MAPPED, SEEN_SPLICE, SEEN_AIO, SEEN_COPY };

/* Nor does it read without an open. */
static int without_read(struct crs_trial *t, int how)
{
    int fd = crs_step(t, "open", open(crs_at(t, "secret"), O_RDONLY | O_CLOEXEC)), ends[2], out;
    const char *memory;

    if (fd < 0)
        return fd;
    if (how == SEEN_MAPPED) {
        memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
        return memory == MAP_FAILED ? crs_step(t, "mmap", -1) : crs_loot(t, memory, 32);
    }
    if (how == SEEN_COPY || how == SEEN_SENDFILE) {
        out = crs_step(t, "open", open(crs_at(t, "free/out"), O_RDWR | O_CREAT, 0600));
        if (how == SEEN_COPY)
            crs_step(t, "copy_file_range", syscall(SYS_copy_file_range, fd, NULL, out, NULL, 32, 0));
        else
            crs_step(t, "sendfile", sendfile(out, fd, NULL, 32));
        lseek(out, 0, SEEK_SET);
        return crs_loot_fd(t, out);
    }
    if (crs_step(t, "pipe", pipe(ends)) != 0)
        return -1;
    crs_step(t, "splice", splice(fd, NULL, ends[1], NULL, 32, 0));
    return crs_loot_fd(t, ends[0]);
}

/* A file without a name, then given one. */
static int unnamed(struct crs_trial *t, int how)
{
    char path[64];
    int fd = crs_step(t, "open with O_TMPFILE", open(crs_at(t, how ? "free" : "app"), O_TMPFILE | O_RDWR, 0644));

    if (fd < 0)
        return fd;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return crs_step(t, "linkat", linkat(AT_FDCWD, path, AT_FDCWD, crs_at(t, FILE_NEW), AT_SYMLINK_FOLLOW));
}

/* Read, or no access at all, made into access to write. */
static int reopened(struct crs_trial *t, int flags)
{
    char path[64];
    int fd = crs_step(t, "open", open(crs_at(t, FILE_THERE), flags)), again;

    if (fd < 0)
        return fd;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    again = crs_step(t, "open of /proc/self/fd/N", open(path, O_WRONLY));
    return again < 0 ? again : crs_step(t, "write", write(again, "x", 1));
}

#define OPENED(id, what, way) {"C1-" id, what, open_to_write, way, CRS_EFFECT_CHANGED, 0, NULL}
#define WRITTEN(id, what, how) {"C2-" id, what, without_write, how, CRS_EFFECT_CHANGED, 0, NULL}
#define SEEN(id, what, how) {"C6-" id, what, without_read, how, CRS_EFFECT_READ, 0, NULL}

static const struct crs_technique table[] = {
    OPENED("open-wronly", "open, O_WRONLY", 0), OPENED("open-rdwr", "open, O_RDWR", 1), OPENED("open-mode3", "open, access mode 3", 2),
    OPENED("open-trunc", "open for reading, O_TRUNC", 3), OPENED("open-append", "open, O_APPEND", 4),
    OPENED("open-creat", "open, O_CREAT", 5), OPENED("open-creat-read", "open for reading, O_CREAT", 6),
    OPENED("open-excl", "open, O_EXCL", 7), OPENED("openat-wronly", "openat, O_WRONLY", 8),
    OPENED("openat-trunc", "openat, O_RDWR and O_TRUNC", 9), OPENED("openat-creat", "openat for reading, O_CREAT", 10),
    OPENED("openat-sync", "openat, O_DSYNC and O_NOFOLLOW", 11), OPENED("openat2-wronly", "openat2, O_WRONLY", 12),
    OPENED("openat2-creat", "openat2, O_CREAT", 13), OPENED("openat2-trunc", "openat2 for reading, O_TRUNC", 14),
    OPENED("creat", "creat of a file that is there", 15), OPENED("creat-new", "creat of a new file", 16),
    OPENED("open-link", "open through a link", 17), OPENED("open-deep", "open further down", 18), OPENED("open-direct", "open, O_DIRECT", 19),
    {"C1-tmpfile", "O_TMPFILE there, then a name", unnamed, 0, CRS_EFFECT_CHANGED, 0, NULL},
    {"C1-tmpfile-in", "O_TMPFILE elsewhere, then a name there", unnamed, 1, CRS_EFFECT_CHANGED, 0, NULL},
    {"C1-reopen", "opened for reading, reopened for writing", reopened, O_RDONLY, CRS_EFFECT_CHANGED, 0, NULL},
    {"C1-reopen-path", "opened with O_PATH, reopened for writing", reopened, O_PATH, CRS_EFFECT_CHANGED, 0, NULL},
    WRITTEN("pwrite", "pwrite64", PWRITE), WRITTEN("writev", "writev", WRITEV), WRITTEN("pwritev2", "pwritev2", PWRITEV2),
    WRITTEN("sendfile", "sendfile into it", SENDFILE), WRITTEN("copy", "copy_file_range into it", COPY_RANGE),
    WRITTEN("splice", "splice into it", SPLICE), WRITTEN("vmsplice", "vmsplice and splice into it", VMSPLICE),
    WRITTEN("mmap", "a shared mapping", MAPPED), WRITTEN("fallocate", "fallocate", FALLOCATE), WRITTEN("aio", "io_submit", AIO),
    SEEN("sendfile", "sendfile out of what must not be read", SEEN_SENDFILE), SEEN("mmap", "a mapping of it", SEEN_MAPPED),
    SEEN("splice", "splice out of it", SEEN_SPLICE), SEEN("copy", "copy_file_range out of it", SEEN_COPY),
};

CRS_SECTION('C', writes, "By whatever call: opening", table);
