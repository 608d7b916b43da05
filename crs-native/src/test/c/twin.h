/*
 * Two tasks with the same rights in two equal trees: one makes calls itself, the other sits still while this process
 * makes them in its place.
 */
#ifndef CRS_TEST_TWIN_H
#define CRS_TEST_TWIN_H

#include "pathop.h"
#include "tree.h"

#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define DOCKER_CAPS 0xa80425fbULL /* Docker's fourteen */

/* Descriptors both have. */
enum { FD_DIR = 100, FD_DIR_PATH, FD_FILE, FD_FILE_PATH, FD_LINK_PATH, FD_GONE, FD_PIPE, FD_RW };

struct twin_memory { /* at one address in all three */
    int nr;
    uint64_t args[6];
    int64_t result;
    char path[2][3 * PATH_MAX], text[512];
    int64_t times[8][4];
    uint8_t value[XATTR_SIZE_MAX + 1];
    struct { uint64_t value; uint32_t size, flags; uint64_t more; } attribute[3];
    uint64_t file_attributes[1][4];
    char edge[PATH_MAX] __attribute__((aligned(4096))); /* the page after it is not there */
};

struct twin {
    pid_t pid;
    int to, from;
    char top[PATH_MAX];
    struct crs_caller caller;
    struct crs_creds creds;
};

struct rights {
    uid_t uid; /* with gid and a group of the same number, and group 2000 */
    mode_t umask;
    uint64_t caps;
    int change; /* 0: those of this process */
    int chrooted;
};

static struct twin_memory *twin_memory;

FIXTURE void twin_caps(uint64_t caps)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{(uint32_t)caps, (uint32_t)caps, 0},
                                             {(uint32_t)(caps >> 32), (uint32_t)(caps >> 32), 0}};

    CHECK(syscall(SYS_capset, &header, data) == 0);
}

FIXTURE void twin_keep(int fd, int as)
{
    if (fd >= 0 && fd != as) {
        CHECK(dup2(fd, as) == as);
        close(fd);
    }
}

/* The tree has been built anew. */
FIXTURE void twin_open(const char *home)
{
    int pair[2], fd;

    CHECK(chdir(home) == 0);
    for (int i = FD_DIR; i <= FD_RW; i++)
        close(i);
    twin_keep(open("d", O_RDONLY | O_DIRECTORY), FD_DIR);
    twin_keep(open("d", O_PATH), FD_DIR_PATH);
    twin_keep(open("d/f", O_RDONLY), FD_FILE);
    twin_keep(open("d/f", O_PATH), FD_FILE_PATH);
    twin_keep(open("link_f", O_PATH | O_NOFOLLOW), FD_LINK_PATH);
    twin_keep(open("d/f", O_RDWR), FD_RW);
    if (mkdir("gone", 0700) == 0) {
        fd = open("gone", O_RDONLY | O_DIRECTORY);
        CHECK(rmdir("gone") == 0);
        twin_keep(fd, FD_GONE);
    }
    CHECK(pipe(pair) == 0);
    twin_keep(pair[0], FD_PIPE);
    close(pair[1]);
}

FIXTURE void twin_live(const struct rights *rights, const char *top, int to, int from)
{
    gid_t groups[] = {rights->uid, 2000};
    char home[PATH_MAX], order;

    if (rights->chrooted)
        CHECK(chroot(top) == 0);
    snprintf(home, sizeof home, "%s/w", rights->chrooted ? "" : top);
    if (rights->change && rights->uid != 0) {
        CHECK(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0);
        CHECK(syscall(SYS_setgroups, 2, groups) == 0);
        CHECK(syscall(SYS_setresgid, rights->uid, rights->uid, rights->uid) == 0);
        CHECK(syscall(SYS_setresuid, rights->uid, rights->uid, rights->uid) == 0);
    }
    if (rights->change)
        twin_caps(rights->caps);
    CHECK(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0); /* as after an exec */
    umask(rights->umask);
    while (read(from, &order, 1) == 1 && order != 'q') {
        struct twin_memory *m = twin_memory;

        if (order == 'r') {
            twin_open(home);
        } else {
            m->result = syscall(m->nr, m->args[0], m->args[1], m->args[2], m->args[3], m->args[4], m->args[5]);
            if (m->result < 0)
                m->result = -errno;
        }
        CHECK(write(to, &order, 1) == 1);
    }
    _exit(0);
}

FIXTURE void twin_order(struct twin *twin, char order)
{
    CHECK(write(twin->to, &order, 1) == 1);
    CHECK(read(twin->from, &order, 1) == 1);
}

/* Opens a file of the twin's /proc folder as it takes without SYS_PTRACE: with its ids. */
FIXTURE int twin_look(const struct twin *twin, const char *name, int flags)
{
    int fd;

    CHECK(crs_creds_look(twin->creds.uid, twin->creds.gid) == 0);
    fd = openat(twin->caller.proc, name, flags | O_CLOEXEC);
    crs_creds_restore();
    return fd;
}

FIXTURE void twin_start(struct twin *twin, const struct rights *rights, const char *top)
{
    int to[2], from[2];
    char name[64];

    strcpy(twin->top, top);
    CHECK(pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0);
    twin->pid = fork();
    CHECK(twin->pid >= 0);
    if (twin->pid == 0) {
        close(to[1]);
        close(from[0]);
        twin_live(rights, top, from[1], to[0]);
    }
    close(to[0]);
    close(from[1]);
    twin->to = to[1];
    twin->from = from[0];
    twin_order(twin, 'r');
    snprintf(name, sizeof name, "/proc/%d", (int)twin->pid);
    twin->caller = (struct crs_caller){.tid = twin->pid, .tgid = twin->pid, .root = -1, .creds = &twin->creds};
    CHECK((twin->caller.proc = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC)) >= 0);
    CHECK(crs_creds_read(twin->caller.proc, CRS_LIVES_UNASKED, &twin->creds) == 0);
    CHECK((twin->caller.mem = twin_look(twin, "mem", O_RDONLY)) >= 0);
    if (rights->chrooted)
        CHECK((twin->caller.root = twin_look(twin, "root", O_PATH)) >= 0);
}

FIXTURE void twin_stop(struct twin *twin)
{
    int status;

    CHECK(write(twin->to, "q", 1) == 1);
    close(twin->to);
    close(twin->from);
    close(twin->caller.proc);
    close(twin->caller.mem);
    if (twin->caller.root >= 0)
        close(twin->caller.root);
    CHECK(waitpid(twin->pid, &status, 0) == twin->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The call in twin_memory made in the twin's place. */
FIXTURE int64_t twin_emulate(const struct twin *twin, struct crs_pathop *op)
{
    struct seccomp_data data = {.nr = twin_memory->nr};
    int64_t r;

    memcpy(data.args, twin_memory->args, sizeof data.args);
    r = crs_pathop_prepare(op, &twin->caller, &data);
    if (r == 0)
        r = crs_pathop_resolve(op);
    if (r == 0)
        r = crs_pathop_perform(op);
    crs_pathop_close(op);
    return r;
}

FIXTURE void twin_share(void)
{
    size_t size = (sizeof *twin_memory + 4095) & ~(size_t)4095;
    char *at = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CHECK(at != MAP_FAILED && munmap(at + size, 4096) == 0);
    twin_memory = (struct twin_memory *)at;
}

#endif
