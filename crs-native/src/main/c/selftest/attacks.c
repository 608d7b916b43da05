/* H: the memory, limits and descriptors of the agent's processes, and what would take the filter away. */
#define _GNU_SOURCE
#include "attack.h"
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int crs_attack_end(struct crs_trial *t, int result)
{
    int turns = t->inside ? 8 : result < 0 ? 0 : 50; /* what was refused without an agent harms nobody later */

    for (int i = 0; i < turns && !t->harmed; i++) {
        usleep(10000);
        crs_ask(t, CRS_ASK_LOOK);
    }
    if (t->inside)
        for (int i = 0; i < 4; i++)
            if (crs_loot_file(t, crs_at(t, "secret")) == 0)
                break;
    return result;
}

int crs_attack_begin(struct crs_trial *t)
{
    crs_ask(t, CRS_ASK_AGENT);
    errno = ESRCH;
    return t->agent > 0 && t->workers > 0 ? 0 : crs_step(t, "the agent's processes", -1);
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
    int result = crs_attack_begin(t);

    if (result == 0)
        result = tampers(t, how & 63, how & CRS_AT_INIT ? t->agent : t->worker[0]);
    return crs_attack_end(t, result);
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
        fd = crs_step(t, "pidfd_open", syscall(SYS_pidfd_open, pid, 0));
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
    int result = crs_attack_begin(t);

    if (result == 0)
        result = takes(t, how & 63, how & CRS_AT_INIT ? t->agent : t->worker[0]);
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

#define TAMPER(id, what, how) CRS_ATTACK(id, what, tampered, how, CRS_EFFECT_HARMED, 0, NULL)
#define TAKE(id, what, how) CRS_ATTACK(id, what, taken, how, CRS_EFFECT_DONE, 0, NULL)

static const struct crs_technique table[] = {
    TAMPER("attach", "PTRACE_ATTACH", ATTACH), TAMPER("seize", "PTRACE_SEIZE", SEIZE), TAMPER("vm-write", "process_vm_writev", VM_WRITE),
    TAMPER("mem-write", "a write to /proc/PID/mem", MEM_WRITE), TAMPER("rlimit-cpu", "prlimit RLIMIT_CPU", LIMIT_CPU),
    TAMPER("rlimit-files", "prlimit RLIMIT_NOFILE", LIMIT_FILES), TAMPER("affinity", "sched_setaffinity", AFFINITY),
    TAMPER("scheduler", "sched_setscheduler", SCHEDULER), TAMPER("oom", "a write to /proc/PID/oom_score_adj", OOM),
    TAKE("getfd", "pidfd_getfd", TAKE_FD), TAKE("proc-fd", "an open of /proc/PID/fd/N", FD_LINK), TAKE("mem-read", "an open of /proc/PID/mem", READ_MEM),
    TAKE("vm-read", "process_vm_readv", VM_READ), TAKE("environ", "an open of /proc/PID/environ", ENVIRONMENT), TAKE("maps", "an open of /proc/PID/maps", MAPS),
    TAKE("root", "an open below /proc/PID/root", ROOT_LINK), TAKE("exe", "an open of /proc/PID/exe", EXE), TAKE("fdinfo", "an open of /proc/PID/fdinfo/0", FDINFO),
    TAKE("kcmp", "kcmp", COMPARE), TAKE("setns", "setns", JOIN),
    {"H1-listener", "a listener among its own descriptors", inherited_listener, 0, CRS_EFFECT_READ, CRS_SILENT, NULL},
    {"H1-prctl", "prctl of all kinds", of_itself, 1, CRS_EFFECT_READ, 0, NULL},
};

CRS_SECTION('H', attacks, "The agent's processes: what is theirs", table);
