/*
 * What a hostile program tries, one trick a name: probe TRICK ARGUMENT... Static, so that nothing but the kernel filter
 * is between it and the kernel. Exit status: 0 the trick had its effect, 1 it failed with EACCES or EPERM, 2 it failed
 * otherwise (errno on stderr).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int verdict(long result)
{
    if (result >= 0)
        return 0;
    if (errno == EACCES || errno == EPERM)
        return 1;
    fprintf(stderr, "probe: %s\n", strerror(errno));
    return 2;
}

static int by_openat2(char **argv)
{
    struct open_how how = {.flags = O_RDONLY};

    return verdict(syscall(SYS_openat2, AT_FDCWD, argv[0], &how, sizeof how));
}

#ifdef SYS_open
static int by_open(char **argv)
{
    return verdict(syscall(SYS_open, argv[0], O_RDONLY, 0));
}

static int by_creat(char **argv)
{
    return verdict(syscall(SYS_creat, argv[0], 0600));
}
#endif

static int by_directory(char **argv)
{
    int folder = open(argv[0], O_PATH | O_DIRECTORY);

    return folder < 0 ? verdict(folder) : verdict(openat(folder, argv[1], O_RDONLY));
}

/* An O_PATH descriptor is not access; opening it again is. */
static int by_path_descriptor(char **argv)
{
    char name[64];
    int fd = open(argv[0], O_PATH);

    if (fd < 0)
        return verdict(fd);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return verdict(open(name, O_RDONLY));
}

static int truncating(char **argv)
{
    return verdict(open(argv[0], O_WRONLY | O_TRUNC));
}

static int unnamed(char **argv)
{
    return verdict(open(argv[0], O_TMPFILE | O_RDWR, 0600));
}

static int exclusive(char **argv)
{
    return verdict(open(argv[0], O_CREAT | O_EXCL | O_WRONLY, 0600));
}

static void *in_own_folder(void *argument)
{
    char **argv = argument;
    long *result = malloc(sizeof *result);

    /* this thread alone stands in that folder */
    *result = unshare(CLONE_FS) != 0 || chdir(argv[0]) != 0 ? -1 : open(argv[1], O_RDONLY);
    if (*result < 0)
        *result = -errno;
    return result;
}

static int by_thread_folder(char **argv)
{
    pthread_t thread;
    void *result;

    if (pthread_create(&thread, NULL, in_own_folder, argv) != 0 || pthread_join(thread, &result) != 0)
        return 2;
    errno = (int)-*(long *)result;
    return verdict(*(long *)result);
}

static int by_chroot(char **argv)
{
    if (chroot(argv[0]) != 0)
        return 2;
    return verdict(open(argv[1], O_RDONLY));
}

/* Sets a flag of a file by a descriptor that may only read. */
static int setting_flags(char **argv)
{
    int fd = open(argv[0], O_RDONLY), before = 0, after = 0;

    if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &before) != 0)
        return 2;
    after = before ^ FS_NODUMP_FL;
    if (ioctl(fd, FS_IOC_SETFLAGS, &after) != 0 && errno != EACCES)
        return 3;
    return ioctl(fd, FS_IOC_GETFLAGS, &after) != 0 || after == before;
}

/* The same by a call of its own. */
static int setting_attributes(char **argv)
{
    uint64_t before[3] = {0}, after[3], wanted[3] = {0};

    if (syscall(468 /* file_getattr */, AT_FDCWD, argv[0], before, sizeof before, 0) != 0)
        return 2;
    wanted[0] = (before[0] & FS_XFLAG_NODUMP) ^ FS_XFLAG_NODUMP;
    if (syscall(469 /* file_setattr */, AT_FDCWD, argv[0], wanted, sizeof wanted, 0) != 0 && errno != EACCES)
        return 3;
    return syscall(468, AT_FDCWD, argv[0], after, sizeof after, 0) != 0 || after[0] == before[0];
}

/* Makes a socket's file. */
static int binding(char **argv)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(name.sun_path, sizeof name.sun_path, "%s", argv[0]);
    if (argv[1] != NULL && chdir(argv[1]) != 0)
        return 3;
    return verdict(bind(fd, (struct sockaddr *)&name, sizeof name));
}

/* Connects or sends to a unix socket. */
static int unix_socket(char **argv)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int send_it = argv[1] != NULL && argv[2] != NULL, fd = socket(AF_UNIX, send_it ? SOCK_DGRAM : SOCK_STREAM, 0);

    snprintf(name.sun_path, sizeof name.sun_path, "%s", argv[0]);
    if (argv[1] != NULL && chdir(argv[1]) != 0)
        return 3;
    return verdict(send_it ? sendto(fd, "x", 1, 0, (struct sockaddr *)&name, sizeof name)
                           : connect(fd, (struct sockaddr *)&name, sizeof name));
}

/* Nobody connects: accept gives up after the time the socket has for it. */
static int patience(char **argv)
{
    struct timeval time = {0, 300000};
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    (void)argv;
    setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    if (listen(listener, 1) != 0)
        return 3;
    return accept(listener, NULL, NULL) < 0 && errno == EAGAIN ? 0 : 1;
}

static int setting_signal(char **argv)
{
    int ends[2];

    (void)argv;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 || fcntl(ends[0], F_SETSIG, SIGUSR1) != 0)
        return 3;
    return verdict(fcntl(ends[0], F_SETSIG, SIGKILL));
}

static int by_own_root(char **argv)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return 2;
    return verdict(open(argv[0], O_RDONLY));
}

static int by_exec(char **argv)
{
    execv(argv[0], argv);
    return verdict(-1);
}

static int by_empty_path_exec(char **argv)
{
    int fd = open(argv[0], O_PATH);

    if (fd < 0)
        return 2;
    syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
    return verdict(-1);
}

/* A copy of a program in memory alone. */
static int by_memory(char **argv)
{
    char block[4096];
    int from = open(argv[0], O_RDONLY), fd = memfd_create("program", MFD_CLOEXEC);
    ssize_t got;

    if (from < 0 || fd < 0)
        return 2;
    while ((got = read(from, block, sizeof block)) > 0)
        if (write(fd, block, (size_t)got) != got)
            return 2;
    syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
    return verdict(-1);
}

/*
 * Reads what must be so, tries, and reads again: only where nothing was changed meanwhile the try counts. Until the
 * state is "end"; 0 if every try agreed.
 */
static int agrees(char **argv)
{
    unsigned long agreed = 0, disagreed = 0;
    char before[16] = "", after[16];

    while (strcmp(before, "end\n") != 0) {
        int fd = open(argv[0], O_RDONLY), try;

        memset(before, 0, sizeof before);
        if (fd < 0 || read(fd, before, sizeof before - 1) < 0)
            return 3;
        close(fd);
        try = open(argv[1], O_RDONLY);
        if (try >= 0)
            close(try);
        memset(after, 0, sizeof after);
        fd = open(argv[0], O_RDONLY);
        if (fd < 0 || read(fd, after, sizeof after - 1) < 0)
            return 3;
        close(fd);
        if (strcmp(before, after) != 0 || before[0] == '-' || before[0] == 'e')
            continue;
        *((before[0] == 'o') == (try >= 0) ? &agreed : &disagreed) += 1;
    }
    printf("agreed %lu, disagreed %lu\n", agreed, disagreed);
    return disagreed > 0 || agreed == 0;
}

static int connecting(char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    inet_pton(AF_INET, argv[0], &to.sin_addr);
    return verdict(connect(fd, (struct sockaddr *)&to, sizeof to));
}

static int sending(char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (strcmp(argv[2], "unspecified") == 0)
        to.sin_family = AF_UNSPEC; /* the kernel takes it for IPv4 */
    inet_pton(AF_INET, argv[0], &to.sin_addr);
    return verdict(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to));
}

/* Says hello to the agent of these namespaces, as libcrs does: "heard" or "ignored". */
static int knocking(char **argv)
{
    const uint32_t hello[] = {0x4a535243, 1};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct timeval patience = {2, 0};
    static char answer[65536];
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0), length;
    long long pid, mount;

    if (sscanf(argv[0], "pid:[%lld]", &pid) != 1 || sscanf(argv[1], "mnt:[%lld]", &mount) != 1)
        return 3;
    length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "crs-agent/%lld/%lld", pid, mount);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) != 0)
        return 2;
    puts(send(fd, hello, sizeof hello, MSG_NOSIGNAL) > 0 && recv(fd, answer, sizeof answer, 0) > 0 ? "heard" : "ignored");
    return 0;
}

/* By the two other calls, with what may go with a message; 0: each of three datagrams arrived whole. */
static int sending_messages(char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    socklen_t len = sizeof to;
    char got[16], control[CMSG_SPACE(sizeof(int))] = {0};
    int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0), ttl = 7;
    struct iovec part[] = {{"one", 3}, {"two", 3}};
    struct mmsghdr many[2] = {
        {.msg_hdr = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = part, .msg_iovlen = 2}, .msg_len = 99},
        {.msg_hdr = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = part, .msg_iovlen = 1}, .msg_len = 99},
    };
    struct msghdr one = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = part + 1, .msg_iovlen = 1};
    struct cmsghdr *with;

    inet_pton(AF_INET, argv[0], &to.sin_addr);
    if (bind(in, (struct sockaddr *)&to, sizeof to) != 0 || getsockname(in, (struct sockaddr *)&to, &len) != 0)
        return 3;
    if (sendmmsg(out, many, 2, 0) != 2)
        return verdict(-1);
    if (many[0].msg_len != 6 || many[1].msg_len != 3 || recv(in, got, sizeof got, 0) != 6 || memcmp(got, "onetwo", 6) != 0 ||
        recv(in, got, sizeof got, 0) != 3)
        return 4;
    one.msg_control = control;
    one.msg_controllen = sizeof control;
    with = CMSG_FIRSTHDR(&one);
    *with = (struct cmsghdr){.cmsg_level = IPPROTO_IP, .cmsg_type = IP_TTL, .cmsg_len = CMSG_LEN(sizeof ttl)};
    memcpy(CMSG_DATA(with), &ttl, sizeof ttl);
    if (sendmsg(out, &one, 0) != 3 || recv(in, got, sizeof got, 0) != 3 || memcmp(got, "two", 3) != 0)
        return 5;
    with->cmsg_type = 9999; /* what the kernel does not know it refuses */
    return sendmsg(out, &one, 0) < 0 && errno == EINVAL ? 0 : 6;
}

static struct sockaddr_in raced;
static _Atomic int racing = 1;
static in_addr_t good, bad;

static void *turning(void *unused)
{
    (void)unused;
    while (racing) {
        __atomic_store_n(&raced.sin_addr.s_addr, bad, __ATOMIC_RELAXED);
        __atomic_store_n(&raced.sin_addr.s_addr, good, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* Sends while a second thread changes the address. 0: none arrived where none may, and some where they may. */
static int racing_send(char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    int denied = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), allowed = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    int out = socket(AF_INET, SOCK_DGRAM, 0), wins = 0, arrived = 0, refused = 0;
    pthread_t thread;
    char got[4];

    inet_pton(AF_INET, argv[0], &good);
    inet_pton(AF_INET, argv[1], &bad);
    at.sin_addr.s_addr = good;
    if (bind(allowed, (struct sockaddr *)&at, sizeof at) != 0 || getsockname(allowed, (struct sockaddr *)&at, &len) != 0)
        return 3;
    raced = at;
    at.sin_addr.s_addr = bad;
    if (bind(denied, (struct sockaddr *)&at, sizeof at) != 0 || pthread_create(&thread, NULL, turning, NULL) != 0)
        return 3;
    for (int i = 0; i < 20000; i++) {
        refused += sendto(out, "x", 1, 0, (struct sockaddr *)&raced, sizeof raced) < 0;
        arrived += recv(allowed, got, sizeof got, 0) == 1;
        wins += recv(denied, got, sizeof got, 0) == 1;
    }
    racing = 0;
    pthread_join(thread, NULL);
    printf("20000 sends, %d refused, %d arrived, %d won\n", refused, arrived, wins);
    return wins > 0 ? 1 : refused > 0 && arrived > 0 ? 0 : 4;
}

/* A stream that is opened by its first message, and a datagram that is too long. */
static int sending_streams(char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    socklen_t len = sizeof to;
    static char much[300000], got[300000];
    int listener = socket(AF_INET, SOCK_STREAM, 0), out = socket(AF_INET, SOCK_STREAM, 0), in;
    size_t have = 0;
    ssize_t sent, n;

    inet_pton(AF_INET, argv[0], &to.sin_addr);
    if (bind(listener, (struct sockaddr *)&to, sizeof to) != 0 || listen(listener, 4) != 0 ||
        getsockname(listener, (struct sockaddr *)&to, &len) != 0)
        return 3;
    for (size_t i = 0; i < sizeof much; i++)
        much[i] = (char)(i * 7 + i / 999);
    if (fork() == 0) {
        in = accept(listener, NULL, NULL);
        while ((n = read(in, got + have, sizeof got - have)) > 0)
            have += (size_t)n;
        _exit(have == sizeof much && memcmp(much, got, have) == 0 ? 0 : 1);
    }
    sent = sendto(out, much, sizeof much, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof to);
    if (sent < 0)
        return verdict(-1);
    close(out);
    wait(&(int){0});
    out = socket(AF_INET, SOCK_DGRAM, 0);
    if (sent != (ssize_t)sizeof much || sendto(out, much, 70000, 0, (struct sockaddr *)&to, sizeof to) >= 0 || errno != EMSGSIZE)
        return 4;
    return sendto(out, much, 65507, 0, (struct sockaddr *)&to, sizeof to) == 65507 ? 0 : 5;
}

/* Listens, and connects to itself from 127.0.0.8 and from 127.0.0.1; 0: the first peer taken is the second one. */
static int accepting(char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET}, from = at, peer;
    socklen_t len = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | (argv[0] != NULL ? SOCK_NONBLOCK : 0), 0), fd;

    inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&at, &len) != 0)
        return 2;
    for (int i = 0; i < 2; i++) {
        int client = socket(AF_INET, SOCK_STREAM, 0);

        inet_pton(AF_INET, i == 0 ? "127.0.0.8" : "127.0.0.1", &from.sin_addr);
        if (bind(client, (struct sockaddr *)&from, sizeof from) != 0 ||
            connect(client, (struct sockaddr *)&at, sizeof at) != 0)
            return 2;
    }
    len = sizeof peer;
    memset(&peer, 0, sizeof peer);
    fd = accept4(listener, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);
    if (fd < 0)
        return verdict(fd);
    return len == sizeof peer && peer.sin_addr.s_addr == htonl(0x7f000001) && fcntl(fd, F_GETFD) == FD_CLOEXEC ? 0 : 1;
}

static int tracing(char **argv)
{
    (void)argv;
    return verdict(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

/* A path at the very end of a mapping, and one beyond it. */
static int at_the_edge(char **argv)
{
    return verdict(syscall(SYS_openat, AT_FDCWD, (void *)16, O_RDONLY)) == 2 && errno == EFAULT ? by_openat2(argv) : 2;
}

static int foreign_abi(char **argv)
{
    (void)argv;
#ifdef __x86_64__
    long result;

    __asm__ volatile("int $0x80" : "=a"(result) : "0"(20 /* getpid */) : "memory");
    errno = result < 0 ? (int)-result : 0;
    return result > 0 ? 0 : errno == ENOSYS ? 1 : 2;
#else
    return 1;
#endif
}

static int io_ring(char **argv)
{
    char parameters[256] = {0};

    (void)argv;
    if (syscall(425 /* io_uring_setup */, 4, parameters) >= 0)
        return 0;
    return errno == ENOSYS ? 1 : 2;
}

static int setting_user(char **argv)
{
    if (setgid(1000) != 0 || setuid(1000) != 0)
        return 2;
    return verdict(open(argv[0], O_RDONLY));
}

/* become WAY FOLDER bind|open NAME: becomes another user without an exec, goes into the folder, and uses a relative name. */
static int becoming(char **argv)
{
    const char *way = argv[0], *to = argv[1];
    int folder = open(to, O_RDONLY | O_DIRECTORY), result;
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
    if (folder < 0 || setgid(1000) != 0 || setuid(1000) != 0)
        return 2;
    if (strcmp(way, "readable") == 0)
        prctl(PR_SET_DUMPABLE, 1);
    result = strcmp(way, "fchdir") == 0 ? fchdir(folder) : chdir(strcmp(way, "proc") == 0 ? path : to);
    if ((result == 0) == (strcmp(way, "refused") == 0))
        return 2;
    if (strcmp(way, "readable") == 0)
        prctl(PR_SET_DUMPABLE, 0);
    for (int i = 0; i < 64; i++) /* each goes on once it is decided, as a chdir does that is not refused */
        close(open("/", O_PATH));
    umask(umask(0));
    return strcmp(argv[2], "bind") == 0 ? binding(argv + 3) : verdict(open(argv[3], O_RDONLY));
}

static const struct {
    const char *name;
    int (*run)(char **);
} tricks[] = {
    {"openat2", by_openat2},           {"dirfd", by_directory},       {"path-descriptor", by_path_descriptor},
    {"truncate", truncating},          {"unnamed", unnamed},          {"exclusive", exclusive},
    {"thread-folder", by_thread_folder}, {"chroot", by_chroot},       {"exec", by_exec},
    {"agrees", agrees},               {"set-signal", setting_signal},               {"unix", unix_socket},            {"patience", patience},               {"set-flags", setting_flags},     {"set-attributes", setting_attributes},     {"bind", binding},               {"own-root", by_own_root},               {"knock", knocking},               {"execveat", by_empty_path_exec},  {"memfd-exec", by_memory},  {"connect", connecting},       {"send", sending},
    {"accept", accepting},             {"send-messages", sending_messages}, {"send-race", racing_send},
    {"send-stream", sending_streams},             {"ptrace", tracing},           {"edge", at_the_edge},
    {"foreign-abi", foreign_abi},      {"io-uring", io_ring},         {"set-user", setting_user},
    {"become", becoming},
#ifdef SYS_open
    {"open", by_open},                 {"creat", by_creat},
#endif
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof tricks / sizeof *tricks; i++)
        if (strcmp(argv[1], tricks[i].name) == 0)
            return tricks[i].run(argv + 2);
    fprintf(stderr, "probe: no such trick\n");
    return 3;
}
