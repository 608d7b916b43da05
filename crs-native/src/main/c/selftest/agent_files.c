/* H: what the agent reads and writes, attacked from below it; and floods that would hide something. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const files[] = {"agent/table", "agent/executables", "agent/crs-init"};

enum { EMPTY, APPEND, REMOVE, AWAY, REPLACE, LINK_OVER, HARD_LINK, MODE, OWN_FOLDER, CONFIGURATION, TRUNCATED };

/* how: the way, and the file beside it. */
static int change(struct crs_trial *t, int how)
{
    const char *file = crs_at(t, files[how & 15]), *mine = crs_at(t, "free/file");
    int fd, way = how >> 4;

    errno = ENOENT;
    if (!t->agent_here && ((how & 15) == 2 || way == CONFIGURATION))
        return crs_step(t, "the agent's program", -1);
    switch (way) {
    case EMPTY:
        fd = crs_step(t, "open", open(file, O_WRONLY | O_TRUNC));
        return fd < 0 ? fd : close(fd);
    case APPEND:
        fd = crs_step(t, "open", open(file, O_WRONLY | O_APPEND));
        return fd < 0 ? fd : crs_step(t, "write", write(fd, "x", 1));
    case TRUNCATED: return crs_step(t, "truncate", truncate(file, 0));
    case REMOVE: return crs_step(t, "unlink", unlink(file));
    case AWAY: return crs_step(t, "rename", rename(file, crs_at(t, "free/taken")));
    case REPLACE: return crs_step(t, "rename", rename(mine, file));
    case LINK_OVER: return crs_step(t, "symlink", symlink(mine, crs_at(t, "free/soft"))) == 0 ? crs_step(t, "rename", rename(crs_at(t, "free/soft"), file)) : -1;
    case MODE: return crs_step(t, "chmod", chmod(file, 0666));
    case OWN_FOLDER: return crs_step(t, "rename", rename(crs_at(t, "agent"), crs_at(t, "away")));
    case CONFIGURATION: return crs_step(t, "open", crs_write_file(crs_at(t, "agent/daemon.toml"), "mqUrl = \"\"\n") == 0 ? 0 : -1);
    default:
        if (crs_step(t, "link", link(file, crs_at(t, "free/second"))) != 0)
            return -1;
        fd = crs_step(t, "open", open(crs_at(t, "free/second"), O_WRONLY | O_TRUNC));
        return fd < 0 ? fd : close(fd);
    }
}

enum { LOG_EMPTY, LOG_REMOVE, LOG_AWAY, LOG_REPLACE, LOG_FOLDER };

/* First something that is refused; then the file that tells of it. */
static int hide(struct crs_trial *t, int how)
{
    const char *events = crs_at(t, "log/events");
    int fd;

    snprintf(t->needle, sizeof t->needle, "/secret");
    crs_loot_file(t, crs_at(t, "secret"));
    usleep(200000); /* until it is there */
    switch (how) {
    case LOG_EMPTY:
        fd = crs_step(t, "open", open(events, O_WRONLY | O_TRUNC));
        return fd < 0 ? fd : close(fd);
    case LOG_REMOVE: return crs_step(t, "unlink", unlink(events));
    case LOG_AWAY: return crs_step(t, "rename", rename(events, crs_at(t, "free/events")));
    case LOG_REPLACE: return crs_step(t, "rename", rename(crs_at(t, "free/file"), events));
    default: return crs_step(t, "rename", rename(crs_at(t, "log"), crs_at(t, "away")));
    }
}

/* A name that would end the line of its event, and one that would make it too long, if it were written as it is. */
static int odd_name(struct crs_trial *t, int how)
{
    char path[4096], folder[512];
    size_t length;

    snprintf(t->needle, sizeof t->needle, "/secret\"");
    snprintf(folder, sizeof folder, how == 0 ? "%s/free/a\"},\"action\":\"ALLOW\"}\n{\"v\":1}" : "%s/free/\xff\xfe\x01\x7f\xc3", t->dir);
    if (crs_step(t, "mkdir", mkdir(folder, 0755)) != 0)
        return -1;
    length = (size_t)snprintf(path, sizeof path, "%s/", folder);
    while (how == 2 && length < 3900)
        length += (size_t)snprintf(path + length, sizeof path - length, "./");
    snprintf(path + length, sizeof path - length, "../../secret");
    crs_loot_file(t, path);
    return 0;
}

enum { FLOOD_DENIED, FLOOD_MONITORED, FLOOD_PROCESSES };

static void *flood_of(void *argument)
{
    const struct crs_trial *t = argument;
    const char *path = crs_at(t, "watched");
    int64_t end = crs_now_ms() + 1000;

    while (crs_now_ms() < end) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd >= 0)
            close(fd);
    }
    return argument;
}

static void many_processes(struct crs_trial *t)
{
    for (int i = 0; i < 60; i++)
        if (fork() == 0) {
            for (int k = 0; k < 50; k++)
                (void)!open(crs_at(t, "vault/one"), O_RDONLY | O_CLOEXEC);
            _exit(0);
        }
}

/* One denial among very many other events, some before and most after it. */
static int flood(struct crs_trial *t, int how)
{
    pthread_t threads[4];

    snprintf(t->needle, sizeof t->needle, "app/file");
    for (int i = 0; i < 4 && how == FLOOD_MONITORED; i++)
        pthread_create(&threads[i], NULL, flood_of, t);
    if (how == FLOOD_PROCESSES)
        many_processes(t);
    for (int i = 0; i < 5000 && how == FLOOD_DENIED; i++)
        (void)!open(crs_at(t, "vault/one"), O_RDONLY | O_CLOEXEC);
    unlink(crs_at(t, "app/file"));
    for (int i = 0; i < 20000 && how == FLOOD_DENIED; i++)
        (void)!open(crs_at(t, "vault/two"), O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < 4 && how == FLOOD_MONITORED; i++)
        pthread_join(threads[i], NULL);
    while (wait(NULL) > 0)
        ;
    return 0;
}

enum { BUSY_FIFO, BUSY_PROCESSES };

/* While very many wait, what is allowed goes on, and what is not stays refused. */
static int busy(struct crs_trial *t, int how)
{
    pid_t pids[100] = {0};
    int result;

    if (crs_step(t, "mkfifo", mkfifo(crs_at(t, "free/fifo"), 0600)) != 0)
        return -1;
    for (int i = 0; i < 100; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            for (int k = 0; how == BUSY_PROCESSES && k < 100000; k++)
                close(open(crs_at(t, "public"), O_RDONLY));
            (void)!open(crs_at(t, "free/fifo"), O_WRONLY);
            _exit(0);
        }
    }
    usleep(300000);
    result = crs_loot_file(t, crs_at(t, "public"));
    t->done = result == 0 && crs_loot_file(t, crs_at(t, t->inside ? "secret" : "nothing")) < 0;
    for (int i = 0; i < 100; i++)
        crs_end(pids[i]);
    return result;
}

#define EACH(id, what, way)                                                                                                       \
    {"H3-" id "-table", what ": its table", change, (way) << 4, CRS_EFFECT_CHANGED, 0, NULL},                                     \
    {"H3-" id "-list", what ": its list of executables", change, (way) << 4 | 1, CRS_EFFECT_CHANGED, 0, NULL},                     \
    {"H3-" id "-init", what ": its program", change, (way) << 4 | 2, CRS_EFFECT_CHANGED, CRS_RUNNING_BUSY(way), NULL}
/* A program that runs cannot be opened for writing: then it is the kernel that refuses. */
#define CRS_RUNNING_BUSY(way) ((way) == EMPTY || (way) == APPEND || (way) == TRUNCATED ? CRS_SILENT : 0)

static const struct crs_technique table[] = {
    EACH("empty", "opened with O_TRUNC", EMPTY), EACH("append", "opened with O_APPEND", APPEND), EACH("truncate", "truncated", TRUNCATED),
    EACH("remove", "removed", REMOVE), EACH("away", "renamed", AWAY), EACH("replace", "replaced", REPLACE), EACH("link", "replaced by a link", LINK_OVER),
    EACH("hardlink", "changed by a hard link", HARD_LINK), EACH("mode", "its mode changed", MODE),
    {"H3-folder", "the agent's folder renamed", change, OWN_FOLDER << 4, CRS_EFFECT_CHANGED, 0, NULL},
    {"H3-settings", "settings put beside it", change, CONFIGURATION << 4, CRS_EFFECT_CHANGED, 0, NULL},
    {"H4-events-empty", "the file of events is emptied", hide, LOG_EMPTY, CRS_EFFECT_HIDDEN, CRS_SILENT, NULL},
    {"H4-events-remove", "the file of events is removed", hide, LOG_REMOVE, CRS_EFFECT_HIDDEN, CRS_SILENT, NULL},
    {"H4-events-away", "the file of events is renamed", hide, LOG_AWAY, CRS_EFFECT_HIDDEN, CRS_SILENT, NULL},
    {"H4-events-replace", "the file of events is replaced", hide, LOG_REPLACE, CRS_EFFECT_HIDDEN, CRS_SILENT, NULL},
    {"H4-events-folder", "the folder of the file of events is renamed", hide, LOG_FOLDER, CRS_EFFECT_HIDDEN, CRS_SILENT, NULL},
    {"H4-name-json", "a denial whose path would end the line of its event", odd_name, 0, CRS_EFFECT_HIDDEN, CRS_SILENT, NULL},
    {"H4-name-bytes", "a denial whose path is no text", odd_name, 1, CRS_EFFECT_HIDDEN, CRS_SILENT, NULL},
    {"H4-name-long", "a denial whose path has 4,000 bytes", odd_name, 2, CRS_EFFECT_HIDDEN, CRS_SILENT, NULL},
    {"H4-flood-denied", "a denial among 25,000 others", flood, FLOOD_DENIED, CRS_EFFECT_HIDDEN, CRS_SILENT | CRS_SLOW, NULL},
    {"H4-flood-monitored", "a denial in a flood of what is only told", flood, FLOOD_MONITORED, CRS_EFFECT_HIDDEN, CRS_SILENT | CRS_SLOW, NULL},
    {"H4-flood-processes", "a denial among those of 60 processes", flood, FLOOD_PROCESSES, CRS_EFFECT_HIDDEN, CRS_SILENT | CRS_SLOW, NULL},
    {"H6-fifos", "100 opens that wait stall nobody", busy, BUSY_FIFO, CRS_EFFECT_DONE, CRS_MUST_WORK | CRS_SLOW, NULL},
    {"H6-processes", "100 busy processes stall nobody", busy, BUSY_PROCESSES, CRS_EFFECT_DONE, CRS_MUST_WORK | CRS_SLOW, NULL},
};

CRS_SECTION('H', agent_files, "What the agent reads and writes", table);
