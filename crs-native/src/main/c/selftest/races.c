/* D: what is decided on must be what happens. Each race runs for a third of a second; one that is won counts. */
#define _GNU_SOURCE
#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RACE_MS 300

/* What is changed meanwhile: two values of one memory, by a thread or by another process. */
struct race {
    struct crs_trial *t;
    atomic_int done;
    size_t size;
    char value[2][512];
    char now[512];
};

static struct race *race;

static void *flip(void *unused)
{
    for (unsigned i = 0; !atomic_load(&race->done); i++) {
        memcpy(race->now, race->value[i & 1], race->size);
        __asm__ volatile("" ::: "memory");
    }
    return unused;
}

enum { BY_THREAD, BY_PROCESS };

static int begin(struct crs_trial *t, const void *allowed, const void *denied, size_t size)
{
    race = mmap(NULL, sizeof *race, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (race == MAP_FAILED)
        return crs_step(t, "mmap", -1);
    race->t = t;
    race->size = size;
    memcpy(race->value[0], allowed, size);
    memcpy(race->value[1], denied, size);
    memcpy(race->now, allowed, size);
    return 0;
}

/* The other side, until `once` has been called for as long as a race takes. */
static int run(struct crs_trial *t, int by, void *(*other)(void *), void (*once)(struct crs_trial *))
{
    int64_t end = crs_now_ms() + RACE_MS;
    pthread_t thread;
    pid_t pid = -1;

    if (by == BY_THREAD)
        pthread_create(&thread, NULL, other, NULL);
    else if ((pid = fork()) == 0) {
        other(NULL);
        _exit(0);
    }
    while (crs_now_ms() < end) {
        once(t);
        t->tries++;
    }
    atomic_store(&race->done, 1);
    if (by == BY_THREAD)
        pthread_join(thread, NULL);
    else {
        crs_end(pid);
        crs_wait(t, pid);
    }
    return 0;
}

static void loot_once(struct crs_trial *t, int fd)
{
    if (fd < 0)
        return;
    if (t->looted < 256)
        crs_loot_fd(t, fd);
    if (t->looted < 256 && memcmp(t->loot + t->looted - 7, "public\n", 7) == 0)
        t->looted -= 7; /* what was allowed is no loot */
    close(fd);
}

static void open_once(struct crs_trial *t)
{
    loot_once(t, open(race->now, O_RDONLY | O_CLOEXEC));
}

static void openat2_once(struct crs_trial *t)
{
    struct open_how how = {.flags = O_RDONLY};

    loot_once(t, (int)syscall(SYS_openat2, AT_FDCWD, race->now, &how, sizeof how));
}

static void link_once(struct crs_trial *t)
{
    const char *made = crs_at(t, "free/made");

    if (linkat(AT_FDCWD, race->now, AT_FDCWD, made, 0) == 0) {
        loot_once(t, open(made, O_RDONLY));
        unlink(made);
    }
}

static void unlink_once(struct crs_trial *t)
{
    (void)t;
    unlink(race->now);
}

static void chmod_once(struct crs_trial *t)
{
    (void)t;
    chmod(race->now, 0600);
}

static void truncate_once(struct crs_trial *t)
{
    (void)t;
    (void)!truncate(race->now, 1);
}

static void rename_once(struct crs_trial *t)
{
    (void)!rename(race->now, crs_at(t, "free/away"));
}

static void write_once(struct crs_trial *t)
{
    int fd = open(race->now, O_WRONLY | O_APPEND | O_CLOEXEC);

    (void)t;
    if (fd >= 0 && write(fd, "x", 1) == 1)
        close(fd);
}

enum { READ_OPEN, READ_OPENAT2, READ_LINK, WRITE_UNLINK, WRITE_CHMOD, WRITE_TRUNCATE, WRITE_RENAME, WRITE_OPEN };

static void (*const attempts[])(struct crs_trial *) = {open_once, openat2_once, link_once, unlink_once, chmod_once, truncate_once,
                                                       rename_once, write_once};

/* The string of a path: how is the attempt, and 16 where another process changes it. */
static int of_path(struct crs_trial *t, int how)
{
    int writes = (how & 15) >= WRITE_UNLINK;
    int result = begin(t, crs_at(t, writes ? "log/./file" : "public"), crs_at(t, writes ? "app/file" : "secret"), 256);

    if (result == 0 && writes) /* of one length with the other */
        snprintf(race->value[0], sizeof race->value[0], "%s/free/fil", t->dir);
    return result != 0 ? result : run(t, how & 16 ? BY_PROCESS : BY_THREAD, flip, attempts[how & 15]);
}

/* A folder and a link change places under the walk. */
static void *exchange(void *unused)
{
    while (!atomic_load(&race->done))
        syscall(SYS_renameat2, AT_FDCWD, crs_at(race->t, "free/sub"), AT_FDCWD, crs_at(race->t, "free/other"), 2);
    return unused;
}

static int of_folder(struct crs_trial *t, int how)
{
    int writes = how >= WRITE_UNLINK, result;
    char path[256];

    snprintf(path, sizeof path, "%s/free/sub/%s", t->dir, writes ? "file" : "secret");
    result = begin(t, path, path, sizeof path);
    if (result == 0)
        result = crs_step(t, "symlink", symlink(writes ? crs_at(t, "app") : t->dir, crs_at(t, "free/other")));
    return result != 0 ? result : run(t, BY_PROCESS, exchange, attempts[how]);
}

static void *exchange_files(void *unused)
{
    while (!atomic_load(&race->done)) {
        unlink(crs_at(race->t, "free/soft"));
        (void)!symlink(crs_at(race->t, "public"), crs_at(race->t, "free/soft"));
        unlink(crs_at(race->t, "free/soft"));
        (void)!symlink(crs_at(race->t, "secret"), crs_at(race->t, "free/soft"));
    }
    return unused;
}

static int of_link(struct crs_trial *t, int by)
{
    char path[256];
    int result;

    snprintf(path, sizeof path, "%s/free/soft", t->dir);
    result = begin(t, path, path, sizeof path);
    return result != 0 ? result : run(t, by, exchange_files, open_once);
}

/* The number of a folder's descriptor means another folder each time. */
static void *duplicate(void *unused)
{
    int free_folder = open(crs_at(race->t, "vault/.."), O_PATH), vault = open(crs_at(race->t, "vault"), O_PATH);
    int folder = open(crs_at(race->t, "free"), O_PATH);

    (void)free_folder;
    while (!atomic_load(&race->done)) {
        dup2(folder, 100);
        dup2(vault, 100);
    }
    return unused;
}

static void openat_once(struct crs_trial *t)
{
    loot_once(t, openat(100, "one", O_RDONLY | O_CLOEXEC));
}

static int of_descriptor(struct crs_trial *t, int how)
{
    (void)how;
    if (begin(t, "", "", 1) != 0 || crs_write_file(crs_at(t, "free/one"), "public\n") != 0)
        return -1;
    return run(t, BY_THREAD, duplicate, openat_once);
}

static void *wander(void *unused)
{
    while (!atomic_load(&race->done)) {
        (void)!chdir(crs_at(race->t, "free"));
        (void)!chdir(crs_at(race->t, "vault"));
    }
    return unused;
}

static void relative_once(struct crs_trial *t)
{
    loot_once(t, open("one", O_RDONLY | O_CLOEXEC));
}

static int of_cwd(struct crs_trial *t, int how)
{
    (void)how;
    if (begin(t, "", "", 1) != 0 || crs_write_file(crs_at(t, "free/one"), "public\n") != 0)
        return -1;
    return run(t, BY_THREAD, wander, relative_once);
}

static void how_once(struct crs_trial *t)
{
    int fd = (int)syscall(SYS_openat2, AT_FDCWD, crs_at(t, "app/file"), race->now, sizeof(struct open_how));

    if (fd >= 0) {
        (void)!write(fd, "x", 1);
        close(fd);
    }
}

/* The flags of openat2 are in memory, too. */
static int of_flags(struct crs_trial *t, int how)
{
    const struct open_how reading = {.flags = O_RDONLY}, writing = {.flags = O_RDWR};
    int result = begin(t, &reading, &writing, sizeof reading);

    (void)how;
    return result != 0 ? result : run(t, BY_THREAD, flip, how_once);
}

#define OF_PATH(id, what, how, effect) {"D1-" id, what, of_path, how, effect, CRS_WON_RACE, NULL}
#define OF_FOLDER(id, what, how, effect) {"D1-" id, what, of_folder, how, effect, CRS_WON_RACE, NULL}

static const struct crs_technique table[] = {
    OF_PATH("open", "a thread changes the path of an open", READ_OPEN, CRS_EFFECT_READ),
    OF_PATH("openat2", "a thread changes the path of openat2", READ_OPENAT2, CRS_EFFECT_READ),
    OF_PATH("link", "a thread changes the path of linkat", READ_LINK, CRS_EFFECT_READ),
    OF_PATH("write", "a thread changes the path of an open for writing", WRITE_OPEN, CRS_EFFECT_CHANGED),
    OF_PATH("unlink", "a thread changes the path of unlink", WRITE_UNLINK, CRS_EFFECT_CHANGED),
    OF_PATH("chmod", "a thread changes the path of chmod", WRITE_CHMOD, CRS_EFFECT_CHANGED),
    OF_PATH("truncate", "a thread changes the path of truncate", WRITE_TRUNCATE, CRS_EFFECT_CHANGED),
    OF_PATH("rename", "a thread changes the path of rename", WRITE_RENAME, CRS_EFFECT_CHANGED),
    {"D3-open", "another process changes the path of an open", of_path, READ_OPEN | 16, CRS_EFFECT_READ, CRS_WON_RACE, NULL},
    {"D3-unlink", "another process changes the path of unlink", of_path, WRITE_UNLINK | 16, CRS_EFFECT_CHANGED, CRS_WON_RACE, NULL},
    OF_FOLDER("folder-open", "a folder of the path changes places with a link", READ_OPEN, CRS_EFFECT_READ),
    OF_FOLDER("folder-write", "the same, opened for writing", WRITE_OPEN, CRS_EFFECT_CHANGED),
    OF_FOLDER("folder-unlink", "the same, unlink", WRITE_UNLINK, CRS_EFFECT_CHANGED),
    OF_FOLDER("folder-chmod", "the same, chmod", WRITE_CHMOD, CRS_EFFECT_CHANGED),
    OF_FOLDER("folder-rename", "the same, rename", WRITE_RENAME, CRS_EFFECT_CHANGED),
    {"D1-symlink", "a link leads elsewhere each time", of_link, BY_PROCESS, CRS_EFFECT_READ, CRS_WON_RACE, NULL},
    {"D1-symlink-thread", "a thread makes a link lead elsewhere", of_link, BY_THREAD, CRS_EFFECT_READ, CRS_WON_RACE, NULL},
    {"D1-dirfd", "a thread puts another folder at the descriptor", of_descriptor, 0, CRS_EFFECT_READ, CRS_WON_RACE, NULL},
    {"D1-cwd", "a thread changes the folder they share", of_cwd, 0, CRS_EFFECT_READ, CRS_WON_RACE, NULL},
    {"D1-how", "a thread changes the flags of openat2", of_flags, 0, CRS_EFFECT_CHANGED, CRS_WON_RACE, NULL},
};

CRS_SECTION('D', races, "What is decided is what happens: files", table);
