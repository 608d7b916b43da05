/* H: signals to the agent's processes, by each way there is to send one. */
#define _GNU_SOURCE
#include "attack.h"
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define GET_PEER_PIDFD 77 /* SO_PEERPIDFD */

enum { KILL, TKILL, TGKILL, QUEUE, TGQUEUE, PIDFD, PIDFD_FOLDER, PIDFD_PEER, GROUP, OWNER, OWNER_GROUP, OWNER_SOCKET, STOP, TERMINATE };

static long long namespace_number(const char *link)
{
    char text[64] = "";
    long long number = -1;

    (void)!readlink(link, text, sizeof text - 1);
    return sscanf(text, "%*[a-z]:[%lld]", &number) == 1 ? number : -1;
}

/* Of the process that listens where programs from outside ask for the agent; nobody else is to be hit. */
static int pidfd_of_peer(struct crs_trial *t, pid_t pid)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char path[64], text[512] = "", wanted[32];
    int fd = crs_step(t, "socket", socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)), info, pidfd, size;
    socklen_t length = sizeof pidfd;

    size = t->inside ? snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "crs-agent/%lld/%lld", namespace_number("/proc/self/ns/pid"),
                                namespace_number("/proc/self/ns/mnt"))
                     : snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "crs-selftest/%d", (int)pid);
    if (fd < 0 || crs_step(t, "connect", connect(fd, (struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size))) != 0)
        return -1;
    if (crs_step(t, "getsockopt SO_PEERPIDFD", getsockopt(fd, SOL_SOCKET, GET_PEER_PIDFD, &pidfd, &length)) != 0)
        return -1;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    info = open(path, O_RDONLY | O_CLOEXEC);
    if (info >= 0)
        (void)!read(info, text, sizeof text - 1);
    snprintf(wanted, sizeof wanted, "\nPid:\t%d\n", (int)pid);
    errno = ESRCH;
    return strstr(text, wanted) != NULL ? pidfd : crs_step(t, "the agent as a peer", -1);
}

static int pidfd_of(struct crs_trial *t, int how, pid_t pid)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    switch (how) {
    case PIDFD: return crs_step(t, "pidfd_open", syscall(SYS_pidfd_open, pid, 0));
    case PIDFD_PEER: return pidfd_of_peer(t, pid);
    default: return crs_step(t, "open of /proc/PID", open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
}

/* A descriptor that sends a signal of its owner's choice to whom its owner names. */
static int by_owner(struct crs_trial *t, int how, pid_t pid)
{
    int ends[2], on = 1;
    pid_t group = getpgid(pid), owner = how == OWNER_GROUP ? -group : pid;

    if (group <= 1 || pid <= 1) /* it is gone, or what would be hit is more than the agent */
        return crs_step(t, "getpgid", -1);
    if (crs_step(t, "socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) != 0)
        return -1;
    if (how == OWNER_SOCKET && crs_step(t, "ioctl FIOSETOWN", ioctl(ends[0], 0x8901, &owner)) != 0)
        return -1;
    if (how != OWNER_SOCKET && crs_step(t, "fcntl F_SETOWN", fcntl(ends[0], F_SETOWN, owner)) != 0)
        return -1;
    if (crs_step(t, "fcntl F_SETSIG", fcntl(ends[0], 10 /* F_SETSIG */, SIGKILL)) != 0)
        return -1;
    ioctl(ends[0], 0x5452 /* FIOASYNC */, &on);
    return crs_step(t, "write", write(ends[1], "x", 1));
}

/* One signal by each call that sends one. */
static int signals(struct crs_trial *t, int how, pid_t pid)
{
    siginfo_t info = {.si_signo = SIGKILL, .si_code = SI_QUEUE};
    pid_t group = getpgid(pid);
    int fd;

    info.si_pid = getpid();
    if (group <= 1 || pid <= 1)
        return crs_step(t, "getpgid", -1);
    switch (how) {
    case KILL: return crs_step(t, "kill", kill(pid, SIGKILL));
    case STOP: return crs_step(t, "kill with SIGSTOP", kill(pid, SIGSTOP));
    case TERMINATE: return crs_step(t, "kill with SIGSEGV", kill(pid, SIGSEGV));
    case TKILL: return crs_step(t, "tkill", syscall(SYS_tkill, pid, SIGKILL));
    case TGKILL: return crs_step(t, "tgkill", syscall(SYS_tgkill, pid, pid, SIGKILL));
    case QUEUE: return crs_step(t, "rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, pid, SIGKILL, &info));
    case TGQUEUE: return crs_step(t, "rt_tgsigqueueinfo", syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGKILL, &info));
    case GROUP: return crs_step(t, "kill of a group", kill(-group, SIGSTOP));
    case PIDFD: case PIDFD_FOLDER: case PIDFD_PEER:
        fd = pidfd_of(t, how, pid);
        return fd < 0 ? fd : crs_step(t, "pidfd_send_signal", syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
    default: return by_owner(t, how, pid);
    }
}

/* how: the signal, and CRS_AT_INIT. */
static int signalled(struct crs_trial *t, int how)
{
    int result = crs_attack_begin(t);

    if ((how & 63) == GROUP || (how & 63) == OWNER_GROUP)
        setsid(); /* so that only the others are hit */
    if (result == 0)
        result = signals(t, how & 63, how & CRS_AT_INIT ? t->agent : t->worker[0]);
    return crs_attack_end(t, result);
}

/*
 * 0 means everybody of the caller's own group: the agent too, where it is one of them. Only a child of ours goes back
 * into that group. In the baseline, where those who stand in are of another session, their group is named.
 */
static int own_group(struct crs_trial *t, int number)
{
    pid_t group = getpgrp(), pid;
    int result = crs_attack_begin(t);

    if (result != 0 || (t->inside && crs_step(t, "setpgid", setpgid(0, 0)) != 0)) /* the leader of a session may not */
        return -1;
    pid = fork();
    if (pid == 0) {
        if (!t->inside)
            signals(t, GROUP, t->worker[0]);
        else if (crs_step(t, "setpgid", setpgid(0, group)) == 0)
            kill(0, number);
        _exit(0);
    }
    if (pid < 0)
        return crs_step(t, "fork", -1);
    result = crs_attack_end(t, 0);
    crs_end(pid);
    waitpid(pid, NULL, 0);
    return result;
}

#define SIGNAL(id, what, how) CRS_ATTACK(id, what, signalled, how, CRS_EFFECT_HARMED, 0, NULL)
#define GROUP_LIMIT "crs-init is of the application's group; where it is not process 1 it ends with it, and every call is refused"

static const struct crs_technique table[] = {
    SIGNAL("kill", "kill", KILL), SIGNAL("stop", "SIGSTOP", STOP), SIGNAL("tkill", "tkill", TKILL), SIGNAL("tgkill", "tgkill", TGKILL),
    SIGNAL("sigqueue", "rt_sigqueueinfo", QUEUE), SIGNAL("tgsigqueue", "rt_tgsigqueueinfo", TGQUEUE), SIGNAL("pidfd", "pidfd_send_signal", PIDFD),
    SIGNAL("proc-pidfd", "pidfd_send_signal of /proc/PID", PIDFD_FOLDER), SIGNAL("group", "a signal to the group", GROUP),
    SIGNAL("owner", "F_SETOWN and F_SETSIG", OWNER), SIGNAL("owner-group", "F_SETOWN of the group and F_SETSIG", OWNER_GROUP),
    SIGNAL("owner-ioctl", "FIOSETOWN and F_SETSIG", OWNER_SOCKET), SIGNAL("fault", "SIGSEGV", TERMINATE),
    {"H1-peer-pidfd", "pidfd_send_signal by SO_PEERPIDFD of the socket it listens at", signalled, PIDFD_PEER | CRS_AT_INIT, CRS_EFFECT_HARMED, CRS_SILENT, NULL},
    {"H1-own-group", "SIGKILL to its own group", own_group, SIGKILL, CRS_EFFECT_HARMED, CRS_SILENT, GROUP_LIMIT},
    {"H1-own-group-stop", "SIGSTOP to its own group", own_group, SIGSTOP, CRS_EFFECT_HARMED, CRS_SILENT, GROUP_LIMIT},
};

CRS_SECTION('H', signals, "The agent's processes: signals", table);
