/* Starting the application. */
#define _GNU_SOURCE
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int crs_find_program(const char *name, const char *path, char *out, size_t size)
{
    int result = -ENOENT;

    if (name[0] == '\0')
        return -ENOENT;
    if (strchr(name, '/') != NULL) {
        if (strlen(name) >= size)
            return -ENAMETOOLONG;
        strcpy(out, name);
        return 0;
    }
    for (const char *from = path, *to; from != NULL; from = *to == '\0' ? NULL : to + 1) {
        struct stat st;
        int len;

        to = from + strcspn(from, ":");
        len = snprintf(out, size, "%.*s%s%s", (int)(to - from), from, to > from ? "/" : "", name);
        if (len < 0 || (size_t)len >= size)
            continue;
        if (stat(out, &st) != 0) {
            if (errno == EACCES)
                result = -EACCES;
        } else if (S_ISREG(st.st_mode) && faccessat(AT_FDCWD, out, X_OK, AT_EACCESS) == 0)
            return 0;
        else
            result = -EACCES;
    }
    return result;
}

/* The filter for where no listener is to be had. */
static int install_without_listener(const struct crs_table *table, struct crs_filter *filter)
{
    int32_t agents[CRS_FILTER_AGENTS];
    struct crs_filter_options options = {.agent = agents, .agents = filter->agents, .degraded = 1};
    struct sock_fprog program = {.filter = filter->code};
    int result;

    memcpy(agents, filter->agent, sizeof agents);
    result = crs_filter_build(table, &options, filter);
    program.len = (unsigned short)filter->length;
    if (result == 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        result = -errno;
    return result;
}

/* Between this process becoming filtered and its exec it makes no call but futex and execve. */
static void become(struct crs_supervisor *s, const char *program, char *const argv[], char *const envp[])
{
    struct crs_shared *shared = s->agent->shared;

    /* The workers read the path of the exec; a process that is not dumpable cannot be read. */
    prctl(PR_SET_DUMPABLE, 1);
    sigprocmask(SIG_SETMASK, &s->mask, NULL);
    if (shared->filter.length > 0) {
        uint32_t flags = 0;
        int listener = crs_filter_install(&shared->filter, &flags);

        if (listener < 0 && !s->agent->table.refuse_degraded &&
            install_without_listener(&s->agent->table, &shared->filter) == 0) {
            atomic_store(&shared->filter_flags, CRS_WITHOUT_LISTENER);
            listener = -1;
        } else if (listener < 0) {
            atomic_store(&shared->start_error, -listener);
            _exit(125);
        } else
            atomic_store(&shared->filter_flags, flags);
        atomic_store(&shared->listener, listener);
        syscall(SYS_futex, &shared->listener, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
    }
    atomic_store(&shared->start_step, CRS_START_EXEC);
    execve(program, argv, envp);
    atomic_store(&shared->start_error, errno);
    _exit(errno == ENOENT || errno == ENOTDIR ? 127 : 126);
}

/* Until the listener is there, or the process is not. */
static int wait_for_filter(struct crs_supervisor *s)
{
    struct crs_shared *shared = s->agent->shared;
    const struct timespec millisecond = {0, 1000000};
    siginfo_t info;

    while (atomic_load(&shared->listener) == 0) {
        memset(&info, 0, sizeof info);
        if (waitid(P_PID, (id_t)s->app, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0)
            return atomic_load(&shared->start_error) != 0 ? -atomic_load(&shared->start_error) : -ECHILD;
        syscall(SYS_futex, &shared->listener, FUTEX_WAIT, 0, &millisecond, NULL, 0);
    }
    return 0;
}

int crs_app_start(struct crs_supervisor *s, const char *program, char *const argv[], char *const envp[])
{
    struct crs_shared *shared = s->agent->shared;
    int result = 0;
    /* One descriptor table until the exec: that is how the listener comes to us. */
    long pid = syscall(SYS_clone, (unsigned long)(CLONE_FILES | SIGCHLD), 0, 0, 0, 0);

    if (pid < 0)
        return -errno;
    if (pid == 0)
        become(s, program, argv, envp);
    s->app = (pid_t)pid;
    if (shared->filter.length == 0)
        return 0;
    result = wait_for_filter(s);
    s->agent->listener = atomic_load(&shared->listener);
    s->filtered = s->listening = result == 0 && s->agent->listener > 0;
    return result;
}
