#define _GNU_SOURCE
#include "host.h"

#include "attempt.h"
#include "judge.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void add(struct crs_fact *facts, int *count, const char *name, const char *format, ...) __attribute__((format(printf, 4, 5)));

static void add(struct crs_fact *facts, int *count, const char *name, const char *format, ...)
{
    va_list values;

    facts[*count].name = name;
    va_start(values, format);
    vsnprintf(facts[*count].value, sizeof facts[*count].value, format, values);
    va_end(values);
    (*count)++;
}

static void read_file(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, text, size - 1);

    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
}

static void add_line(struct crs_fact *facts, int *count, const char *name, const char *path)
{
    char text[192];

    read_file(path, text, sizeof text);
    text[strcspn(text, "\n")] = '\0';
    add(facts, count, name, "%s", text);
}

static void add_field(struct crs_fact *facts, int *count, const char *name, const char *status, const char *field)
{
    const char *at = strstr(status, field);

    at = at == NULL ? "" : at + strlen(field);
    add(facts, count, name, "%.*s", (int)strcspn(at, "\n"), at);
}

/* A flag the kernel knows makes it look for the program, which is not there; one it does not know is an error before. */
static void add_flags(struct crs_fact *facts, int *count)
{
    static const struct {
        unsigned flag;
        const char *name;
    } flags[] = {{SECCOMP_FILTER_FLAG_NEW_LISTENER, "NEW_LISTENER"}, {SECCOMP_FILTER_FLAG_TSYNC, "TSYNC"}, {1u << 5, "WAIT_KILLABLE_RECV"}};
    char text[128] = "";

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        unsigned flag = flags[i].flag | (flags[i].flag == 1u << 5 ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0);

        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flag, NULL) < 0 && errno == EFAULT)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", text[0] ? " " : "", flags[i].name);
    }
    add(facts, count, "seccompFlags", "%s", text);
}

int crs_host_facts(const struct crs_judge *judge, struct crs_fact facts[CRS_FACTS])
{
    char status[8192];
    struct utsname name = {0};
    struct statvfs root = {0};
    int count = 0, landlock = (int)syscall(444 /* landlock_create_ruleset */, NULL, 0, 1);

    uname(&name);
    statvfs("/", &root);
    read_file("/proc/self/status", status, sizeof status);
    add(facts, &count, "kernel", "%s", name.release);
    add(facts, &count, "machine", "%s", name.machine);
    add(facts, &count, "uid", "%u", geteuid());
    add(facts, &count, "pid", "%d", (int)getpid());
    add_field(facts, &count, "capabilities", status, "\nCapEff:\t");
    add_field(facts, &count, "noNewPrivs", status, "\nNoNewPrivs:\t");
    add_field(facts, &count, "seccomp", status, "\nSeccomp:\t");
    add_field(facts, &count, "seccompFilters", status, "\nSeccomp_filters:\t");
    add_flags(facts, &count);
    add_line(facts, &count, "yama", "/proc/sys/kernel/yama/ptrace_scope");
    add_line(facts, &count, "lsm", "/sys/kernel/security/lsm");
    add(facts, &count, "landlock", "%d", landlock < 0 ? 0 : landlock);
    add(facts, &count, "socketDuplicates", "%s", judge->no_duplicate ? "no" : "yes");
    add(facts, &count, "looksAfterSetuid", "%s", judge->no_look ? "no" : "yes");
    add(facts, &count, "readOnlyRoot", "%s", root.f_flag & ST_RDONLY ? "yes" : "no");
    add(facts, &count, "folder", "%s%s", judge->place.dir, judge->place.executable ? "" : " (noexec)");
    return count;
}

/* A child that stands still once it is that user; 0: there is none. */
static pid_t somebody(int32_t uid)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        if (crs_become(uid) == 0)
            raise(SIGSTOP);
        _exit(0);
    }
    return pid > 0 && waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) ? pid : 0;
}

static void end(pid_t pid)
{
    crs_end(pid);
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

int crs_host_denies_duplicates(void)
{
    pid_t pid = somebody(-1);
    int pidfd = pid == 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
    int got = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, 0, 0);

    if (got >= 0)
        close(got);
    if (pidfd >= 0)
        close(pidfd);
    end(pid);
    return got < 0;
}

int crs_host_denies_looks(void)
{
    pid_t pid = somebody(CRS_ANOTHER_USER);
    char path[64];
    int fd;

    snprintf(path, sizeof path, "/proc/%d/cwd", (int)pid);
    fd = pid == 0 ? 0 : open(path, O_PATH | O_CLOEXEC);
    if (pid != 0 && fd >= 0)
        close(fd);
    end(pid);
    return fd < 0;
}
