#define _GNU_SOURCE
#include "join.h"

#include "drift.h"
#include "join_protocol.h"
#include "log.h"
#include "look.h"
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static long long namespace_number(const char *link)
{
    char text[64];
    ssize_t length = readlink(link, text, sizeof text - 1);
    long long number = -1;

    text[length < 0 ? 0 : length] = '\0';
    return sscanf(text, "%*[a-z]:[%lld]", &number) == 1 ? number : -1;
}

static int watch(const struct crs_joins *joins, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return epoll_ctl(joins->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

/*
 * The peer of whoever connects is the process that called listen, and SO_PEERPIDFD is a way to send it signals: let it be
 * one that has ended.
 */
static int listen_and_end(int fd)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(listen(fd, 64) == 0 ? 0 : errno);
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return pid < 0 ? -errno : !WIFEXITED(status) ? -EINTR : -WEXITSTATUS(status);
}

int crs_joins_open(struct crs_joins *joins)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "crs-agent/%lld/%lld",
                          namespace_number("/proc/self/ns/pid"), namespace_number("/proc/self/ns/mnt"));
    int result = 0;

    joins->epoll = epoll_create1(EPOLL_CLOEXEC);
    joins->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (joins->epoll < 0 || joins->fd < 0 ||
        bind(joins->fd, (struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) != 0)
        result = -errno;
    else
        result = listen_and_end(joins->fd);
    if (result == 0)
        result = watch(joins, joins->fd);
    if (result == 0)
        return 0;
    close(joins->fd);
    close(joins->epoll);
    joins->fd = 0;
    return result;
}

static void end(struct crs_pending *pending)
{
    close(pending->fd);
    pending->fd = 0;
}

static void answer(const struct crs_pending *pending, uint32_t what, const struct crs_filter *filter)
{
    struct crs_join_answer head = {CRS_JOIN_MAGIC, what, filter == NULL ? 0 : filter->length};
    struct iovec parts[] = {
        {&head, sizeof head},
        {filter == NULL ? NULL : (void *)(uintptr_t)filter->code, head.instructions * sizeof(struct crs_join_instruction)},
    };
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

    _Static_assert(sizeof(struct crs_join_instruction) == sizeof(struct sock_filter), "as the kernel has it");
    if (sendmsg(pending->fd, &message, MSG_NOSIGNAL) < 0)
        crs_log(CRS_LOG_DEBUG, "process %d has not waited for an answer", (int)pending->pid);
}

/* What a process does that cannot be taken: as the policy says of an agent that fails. */
static uint32_t otherwise(const struct crs_agent *agent)
{
    return crs_fails_closed(&agent->table) ? CRS_JOIN_END : CRS_JOIN_FREE;
}

static void tell(struct crs_supervisor *s, const struct crs_pending *pending, const char *what, const char *program)
{
    char text[512];

    snprintf(text, sizeof text, "process %d%s%.300s entered the container from outside %s", (int)pending->pid,
             program[0] == '\0' ? "" : " ", program, what);
    crs_tell_health(s, text);
}

/* The program it runs was started without us; the policy decides on it now. 0: it may go on. */
static int decide(struct crs_supervisor *s, const struct crs_pending *pending, char *program, size_t size)
{
    struct crs_agent *agent = s->agent;
    struct crs_call call;
    struct crs_decision decision;
    struct crs_event event;
    char link[32];
    ssize_t length = -1;
    int fd;

    snprintf(link, sizeof link, "%d/exe", (int)pending->pid);
    crs_look_begin(pending->uid, pending->gid);
    fd = openat(agent->proc, link, O_PATH | O_CLOEXEC);
    crs_look_end();
    if (fd >= 0)
        length = crs_path_of_fd(fd, program, size);
    program[length < 0 ? 0 : length] = '\0';
    if (length <= 0) {
        if (fd >= 0)
            close(fd);
        return agent->table.on_unreadable == CRS_DENY && agent->table.mode == CRS_ACTIVE ? -EACCES : 0;
    }
    memset(&call, 0, sizeof call);
    call.nr = agent->execve;
    call.port = call.local_port = -1;
    call.path[0].requested = call.path[0].resolved = (struct crs_str){program, (uint32_t)length};
    call.drift = (uint8_t)crs_drift(agent, fd, call.path[0].resolved);
    close(fd);
    crs_decide(&agent->table, &call, &decision);
    crs_event_init(&event);
    event.pid = (int32_t)pending->pid;
    event.uid = pending->uid;
    event.exe = event.path = event.requested = call.path[0].resolved;
    event.object = CRS_OBJECT_FILE;
    event.audit_arch = agent->shared->filter.audit_arch;
    event.nr = call.nr;
    event.op = "execute";
    event.action = decision.action;
    event.enforced = decision.enforced;
    event.err = decision.blocked ? decision.err : 0;
    event.rule = decision.rule;
    event.via = CRS_VIA_LIBC;
    for (uint8_t type = CRS_TYPE_STANDARD; type <= CRS_TYPE_BEHAVIOR; type++)
        if (decision.events & (type == CRS_TYPE_STANDARD ? CRS_EVENT_STANDARD : CRS_EVENT_BEHAVIOR)) {
            event.type = type;
            crs_event_call(agent->ring, CRS_SLOT_INIT, &agent->source, &event);
        }
    return decision.blocked ? -(int)decision.err : 0;
}

static void greet(struct crs_supervisor *s, struct crs_pending *pending)
{
    const struct crs_filter *filter = &s->agent->shared->filter;
    struct crs_join_hello hello;
    char program[PATH_MAX];

    if (recv(pending->fd, &hello, sizeof hello, MSG_DONTWAIT) != sizeof hello || hello.magic != CRS_JOIN_MAGIC ||
        hello.version != 1) {
        end(pending);
        return;
    }
    if (decide(s, pending, program, sizeof program) != 0) {
        answer(pending, CRS_JOIN_END, NULL);
        tell(s, pending, "and was not let in", program);
        end(pending);
    } else if (!s->filtered) {
        answer(pending, CRS_JOIN_FREE, NULL); /* an inactive policy, or an agent that is degraded, which was told */
        end(pending);
    } else {
        answer(pending, CRS_JOIN, filter);
        pending->told = 1;
    }
}

static int is_listener(int fd)
{
    static const char wanted[] = "anon_inode:seccomp notify";
    char link[32], text[sizeof wanted];

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return readlink(link, text, sizeof text) == sizeof wanted - 1 && memcmp(text, wanted, sizeof wanted - 1) == 0;
}

/* The descriptor that came with a message, or -1; of several the others are closed. */
static int take_descriptor(struct msghdr *message)
{
    int found = -1;

    for (struct cmsghdr *with = CMSG_FIRSTHDR(message); with != NULL; with = CMSG_NXTHDR(message, with)) {
        size_t count = with->cmsg_len < CMSG_LEN(0) ? 0 : (with->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (with->cmsg_level != SOL_SOCKET || with->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(with) + i * sizeof fd, sizeof fd);
            if (found >= 0)
                close(fd);
            else
                found = fd;
        }
    }
    return found;
}

static void take(struct crs_supervisor *s, struct crs_pending *pending)
{
    struct crs_join_result result = {0};
    struct iovec part = {&result, sizeof result};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))];
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t got = recvmsg(pending->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    int listener = got < 0 ? -1 : take_descriptor(&message), err = -EPROTO;

    if (got == sizeof result && result.magic == CRS_JOIN_MAGIC && listener >= 0 && is_listener(listener))
        err = crs_joined_start(s, listener);
    else if (got == sizeof result && result.magic == CRS_JOIN_MAGIC && result.error != 0)
        err = -result.error;
    if (err == 0) {
        answer(pending, CRS_JOIN, NULL);
        tell(s, pending, "and is held to the policy", "");
    } else {
        char what[160];

        if (listener >= 0)
            close(listener);
        answer(pending, otherwise(s->agent), NULL);
        snprintf(what, sizeof what, "and %s: %s",
                 otherwise(s->agent) == CRS_JOIN_END ? "was ended" : "runs outside the policy", strerror(-err));
        tell(s, pending, what, "");
    }
    end(pending);
}

/* How many kernel filters a process is below; -1 before Linux 5.9, which does not tell. */
static int filters_of(const struct crs_agent *agent, const char *process)
{
    char path[40], text[4096];
    const char *found;
    ssize_t length;
    int fd;

    snprintf(path, sizeof path, "%s/status", process);
    fd = openat(agent->proc, path, O_RDONLY | O_CLOEXEC);
    length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[length < 0 ? 0 : length] = '\0';
    found = strstr(text, "\nSeccomp_filters:");
    return found == NULL ? -1 : atoi(found + strlen("\nSeccomp_filters:"));
}

/* The application has no business here, and must not keep others out: it is below one filter more than this process. */
static int is_from_outside(const struct crs_agent *agent, pid_t pid)
{
    char process[16];

    snprintf(process, sizeof process, "%d", (int)pid);
    return filters_of(agent, process) <= filters_of(agent, "self");
}

static void take_connection(struct crs_joins *joins, const struct crs_agent *agent)
{
    struct ucred peer;
    int fd = accept4(joins->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return;
    for (uint32_t i = 0; i < CRS_PENDING; i++) {
        struct crs_pending *pending = &joins->pending[i];

        if (pending->fd > 0)
            continue;
        /* A process of another pid namespace has no number here, and no business. */
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &(socklen_t){sizeof peer}) != 0 || peer.pid <= 0 ||
            !is_from_outside(agent, peer.pid) || watch(joins, fd) != 0)
            break;
        *pending = (struct crs_pending){.fd = fd, .pid = peer.pid, .uid = peer.uid, .gid = peer.gid,
                                        .until_ms = now_ms() + 1000 * CRS_JOIN_SECONDS};
        return;
    }
    close(fd);
}

static uint32_t waiting(const struct crs_joins *joins)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < CRS_PENDING; i++)
        count += joins->pending[i].fd > 0;
    return count;
}

int crs_joins_serve(struct crs_joins *joins, struct crs_supervisor *s)
{
    struct epoll_event ready[CRS_PENDING + 1];
    int64_t now;
    int count;

    if (joins->fd == 0)
        return -1;
    count = epoll_wait(joins->epoll, ready, CRS_PENDING + 1, 0);
    for (int i = 0; i < count; i++)
        for (uint32_t k = 0; k < CRS_PENDING; k++)
            if (joins->pending[k].fd > 0 && joins->pending[k].fd == ready[i].data.fd)
                (joins->pending[k].told ? take : greet)(s, &joins->pending[k]);
    /* Those beyond wait in the kernel's queue, and there no longer than their patience. */
    for (int i = 0; i < count; i++)
        if (ready[i].data.fd == joins->fd && waiting(joins) < CRS_PENDING)
            take_connection(joins, s->agent);
    now = now_ms();
    for (uint32_t k = 0; k < CRS_PENDING; k++)
        if (joins->pending[k].fd > 0 && joins->pending[k].until_ms < now)
            end(&joins->pending[k]);
    return waiting(joins) > 0 ? 1000 : -1;
}
