/* E: what must not be executed, and what is not of the image, by every way to execute. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *const none[] = {NULL};

/* In a child that becomes the program by execveat. */
static int by_execveat(struct crs_trial *t, int folder, const char *path, int flags)
{
    char *const argv[] = {"mark", NULL};
    pid_t pid = fork();

    if (pid == 0) {
        syscall(SYS_execveat, folder, path, argv, none, flags);
        crs_step(t, "execveat", -1);
        _exit(126);
    }
    return pid < 0 ? crs_step(t, "fork", -1) : crs_wait(t, pid);
}

enum { DOT, DOTDOT, SLASHES, RELATIVE, PROC_ROOT, PROC_CWD, SYMLINKED, HARD_LINK, RENAMED, PARENT, AT_FOLDER, AT_EMPTY, AT_PROC_FD,
       AT_DEV_FD, AT_PATH_FD, AT_NOFOLLOW, VFORKED, SPAWNED, MAGIC_EXE };

static int denied(struct crs_trial *t, int how)
{
    const char *tool = crs_at(t, "bin/tool"), *new = crs_at(t, "free/new");
    char path[512], *const argv[] = {"mark", NULL};
    pid_t pid;
    int fd;

    switch (how) {
    case DOT: snprintf(path, sizeof path, "%s/./bin/./tool", t->dir); return crs_exec_as(t, path, "mark");
    case DOTDOT: snprintf(path, sizeof path, "%s/free/../bin/tool", t->dir); return crs_exec_as(t, path, "mark");
    case SLASHES: snprintf(path, sizeof path, "/%s//bin//tool", t->dir); return crs_exec_as(t, path, "mark");
    case RELATIVE: return crs_step(t, "chdir", chdir(crs_at(t, "bin"))) == 0 ? crs_exec_as(t, "./tool", "mark") : -1;
    case PROC_ROOT: snprintf(path, sizeof path, "/proc/self/root%s", tool); return crs_exec_as(t, path, "mark");
    case PROC_CWD: return crs_step(t, "chdir", chdir(t->dir)) == 0 ? crs_exec_as(t, "/proc/self/cwd/bin/tool", "mark") : -1;
    case SYMLINKED: return crs_step(t, "symlink", symlink(tool, new)) == 0 ? crs_exec_as(t, new, "mark") : -1;
    case HARD_LINK: return crs_step(t, "link", link(tool, new)) == 0 ? crs_exec_as(t, new, "mark") : -1;
    case RENAMED: return crs_step(t, "rename", rename(tool, new)) == 0 ? crs_exec_as(t, new, "mark") : -1;
    case AT_FOLDER: return by_execveat(t, open(crs_at(t, "bin"), O_PATH), "tool", 0);
    case AT_EMPTY: return by_execveat(t, crs_step(t, "open", open(tool, O_RDONLY)), "", AT_EMPTY_PATH);
    case AT_PATH_FD: return by_execveat(t, crs_step(t, "open", open(tool, O_PATH)), "", AT_EMPTY_PATH);
    case AT_NOFOLLOW: return by_execveat(t, AT_FDCWD, tool, AT_SYMLINK_NOFOLLOW);
    case AT_PROC_FD: case AT_DEV_FD:
        fd = crs_step(t, "open", open(tool, O_PATH));
        snprintf(path, sizeof path, "/%s/fd/%d", how == AT_PROC_FD ? "proc/self" : "dev/..//proc/thread-self", fd);
        return crs_exec_as(t, path, "mark");
    case VFORKED:
        pid = vfork();
        if (pid == 0) {
            execve(tool, argv, none);
            t->error = errno;
            _exit(126);
        }
        return crs_wait(t, pid);
    default:
        errno = posix_spawn(&pid, tool, NULL, NULL, argv, none);
        return errno != 0 ? crs_step(t, "posix_spawn", -1) : crs_wait(t, pid);
    }
}

enum { COPIED, COPY_RENAMED, COPY_OVER, APPENDED, IN_MEMORY, IN_MEMORY_SEALED, UNNAMED, DELETED, IN_SHM, COPY_LINKED, IN_PLACE };

static int in_memory(struct crs_trial *t, int sealed)
{
    char block[65536], path[64];
    int from = open(crs_at(t, "bin/listed"), O_RDONLY), fd;
    ssize_t got;

    fd = crs_step(t, "memfd_create", syscall(SYS_memfd_create, "x", 2u /* may be sealed */));
    while (fd >= 0 && (got = read(from, block, sizeof block)) > 0)
        if (write(fd, block, (size_t)got) != got)
            return crs_step(t, "write", -1);
    if (sealed && crs_step(t, "fcntl", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)) != 0)
        return -1;
    if (sealed)
        return by_execveat(t, fd, "", AT_EMPTY_PATH);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return crs_exec_as(t, path, "mark");
}

static int copy(struct crs_trial *t, const char *to)
{
    char block[65536];
    int from = crs_step(t, "open", open(crs_at(t, "bin/listed"), O_RDONLY));
    int fd = crs_step(t, "open", open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755));
    ssize_t got;

    while (fd >= 0 && (got = read(from, block, sizeof block)) > 0)
        if (write(fd, block, (size_t)got) != got)
            return crs_step(t, "write", -1);
    return fd < 0 ? fd : crs_step(t, "close", close(fd));
}

/* A file without a name is executed by its descriptor, read again only for reading. */
static int unnamed(struct crs_trial *t, int deleted)
{
    char path[64];
    int fd;

    if (copy(t, crs_at(t, "free/new")) != 0)
        return -1;
    fd = open(crs_at(t, "free/new"), O_RDONLY);
    unlink(crs_at(t, "free/new"));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return deleted ? crs_exec_as(t, path, "mark") : by_execveat(t, fd, "", AT_EMPTY_PATH);
}

static int drifted(struct crs_trial *t, int how)
{
    const char *listed = crs_at(t, "bin/listed"), *new = crs_at(t, "free/new");
    int fd;

    switch (how) {
    case COPIED: return copy(t, new) == 0 ? crs_exec_as(t, new, "mark") : -1;
    case COPY_RENAMED: return crs_step(t, "rename", rename(listed, new)) == 0 ? crs_exec_as(t, new, "mark") : -1;
    case COPY_LINKED: return crs_step(t, "link", link(listed, new)) == 0 ? crs_exec_as(t, new, "mark") : -1;
    case COPY_OVER: /* the bytes of the listed, and one more, in its place */
        if (copy(t, new) != 0 || (fd = open(new, O_WRONLY | O_APPEND)) < 0 || write(fd, "x", 1) != 1 || close(fd) != 0)
            return crs_step(t, "write", -1);
        return crs_step(t, "rename", rename(new, listed)) == 0 ? crs_exec_as(t, listed, "mark") : -1;
    case APPENDED:
        fd = crs_step(t, "open", open(listed, O_WRONLY | O_APPEND));
        if (fd < 0 || write(fd, "x", 1) != 1 || close(fd) != 0)
            return -1;
        return crs_exec_as(t, listed, "mark");
    case IN_PLACE: /* as long as before, and as old */
        fd = crs_step(t, "open", open(listed, O_WRONLY));
        if (fd < 0 || pwrite(fd, "X", 1, 15) != 1 || futimens(fd, (const struct timespec[2]){{1, 0}, {1, 0}}) != 0 || close(fd) != 0)
            return -1;
        return crs_exec_as(t, listed, "mark");
    case IN_MEMORY: case IN_MEMORY_SEALED: return in_memory(t, how == IN_MEMORY_SEALED);
    case IN_SHM: return copy(t, "/dev/shm/crs-selftest-new") == 0 ? crs_exec_as(t, "/dev/shm/crs-selftest-new", "mark") : -1;
    default: return unnamed(t, how == DELETED);
    }
}

static int drifted_and_cleaned(struct crs_trial *t, int how)
{
    int result = drifted(t, how);

    unlink("/dev/shm/crs-selftest-new");
    return result;
}

enum { LOADED, LOADED_ARGV0, LOADED_PATH, LOADED_PRELOAD, LOADED_COPY };

static const char *loader(void)
{
    static const char *const all[] = {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1"};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (access(all[i], X_OK) == 0)
            return all[i];
    return NULL;
}

/* The dynamic loader as the program: what must not be executed is its argument. It shows a file that may be read. */
static int by_loader(struct crs_trial *t, int how)
{
    const char *program = loader(), *what = crs_at(t, how == LOADED_COPY ? "free/new" : "bin/dynamic"), *file = crs_at(t, "public");
    char *argv[8] = {(char *)program, NULL}, block[65536];
    int at = 1, from, to, result;
    ssize_t got;

    errno = ENOENT;
    if (program == NULL)
        return crs_step(t, "a dynamic loader", -1);
    if (how == LOADED_COPY) {
        from = open(crs_at(t, "bin/dynamic"), O_RDONLY);
        to = open(what, O_WRONLY | O_CREAT, 0755);
        while (from >= 0 && (got = read(from, block, sizeof block)) > 0)
            if (write(to, block, (size_t)got) != got)
                break;
        close(to);
    }
    if (how == LOADED_ARGV0)
        argv[at++] = "--argv0", argv[at++] = "harmless";
    if (how == LOADED_PATH)
        argv[at++] = "--library-path", argv[at++] = "/lib";
    if (how == LOADED_PRELOAD)
        argv[at++] = "--inhibit-cache";
    argv[at++] = (char *)what;
    argv[at] = (char *)file;
    result = crs_run(t, argv, none);
    t->ran = t->looted > 0 && memmem(t->loot, t->looted, "public", 6) != NULL;
    return result;
}

enum { SHELL_FILE, SHELL_INPUT, MAPPED_CODE, SHELL_READS, SHELL_WRITES, SHELL_CAT };

static int with_shell(struct crs_trial *t, const char *command, const char *file)
{
    char *const argv[] = {"/bin/sh", command == NULL ? (char *)file : "-c", (char *)command, NULL};

    return crs_run(t, argv, none);
}

static int by_shell(struct crs_trial *t, int how)
{
    char text[512];

    if (how == SHELL_FILE) {
        snprintf(text, sizeof text, "echo ran\n");
        if (crs_write_file(crs_at(t, "free/text"), text) != 0)
            return -1;
        with_shell(t, NULL, crs_at(t, "free/text"));
    } else if (how == SHELL_INPUT)
        with_shell(t, "echo 'echo ran' | /bin/sh", NULL);
    else {
        snprintf(text, sizeof text, how == SHELL_READS ? "read -r line < %s/secret; echo \"$line\""
                                    : how == SHELL_WRITES ? "echo x >> %s/app/file" : "exec /bin/cat %s/secret", t->dir);
        return with_shell(t, text, NULL);
    }
    t->ran = memmem(t->loot, t->looted, "ran", 3) != NULL;
    return 0;
}

/* Code that came by an open: a function of this program, from a file of its own making. */
static int mapped_code(struct crs_trial *t, int how)
{
#if defined(__x86_64__)
    static const unsigned char code[] = {0xb8, 0x2a, 0, 0, 0, 0xc3}; /* mov $42, %eax; ret */
#else
    static const unsigned char code[] = {0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6};
#endif
    int fd = crs_step(t, "open", open(crs_at(t, "free/code"), O_RDWR | O_CREAT, 0644));
    int (*function)(void);

    (void)how;
    if (fd < 0 || write(fd, code, sizeof code) != (ssize_t)sizeof code)
        return -1;
    function = (int (*)(void))mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    if (function == (int (*)(void))MAP_FAILED)
        return crs_step(t, "mmap", -1);
    t->ran = function() == 42;
    return 0;
}

/* A program with more rights than who starts it. */
static int with_rights(struct crs_trial *t, int how)
{
    (void)how;
    errno = EINVAL;
    if (geteuid() == 0 || !t->root) /* it has them already, or nothing here is root's */
        return crs_step(t, "a user without rights", -1);
    return crs_exec_as(t, crs_at(t, "bin/suid"), "suid");
}

#define DENIED(id, what, how) {"E1-" id, what, denied, how, CRS_EFFECT_RAN, 0, NULL}
#define DRIFT(id, what, how) {"E1-" id, what, drifted_and_cleaned, how, CRS_EFFECT_RAN, 0, NULL}
#define TEXT_LIMIT "code that an interpreter reads is an open, not an execution"

static const struct crs_technique table[] = {
    DENIED("dot", "by another spelling", DOT), DENIED("dotdot", "through ..", DOTDOT), DENIED("slashes", "with more slashes", SLASHES),
    DENIED("relative", "relative", RELATIVE), DENIED("self-root", "through /proc/self/root", PROC_ROOT),
    DENIED("self-cwd", "through /proc/self/cwd", PROC_CWD), DENIED("symlink", "through a symbolic link", SYMLINKED),
    DENIED("link", "by a hard link", HARD_LINK), DENIED("rename", "renamed", RENAMED), DENIED("execveat", "execveat", AT_FOLDER),
    DENIED("fexecve", "execveat with AT_EMPTY_PATH", AT_EMPTY), DENIED("fexecve-path", "the same of an O_PATH descriptor", AT_PATH_FD),
    DENIED("proc-fd", "through /proc/self/fd/N", AT_PROC_FD), DENIED("thread-fd", "through /proc/thread-self/fd/N", AT_DEV_FD),
    DENIED("nofollow", "execveat with AT_SYMLINK_NOFOLLOW", AT_NOFOLLOW), DENIED("vfork", "after vfork", VFORKED),
    DENIED("spawn", "posix_spawn", SPAWNED),
    DRIFT("copy", "a copy of what may be executed", COPIED), DRIFT("move", "what may be executed, renamed", COPY_RENAMED),
    DRIFT("hardlink", "what may be executed, by a new hard link", COPY_LINKED),
    DRIFT("replace", "something else in the place of what may be executed", COPY_OVER), DRIFT("append", "what may be executed, changed", APPENDED),
    DRIFT("in-place", "what may be executed, changed in place, its time put back", IN_PLACE), DRIFT("memfd", "a file in memory", IN_MEMORY),
    DRIFT("memfd-sealed", "a sealed file in memory, by execveat", IN_MEMORY_SEALED), DRIFT("deleted", "a file that was removed", DELETED),
    DRIFT("unnamed", "the same, by execveat", UNNAMED), DRIFT("shm", "a copy in /dev/shm", IN_SHM),
    {"E1-loader", "by the dynamic loader", by_loader, LOADED, CRS_EFFECT_RAN, 0, NULL},
    {"E1-loader-argv0", "the same, with --argv0", by_loader, LOADED_ARGV0, CRS_EFFECT_RAN, 0, NULL},
    {"E1-loader-path", "the same, with --library-path", by_loader, LOADED_PATH, CRS_EFFECT_RAN, 0, NULL},
    {"E1-loader-cache", "the same, with --inhibit-cache", by_loader, LOADED_PRELOAD, CRS_EFFECT_RAN, 0, NULL},
    {"E1-loader-copy", "a copy, by the dynamic loader", by_loader, LOADED_COPY, CRS_EFFECT_RAN, 0, NULL},
    {"E3-shell-file", "commands in a file, given to a shell", by_shell, SHELL_FILE, CRS_EFFECT_RAN, CRS_SILENT, TEXT_LIMIT},
    {"E3-shell-input", "commands on a shell's standard input", by_shell, SHELL_INPUT, CRS_EFFECT_RAN, CRS_SILENT, TEXT_LIMIT},
    {"E5-mapped", "code mapped from a file", mapped_code, 0, CRS_EFFECT_RAN, CRS_SILENT, TEXT_LIMIT},
    {"E9-shell-read", "a shell's own read", by_shell, SHELL_READS, CRS_EFFECT_READ, 0, NULL},
    {"E9-shell-write", "a shell's redirection", by_shell, SHELL_WRITES, CRS_EFFECT_CHANGED, 0, NULL},
    {"A4-cat", "a dynamic program of the image reads", by_shell, SHELL_CAT, CRS_EFFECT_READ, 0, NULL},
    {"A10-suid", "a set-uid program reads what is root's", with_rights, 0, CRS_EFFECT_READ, CRS_SILENT, NULL},
};

CRS_SECTION('E', programs, "Whatever is executed", table);
