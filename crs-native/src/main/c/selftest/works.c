/* D12, I: what nobody forbids is as it is without the agent; and what an attacker makes of other processes. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OWN_STATUS, OWN_FD, OWN_FOLDER, RELATIVE, RELATIVE_NEW, FIFO, EXCLUSIVE, APPENDING, UNNAMED, UMASK, NO_FOLLOW, PATH_ONLY, DIRECTORY, OTHER_FOLDER, EXECUTED,
       ACCEPT_TIMEOUT, WATCHED, MISSING, LONG_NAME, HARD_LINK, RENAMED };

static int read_own_status(struct crs_trial *t)
{
    char text[512] = "", line[32];
    int fd = crs_step(t, "open", open("/proc/self/status", O_RDONLY));

    if (fd < 0)
        return fd;
    (void)!read(fd, text, sizeof text - 1);
    snprintf(line, sizeof line, "\nPid:\t%d\n", (int)getpid());
    t->done = strstr(text, line) != NULL;
    return 0;
}

static int through_fifo(struct crs_trial *t)
{
    const char *path = crs_at(t, "free/fifo");
    char text[8] = "";
    pid_t pid;
    int fd;

    if (crs_step(t, "mkfifo", mkfifo(path, 0600)) != 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        usleep(100000);
        fd = open(path, O_WRONLY);
        (void)!write(fd, "word", 4);
        _exit(0);
    }
    fd = crs_step(t, "open of a FIFO", open(path, O_RDONLY));
    if (fd >= 0)
        (void)!read(fd, text, 4);
    t->done = memcmp(text, "word", 4) == 0;
    return crs_wait(t, pid);
}

static int accept_times_out(struct crs_trial *t)
{
    const struct timeval patience = {0, 200000};
    int fd = socket(AF_INET, SOCK_STREAM, 0), result;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    listen(fd, 1);
    result = crs_step(t, "accept", accept(fd, NULL, NULL));
    t->done = result == -EAGAIN;
    return result;
}

static int opens(struct crs_trial *t, int how)
{
    const char *file = crs_at(t, "free/file"), *new = crs_at(t, "free/new");
    char path[400], text[32] = "";
    struct stat st = {0};
    int fd = -1;

    switch (how) {
    case OWN_FD:
        snprintf(path, sizeof path, "/proc/self/fd/%d", crs_step(t, "open", open(file, O_RDONLY)));
        fd = crs_step(t, "open of /proc/self/fd/N", open(path, O_RDONLY));
        break;
    case OWN_FOLDER:
        fd = chdir(t->dir) != 0 ? -1 : crs_step(t, "open below /proc/self/cwd", open("/proc/self/cwd/free/file", O_RDONLY));
        break;
    case RELATIVE:
        fd = chdir(crs_at(t, "free/sub")) != 0 || chdir("..") != 0 ? -1 : crs_step(t, "open", open("file", O_RDONLY));
        break;
    case RELATIVE_NEW:
        fd = chdir(crs_at(t, "free")) != 0 ? -1 : crs_step(t, "open", open("new", O_WRONLY | O_CREAT | O_EXCL, 0600));
        t->done = fd >= 0 && stat(new, &st) == 0;
        return fd;
    case EXCLUSIVE:
        fd = crs_step(t, "open", open(new, O_WRONLY | O_CREAT | O_EXCL, 0600));
        t->done = fd >= 0 && open(new, O_WRONLY | O_CREAT | O_EXCL, 0600) < 0 && errno == EEXIST;
        return fd;
    case APPENDING:
        fd = crs_step(t, "open", open(file, O_WRONLY | O_APPEND));
        t->done = fd >= 0 && write(fd, "x", 1) == 1 && lseek(fd, 0, SEEK_CUR) == 11 && fcntl(fd, F_GETFL) & O_APPEND;
        return fd;
    case UNNAMED: fd = crs_step(t, "open with O_TMPFILE", open(crs_at(t, "free"), O_TMPFILE | O_RDWR, 0600)); break;
    case UMASK:
        umask(077);
        fd = crs_step(t, "open", open(new, O_WRONLY | O_CREAT, 0666));
        t->done = fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_uid == geteuid();
        return fd;
    case NO_FOLLOW:
        (void)!symlink(file, new);
        t->done = open(new, O_RDONLY | O_NOFOLLOW) < 0 && errno == ELOOP;
        return t->done ? 0 : crs_step(t, "open with O_NOFOLLOW", -1);
    case PATH_ONLY:
        fd = crs_step(t, "open with O_PATH", open(file, O_PATH));
        t->done = fd >= 0 && read(fd, text, 1) < 0 && errno == EBADF;
        return fd;
    case OTHER_FOLDER: /* app2, where the rule says app and app/ */
        fd = crs_step(t, "open", open(crs_at(t, "app2/file"), O_WRONLY));
        t->done = fd >= 0 && write(fd, "x", 1) == 1;
        return fd;
    case WATCHED: fd = crs_step(t, "open", open(crs_at(t, "watched"), O_RDONLY)); break;
    case MISSING:
        t->done = open(crs_at(t, "free/none"), O_RDONLY) < 0 && errno == ENOENT && open(crs_at(t, "free/file/x"), O_RDONLY) < 0 && errno == ENOTDIR;
        return t->done ? 0 : crs_step(t, "open", -1);
    case HARD_LINK: fd = crs_step(t, "link", link(file, new)); break;
    default: fd = crs_step(t, "rename", rename(file, new)); break;
    }
    t->done = fd >= 0;
    return fd;
}

static int works(struct crs_trial *t, int how)
{
    switch (how) {
    case OWN_STATUS: return read_own_status(t);
    case FIFO: return through_fifo(t);
    case ACCEPT_TIMEOUT: return accept_times_out(t);
    case EXECUTED:
        crs_exec_as(t, crs_at(t, "bin/listed"), "mark");
        t->done = t->ran == 1;
        return 0;
    default: return opens(t, how);
    }
}

enum { BY_PTRACE, BY_VM_WRITE, BY_MEM, OWN_MEM };

static volatile char word[] = "as it was";

static int write_memory(struct crs_trial *t, pid_t pid, int how)
{
    char path[64];
    int fd;

    snprintf(path, sizeof path, how == OWN_MEM ? "/proc/self/mem" : "/proc/%d/mem", (int)pid);
    fd = crs_step(t, "open of /proc/PID/mem", open(path, O_RDWR));
    return fd < 0 ? fd : crs_step(t, "write", pwrite(fd, "changed", 7, (off_t)(uintptr_t)word));
}

/* Another program made to do what it would not do by itself: whether its memory can be changed at all. */
static int injects(struct crs_trial *t, int how)
{
    struct iovec mine = {"changed", 7}, theirs = {(void *)(uintptr_t)word, 7};
    pid_t pid = fork();
    int result;

    if (pid == 0) {
        for (int i = 0; i < 100 && word[0] == 'a'; i++)
            usleep(10000);
        t->done = word[0] == 'c';
        _exit(0);
    }
    if (how == BY_PTRACE) {
        result = crs_step(t, "ptrace PTRACE_ATTACH", ptrace(PTRACE_ATTACH, pid, NULL, NULL));
        waitpid(pid, NULL, __WALL | (result == 0 ? 0 : WNOHANG));
        if (result == 0)
            ptrace(PTRACE_POKEDATA, pid, word, (void *)(uintptr_t)0x6465676e616863ul);
        ptrace(PTRACE_DETACH, pid, NULL, NULL);
    } else if (how == BY_VM_WRITE)
        result = crs_step(t, "process_vm_writev", process_vm_writev(pid, &mine, 1, &theirs, 1, 0));
    else
        result = write_memory(t, pid, how);
    if (how == OWN_MEM)
        t->done = word[0] == 'c';
    if (how == OWN_MEM || result < 0)
        crs_end(pid);
    crs_wait(t, pid);
    return result;
}

/* Somebody else opened it and handed it over. */
static int gift(struct crs_trial *t, int how)
{
    (void)how;
    return crs_loot_fd(t, CRS_GIFT_FD);
}

#define WORKS(id, what, how) {"D12-" id, what, works, how, CRS_EFFECT_DONE, CRS_MUST_WORK, NULL}

#define OWN_LIMIT "what a process that changed its user without an exec has open cannot be looked at"
#define CHILD_LIMIT "a child of a process that changed its user without an exec cannot be looked at before its first exec"

static const struct crs_technique table[] = {
    WORKS("own-status", "/proc/self is the caller's", OWN_STATUS),
    {"D12-own-fd", "/proc/self/fd/N of an allowed file is opened", works, OWN_FD, CRS_EFFECT_DONE, CRS_MUST_WORK | CRS_NO_LOOK, OWN_LIMIT},
    WORKS("chdir", "a relative name is of the folder that was gone to", RELATIVE), WORKS("chdir-new", "a new file too", RELATIVE_NEW),
    WORKS("own-cwd", "an allowed file is opened below /proc/self/cwd", OWN_FOLDER), {"D12-fifo", "an open of a FIFO waits for the other end", works, FIFO, CRS_EFFECT_DONE, CRS_MUST_WORK | CRS_NO_LOOK, CHILD_LIMIT},
    WORKS("exclusive", "O_EXCL", EXCLUSIVE), WORKS("append", "O_APPEND", APPENDING), WORKS("tmpfile", "O_TMPFILE", UNNAMED),
    WORKS("umask", "umask and owner of a new file", UMASK), WORKS("nofollow", "O_NOFOLLOW", NO_FOLLOW), WORKS("path", "O_PATH gives no access", PATH_ONLY),
    WORKS("beside", "a name that only begins as a forbidden one is written", OTHER_FOLDER), WORKS("watched", "what is only told is read", WATCHED),
    WORKS("missing", "ENOENT and ENOTDIR", MISSING), WORKS("link", "an allowed file gets a hard link", HARD_LINK),
    WORKS("rename", "an allowed file is renamed", RENAMED), {"D12-exec", "what may be executed runs", works, EXECUTED, CRS_EFFECT_DONE, CRS_MUST_WORK | CRS_NO_LOOK, CHILD_LIMIT},
    WORKS("accept-timeout", "SO_RCVTIMEO ends an accept", ACCEPT_TIMEOUT),
    {"I1-ptrace", "ptrace changes another process", injects, BY_PTRACE, CRS_EFFECT_DONE, 0, NULL},
    {"I1-vm-write", "process_vm_writev changes another process", injects, BY_VM_WRITE, CRS_EFFECT_DONE, 0, NULL},
    {"I1-mem", "/proc/PID/mem changes another process", injects, BY_MEM, CRS_EFFECT_DONE, 0, NULL},
    {"E5-own-mem", "/proc/self/mem changes read-only memory", injects, OWN_MEM, CRS_EFFECT_DONE, 0, NULL},
    {"I2-gift", "a descriptor that somebody else opened", gift, 0, CRS_EFFECT_READ, CRS_SILENT,
     "what an open allowed stays allowed on that descriptor, also after it was handed over"},
};

CRS_SECTION('I', works, "What nobody forbids, and what is made of others", table);
