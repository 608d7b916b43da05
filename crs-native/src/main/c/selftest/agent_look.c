/*
 * The processes of the agent, looked at before and after an attack. In the baseline processes of the same user stand for
 * them, so that it is known whether the attack does anything to a process nobody protects.
 */
#define _GNU_SOURCE
#include "judge.h"

#include "attempt.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    ssize_t got;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    got = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
}

static uint64_t mix(uint64_t state, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        state = (state ^ (unsigned char)text[i]) * 0x100000001b3u;
    return state;
}

/* Of a status, from a field to the end of its line. */
static uint64_t mix_field(uint64_t state, const char *text, const char *field)
{
    const char *at = strstr(text, field);

    return at == NULL ? state : mix(state, at, strcspn(at + 1, "\n") + 1);
}

/* The policy it is scheduled by, field 41 of its stat; what is before it changes. */
static uint64_t mix_scheduling(uint64_t state, const char *text)
{
    const char *at = strrchr(text, ')');

    for (int field = 2; at != NULL && field < 41; field++)
        at = strchr(at + 1, ' ');
    return at == NULL ? state : mix(state, at, strcspn(at + 1, " ") + 1);
}

/* What must stay as it is in a process; 0: there is none, or it stands still. */
static uint64_t look(pid_t pid)
{
    char text[8192];
    const char *state;
    uint64_t result = 0xcbf29ce484222325u;

    if (read_proc(pid, "status", text, sizeof text) == 0)
        return 0;
    state = strstr(text, "\nState:\t");
    if (state == NULL || strchr("TtZX", state[8]) != NULL)
        return 0;
    result = mix_field(result, text, "\nTracerPid:");
    result = mix_field(result, text, "\nCpus_allowed:");
    read_proc(pid, "limits", text, sizeof text);
    result = mix(result, text, strlen(text));
    read_proc(pid, "stat", text, sizeof text);
    result = mix_scheduling(result, text);
    read_proc(pid, "oom_score_adj", text, sizeof text);
    return mix(result, text, strlen(text));
}

/* The end of the stack holds the name the program was started by, which nothing reads again. */
static uint64_t word_at(const struct crs_judge *judge, pid_t pid)
{
    char path[64];
    uint64_t word = 0;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || pread(fd, &word, sizeof word, (off_t)judge->trial->agent_word) != sizeof word)
        word = 0;
    if (fd >= 0)
        close(fd);
    return word;
}

static uint64_t end_of_stack(pid_t pid)
{
    static char text[1 << 16];
    const char *at;
    uint64_t low, high;

    read_proc(pid, "maps", text, sizeof text);
    at = strstr(text, "[stack]");
    while (at != NULL && at > text && at[-1] != '\n')
        at--;
    return at != NULL && sscanf(at, "%lx-%lx", &low, &high) == 2 ? high - 24 : 0;
}

static void find_workers(struct crs_judge *judge)
{
    char name[64], list[1024], *end;
    size_t count = 0;

    snprintf(name, sizeof name, "task/%d/children", (int)judge->agent);
    read_proc(judge->agent, name, list, sizeof list);
    memset(judge->worker, 0, sizeof judge->worker);
    for (char *at = list; count < CRS_WORKERS_SEEN; at = end) {
        long pid = strtol(at, &end, 10);
        char command[256];

        if (end == at)
            break;
        read_proc((pid_t)pid, "comm", command, sizeof command);
        if (strncmp(command, "crs-init", 8) == 0 || !judge->trial->inside)
            judge->worker[count++] = (pid_t)pid;
    }
    judge->trial->workers = (int32_t)count;
    for (size_t i = 0; i < CRS_WORKERS_SEEN; i++)
        judge->trial->worker[i] = judge->worker[i];
}

void crs_look_first(struct crs_judge *judge)
{
    struct crs_trial *t = judge->trial;

    judge->agent = t->inside ? judge->started : crs_stand_in_start(judge->user);
    t->agent = judge->agent;
    for (int i = 0; i < 200; i++) { /* who stands in takes a moment to start */
        find_workers(judge);
        if (t->workers >= 2)
            break;
        usleep(5000);
    }
    t->agent_word = end_of_stack(t->workers > 0 ? judge->worker[0] : judge->agent);
    judge->word = word_at(judge, judge->agent) + (t->workers > 0 ? word_at(judge, judge->worker[0]) : 0);
    judge->looks[0] = look(judge->agent);
    for (int i = 0; i < t->workers; i++)
        judge->looks[1 + i] = look(judge->worker[i]);
}

void crs_look_again(struct crs_judge *judge)
{
    struct crs_trial *t = judge->trial;

    if (judge->agent == 0)
        return;
    if (look(judge->agent) != judge->looks[0])
        snprintf(judge->harm, sizeof judge->harm, "crs-init is not as it was");
    for (int i = 0; i < t->workers; i++)
        if (look(judge->worker[i]) != judge->looks[1 + i])
            snprintf(judge->harm, sizeof judge->harm, "worker %d is not as it was", i);
    if (judge->harm[0] == '\0' && word_at(judge, judge->agent) + (t->workers > 0 ? word_at(judge, judge->worker[0]) : 0) != judge->word)
        snprintf(judge->harm, sizeof judge->harm, "memory of the agent was changed");
    t->harmed = judge->harm[0] != '\0';
}

static void stand(void)
{
    signal(SIGCHLD, SIG_IGN);
    for (;;)
        pause();
}

/* It listens, as crs-init does in a container. */
static void listen_under_own_number(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "crs-selftest/%d", (int)getpid());

    if (fd >= 0 && bind(fd, (struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) == 0)
        listen(fd, 8);
}

/* As the agent: one that has two children, and the rights of whoever started it. */
pid_t crs_stand_in_start(uid_t user)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    if (setsid() < 0) /* what is sent to its group must stay there */
        _exit(1);
    crs_become((int32_t)user);
    prctl(PR_SET_DUMPABLE, 1);
    listen_under_own_number();
    for (int i = 0; i < 2; i++)
        if (fork() == 0)
            stand();
    stand();
    return 0;
}
