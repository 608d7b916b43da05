/* The filter in the kernel: a child below it makes calls, the parent answers as a worker would. */
#define _GNU_SOURCE
#include "check.h"
#include "filter.h"
#include "table_maker.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS 16

/* What the child found; in memory both see. */
struct outcome {
    _Atomic int listener;
    int install_error, done;
    uint32_t flags;
    long result[CALLS];
};

static struct outcome *outcome;
static struct crs_filter filter;
static int notified[CALLS], notifications;
static uint32_t notified_arch[CALLS];

static void build(uint8_t mode, uint8_t log)
{
    static struct made_table made;
    struct crs_filter_options options = {0};
    struct crs_table table;
    uint32_t size;
    uint8_t *bytes;

    memset(&made, 0, sizeof made);
    made.arch = CRS_ARCH_X86_64;
    made.mode = mode;
    made.log = log;
    made.rule[0] = (struct made_rule){.type = CRS_RULE_WRITE, .action = CRS_DENY, .file = "/none"};
    made.rule[1] = (struct made_rule){.type = CRS_RULE_SYSCALL, .action = CRS_DENY, .call = "personality", .args = 1,
                                      .mask = {UINT32_MAX}, .value = {0xffffffff}};
    made.rules = 2;
    bytes = made_bytes(&made, &size);
    CHECK(crs_table_open(&table, bytes, size) == 0);
    CHECK(crs_filter_build(&table, &options, &filter) == 0 && filter.length > 0);
    free(bytes);
}

static long made_call(long nr, long a, long b)
{
    long result = syscall(nr, a, b, 0, 0, 0, 0);

    return result < 0 ? -errno : result;
}

#ifdef __x86_64__
/* getpid of the i386 ABI. */
static long foreign_call(void)
{
    long result = 20;

    __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
}
#endif

static void child(void)
{
    long *r = outcome->result;
    uint32_t flags;
    int fd = crs_filter_install(&filter, &outcome->flags);

    outcome->install_error = fd < 0 ? fd : 0;
    outcome->listener = fd < 0 ? -1 : fd;
    if (fd < 0)
        _exit(1);
    r[0] = made_call(SYS_prctl, CRS_MARKER, 0);
    r[1] = made_call(SYS_getpid, 0, 0);
    r[2] = made_call(9999, 0, 0);
    r[3] = made_call(425, 1, 0); /* io_uring_setup */
    r[4] = made_call(SYS_personality, 0xffffffff, 0);
    r[5] = made_call(SYS_mount, 0, 0);
    r[6] = made_call(SYS_truncate, (long)"/none-of-it", 0);
#ifdef __x86_64__
    r[7] = foreign_call();
    r[8] = made_call(0x40000000 | 39, 0, 0);
#endif
    r[9] = crs_filter_install(&filter, &flags);
    outcome->done = 1;
    _exit(0);
}

/* A native int 0x80 kills the process where the kernel has no i386. */
static int has_i386(void)
{
#ifdef __x86_64__
    pid_t pid = fork();
    int status;

    if (pid == 0)
        _exit(foreign_call() != getpid());
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
#else
    return 0;
#endif
}

static void answer(int listener)
{
    struct seccomp_notif request = {0};
    struct seccomp_notif_resp response = {0};
    struct crs_closed closed;

    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
        return;
    CHECK(notifications < CALLS);
    notified[notifications] = request.data.nr;
    notified_arch[notifications++] = request.data.arch;
    crs_filter_closed(&filter, &filter.closures, &request.data, &closed);
    response.id = request.id;
    if (closed.kind != CRS_CLOSED_NOT && closed.enforced)
        response.error = -closed.err;
    else
        response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* A copy of the listener the way the agent has it: one table of descriptors. */
static int listener_of(pid_t pid)
{
    int copy, pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

    CHECK(pidfd >= 0);
    for (int i = 0; outcome->listener == 0 && i < 5000; i++)
        usleep(1000);
    CHECK(outcome->listener > 0);
    copy = (int)syscall(SYS_pidfd_getfd, pidfd, outcome->listener, 0);
    CHECK(copy >= 0);
    close(pidfd);
    return copy;
}

static void run(uint8_t mode, uint8_t log)
{
    pid_t pid;
    int listener, status;

    build(mode, log);
    memset(outcome, 0, sizeof *outcome);
    notifications = 0;
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0)
        child();
    listener = listener_of(pid);
    for (int i = 0; i < 200; i++) {
        struct pollfd pending = {.fd = listener, .events = POLLIN};

        if (poll(&pending, 1, 100) == 1 && (pending.revents & POLLIN))
            answer(listener);
        else if (pending.revents & POLLHUP)
            break;
    }
    close(listener);
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 && outcome->done);
}

static int was_notified(int nr, uint32_t arch)
{
    int count = 0;

    for (int i = 0; i < notifications; i++)
        count += notified[i] == nr && notified_arch[i] == arch;
    return count;
}

static void check_common(void)
{
    const long *r = outcome->result;

    CHECK(r[0] == -CRS_MARKER_ERRNO);
    CHECK(r[1] > 0);
    CHECK(r[2] == -ENOSYS);
    CHECK(r[3] == -ENOSYS);
#ifdef __x86_64__
    CHECK(!has_i386() || r[7] == -ENOSYS);
    CHECK(r[8] == -ENOSYS);
#endif
    CHECK(r[9] == -EBUSY); /* one listener is all there can be */
}

static void the_kernel_answers_constants(void)
{
    run(CRS_ACTIVE, 0);
    check_common();
    CHECK(outcome->result[4] == -EPERM && outcome->result[5] == -EPERM);
    CHECK(outcome->result[6] == -ENOENT); /* handed over, and let through */
    CHECK(notifications == 1 && was_notified(SYS_truncate, AUDIT_ARCH_X86_64) == 1);
    CHECK(outcome->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

static void a_worker_answers_what_owes_an_event(void)
{
    run(CRS_PERMISSIVE, CRS_LOG_DENY);
    check_common();
    CHECK(outcome->result[4] >= 0);        /* personality: reported, let through */
    CHECK(outcome->result[5] == -EFAULT || outcome->result[5] == -EPERM || outcome->result[5] == -EINVAL); /* natively */
    CHECK(was_notified(9999, AUDIT_ARCH_X86_64) == 1 && was_notified(425, AUDIT_ARCH_X86_64) == 1);
    CHECK(was_notified(SYS_mount, AUDIT_ARCH_X86_64) == 1 && was_notified(SYS_personality, AUDIT_ARCH_X86_64) == 1);
    CHECK(was_notified(0x40000000 | 39, AUDIT_ARCH_X86_64) == 1);
    CHECK(!has_i386() || was_notified(20, AUDIT_ARCH_I386) == 1);
    CHECK(was_notified(SYS_getpid, AUDIT_ARCH_X86_64) == 0 && was_notified(SYS_prctl, AUDIT_ARCH_X86_64) == 0);
}

int main(void)
{
    outcome = mmap(NULL, sizeof *outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(outcome != MAP_FAILED);
#ifdef __x86_64__
    the_kernel_answers_constants();
    a_worker_answers_what_owes_an_event();
#endif
    return 0;
}
