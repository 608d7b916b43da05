/* F: what must not be reached, by every call and every address; and who must not reach in. */
#define _GNU_SOURCE
#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef TCP_FASTOPEN_CONNECT
#define TCP_FASTOPEN_CONNECT 30
#endif
#define MPTCP   262
#define SMC     43 /* a family that falls back to TCP */

/* An address as a call is given it. */
struct address {
    struct sockaddr_storage bytes;
    socklen_t size;
};

enum { V4, V4_OTHER_PORT, V4_ANY, V6, V6_ANY, V6_MAPPED, V6_MAPPED_ANY, V4_UNSPEC, V4_LONG, V6_UNSPEC, V4_IN_V6, V6_SHORT };

static struct address address_of(int kind, uint16_t port)
{
    struct address to = {.size = sizeof(struct sockaddr_in)};
    struct sockaddr_in v4 = crs_loopback(kind == V4_OTHER_PORT ? 1 : 2, port);
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    if (kind == V4_ANY)
        v4.sin_addr.s_addr = 0;
    if (kind == V4_UNSPEC)
        v4.sin_family = AF_UNSPEC;
    if (kind == V6_ANY)
        v6.sin6_addr = in6addr_any;
    if (kind == V6_UNSPEC)
        v6.sin6_family = AF_UNSPEC;
    if (kind == V6_MAPPED)
        inet_pton(AF_INET6, "::ffff:127.0.0.2", &v6.sin6_addr);
    if (kind == V6_MAPPED_ANY)
        inet_pton(AF_INET6, "::ffff:0.0.0.0", &v6.sin6_addr);
    if (kind == V4 || kind == V4_OTHER_PORT || kind == V4_ANY || kind == V4_UNSPEC || kind == V4_LONG || kind == V4_IN_V6)
        memcpy(&to.bytes, &v4, sizeof v4);
    else {
        memcpy(&to.bytes, &v6, sizeof v6);
        to.size = sizeof v6;
    }
    if (kind == V6_SHORT) /* without the number of an interface, as it was in the beginning */
        to.size = offsetof(struct sockaddr_in6, sin6_scope_id);
    if (kind == V4_LONG)
        to.size = sizeof to.bytes;
    return to;
}

static int is_v6(int kind)
{
    return kind == V6 || kind == V6_ANY || kind == V6_MAPPED || kind == V6_MAPPED_ANY || kind == V6_UNSPEC || kind == V4_IN_V6 || kind == V6_SHORT;
}

enum { CONNECT, FAST_OPEN, FAST_OPEN_MESSAGE, FAST_OPEN_CONNECT, SENDTO, SENDMSG, SENDMMSG, CONNECT_SEND, SENDTO_CONNECTED, RECONNECT, PROTOCOL_MPTCP,
       NONBLOCKING, SENDMSG_SECOND, FAMILY_SMC, PROTOCOL_SCTP };

static int send_by(struct crs_trial *t, int fd, int call, struct address *to)
{
    struct iovec part = {"x", 1};
    struct mmsghdr messages[2] = {0};
    struct sockaddr_in first = crs_loopback(1, 24443);

    for (int i = 0; i < 2; i++)
        messages[i].msg_hdr = (struct msghdr){.msg_name = &to->bytes, .msg_namelen = to->size, .msg_iov = &part, .msg_iovlen = 1};
    switch (call) {
    case SENDTO: return crs_step(t, "sendto", sendto(fd, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&to->bytes, to->size));
    case SENDMSG: return crs_step(t, "sendmsg", sendmsg(fd, &messages[0].msg_hdr, MSG_NOSIGNAL));
    case SENDMMSG: return crs_step(t, "sendmmsg", syscall(SYS_sendmmsg, fd, messages, 2, MSG_NOSIGNAL));
    case SENDMSG_SECOND: /* the first of them may go */
        messages[0].msg_hdr.msg_name = &first;
        messages[0].msg_hdr.msg_namelen = sizeof first;
        return crs_step(t, "sendmmsg", syscall(SYS_sendmmsg, fd, messages, 2, MSG_NOSIGNAL));
    case FAST_OPEN:
        return crs_step(t, "sendto with MSG_FASTOPEN", sendto(fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&to->bytes, to->size));
    case FAST_OPEN_MESSAGE: return crs_step(t, "sendmsg with MSG_FASTOPEN", sendmsg(fd, &messages[0].msg_hdr, MSG_FASTOPEN | MSG_NOSIGNAL));
    case SENDTO_CONNECTED: /* connected to what is allowed, sent elsewhere */
        if (crs_step(t, "connect", connect(fd, (struct sockaddr *)&first, sizeof first)) != 0)
            return -1;
        return crs_step(t, "sendto", sendto(fd, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&to->bytes, to->size));
    case RECONNECT:
        if (crs_step(t, "connect", connect(fd, (struct sockaddr *)&first, sizeof first)) != 0 ||
            crs_step(t, "connect", connect(fd, (struct sockaddr *)&to->bytes, to->size)) != 0)
            return -1;
        return crs_step(t, "send", send(fd, "x", 1, MSG_NOSIGNAL));
    default:
        if (crs_step(t, "connect", connect(fd, (struct sockaddr *)&to->bytes, to->size)) != 0 && errno != EINPROGRESS)
            return -1;
        return crs_step(t, "send", send(fd, "x", 1, MSG_NOSIGNAL));
    }
}

/* how: the call, and the kind of the address beside it. */
#define HOW(call, kind) ((call) << 8 | (kind))

static int sends(struct crs_trial *t, int how)
{
    int call = how >> 8, kind = how & 255, on = 1;
    int stream = call == CONNECT || call == FAST_OPEN || call == FAST_OPEN_MESSAGE || call == FAST_OPEN_CONNECT || call == PROTOCOL_MPTCP || call == NONBLOCKING ||
                 call == FAMILY_SMC || call == PROTOCOL_SCTP;
    struct address to = address_of(kind, t->port[!stream]);
    int fd = crs_step(t, "socket", socket(call == FAMILY_SMC ? SMC : is_v6(kind) ? AF_INET6 : AF_INET,
                                          (stream ? SOCK_STREAM : SOCK_DGRAM) | (call == NONBLOCKING ? SOCK_NONBLOCK : 0),
                                          call == PROTOCOL_MPTCP ? MPTCP : call == PROTOCOL_SCTP ? IPPROTO_SCTP : 0));

    if (fd < 0)
        return fd;
    if (call == FAST_OPEN_CONNECT && crs_step(t, "setsockopt", setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on)) != 0)
        return -1;
    return send_by(t, fd, call, &to);
}

enum { STREAM, STREAM_UNENDED, STREAM_RELATIVE, STREAM_LINK, STREAM_PROC, ABSTRACT, DATAGRAM_CONNECT, DATAGRAM_SENDTO, DATAGRAM_SENDMSG, DATAGRAM_SENDMMSG };

/* Sockets that have a name in the file system, or one of their own. */
static int by_unix(struct crs_trial *t, int how)
{
    struct address to = {.size = sizeof(struct sockaddr_un)};
    struct sockaddr_un *name = (struct sockaddr_un *)&to.bytes;
    int datagram = how >= DATAGRAM_CONNECT, fd = crs_step(t, "socket", socket(AF_UNIX, datagram ? SOCK_DGRAM : SOCK_STREAM, 0));
    const char *path = crs_at(t, datagram ? "run/datagram" : "run/stream");

    name->sun_family = AF_UNIX;
    if (how == STREAM_RELATIVE && crs_step(t, "chdir", chdir(crs_at(t, "run"))) != 0)
        return -1;
    if (how == STREAM_LINK && crs_step(t, "symlink", symlink(path, crs_at(t, "free/link"))) != 0)
        return -1;
    snprintf(name->sun_path, sizeof name->sun_path, how == STREAM_PROC ? "/proc/self/root%s" : "%s",
             how == STREAM_RELATIVE ? "stream" : how == STREAM_LINK ? crs_at(t, "free/link") : path);
    if (how == STREAM_UNENDED)
        to.size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (how == ABSTRACT) {
        memcpy(name->sun_path, "\0crs-selftest", 13);
        to.size = sizeof(sa_family_t) + 13;
    }
    if (fd < 0)
        return fd;
    return send_by(t, fd, how == DATAGRAM_SENDTO ? SENDTO : how == DATAGRAM_SENDMSG ? SENDMSG : how == DATAGRAM_SENDMMSG ? SENDMMSG : CONNECT_SEND, &to);
}

/* For a peer on this host, who was asked to come before. */
#define PATIENCE_US 400000

enum { ACCEPT, ACCEPT4, ACCEPT_NONBLOCKING, ACCEPT_INHERITED, ACCEPT_UNBOUND, RECEIVED, RECEIVED_MSG };

static void on_alarm(int number)
{
    (void)number; /* ends the accept: a peer that is refused leaves the listener waiting for the next */
}

static int take(struct crs_trial *t, int listener, int how)
{
    const struct sigaction action = {.sa_handler = on_alarm};
    const struct itimerval patience = {.it_interval = {0, PATIENCE_US}, .it_value = {0, PATIENCE_US}};
    int fd;

    sigaction(SIGALRM, &action, NULL);
    crs_ask(t, CRS_ASK_CONNECT);
    setitimer(ITIMER_REAL, &patience, NULL);
    if (how == ACCEPT_NONBLOCKING)
        fcntl(listener, F_SETFL, O_NONBLOCK);
    fd = how == ACCEPT4 ? crs_step(t, "accept4", accept4(listener, NULL, NULL, SOCK_CLOEXEC))
                        : crs_step(t, "accept", accept(listener, NULL, NULL));
    return crs_loot_close(t, fd);
}

/* The judge comes from an address that is not allowed in. */
static int receives(struct crs_trial *t, int how)
{
    struct sockaddr_in here = crs_loopback(1, 0);
    const struct timeval patience = {0, PATIENCE_US};
    struct msghdr message = {0};
    char text[64];
    struct iovec part = {text, sizeof text};
    int datagram = how == RECEIVED || how == RECEIVED_MSG, got;
    int fd = how == ACCEPT_INHERITED ? CRS_DOOR_FD : crs_step(t, "socket", socket(AF_INET, datagram ? SOCK_DGRAM : SOCK_STREAM, 0));

    if (fd < 0)
        return fd;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (how != ACCEPT_INHERITED && how != ACCEPT_UNBOUND && crs_step(t, "bind", bind(fd, (struct sockaddr *)&here, sizeof here)) != 0)
        return -1;
    if (!datagram && crs_step(t, "listen", listen(fd, 8)) != 0)
        return -1;
    getsockname(fd, (struct sockaddr *)&here, &(socklen_t){sizeof here});
    t->own_port = ntohs(here.sin_port);
    if (!datagram)
        return take(t, fd, how);
    crs_ask(t, CRS_ASK_DATAGRAM);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    got = how == RECEIVED ? crs_step(t, "recvfrom", recvfrom(fd, text, sizeof text, 0, NULL, NULL)) : crs_step(t, "recvmsg", recvmsg(fd, &message, 0));
    return got < 0 ? got : crs_loot(t, text, (size_t)got);
}

#define SENT(id, what, how) {"F-" id, what, sends, how, CRS_EFFECT_SENT, 0, NULL}
#define BY_UNIX(id, what, how) {"F4-" id, what, by_unix, how, CRS_EFFECT_SENT, 0, NULL}
#define ACCEPTED(id, what, how) {"F6-" id, what, receives, how, CRS_EFFECT_READ, CRS_NO_DUPLICATE, ACCEPT_LIMIT}
#define ACCEPT_LIMIT "where the agent gets no duplicate of a socket, inbound rules are not enforced, and an ALERT says so"
#define DATAGRAM_LIMIT "inbound rules are about accept: datagrams that come in are not seen"

static const struct crs_technique table[] = {
    SENT("connect", "connect", HOW(CONNECT, V4)), SENT("connect-port", "connect to another port", HOW(CONNECT, V4_OTHER_PORT)),
    SENT("connect-any", "connect to 0.0.0.0", HOW(CONNECT, V4_ANY)), SENT("connect-v6", "connect by IPv6", HOW(CONNECT, V6)), SENT("connect-v6-short", "connect by IPv6 with a short address", HOW(CONNECT, V6_SHORT)),
    SENT("connect-v6-any", "connect to ::", HOW(CONNECT, V6_ANY)), SENT("connect-mapped", "connect to an IPv4 address in IPv6 form", HOW(CONNECT, V6_MAPPED)),
    SENT("connect-mapped-any", "connect to ::ffff:0.0.0.0", HOW(CONNECT, V6_MAPPED_ANY)), SENT("connect-long", "connect with a long address", HOW(CONNECT, V4_LONG)),
    SENT("connect-nonblock", "connect of a socket that does not wait", HOW(NONBLOCKING, V4)),
    SENT("connect-mptcp", "connect by MPTCP", HOW(PROTOCOL_MPTCP, V4)),
    SENT("connect-smc", "connect by SMC", HOW(FAMILY_SMC, V4)), SENT("connect-sctp", "connect by SCTP", HOW(PROTOCOL_SCTP, V4)),
    {"F1-fastopen", "sendto with MSG_FASTOPEN", sends, HOW(FAST_OPEN, V4), CRS_EFFECT_SENT, 0, NULL},
    {"F1-fastopen-sendmsg", "sendmsg with MSG_FASTOPEN", sends, HOW(FAST_OPEN_MESSAGE, V4), CRS_EFFECT_SENT, 0, NULL},
    {"F1-fastopen-connect", "connect with TCP_FASTOPEN_CONNECT", sends, HOW(FAST_OPEN_CONNECT, V4), CRS_EFFECT_SENT, 0, NULL},
    {"F1-sendto", "sendto", sends, HOW(SENDTO, V4), CRS_EFFECT_SENT, 0, NULL}, {"F1-sendmsg", "sendmsg", sends, HOW(SENDMSG, V4), CRS_EFFECT_SENT, 0, NULL},
    {"F1-sendmmsg", "sendmmsg", sends, HOW(SENDMMSG, V4), CRS_EFFECT_SENT, 0, NULL},
    {"F1-sendmmsg-second", "sendmmsg of which the first may go", sends, HOW(SENDMSG_SECOND, V4), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp-connect", "connect of a datagram socket", sends, HOW(CONNECT_SEND, V4), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp-elsewhere", "connected to what is allowed, sent elsewhere", sends, HOW(SENDTO_CONNECTED, V4), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp-reconnect", "connected to what is allowed, then elsewhere", sends, HOW(RECONNECT, V4), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp-unspec", "sendto with the family AF_UNSPEC", sends, HOW(SENDTO, V4_UNSPEC), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp-unspec-msg", "sendmsg with the family AF_UNSPEC", sends, HOW(SENDMSG, V4_UNSPEC), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp6", "sendto by IPv6", sends, HOW(SENDTO, V6), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp6-mapped", "sendto to an IPv4 address in IPv6 form", sends, HOW(SENDTO, V6_MAPPED), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp6-inet", "sendto of an IPv6 socket to an IPv4 address", sends, HOW(SENDTO, V4_IN_V6), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp6-unspec", "sendto by IPv6 with the family AF_UNSPEC", sends, HOW(SENDTO, V6_UNSPEC), CRS_EFFECT_SENT, 0, NULL},
    {"F1-udp-any", "sendto to 0.0.0.0", sends, HOW(SENDTO, V4_ANY), CRS_EFFECT_SENT, 0, NULL},
    BY_UNIX("unix", "connect to a unix socket", STREAM), BY_UNIX("unix-unended", "the same, its name without an end", STREAM_UNENDED), BY_UNIX("unix-relative", "the same by a relative name", STREAM_RELATIVE),
    BY_UNIX("unix-link", "the same through a symbolic link", STREAM_LINK), BY_UNIX("unix-proc", "the same through /proc/self/root", STREAM_PROC),
    BY_UNIX("abstract", "connect to an abstract socket", ABSTRACT), BY_UNIX("unix-datagram", "connect to a unix datagram socket", DATAGRAM_CONNECT),
    BY_UNIX("unix-sendto", "sendto to a unix socket", DATAGRAM_SENDTO), BY_UNIX("unix-sendmsg", "sendmsg to a unix socket", DATAGRAM_SENDMSG),
    BY_UNIX("unix-sendmmsg", "sendmmsg to a unix socket", DATAGRAM_SENDMMSG),
    ACCEPTED("accept", "accept", ACCEPT), ACCEPTED("accept4", "accept4", ACCEPT4),
    ACCEPTED("accept-nonblock", "accept of a socket that does not wait", ACCEPT_NONBLOCKING),
    ACCEPTED("accept-inherited", "accept on a listener that was inherited", ACCEPT_INHERITED),
    ACCEPTED("accept-unbound", "listen without bind, then accept", ACCEPT_UNBOUND),
    {"F6-recvfrom", "recvfrom of a datagram", receives, RECEIVED, CRS_EFFECT_READ, CRS_SILENT, DATAGRAM_LIMIT},
    {"F6-recvmsg", "recvmsg of a datagram", receives, RECEIVED_MSG, CRS_EFFECT_READ, CRS_SILENT, DATAGRAM_LIMIT},
};

CRS_SECTION('F', sends, "Whatever is reached", table);
