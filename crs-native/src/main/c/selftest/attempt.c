#define _GNU_SOURCE
#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int crs_step(struct crs_trial *t, const char *step, long result)
{
    if (result >= 0)
        return (int)result;
    t->error = errno;
    snprintf(t->step, sizeof t->step, "%s", step);
    return -t->error;
}

const char *crs_at(const struct crs_trial *t, const char *name)
{
    static _Thread_local char room[8][512];
    static _Thread_local unsigned next;
    char *path = room[next++ & 7];

    snprintf(path, sizeof room[0], "%s/%s", t->dir, name);
    return path;
}

int crs_loot(struct crs_trial *t, const void *bytes, size_t size)
{
    if (size > sizeof t->loot - t->looted)
        size = sizeof t->loot - t->looted;
    memcpy(t->loot + t->looted, bytes, size);
    t->looted += (uint32_t)size;
    return 0;
}

int crs_loot_fd(struct crs_trial *t, int fd)
{
    char text[128];
    int got = crs_step(t, "read", read(fd, text, sizeof text));

    return got < 0 ? got : crs_loot(t, text, (size_t)got);
}

int crs_loot_close(struct crs_trial *t, int fd)
{
    int result = fd < 0 ? fd : crs_loot_fd(t, fd);

    if (fd >= 0)
        close(fd);
    return result;
}

int crs_loot_file(struct crs_trial *t, const char *path)
{
    return crs_loot_close(t, crs_step(t, "open", open(path, O_RDONLY | O_CLOEXEC)));
}

int crs_write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    ssize_t put = fd < 0 ? -1 : write(fd, text, strlen(text));
    int result = put < 0 ? -errno : 0;

    if (fd >= 0)
        close(fd);
    return result;
}

int crs_wait(struct crs_trial *t, pid_t pid)
{
    int status = 0;

    if (pid < 0)
        return crs_step(t, "fork", -1);
    while (waitpid(pid, &status, __WALL) < 0)
        if (errno != EINTR)
            return crs_step(t, "waitpid", -1);
    if (WIFEXITED(status))
        return 0;
    errno = ECHILD;
    return crs_step(t, "child ended by a signal", -1);
}

int crs_run(struct crs_trial *t, char *const argv[], char *const envp[])
{
    int ends[2], result = crs_step(t, "pipe", pipe2(ends, O_CLOEXEC));
    pid_t pid;

    if (result < 0)
        return result;
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execve(argv[0], argv, envp);
        crs_step(t, "execve", -1);
        _exit(126);
    }
    close(ends[1]);
    result = pid < 0 ? crs_step(t, "fork", -1) : crs_loot_fd(t, ends[0]);
    close(ends[0]);
    return pid < 0 ? result : crs_wait(t, pid);
}

void crs_end(pid_t pid)
{
    if (pid > 0)
        kill(pid, SIGKILL);
}

void crs_ask(struct crs_trial *t, enum crs_ask what)
{
    const struct timespec millisecond = {0, 1000000};

    atomic_store(&t->answered, 0);
    atomic_store(&t->ask, what);
    for (int i = 0; i < 3000 && !atomic_load(&t->answered); i++)
        nanosleep(&millisecond, NULL);
}

int64_t crs_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct sockaddr_in crs_loopback(int last, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(0x7f000000u | (uint32_t)last);
    return address;
}

int crs_exec_as(struct crs_trial *t, const char *path, const char *name)
{
    pid_t pid = fork();

    if (pid == 0) {
        execve(path, (char *const[]){(char *)name, NULL}, (char *const[]){NULL});
        crs_step(t, "execve", -1);
        _exit(126);
    }
    return pid < 0 ? crs_step(t, "fork", -1) : crs_wait(t, pid);
}

static int connecting(struct crs_trial *t)
{
    struct sockaddr_in to = crs_loopback(2, t->port[0]);
    int fd = crs_step(t, "socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int result = fd < 0 ? fd : crs_step(t, "connect", connect(fd, (struct sockaddr *)&to, sizeof to));

    if (fd >= 0)
        close(fd);
    return result;
}

int crs_deed(struct crs_trial *t, enum crs_deed deed)
{
    int fd, result;

    switch (deed) {
    case CRS_DEED_READ:
        return crs_loot_file(t, crs_at(t, "secret"));
    case CRS_DEED_WRITE:
        fd = crs_step(t, "open", open(crs_at(t, "app/file"), O_WRONLY | O_APPEND | O_CLOEXEC));
        result = fd < 0 ? fd : crs_step(t, "write", write(fd, "x", 1));
        if (fd >= 0)
            close(fd);
        return result;
    case CRS_DEED_EXEC:
        return crs_exec_as(t, crs_at(t, "bin/tool"), "mark");
    default:
        return connecting(t);
    }
}

static struct crs_trial *shared_memory(void)
{
    void *memory = mmap(NULL, sizeof(struct crs_trial), PROT_READ | PROT_WRITE, MAP_SHARED, CRS_TRIAL_FD, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

/* What is allowed must work, or that the rest does not says nothing. */
static int control(const struct crs_trial *t)
{
    char text[16] = "";
    int fd = open(crs_at(t, "public"), O_RDONLY | O_CLOEXEC), err = fd < 0 ? errno : 0;

    if (fd >= 0 && (read(fd, text, sizeof text) < 6 || memcmp(text, "public", 6) != 0))
        err = EIO;
    if (fd >= 0)
        close(fd);
    return err;
}

int crs_become(int32_t uid)
{
    const gid_t group = (gid_t)uid;

    if (uid < 0 || (uid_t)uid == geteuid())
        return 0;
    return setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 ||
                   setresuid((uid_t)uid, (uid_t)uid, (uid_t)uid) != 0
               ? -errno : 0;
}

void crs_attempt(struct crs_trial *t, const struct crs_technique *technique)
{
    signal(SIGPIPE, SIG_IGN);
    t->control = control(t);
    if (t->control == 0)
        t->control = -crs_become(t->uid);
    if (!t->inside) /* as a program is that this user started */
        prctl(PR_SET_DUMPABLE, 1);
    if (t->control != 0)
        return;
    t->attempted = 1;
    technique->attempt(t, technique->how);
    t->finished = 1;
}

int crs_attempt_inside(const char *id)
{
    struct crs_trial *t = shared_memory();
    const struct crs_technique *technique = crs_technique_find(id);

    if (t == NULL || technique == NULL)
        return 3;
    crs_attempt(t, technique);
    return 0;
}

int crs_attempt_deed(int deed)
{
    struct crs_trial *t = shared_memory();

    return t == NULL || crs_deed(t, (enum crs_deed)deed) != 0;
}

int crs_attempt_mark(const char *name)
{
    struct crs_trial *t = shared_memory();

    if (t == NULL)
        return 3;
    if (strcmp(name, "suid") == 0)
        return crs_loot_file(t, crs_at(t, "rootonly")) != 0;
    t->ran++;
    if (strcmp(name, "reader") == 0)
        return crs_loot_file(t, crs_at(t, "secret")) != 0;
    t->lived += control(t) == 0;
    return 0;
}

/* Before main, and before a constructor of any library could do something about it. */
__attribute__((constructor)) static void early(void)
{
    const char *wanted = NULL;
    struct crs_trial *t;

    for (char **each = environ; each != NULL && *each != NULL; each++)
        if (strncmp(*each, "CRS_SELFTEST_EARLY=", 19) == 0)
            wanted = *each + 19;
    if (wanted == NULL || (t = shared_memory()) == NULL)
        return;
    crs_deed(t, (enum crs_deed)(wanted[0] - '0'));
    _exit(0);
}
