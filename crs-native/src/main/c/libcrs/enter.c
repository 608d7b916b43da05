/*
 * Processes that enter a container from outside (docker exec, kubectl exec, health checks) do not descend from crs-init
 * and have no filter. Before their program begins they take the one the application has, and crs-init its listener.
 *
 * The order is what does not deadlock: a helper that shares the descriptors, but not the filter, is there before the
 * filter is, and hands the listener over; from the filter on this process makes no call that somebody would have to answer
 * before it.
 */
#include "filter_marker.h"
#include "join_protocol.h"
#include "rawcall.h"

#include <stddef.h>

#define O_PATH_MAX 64

/* Constants of the kernel, for no header of a C library is used. */
enum {
    AF_UNIX_ = 1, SOCK_SEQPACKET_ = 5, SOCK_CLOEXEC_ = 02000000, SOL_SOCKET_ = 1, SO_PEERCRED_ = 17, SO_RCVTIMEO_ = 20,
    SO_SNDTIMEO_ = 21, SCM_RIGHTS_ = 1, PROT_READ_WRITE = 3, MAP_SHARED_ANONYMOUS = 0x21, CLONE_FILES_ = 0x400,
    WCLONE_ = (int)0x80000000, PR_SET_NO_NEW_PRIVS_ = 38, SECCOMP_SET_MODE_FILTER_ = 1, NEW_LISTENER = 8,
    WAIT_KILLABLE = 32, MSG_NOSIGNAL_ = 0x4000, EINTR_ = 4, EAGAIN_ = 11, EINVAL_ = 22,
};

struct peer {
    int pid;
    unsigned uid, gid;
};

struct seconds {
    long seconds, fraction;
};

struct name {
    unsigned short family;
    char path[108];
};

struct part {
    void *bytes;
    size_t length;
};

struct message {
    void *name;
    unsigned name_length;
    struct part *parts;
    size_t count;
    void *control;
    size_t control_length;
    int flags;
};

struct rights {
    size_t length;
    int level, type, fd, pad;
};

enum { NOT_YET = -1 };

/* Shared with the helper. */
struct meeting {
    int listener;               /* NOT_YET, its number, or -errno - 1 */
    unsigned what;              /* enum crs_join_what, as crs-init had it last */
    struct crs_join_answer answer;
    struct crs_join_instruction filter[CRS_JOIN_FILTER_MAX];
};

static void say(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    RAW(SYS_write, 2, text, length);
}

/* Appends the number in "pid:[4026531836]". 0 if there is none. */
static size_t append_namespace(char *out, size_t at, const char *link)
{
    char text[O_PATH_MAX];
    long length = RAW(SYS_readlinkat, -100, link, text, sizeof text), from = 0;

    while (from < length && text[from] != '[')
        from++;
    for (from++; from < length && text[from] != ']' && at < CRS_JOIN_NAME - 2; from++)
        out[at++] = text[from];
    return length <= 0 ? 0 : at;
}

/* The length of crs-init's name, which begins with a NUL. 0: it cannot be told. */
static size_t find_name(char *out)
{
    static const char prefix[] = "crs-agent/";
    size_t at = 1;

    out[0] = '\0';
    for (size_t i = 0; i < sizeof prefix - 1; i++)
        out[at++] = prefix[i];
    at = append_namespace(out, at, "/proc/self/ns/pid");
    if (at == 0)
        return 0;
    out[at++] = '/';
    return append_namespace(out, at, "/proc/self/ns/mnt");
}

enum { NOBODY = -1, BUSY = -2 };

/* A connection to crs-init; NOBODY is there; BUSY: somebody is, and did not take it in time. */
static int connect_to_agent(void)
{
    const struct seconds patience = {CRS_JOIN_SECONDS, 0};
    struct name name = {.family = AF_UNIX_};
    struct peer peer = {0};
    unsigned size = sizeof peer;
    size_t length = find_name(name.path);
    long fd = length == 0 ? -1 : RAW(SYS_socket, AF_UNIX_, SOCK_SEQPACKET_ | SOCK_CLOEXEC_, 0), result;

    if (fd < 0)
        return NOBODY;
    RAW(SYS_setsockopt, fd, SOL_SOCKET_, SO_RCVTIMEO_, &patience, sizeof patience);
    RAW(SYS_setsockopt, fd, SOL_SOCKET_, SO_SNDTIMEO_, &patience, sizeof patience);
    /* Whoever has the name outside this pid namespace has no number in it. */
    result = RAW(SYS_connect, fd, &name, offsetof(struct name, path) + length);
    if (result == 0 && RAW(SYS_getsockopt, fd, SOL_SOCKET_, SO_PEERCRED_, &peer, &size) == 0 && peer.pid > 0)
        return (int)fd;
    RAW(SYS_close, fd);
    return result == -EAGAIN_ || result == -EINTR_ ? BUSY : NOBODY;
}

static int is_answer(const struct crs_join_answer *answer, long length)
{
    return length >= (long)sizeof *answer && answer->magic == CRS_JOIN_MAGIC &&
           answer->instructions <= CRS_JOIN_FILTER_MAX &&
           length == (long)(sizeof *answer + answer->instructions * sizeof(struct crs_join_instruction));
}

/* What crs-init wants of this process. */
static unsigned ask(int fd, struct meeting *meeting)
{
    struct crs_join_hello hello = {CRS_JOIN_MAGIC, 1};
    struct part parts[] = {{&meeting->answer, sizeof meeting->answer}, {meeting->filter, sizeof meeting->filter}};
    struct message message = {.parts = parts, .count = 2};

    if (RAW(SYS_sendto, fd, &hello, sizeof hello, MSG_NOSIGNAL_, 0, 0) != sizeof hello)
        return CRS_JOIN_END;
    return is_answer(&meeting->answer, RAW(SYS_recvmsg, fd, &message, 0)) ? meeting->answer.what : CRS_JOIN_END;
}

/* The helper: hands over what the other process has got, and waits for what is to become of it. */
static void help(int fd, struct meeting *meeting)
{
    const struct seconds moment = {0, 20000};
    struct crs_join_result result = {CRS_JOIN_MAGIC, 0};
    struct crs_join_answer answer;
    struct part part = {&result, sizeof result};
    struct rights rights = {offsetof(struct rights, pad), SOL_SOCKET_, SCM_RIGHTS_, 0, 0};
    struct message message = {.parts = &part, .count = 1};
    int listener;

    while ((listener = __atomic_load_n(&meeting->listener, __ATOMIC_ACQUIRE)) == NOT_YET)
        RAW(SYS_nanosleep, &moment, 0);
    if (listener < NOT_YET) {
        result.error = -(listener + 1);
    } else {
        rights.fd = listener;
        message.control = &rights;
        message.control_length = sizeof rights;
    }
    if (RAW(SYS_sendmsg, fd, &message, MSG_NOSIGNAL_) == sizeof result &&
        is_answer(&answer, RAW(SYS_recvfrom, fd, &answer, sizeof answer, 0, 0, 0)))
        __atomic_store_n(&meeting->what, answer.what, __ATOMIC_RELEASE);
    /* Nobody would answer: without the listener every call that is handed over fails. */
    if (listener >= 0)
        RAW(SYS_close, listener);
    RAW(SYS_exit, 0);
}

static long install(const struct meeting *meeting)
{
    struct {
        unsigned short length;
        const struct crs_join_instruction *instructions;
    } program = {(unsigned short)meeting->answer.instructions, meeting->filter};
    long fd = RAW(SYS_prctl, PR_SET_NO_NEW_PRIVS_, 1, 0, 0, 0);

    if (fd == 0)
        fd = RAW(SYS_seccomp, SECCOMP_SET_MODE_FILTER_, NEW_LISTENER | WAIT_KILLABLE, &program);
    if (fd == -EINVAL_) /* before Linux 5.19 */
        fd = RAW(SYS_seccomp, SECCOMP_SET_MODE_FILTER_, NEW_LISTENER, &program);
    return fd;
}

static unsigned join(int fd, struct meeting *meeting)
{
    long helper, listener;

    meeting->listener = NOT_YET;
    meeting->what = CRS_JOIN_END;
    helper = RAW(SYS_clone, CLONE_FILES_, 0, 0, 0, 0);
    if (helper < 0)
        return CRS_JOIN_END;
    if (helper == 0)
        help(fd, meeting);
    listener = install(meeting);
    __atomic_store_n(&meeting->listener, (int)(listener < 0 ? listener - 1 : listener), __ATOMIC_RELEASE);
    RAW(SYS_wait4, helper, 0, WCLONE_, 0);
    return __atomic_load_n(&meeting->what, __ATOMIC_ACQUIRE);
}

static void refuse(void)
{
    say("crs: this program is not allowed to run here, or the agent of this container could not take it\n");
    RAW(SYS_exit_group, 126);
}

__attribute__((constructor)) static void enter(void)
{
    struct meeting *meeting;
    unsigned what;
    int fd;

    if (RAW(SYS_prctl, CRS_MARKER, 0, 0, 0, 0) == -CRS_MARKER_ERRNO)
        return; /* below the filter already */
    fd = connect_to_agent();
    if (fd == NOBODY)
        return;
    if (fd == BUSY)
        refuse();
    meeting = (struct meeting *)RAW(SYS_mmap, 0, sizeof *meeting, PROT_READ_WRITE, MAP_SHARED_ANONYMOUS, -1, 0);
    what = CRS_JOIN_END;
    if ((unsigned long)meeting < -4096ul) {
        what = ask(fd, meeting);
        if (what == CRS_JOIN)
            what = join(fd, meeting);
        RAW(SYS_munmap, meeting, sizeof *meeting);
    }
    RAW(SYS_close, fd);
    if (what == CRS_JOIN_END)
        refuse();
}
