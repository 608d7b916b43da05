/* The caller's memory. */
#define _GNU_SOURCE
#include "agent.h"
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096u

/* Bytes read at `address`, fewer where the mapping ends; -EFAULT, -ESRCH. */
static ssize_t read_some(const struct crs_ctx *ctx, uint64_t address, void *out, size_t len)
{
    ssize_t got;

    if (address > INT64_MAX - len)
        return -EFAULT;
    do
        got = pread(ctx->target.caller.mem, out, len, (off_t)address);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return -ESRCH; /* nobody uses that memory any more */
    return got > 0 ? got : -EFAULT;
}

int crs_target_read(struct crs_ctx *ctx, uint64_t address, void *out, size_t len)
{
    char *to = out;

    while (len > 0) {
        ssize_t got = read_some(ctx, address, to, len);

        if (got < 0)
            return (int)got;
        to += got;
        address += (uint64_t)got;
        len -= (size_t)got;
    }
    return 0;
}

int crs_target_write(struct crs_ctx *ctx, uint64_t address, const void *bytes, size_t len)
{
    int mem, result;

    crs_look_begin(ctx->target.caller.creds->uid, ctx->target.caller.creds->gid);
    mem = openat(ctx->target.caller.proc, "mem", O_WRONLY | O_CLOEXEC);
    crs_look_end();
    if (mem < 0)
        return -EFAULT;
    result = pwrite(mem, bytes, len, (off_t)address) == (ssize_t)len ? 0 : -EFAULT;
    close(mem);
    return result;
}

void crs_target_signal(struct crs_ctx *ctx, int number)
{
    if (crs_still_waiting(ctx))
        syscall(SYS_tgkill, ctx->target.caller.tgid, (pid_t)ctx->req->pid, number);
}

ssize_t crs_target_string(struct crs_ctx *ctx, uint64_t address, char *out, size_t cap)
{
    size_t have = 0;

    while (have < cap) {
        /* never across a page's end: what lies behind the string need not be mapped */
        size_t want = PAGE - (address + have) % PAGE;
        ssize_t got;
        char *end;

        if (want > cap - have)
            want = cap - have;
        if (have == 0 && want > 256)
            want = 256;
        got = read_some(ctx, address + have, out + have, want);
        if (got < 0)
            return got;
        end = memchr(out + have, '\0', (size_t)got);
        if (end != NULL)
            return end - out;
        have += (size_t)got;
    }
    return -ENAMETOOLONG;
}
