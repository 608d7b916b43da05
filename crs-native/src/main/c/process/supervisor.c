#define _GNU_SOURCE
#include "supervisor.h"

#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define FLUSH_MS 2000

static void tell(struct crs_supervisor *s, enum crs_log_level level, const char *reason)
{
    crs_log(level, "%s", reason);
    if (s->agent->ring != NULL)
        crs_event_health(s->agent->ring, CRS_SLOT_INIT, &s->agent->source, reason);
}

void crs_tell(struct crs_supervisor *s, const char *reason)
{
    tell(s, CRS_LOG_WARN, reason);
}

void crs_tell_health(struct crs_supervisor *s, const char *reason)
{
    tell(s, CRS_LOG_INFO, reason);
}

static void reap(struct crs_supervisor *s)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == s->app) {
            s->status = status;
            s->ended = 1;
        }
        crs_child_ended(s, pid, status);
        crs_courier_ended(s, pid);
    }
}

/*
 * The application gets what we get. A signal of the terminal has reached it already if it is in our process group.
 */
static void pass_on(const struct crs_supervisor *s, const struct signalfd_siginfo *info)
{
    int number = (int)info->ssi_signo;

    if (number == SIGCHLD || s->ended)
        return;
    if (info->ssi_code == SI_KERNEL && getpgid(s->app) == getpgrp()) {
        if (number == SIGTSTP || number == SIGTTIN || number == SIGTTOU)
            kill(getpid(), SIGSTOP); /* whoever started us sees us stop, as the application did */
        return;
    }
    kill(s->app, number);
}

static void read_signals(struct crs_supervisor *s)
{
    struct signalfd_siginfo info;

    while (read(s->signals, &info, sizeof info) == sizeof info)
        pass_on(s, &info);
    reap(s);
}

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* A container ends with its first process; where we are not that one, what is left of the application ends here. */
static void end_the_rest(const struct crs_supervisor *s)
{
    char path[64], text[4096];

    if (getpid() == 1)
        return;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    for (int round = 0; round < 64; round++) {
        FILE *file = fopen(path, "re");
        size_t got = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
        int pid, used, at = 0, killed = 0;

        if (file != NULL)
            fclose(file);
        text[got] = '\0';
        while (sscanf(text + at, "%d %n", &pid, &used) == 1) {
            if (!crs_couriers_has(&s->couriers, pid)) /* these have lines to bring away yet */
                killed += kill(pid, SIGKILL) == 0;
            at += used;
        }
        if (killed == 0)
            return;
        while (waitpid(-1, NULL, 0) < 0 && errno == EINTR)
            ;
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
}

/* The shorter of two times to wait; -1 is for ever. */
static int sooner(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

int crs_supervise(struct crs_supervisor *s)
{
    struct crs_ring *ring = s->agent->ring;

    while (!s->ended) {
        int wait = crs_sink_pump(s->sink, ring);
        struct pollfd polled[] = {
            {.fd = s->signals, .events = POLLIN},
            {.fd = crs_ring_wake_fd(ring), .events = POLLIN},
            {.fd = crs_sink_fd(s->sink), .events = POLLOUT},
            {.fd = s->agent->asks, .events = POLLIN},
            {.fd = crs_couriers_fd(s), .events = POLLIN},
            {.fd = s->joins.fd > 0 ? s->joins.epoll : -1, .events = POLLIN},
        };

        if (s->watch.path != NULL)
            wait = sooner(wait, crs_watch_look(&s->watch, s));
        wait = sooner(wait, crs_policy_settle(s));
        wait = sooner(wait, crs_couriers_look(s));
        wait = sooner(wait, crs_limits_look(s));
        wait = sooner(wait, crs_joins_serve(&s->joins, s));
        if (poll(polled, sizeof polled / sizeof *polled, wait) <= 0)
            continue;
        if (polled[3].revents != 0)
            crs_ask_answer(s->agent);
        if (polled[0].revents != 0)
            read_signals(s);
    }
    crs_workers_stop(s);
    end_the_rest(s);
    crs_sink_flush(s->sink, ring, FLUSH_MS);
    crs_couriers_stop(s);
    return exit_status(s->status);
}
