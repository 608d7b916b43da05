/* D: what is decided on must be what happens: paths, folders and flags of files. */
#define _GNU_SOURCE
#include "attempt.h"
#include "race.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void loot_fd(struct crs_trial *t, int fd)
{
    if (fd < 0)
        return;
    if (t->looted < 256)
        crs_loot_fd(t, fd);
    if (t->looted >= 7 && t->looted < 256 && memcmp(t->loot + t->looted - 7, "public\n", 7) == 0)
        t->looted -= 7; /* what was allowed is no loot */
    close(fd);
}

static void write_fd(int fd)
{
    if (fd < 0)
        return;
    (void)!write(fd, "x", 1);
    close(fd);
}

static void link_and_read(struct crs_trial *t)
{
    const char *made = crs_at(t, "free/made");

    if (linkat(AT_FDCWD, crs_race->now, AT_FDCWD, made, 0) != 0)
        return;
    loot_fd(t, open(made, O_RDONLY));
    unlink(made);
}

enum { READ_OPEN, READ_OPENAT2, READ_LINK, READ_AT, READ_RELATIVE, WRITE_UNLINK, WRITE_CHMOD, WRITE_TRUNCATE, WRITE_RENAME, WRITE_OPEN, WRITE_HOW };

#define FOLDER_FD 100

static void once(struct crs_trial *t, int how)
{
    static const struct open_how reading = {.flags = O_RDONLY};
    const char *path = crs_race->now;

    switch (how) {
    case READ_OPEN: loot_fd(t, open(path, O_RDONLY | O_CLOEXEC)); break;
    case READ_OPENAT2: loot_fd(t, (int)syscall(SYS_openat2, AT_FDCWD, path, &reading, sizeof reading)); break;
    case READ_LINK: link_and_read(t); break;
    case READ_AT: loot_fd(t, openat(FOLDER_FD, "one", O_RDONLY | O_CLOEXEC)); break;
    case READ_RELATIVE: loot_fd(t, open("one", O_RDONLY | O_CLOEXEC)); break;
    case WRITE_UNLINK: unlink(path); break;
    case WRITE_CHMOD: chmod(path, 0600); break;
    case WRITE_TRUNCATE: (void)!truncate(path, 1); break;
    case WRITE_RENAME: (void)!rename(path, crs_at(t, "free/away")); break;
    case WRITE_OPEN: write_fd(open(path, O_WRONLY | O_APPEND | O_CLOEXEC)); break;
    default: write_fd((int)syscall(SYS_openat2, AT_FDCWD, crs_at(t, "app/file"), path, sizeof(struct open_how))); break;
    }
}

/* The string of a path: how is the attempt, and 16 where another process changes it. */
static int of_path(struct crs_trial *t, int how)
{
    int writes = (how & 15) >= WRITE_UNLINK;
    int result = crs_race_begin(t, crs_at(t, writes ? "log/./file" : "public"), crs_at(t, writes ? "app/file" : "secret"), 256);

    if (result == 0 && writes) /* of one length with the other */
        snprintf(crs_race->value[0], sizeof crs_race->value[0], "%s/free/fil", t->dir);
    return result != 0 ? result : crs_race_run(t, how & 16 ? CRS_BY_PROCESS : CRS_BY_THREAD, crs_race_flip, once, how & 15);
}

/* A folder and a link change places under the walk. */
static void *exchange(void *unused)
{
    while (!atomic_load(&crs_race->done))
        syscall(SYS_renameat2, AT_FDCWD, crs_at(crs_race->t, "free/sub"), AT_FDCWD, crs_at(crs_race->t, "free/other"), 2);
    return unused;
}

static int of_folder(struct crs_trial *t, int how)
{
    int writes = how >= WRITE_UNLINK, result;
    char path[256];

    snprintf(path, sizeof path, "%s/free/sub/%s", t->dir, writes ? "file" : "secret");
    result = crs_race_begin(t, path, path, sizeof path);
    if (result == 0)
        result = crs_step(t, "symlink", symlink(writes ? crs_at(t, "app") : t->dir, crs_at(t, "free/other")));
    return result != 0 ? result : crs_race_run(t, CRS_BY_PROCESS, exchange, once, how);
}

static void *exchange_files(void *unused)
{
    while (!atomic_load(&crs_race->done)) {
        unlink(crs_at(crs_race->t, "free/soft"));
        (void)!symlink(crs_at(crs_race->t, "public"), crs_at(crs_race->t, "free/soft"));
        unlink(crs_at(crs_race->t, "free/soft"));
        (void)!symlink(crs_at(crs_race->t, "secret"), crs_at(crs_race->t, "free/soft"));
    }
    return unused;
}

static int of_link(struct crs_trial *t, int by)
{
    char path[256];
    int result;

    snprintf(path, sizeof path, "%s/free/soft", t->dir);
    result = crs_race_begin(t, path, path, sizeof path);
    return result != 0 ? result : crs_race_run(t, (enum crs_rival)by, exchange_files, once, READ_OPEN);
}

/* The number of a folder's descriptor means another folder each time. */
static void *duplicate(void *unused)
{
    int free_folder = open(crs_at(crs_race->t, "vault/.."), O_PATH), vault = open(crs_at(crs_race->t, "vault"), O_PATH);
    int folder = open(crs_at(crs_race->t, "free"), O_PATH);

    (void)free_folder;
    while (!atomic_load(&crs_race->done)) {
        dup2(folder, FOLDER_FD);
        dup2(vault, FOLDER_FD);
    }
    return unused;
}

static int of_descriptor(struct crs_trial *t, int how)
{
    (void)how;
    if (crs_race_begin(t, "", "", 1) != 0 || crs_write_file(crs_at(t, "free/one"), "public\n") != 0)
        return -1;
    return crs_race_run(t, CRS_BY_THREAD, duplicate, once, READ_AT);
}

static void *wander(void *unused)
{
    while (!atomic_load(&crs_race->done)) {
        (void)!chdir(crs_at(crs_race->t, "free"));
        (void)!chdir(crs_at(crs_race->t, "vault"));
    }
    return unused;
}

static int of_cwd(struct crs_trial *t, int how)
{
    (void)how;
    if (crs_race_begin(t, "", "", 1) != 0 || crs_write_file(crs_at(t, "free/one"), "public\n") != 0)
        return -1;
    return crs_race_run(t, CRS_BY_THREAD, wander, once, READ_RELATIVE);
}

/* The flags of openat2 are in memory, too. */
static int of_flags(struct crs_trial *t, int how)
{
    const struct open_how reading = {.flags = O_RDONLY}, writing = {.flags = O_RDWR};
    int result = crs_race_begin(t, &reading, &writing, sizeof reading);

    (void)how;
    return result != 0 ? result : crs_race_run(t, CRS_BY_THREAD, crs_race_flip, once, WRITE_HOW);
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
    {"D1-symlink", "a link leads elsewhere each time", of_link, CRS_BY_PROCESS, CRS_EFFECT_READ, CRS_WON_RACE, NULL},
    {"D1-symlink-thread", "a thread makes a link lead elsewhere", of_link, CRS_BY_THREAD, CRS_EFFECT_READ, CRS_WON_RACE, NULL},
    {"D1-dirfd", "a thread puts another folder at the descriptor", of_descriptor, 0, CRS_EFFECT_READ, CRS_WON_RACE, NULL},
    {"D1-cwd", "a thread changes the folder they share", of_cwd, 0, CRS_EFFECT_READ, CRS_WON_RACE, NULL},
    {"D1-how", "a thread changes the flags of openat2", of_flags, 0, CRS_EFFECT_CHANGED, CRS_WON_RACE, NULL},
};

CRS_SECTION('D', races, "What is decided is what happens: files", table);
