/* D: what is executed and where it is connected to, exchanged meanwhile; and filters of the application's own. */
#define _GNU_SOURCE
#include "attempt.h"
#include "race.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *exchange(void *unused)
{
    while (!atomic_load(&crs_race->done))
        syscall(SYS_renameat2, AT_FDCWD, crs_race->value[0], AT_FDCWD, crs_race->value[1], 2);
    return unused;
}

enum { EXEC_THREAD, EXEC_PROCESS, EXEC_LINK };

/* Each program that ran noted it, and again after a call the agent answers. */
static void exec_once(struct crs_trial *t, int how)
{
    char *const argv[] = {"mark", NULL}, *const none[] = {NULL};
    pthread_t thread;
    pid_t pid = fork();

    if (pid == 0) {
        if (how == EXEC_THREAD && pthread_create(&thread, NULL, crs_race_flip, NULL) == 0)
            usleep(200);
        execve(crs_race->now, argv, none);
        _exit(126);
    }
    crs_wait(t, pid);
}

/*
 * The program that is allowed says `other`, which is no name of the trial's own, so that it notes nothing: what is noted
 * is what was denied. It is told apart by what it is, a file that is no program of ours: a shell's true.
 */
static int exec_swapped(struct crs_trial *t, int how)
{
    char allowed[256] = "/bin/true", denied[256] = "";
    int result;

    if (access(allowed, X_OK) != 0)
        return crs_step(t, "/bin/true", -1);
    snprintf(denied, sizeof denied, "%s/bin/tool", t->dir);
    if (how == EXEC_LINK) {
        snprintf(allowed, sizeof allowed, "%s/free/one", t->dir);
        snprintf(denied, sizeof denied, "%s/free/two", t->dir);
        if (symlink("/bin/true", allowed) != 0 || symlink(crs_at(t, "bin/tool"), denied) != 0)
            return crs_step(t, "symlink", -1);
    }
    result = crs_race_begin(t, allowed, denied, sizeof allowed);
    if (result != 0)
        return result;
    return crs_race_run(t, how == EXEC_THREAD ? CRS_BY_NOBODY : CRS_BY_PROCESS, how == EXEC_LINK ? exchange : crs_race_flip, exec_once, how);
}

enum { CONNECT, CONNECT_DATAGRAM, SENDTO, SENDMSG };

static void send_once(struct crs_trial *t, int how)
{
    const struct sockaddr *to = (struct sockaddr *)crs_race->now;
    struct iovec part = {"x", 1};
    struct msghdr message = {.msg_name = crs_race->now, .msg_namelen = sizeof(struct sockaddr_in), .msg_iov = &part, .msg_iovlen = 1};
    int fd = socket(AF_INET, (how == CONNECT ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0);

    (void)t;
    if (how == SENDTO)
        sendto(fd, "x", 1, MSG_NOSIGNAL, to, sizeof(struct sockaddr_in));
    else if (how == SENDMSG)
        sendmsg(fd, &message, MSG_NOSIGNAL);
    else if (connect(fd, to, sizeof(struct sockaddr_in)) == 0 && how == CONNECT_DATAGRAM)
        send(fd, "x", 1, MSG_NOSIGNAL);
    if (fd >= 0)
        close(fd);
}

static int address_swapped(struct crs_trial *t, int how)
{
    const struct sockaddr_in allowed = crs_loopback(1, 24443), denied = crs_loopback(2, t->port[how != CONNECT]);
    int result = crs_race_begin(t, &allowed, &denied, sizeof allowed);

    return result != 0 ? result : crs_race_run(t, CRS_BY_THREAD, crs_race_flip, send_once, how);
}

#define NUMBER BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))

/* A filter of its own that answers openat as `action`. */
static int own_filter(struct crs_trial *t, uint32_t action, unsigned flags)
{
    struct sock_filter code[] = {
        NUMBER,
#ifdef SYS_open
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 1, 0),
#endif
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1), {BPF_RET | BPF_K, 0, 0, action}, {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return crs_step(t, "seccomp", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

enum { OWN_LOG, OWN_LISTENER };

static int answer_own(struct crs_trial *t, int listener)
{
    struct seccomp_notif notification = {0};
    struct seccomp_notif_resp response = {0};
    struct pollfd ready = {listener, POLLIN, 0};

    if (poll(&ready, 1, 500) <= 0 || ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) != 0)
        return crs_step(t, "SECCOMP_IOCTL_NOTIF_RECV", -1);
    response.id = notification.id;
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    return crs_step(t, "SECCOMP_IOCTL_NOTIF_SEND", ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response));
}

/* One that hears itself, and says of every open that the kernel may go on. */
static int own_listener(struct crs_trial *t)
{
    int listener = own_filter(t, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
    pid_t pid;

    if (listener < 0)
        return listener;
    pid = fork();
    if (pid == 0) {
        crs_loot_file(t, crs_at(t, "secret"));
        _exit(0);
    }
    for (int i = 0; i < 3 && answer_own(t, listener) == 0; i++)
        ;
    crs_end(pid);
    return pid < 0 ? crs_step(t, "fork", -1) : crs_wait(t, pid);
}

static int filtered(struct crs_trial *t, int how)
{
    int result;

    if (how == OWN_LISTENER)
        return own_listener(t);
    result = own_filter(t, SECCOMP_RET_LOG, 0);
    return result != 0 ? result : crs_loot_file(t, crs_at(t, "secret"));
}

#define EXEC_LIMIT "an exec whose path is changed meanwhile runs until its first call that is handed over; then it is killed"
#define SEND_LIMIT "where the agent gets no duplicate of a socket, sends are decided and left to the kernel"
#define CONNECT_LIMIT "where the agent gets no duplicate of a socket, connect is decided and left to the kernel"

static const struct crs_technique table[] = {
    {"D7-thread", "a thread changes the path of an exec: it stays", exec_swapped, EXEC_THREAD, CRS_EFFECT_LIVED, CRS_WON_RACE | CRS_SILENT, NULL},
    {"D7-process", "another process changes the path of an exec: it stays", exec_swapped, EXEC_PROCESS, CRS_EFFECT_LIVED, CRS_WON_RACE, NULL},
    {"D7-link", "a link leads to another program meanwhile: it stays", exec_swapped, EXEC_LINK, CRS_EFFECT_LIVED, CRS_WON_RACE, NULL},
    {"D7-begins", "another process changes the path of an exec: it begins", exec_swapped, EXEC_PROCESS, CRS_EFFECT_RAN, CRS_WON_RACE, EXEC_LIMIT},
    {"D7-link-begins", "a link leads to another program meanwhile: it begins", exec_swapped, EXEC_LINK, CRS_EFFECT_RAN, CRS_WON_RACE, EXEC_LIMIT},
    {"D5-connect", "a thread changes the address of a connect", address_swapped, CONNECT, CRS_EFFECT_SENT, CRS_WON_RACE | CRS_NO_DUPLICATE, CONNECT_LIMIT},
    {"D5-connect-datagram", "the same of a datagram socket", address_swapped, CONNECT_DATAGRAM, CRS_EFFECT_SENT, CRS_WON_RACE | CRS_NO_DUPLICATE, CONNECT_LIMIT},
    {"D6-sendto", "a thread changes the address of sendto", address_swapped, SENDTO, CRS_EFFECT_SENT, CRS_WON_RACE | CRS_NO_DUPLICATE, SEND_LIMIT},
    {"D6-sendmsg", "a thread changes the address of sendmsg", address_swapped, SENDMSG, CRS_EFFECT_SENT, CRS_WON_RACE | CRS_NO_DUPLICATE, SEND_LIMIT},
    {"D10-log", "a filter of its own, SECCOMP_RET_LOG", filtered, OWN_LOG, CRS_EFFECT_READ, 0, NULL},
    {"D10-listener", "a filter of its own with a listener that lets go on", filtered, OWN_LISTENER, CRS_EFFECT_READ, CRS_SILENT, NULL},
};

CRS_SECTION('D', swaps, "What is decided is what happens: programs and addresses", table);
