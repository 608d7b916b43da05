/*
 * The least that answering an open by user notification costs: one thread receives, reads the path, opens it, and puts the
 * descriptor into the caller; all on one processor, with synchronous wake-ups. It decides nothing, resolves nothing and has the
 * rights of nobody but itself. notification_floor OPENS FILE prints: plain, opened for the caller, let through (ns).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#define SYNCHRONOUS 1UL
#define WARM_UP 1000

static const char *file;
static long opens;

static void fail(const char *what)
{
    perror(what);
    exit(3);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double measure(long times)
{
    double start = now();

    for (long i = 0; i < times; i++) {
        int fd = openat(AT_FDCWD, file, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
            fail(file);
        close(fd);
    }
    return (now() - start) / (double)times;
}

static int filter_openat(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static struct msghdr message(char *control, size_t size, struct iovec *byte)
{
    return (struct msghdr){.msg_iov = byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = size};
}

/* The caller: hands its listener over, opens, and tells how long each open took. */
static void caller(int channel)
{
    char control[CMSG_SPACE(sizeof(int))] = {0}, zero = 0;
    struct iovec byte = {&zero, 1};
    struct msghdr msg = message(control, sizeof control, &byte);
    struct cmsghdr *header = CMSG_FIRSTHDR(&msg);
    int listener = filter_openat();
    double each;

    if (listener < 0)
        fail("seccomp");
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof listener);
    memcpy(CMSG_DATA(header), &listener, sizeof listener);
    if (sendmsg(channel, &msg, 0) != 1)
        fail("sendmsg");
    close(listener);
    measure(WARM_UP);
    each = measure(opens);
    if (write(channel, &each, sizeof each) != sizeof each)
        fail("write");
    _exit(0);
}

static int receive_listener(int channel)
{
    char control[CMSG_SPACE(sizeof(int))], zero;
    struct iovec byte = {&zero, 1};
    struct msghdr msg = message(control, sizeof control, &byte);
    int listener;

    if (recvmsg(channel, &msg, 0) != 1 || CMSG_FIRSTHDR(&msg) == NULL)
        fail("recvmsg");
    memcpy(&listener, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof listener);
    return listener;
}

static void open_for(int listener, int memory, const struct seccomp_notif *call)
{
    static char path[4096];
    struct seccomp_notif_addfd add = {.id = call->id, .flags = SECCOMP_ADDFD_FLAG_SEND, .newfd_flags = O_CLOEXEC};
    int fd;

    if (pread(memory, path, 256, (off_t)call->data.args[1]) <= 0)
        fail("pread");
    fd = open(path, (int)call->data.args[2]);
    add.srcfd = (__u32)fd;
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0)
        fail("addfd");
    close(fd);
}

static double supervised(int lets_through)
{
    struct seccomp_notif call;
    int channel[2], listener, memory;
    char name[64];
    double each = 0;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) != 0 || (pid = fork()) < 0)
        fail("fork");
    if (pid == 0)
        caller(channel[1]);
    close(channel[1]);
    listener = receive_listener(channel[0]);
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNCHRONOUS); /* an older kernel goes without */
    snprintf(name, sizeof name, "/proc/%d/mem", pid);
    memory = open(name, O_RDONLY);
    for (;;) {
        struct seccomp_notif_resp answer = {.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

        memset(&call, 0, sizeof call);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) {
            if (errno == EINTR)
                continue;
            break; /* the caller is gone */
        }
        answer.id = call.id;
        if (!lets_through)
            open_for(listener, memory, &call);
        else if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) != 0)
            fail("send");
    }
    if (read(channel[0], &each, sizeof each) != sizeof each)
        fail("read");
    waitpid(pid, NULL, 0);
    close(memory);
    close(listener);
    close(channel[0]);
    return each;
}

int main(int argc, char **argv)
{
    cpu_set_t first;

    opens = argc == 3 ? atol(argv[1]) : 0;
    if (opens <= 0)
        return 2;
    file = argv[2];
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    sched_setaffinity(0, sizeof first, &first);
    measure(WARM_UP);
    printf("%.0f %.0f %.0f\n", measure(opens), supervised(0), supervised(1));
    return 0;
}
