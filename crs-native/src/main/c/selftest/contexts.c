/* A: the same four deeds from every kind of process there is. What the C library does or does not do plays no part. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    PLAIN, THREAD, OWN_FOLDER_THREAD, FORK, VFORK, CLONE3, SHARED, ORPHAN, SESSION, EMPTY_ENVIRONMENT, EARLY, FEW_FILES,
    NO_FILES, HANDLER, UNDUMPABLE, OTHER_PERSONALITY, OWN_FILTER, NEW_USER, NEW_PIDS, NEW_MOUNTS, NEW_FILES
};

struct in_context {
    struct crs_trial *t;
    enum crs_deed deed;
};

static struct in_context caught;

static void *in_thread(void *argument)
{
    struct in_context *in = argument;

    crs_deed(in->t, in->deed);
    return NULL;
}

static void *in_thread_of_its_own_folder(void *argument)
{
    struct in_context *in = argument;

    if (crs_step(in->t, "unshare", unshare(CLONE_FS)) == 0 && chdir(in->t->dir) == 0)
        crs_deed(in->t, in->deed);
    return NULL;
}

static int by_thread(struct in_context *in, void *(*routine)(void *))
{
    pthread_t thread;

    errno = pthread_create(&thread, NULL, routine, in);
    if (errno != 0)
        return crs_step(in->t, "pthread_create", -1);
    pthread_join(thread, NULL);
    return 0;
}

static int by_fork(struct in_context *in, int more)
{
    pid_t pid = fork();

    if (pid == 0) {
        if (more == ORPHAN && fork() != 0)
            _exit(0);
        if (more == ORPHAN)
            usleep(50000); /* by then its parent has ended */
        if (more == SESSION)
            setsid();
        crs_deed(in->t, in->deed);
        _exit(0);
    }
    if (pid > 0 && more == ORPHAN)
        usleep(300000);
    return pid < 0 ? crs_step(in->t, "fork", -1) : crs_wait(in->t, pid);
}

static int by_vfork(struct in_context *in)
{
    volatile pid_t pid = vfork();

    if (pid == 0) {
        crs_deed(in->t, in->deed);
        _exit(0);
    }
    return pid < 0 ? crs_step(in->t, "vfork", -1) : crs_wait(in->t, pid);
}

static int by_clone3(struct in_context *in)
{
    struct clone_args args = {.exit_signal = SIGCHLD};
    int pid = crs_step(in->t, "clone3", syscall(SYS_clone3, &args, sizeof args));

    if (pid == 0) {
        crs_deed(in->t, in->deed);
        _exit(0);
    }
    return pid < 0 ? pid : crs_wait(in->t, pid);
}

static int in_clone(void *argument)
{
    in_thread(argument);
    return 0;
}

static int by_clone(struct in_context *in, int flags)
{
    static char stack[65536] __attribute__((aligned(16)));
    int pid = crs_step(in->t, "clone", clone(in_clone, stack + sizeof stack, flags | SIGCHLD, in));

    return pid < 0 ? pid : crs_wait(in->t, pid);
}

static int by_exec(struct in_context *in, int early)
{
    char number[2] = {(char)('0' + in->deed), '\0'}, variable[32];
    char *const argv[] = {"crs-selftest", "--deed", number, NULL};
    char *const envp[] = {early ? variable : NULL, NULL};

    snprintf(variable, sizeof variable, "CRS_SELFTEST_EARLY=%s", number);
    return crs_step(in->t, "execve", execve(in->t->self, argv, envp));
}

static int with_few_files(struct in_context *in)
{
    const struct rlimit few = {16, 16};

    for (int fd = 3; fd < 200; fd++)
        close(fd);
    if (crs_step(in->t, "setrlimit", setrlimit(RLIMIT_NOFILE, &few)) != 0)
        return -EPERM;
    return crs_deed(in->t, in->deed);
}

static int without_files(struct in_context *in)
{
    int result = crs_step(in->t, "close_range", syscall(SYS_close_range, 0, CRS_TRIAL_FD - 1, 0));

    return result != 0 ? result : crs_deed(in->t, in->deed);
}

static void on_signal(int number)
{
    (void)number;
    crs_deed(caught.t, caught.deed);
}

static int in_handler(struct in_context *in)
{
    static char room[65536];
    const stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};

    caught = *in;
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    return crs_step(in->t, "raise", raise(SIGUSR1) == 0 ? 0 : -1);
}

/* Evaluated before ours; allows all there is. */
static int below_own_filter(struct in_context *in)
{
    struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    struct sock_fprog program = {1, &allow};
    int result;

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    result = crs_step(in->t, "seccomp", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
    return result != 0 ? result : crs_deed(in->t, in->deed);
}

static int undumpable(struct in_context *in)
{
    int result = crs_step(in->t, "prctl", prctl(PR_SET_DUMPABLE, 0));

    return result != 0 ? result : crs_deed(in->t, in->deed);
}

static int as_another_personality(struct in_context *in)
{
    if (personality(PER_LINUX32 | ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC) < 0)
        return crs_step(in->t, "personality", -1);
    return crs_deed(in->t, in->deed);
}

static int unshared(struct in_context *in, int flags)
{
    int result = crs_step(in->t, "unshare", unshare(flags));

    return result != 0 ? result : flags & CLONE_NEWPID ? by_fork(in, FORK) : crs_deed(in->t, in->deed);
}

static int contexts(struct crs_trial *t, int how)
{
    struct in_context in = {t, (enum crs_deed)(how & 3)};

    switch (how >> 2) {
    case THREAD: return by_thread(&in, in_thread);
    case OWN_FOLDER_THREAD: return by_thread(&in, in_thread_of_its_own_folder);
    case FORK: case ORPHAN: case SESSION: return by_fork(&in, how >> 2);
    case VFORK: return by_vfork(&in);
    case CLONE3: return by_clone3(&in);
    case SHARED: return by_clone(&in, CLONE_VM | CLONE_FILES | CLONE_FS);
    case NEW_FILES: return by_clone(&in, CLONE_FILES);
    case EMPTY_ENVIRONMENT: case EARLY: return by_exec(&in, how >> 2 == EARLY);
    case FEW_FILES: return with_few_files(&in);
    case NO_FILES: return without_files(&in);
    case HANDLER: return in_handler(&in);
    case UNDUMPABLE: return undumpable(&in);
    case OTHER_PERSONALITY: return as_another_personality(&in);
    case OWN_FILTER: return below_own_filter(&in);
    case NEW_USER: return unshared(&in, CLONE_NEWUSER);
    case NEW_PIDS: return unshared(&in, CLONE_NEWUSER | CLONE_NEWPID);
    case NEW_MOUNTS: return unshared(&in, CLONE_NEWUSER | CLONE_NEWNS);
    default: return crs_deed(t, in.deed);
    }
}

#define FOUR(id, context, text)                                                                                \
    {"A-" id "-read", text ": reads", contexts, context << 2 | CRS_DEED_READ, CRS_EFFECT_READ, 0, NULL},        \
    {"A-" id "-write", text ": writes", contexts, context << 2 | CRS_DEED_WRITE, CRS_EFFECT_CHANGED, 0, NULL},  \
    {"A-" id "-exec", text ": executes", contexts, context << 2 | CRS_DEED_EXEC, CRS_EFFECT_RAN, 0, NULL},      \
    {"A-" id "-connect", text ": connects", contexts, context << 2 | CRS_DEED_CONNECT, CRS_EFFECT_SENT, 0, NULL}

static const struct crs_technique table[] = {
    FOUR("static", PLAIN, "a static program"),
    FOUR("thread", THREAD, "a second thread"),
    FOUR("cwd-thread", OWN_FOLDER_THREAD, "a thread with a folder of its own"),
    FOUR("fork", FORK, "a child"),
    FOUR("vfork", VFORK, "a vfork child"),
    FOUR("clone3", CLONE3, "a clone3 child"),
    FOUR("clone-vm", SHARED, "a process that shares memory, files and folder"),
    FOUR("clone-files", NEW_FILES, "a process that shares files alone"),
    FOUR("orphan", ORPHAN, "a process whose parent has ended"),
    FOUR("session", SESSION, "a process of another session"),
    FOUR("no-env", EMPTY_ENVIRONMENT, "after an exec with an empty environment"),
    FOUR("early", EARLY, "code that runs before main"),
    FOUR("few-files", FEW_FILES, "with RLIMIT_NOFILE 16"),
    FOUR("no-files", NO_FILES, "with all descriptors closed"),
    FOUR("handler", HANDLER, "a signal handler on a stack of its own"),
    FOUR("undumpable", UNDUMPABLE, "a process that nobody may look at"),
    FOUR("personality", OTHER_PERSONALITY, "a process of another personality"),
    FOUR("own-filter", OWN_FILTER, "below a filter of its own that allows all"),
    FOUR("userns", NEW_USER, "in a user namespace of its own"),
    FOUR("pidns", NEW_PIDS, "in a pid namespace of its own"),
    FOUR("mountns", NEW_MOUNTS, "in a mount namespace of its own"),
};

CRS_SECTION('A', contexts, "Whoever it is that calls", table);
