#define _GNU_SOURCE
#include "sink_out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SEND_MAX 65536u /* more than any line has */

/*
 * Before the application runs a path may lead anywhere its owner wants; afterwards the application could have put a
 * link in the way, and the agent would append to a file of its choice.
 */
static int open_file(const char *path, int again)
{
    struct open_how how = {
        .flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
        .mode = 0600,
        .resolve = again ? RESOLVE_NO_SYMLINKS : 0,
    };
    int fd = again ? (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how)
                   : open(path, (int)how.flags, (mode_t)how.mode);

    return fd < 0 ? -errno : fd;
}

static int open_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int err;

    if (fd < 0)
        return -errno;
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    err = -errno;
    close(fd);
    return err;
}

/* A description of its own where that can be had, so that O_NONBLOCK does not reach the application. */
static int open_stdout(struct crs_sink_out *out)
{
    struct stat st;
    int fd;

    if (fstat(STDOUT_FILENO, &st) != 0)
        return -errno;
    out->whole_lines = S_ISFIFO(st.st_mode);
    if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)) {
        fd = open("/proc/self/fd/1", O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd >= 0)
            return fd;
    }
    out->shared = 1;
    fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    return fd < 0 ? -errno : fd;
}

int crs_out_open(struct crs_sink_out *out)
{
    struct stat st;
    int again = out->tried;
    int fd;

    out->tried = 1;
    out->whole_lines = out->shared = 0;
    if (out->url.kind == CRS_SINK_UNIX)
        fd = open_socket(out->url.path);
    else if (out->url.kind == CRS_SINK_FILE)
        fd = open_file(out->url.path, again);
    else
        fd = open_stdout(out);
    if (fd < 0)
        return fd;
    if (out->url.kind == CRS_SINK_FILE && fstat(fd, &st) == 0)
        out->whole_lines = S_ISFIFO(st.st_mode);
    out->fd = fd;
    return 0;
}

void crs_out_close(struct crs_sink_out *out)
{
    if (out->fd >= 0)
        close(out->fd);
    out->fd = -1;
}

/* A write that cannot kill the process: SIGPIPE is held back and taken away if this write raised it. */
static ssize_t write_quietly(int fd, const char *bytes, size_t length)
{
    static const struct timespec none;
    sigset_t pipe_signal, before, pending;
    ssize_t n;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    sigprocmask(SIG_BLOCK, &pipe_signal, &before);
    n = write(fd, bytes, length);
    if (n < 0) {
        n = -errno;
        if (n == -EPIPE && !sigismember(&pending, SIGPIPE))
            sigtimedwait(&pipe_signal, NULL, &none);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return n;
}

/* Takes back the part of a line that a full disk left at the end of the file, if it is still the end. */
static size_t without_torn_line(const struct crs_sink_out *out, const char *bytes, size_t written)
{
    const char *newline = memrchr(bytes, '\n', written);
    size_t torn = newline == NULL ? written : written - (size_t)(newline - bytes) - 1;
    off_t end = lseek(out->fd, 0, SEEK_CUR);
    struct stat st;

    if (torn == 0 || end < 0 || fstat(out->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size != end)
        return written;
    return ftruncate(out->fd, end - (off_t)torn) == 0 ? written - torn : written;
}

static ssize_t send_some(const struct crs_sink_out *out, const char *bytes, size_t length)
{
    struct pollfd writable = {.fd = out->fd, .events = POLLOUT};
    ssize_t n;

    if (out->url.kind == CRS_SINK_UNIX) {
        n = send(out->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        return n < 0 ? -errno : n;
    }
    if (out->shared && poll(&writable, 1, 0) != 1)
        return -EAGAIN;
    return write_quietly(out->fd, bytes, length);
}

/*
 * How much goes in one call: whole lines, so that a disk that is full from one call to the next tears none. To a pipe
 * no more than can neither be torn by another writer nor, once it is writable, make this one wait.
 */
static size_t portion(const struct crs_sink_out *out, const struct crs_spool *spool)
{
    const char *from = spool->bytes + spool->sent;
    size_t left = spool->end - spool->sent, line = crs_spool_next_line(spool);

    if (out->whole_lines || out->shared)
        return line < PIPE_BUF ? line : PIPE_BUF;
    if (left <= SEND_MAX)
        return left;
    return (size_t)((const char *)memrchr(from, '\n', SEND_MAX) - from) + 1;
}

int crs_out_send(struct crs_sink_out *out, struct crs_spool *spool)
{
    while (spool->sent < spool->end) {
        const char *from = spool->bytes + spool->sent;
        size_t want = portion(out, spool);
        ssize_t n = send_some(out, from, want);

        if (n == -EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? -EIO : (int)n;
        if ((size_t)n < want && out->url.kind == CRS_SINK_FILE)
            n = (ssize_t)without_torn_line(out, from, (size_t)n);
        crs_spool_sent(spool, (size_t)n);
        if (n == 0)
            return -ENOSPC;
    }
    return 0;
}

/*
 * What a peer has read is no longer charged to our side of the socket. A peer that closes with lines unread empties
 * the charge too, but is seen to have hung up first: hence the order.
 */
int crs_out_settled(const struct crs_sink_out *out)
{
    struct pollfd peer = {.fd = out->fd};
    int unread;

    if (out->url.kind != CRS_SINK_UNIX)
        return 1;
    if (ioctl(out->fd, SIOCOUTQ, &unread) != 0)
        return -errno;
    if (poll(&peer, 1, 0) == 1 && (peer.revents & (POLLHUP | POLLERR)))
        return -EPIPE;
    return unread == 0;
}

int crs_out_sync(const struct crs_sink_out *out)
{
    if (out->url.kind != CRS_SINK_FILE || out->fd < 0)
        return 0;
    return fsync(out->fd) == 0 || errno == EINVAL || errno == EROFS ? 0 : -errno;
}
