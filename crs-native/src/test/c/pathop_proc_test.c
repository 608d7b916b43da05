/* A worker may always look at itself. A task may not do it through the worker, by whichever way in. */
#define _GNU_SOURCE
#include "twin.h"

#include <sys/mount.h>

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static struct crs_pathop op;
static struct twin twin;
static char top[64];

/* What the twin gets for changing the mode of a path. */
static int64_t change_mode(int dir, const char *path)
{
    snprintf(twin_memory->path[0], sizeof twin_memory->path[0], "%s", path);
    twin_memory->nr = SYS_fchmodat;
    twin_memory->args[0] = (uint64_t)(int64_t)dir;
    twin_memory->args[1] = (uint64_t)(uintptr_t)twin_memory->path[0];
    twin_memory->args[2] = 0700;
    return twin_emulate(&twin, &op);
}

static mode_t mode_of(const char *name)
{
    char full[PATH_MAX];
    struct stat st;

    snprintf(full, sizeof full, "%s/%s", top, name);
    CHECK(stat(full, &st) == 0);
    return st.st_mode & 07777;
}

static int open_here(void)
{
    int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    CHECK(fd >= 0 && chdir(top) == 0);
    return fd;
}

/* Every way to this process's folder fails; the folder it would lead to is unharmed. */
static void refuse(const char *proc)
{
    char path[PATH_MAX], self[32] = "";
    int fd = open_here(), pid;

    snprintf(path, sizeof path, "%s/self", proc);
    CHECK(readlink(path, self, sizeof self - 1) > 0 && (pid = atoi(self)) > 0);
    snprintf(path, sizeof path, "%s/%d/fd/%d", proc, pid, fd);
    CHECK(change_mode(AT_FDCWD, path) == -EACCES);
    snprintf(path, sizeof path, "%s/%d/cwd", proc, pid);
    CHECK(change_mode(AT_FDCWD, path) == -EACCES);
    snprintf(path, sizeof path, "%s/%d/cwd/.", proc, pid);
    CHECK(change_mode(AT_FDCWD, path) == -EACCES);
    snprintf(path, sizeof path, "%s/%d/root%s", proc, pid, top);
    CHECK(change_mode(AT_FDCWD, path) == -EACCES);
    snprintf(path, sizeof path, "%s/%d/task/%d/fd/%d", proc, pid, pid, fd);
    CHECK(change_mode(AT_FDCWD, path) == -EACCES);
    snprintf(path, sizeof path, "%s/%d/comm", proc, pid);
    CHECK(change_mode(AT_FDCWD, path) == -EACCES);
    CHECK(mode_of("") == 0755);
    close(fd);
}

static void keeps_its_own_folder_to_itself(void)
{
    char path[PATH_MAX];
    int fd;

    refuse("/proc");
    refuse("/proc/../proc/self/..");
    /* a link to it, and a descriptor of it that the task has */
    CHECK(chdir(top) == 0);
    snprintf(path, sizeof path, "/proc/%d/cwd", (int)getpid());
    CHECK(symlink(path, "w/through") == 0);
    CHECK(change_mode(AT_FDCWD, "through") == -EACCES && change_mode(AT_FDCWD, "through/w") == -EACCES);
    snprintf(twin_memory->path[1], sizeof twin_memory->path[1], "/proc/%d/fd", (int)getpid());
    twin_memory->nr = SYS_openat;
    twin_memory->args[0] = (uint64_t)AT_FDCWD;
    twin_memory->args[1] = (uint64_t)(uintptr_t)twin_memory->path[1];
    twin_memory->args[2] = O_PATH;
    twin_order(&twin, 'n');
    CHECK(twin_memory->result >= 0);
    fd = open_here();
    snprintf(path, sizeof path, "%d", fd);
    CHECK(change_mode((int)twin_memory->result, path) == -EACCES);
    CHECK(mode_of("") == 0755 && mode_of("w") == 0755);
    close(fd);
}

static void takes_self_for_the_task(void)
{
    char path[PATH_MAX];
    int fd = open_here();

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd); /* this process has it, the task does not */
    CHECK(change_mode(AT_FDCWD, path) == -ENOENT);
    close(fd);
    CHECK(change_mode(AT_FDCWD, "/proc/self/cwd") == 0 && mode_of("w") == 0700 && mode_of("") == 0755);
    CHECK(change_mode(AT_FDCWD, "/proc/thread-self/fd/100") == 0 && mode_of("w/d") == 0700);
    CHECK(change_mode(AT_FDCWD, "/dev/fd/102") == 0 && mode_of("w/d/f") == 0700);
}

/* The /proc of the pid namespace above, where all have other numbers: nobody's self, and this process's folder still. */
static void knows_itself_in_another_proc(void)
{
    char at[PATH_MAX];
    int status;
    pid_t pid;

    snprintf(at, sizeof at, "%s/w/d/empty", top);
    if (syscall(SYS_unshare, CLONE_NEWNS | CLONE_NEWPID) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("/proc", at, NULL, MS_BIND, NULL) < 0) {
        puts("no mounting here: another /proc is not tried");
        return;
    }
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(getpid() == 1 && mount("proc", "/proc", "proc", 0, NULL) == 0);
        twin_start(&twin, &(struct rights){.umask = 022}, top);
        refuse("/proc");
        refuse(at);
        strcat(at, "/self/cwd");
        CHECK(change_mode(AT_FDCWD, at) == -EACCES && mode_of("w") == 0755);
        twin_stop(&twin);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    static void (*const tests[])(void) = {keeps_its_own_folder_to_itself, takes_self_for_the_task};
    int status;
    pid_t pid;

    twin_share();
    tree_base(top, sizeof top);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        tree_build(top, (uid_t)-1);
        twin_start(&twin, &(struct rights){.umask = 022}, top);
        tests[i]();
        twin_stop(&twin);
    }
    tree_build(top, (uid_t)-1);
    fflush(NULL);
    pid = fork(); /* the mount ends with it */
    CHECK(pid >= 0);
    if (pid == 0) {
        knows_itself_in_another_proc();
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    tree_remove(top);
    return 0;
}
