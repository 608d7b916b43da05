/* H: the processes of the agent, attacked from below it. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* After the attack: what was forbidden stays so. */
static int afterwards(struct crs_trial *t, int result)
{
    for (int i = 0; i < (t->inside ? 8 : 50) && !t->harmed; i++) {
        usleep(10000);
        crs_ask(t, CRS_ASK_LOOK);
    }
    if (t->inside)
        for (int i = 0; i < 4; i++)
            if (crs_loot_file(t, crs_at(t, "secret")) == 0)
                break;
    return result;
}

static int find_agent(struct crs_trial *t)
{
    crs_ask(t, CRS_ASK_AGENT);
    errno = ESRCH;
    return t->agent > 0 && t->workers > 0 ? 0 : crs_step(t, "the agent's processes", -1);
}

enum { KILL, TKILL, TGKILL, QUEUE, TGQUEUE, PIDFD, PIDFD_FOLDER, GROUP, OWNER, OWNER_GROUP, OWNER_SOCKET, STOP, TERMINATE };

static int pidfd_of(struct crs_trial *t, int how, pid_t pid)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    return how == PIDFD ? crs_step(t, "pidfd_open", syscall(SYS_pidfd_open, pid, 0))
                        : crs_step(t, "open of /proc/PID", open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
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
    case PIDFD: case PIDFD_FOLDER:
        fd = pidfd_of(t, how, pid);
        return fd < 0 ? fd : crs_step(t, "pidfd_send_signal", syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
    default: return by_owner(t, how, pid);
    }
}

/* how: the signal, and 64 where crs-init is meant and not a worker. */
static int signalled(struct crs_trial *t, int how)
{
    int result = find_agent(t);

    if ((how & 63) == GROUP || (how & 63) == OWNER_GROUP)
        setsid(); /* so that only the others are hit */
    if (result == 0)
        result = signals(t, how & 63, how & 64 ? t->agent : t->worker[0]);
    return afterwards(t, result);
}

/*
 * 0 means everybody of the caller's own group: the agent too, where it is one of them. Only a child of ours goes back
 * into that group. In the baseline, where those who stand in are of another session, their group is named.
 */
static int own_group(struct crs_trial *t, int number)
{
    pid_t group = getpgrp(), pid;
    int result = find_agent(t);

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
    result = afterwards(t, 0);
    crs_end(pid);
    waitpid(pid, NULL, 0);
    return result;
}

enum { ATTACH, SEIZE, VM_WRITE, MEM_WRITE, LIMIT_CPU, LIMIT_FILES, AFFINITY, SCHEDULER, OOM };

static int tampers(struct crs_trial *t, int how, pid_t pid)
{
    static char word[8] = "tampered";
    struct iovec mine = {word, sizeof word}, theirs = {(void *)(uintptr_t)t->agent_word, sizeof word};
    struct rlimit limit = {1, 1};
    struct sched_param parameters = {0};
    cpu_set_t one;
    char path[64];
    int fd;

    switch (how) {
    case ATTACH: return crs_step(t, "ptrace PTRACE_ATTACH", ptrace(PTRACE_ATTACH, pid, NULL, NULL));
    case SEIZE: return crs_step(t, "ptrace PTRACE_SEIZE", ptrace(PTRACE_SEIZE, pid, NULL, NULL));
    case VM_WRITE: return crs_step(t, "process_vm_writev", process_vm_writev(pid, &mine, 1, &theirs, 1, 0));
    case LIMIT_CPU: return crs_step(t, "prlimit RLIMIT_CPU", prlimit(pid, RLIMIT_CPU, &limit, NULL));
    case LIMIT_FILES: return crs_step(t, "prlimit RLIMIT_NOFILE", prlimit(pid, RLIMIT_NOFILE, &limit, NULL));
    case AFFINITY:
        CPU_ZERO(&one);
        CPU_SET(0, &one);
        return crs_step(t, "sched_setaffinity", sched_setaffinity(pid, sizeof one, &one));
    case SCHEDULER: return crs_step(t, "sched_setscheduler", syscall(SYS_sched_setscheduler, pid, 5 /* SCHED_IDLE */, &parameters));
    default:
        snprintf(path, sizeof path, how == OOM ? "/proc/%d/oom_score_adj" : "/proc/%d/mem", (int)pid);
        fd = crs_step(t, how == OOM ? "open of /proc/PID/oom_score_adj" : "open of /proc/PID/mem", open(path, O_WRONLY));
        if (fd < 0)
            return fd;
        return how == OOM ? crs_step(t, "write", write(fd, "1000", 4)) : crs_step(t, "write", pwrite(fd, word, sizeof word, (off_t)t->agent_word));
    }
}

static int tampered(struct crs_trial *t, int how)
{
    int result = find_agent(t);

    if (result == 0)
        result = tampers(t, how & 63, how & 64 ? t->agent : t->worker[0]);
    return afterwards(t, result);
}

enum { TAKE_FD, FD_LINK, READ_MEM, VM_READ, ENVIRONMENT, MAPS, ROOT_LINK, EXE, FDINFO, COMPARE, JOIN };

/* What is got hold of is not looked at further: that it was got is enough. */
static int takes(struct crs_trial *t, int how, pid_t pid)
{
    static const char *const names[] = {[FD_LINK] = "fd/%d", [READ_MEM] = "mem", [ENVIRONMENT] = "environ", [MAPS] = "maps",
                                        [ROOT_LINK] = "root/etc", [EXE] = "exe", [FDINFO] = "fdinfo/0"};
    char path[64], name[32], text[16];
    struct iovec mine = {text, sizeof text}, theirs = {(void *)(uintptr_t)t->agent_word, sizeof text};
    int fd, result = -1;

    if (how == VM_READ)
        return crs_step(t, "process_vm_readv", process_vm_readv(pid, &mine, 1, &theirs, 1, 0));
    if (how == COMPARE)
        return crs_step(t, "kcmp", syscall(SYS_kcmp, pid, getpid(), 0, 0, 0));
    if (how == TAKE_FD || how == JOIN) {
        fd = pidfd_of(t, PIDFD, pid);
        if (how == JOIN)
            return fd < 0 ? fd : crs_step(t, "setns", setns(fd, CLONE_NEWUTS));
        for (int i = 0; fd >= 0 && i < 64 && result < 0; i++)
            result = crs_step(t, "pidfd_getfd", syscall(438, fd, i, 0));
        return fd < 0 ? fd : result;
    }
    for (int i = 0; i < (how == FD_LINK ? 64 : 1) && result < 0; i++) {
        snprintf(name, sizeof name, names[how], i);
        snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
        result = crs_step(t, "open of /proc/PID", open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    }
    return result;
}

static int taken(struct crs_trial *t, int how)
{
    int result = find_agent(t);

    if (result == 0)
        result = takes(t, how & 63, how & 64 ? t->agent : t->worker[0]);
    t->done = result >= 0;
    return result;
}

/* A listener among its own descriptors would do: it could answer itself. */
static int inherited_listener(struct crs_trial *t, int how)
{
    uint64_t id = 0;

    (void)how;
    for (int fd = 0; fd < 1024; fd++) {
        if (ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0 || errno == ENOENT) {
            t->looted = 0;
            return crs_loot_file(t, crs_at(t, "secret"));
        }
    }
    if (!t->inside) /* there is none to be found without an agent */
        return crs_loot_file(t, crs_at(t, "secret"));
    errno = ENOENT;
    return crs_step(t, "a listener", -1);
}

/* What it may ask of itself does not take the filter away. Left out: what would end it, or answer with a signal. */
static int of_itself(struct crs_trial *t, int how)
{
    static const unsigned char not[] = {1, 4, 22, 39, 59};

    for (int option = how; option < 80; option++)
        if (memchr(not, option, sizeof not) == NULL)
            syscall(SYS_prctl, option, 0, 0, 0, 0);
    syscall(SYS_seccomp, 0xffff, 0, NULL);
    return crs_loot_file(t, crs_at(t, "secret"));
}

#define TWO(id, what, attempt, how, effect, flags, limit)                                   \
    {"H1-" id, what " at a worker", attempt, how, effect, flags, limit},                    \
    {"H1-" id "-init", what " at crs-init", attempt, (how) | 64, effect, flags, limit}
#define SIGNAL(id, what, how) TWO(id, what, signalled, how, CRS_EFFECT_HARMED, 0, NULL)
#define TAMPER(id, what, how) TWO(id, what, tampered, how, CRS_EFFECT_HARMED, 0, NULL)
#define TAKE(id, what, how) TWO(id, what, taken, how, CRS_EFFECT_DONE, 0, NULL)

#define GROUP_LIMIT "crs-init is of the application's group; where it is not process 1 it ends with it, and every call is refused"

static const struct crs_technique table[] = {
    SIGNAL("kill", "kill", KILL), SIGNAL("stop", "SIGSTOP", STOP), SIGNAL("tkill", "tkill", TKILL), SIGNAL("tgkill", "tgkill", TGKILL),
    SIGNAL("sigqueue", "rt_sigqueueinfo", QUEUE), SIGNAL("tgsigqueue", "rt_tgsigqueueinfo", TGQUEUE), SIGNAL("pidfd", "pidfd_send_signal", PIDFD),
    SIGNAL("proc-pidfd", "pidfd_send_signal of /proc/PID", PIDFD_FOLDER), SIGNAL("group", "a signal to the group", GROUP),
    SIGNAL("owner", "F_SETOWN and F_SETSIG", OWNER), SIGNAL("owner-group", "F_SETOWN of the group and F_SETSIG", OWNER_GROUP),
    SIGNAL("owner-ioctl", "FIOSETOWN and F_SETSIG", OWNER_SOCKET), SIGNAL("fault", "SIGSEGV", TERMINATE),
    TAMPER("attach", "PTRACE_ATTACH", ATTACH), TAMPER("seize", "PTRACE_SEIZE", SEIZE), TAMPER("vm-write", "process_vm_writev", VM_WRITE),
    TAMPER("mem-write", "a write to /proc/PID/mem", MEM_WRITE), TAMPER("rlimit-cpu", "prlimit RLIMIT_CPU", LIMIT_CPU),
    TAMPER("rlimit-files", "prlimit RLIMIT_NOFILE", LIMIT_FILES), TAMPER("affinity", "sched_setaffinity", AFFINITY),
    TAMPER("oom", "a write to /proc/PID/oom_score_adj", OOM),
    TAKE("getfd", "pidfd_getfd", TAKE_FD), TAKE("proc-fd", "an open of /proc/PID/fd/N", FD_LINK), TAKE("mem-read", "an open of /proc/PID/mem", READ_MEM),
    TAKE("vm-read", "process_vm_readv", VM_READ), TAKE("environ", "an open of /proc/PID/environ", ENVIRONMENT), TAKE("maps", "an open of /proc/PID/maps", MAPS),
    TAKE("root", "an open below /proc/PID/root", ROOT_LINK), TAKE("exe", "an open of /proc/PID/exe", EXE), TAKE("fdinfo", "an open of /proc/PID/fdinfo/0", FDINFO),
    TAKE("kcmp", "kcmp", COMPARE), TAKE("setns", "setns", JOIN),
    {"H1-own-group", "SIGKILL to its own group", own_group, SIGKILL, CRS_EFFECT_HARMED, CRS_SILENT, GROUP_LIMIT},
    {"H1-own-group-stop", "SIGSTOP to its own group", own_group, SIGSTOP, CRS_EFFECT_HARMED, CRS_SILENT, GROUP_LIMIT},
    {"H1-listener", "a listener among its own descriptors", inherited_listener, 0, CRS_EFFECT_READ, CRS_SILENT, NULL},
    {"H1-prctl", "prctl of all kinds", of_itself, 1, CRS_EFFECT_READ, 0, NULL},
};

CRS_SECTION('H', attacks, "The agent's processes", table);
