/* The judge's sockets: what arrives there got out, and what the judge sends comes from outside. */
#define _GNU_SOURCE
#include "judge.h"

#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TCP, UDP, TCP6, UDP6, STREAM, DATAGRAM, ABSTRACT, DOORS };

static int doors[DOORS];

static int listening(int domain, int type, const void *address, socklen_t size)
{
    int fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

    if (fd < 0)
        return -1;
    if (domain == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, address, size) == 0 && (type != SOCK_STREAM || listen(fd, 64) == 0))
        return fd;
    close(fd);
    return -1;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in6 address = {0};

    getsockname(fd, (struct sockaddr *)&address, &(socklen_t){sizeof address});
    return ntohs(address.sin6_port); /* in the same place in both */
}

static int open_inet(struct crs_judge *judge)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT};
    struct sockaddr_in door = crs_loopback(1, 0);

    doors[TCP] = listening(AF_INET, SOCK_STREAM, &any, sizeof any);
    doors[UDP] = listening(AF_INET, SOCK_DGRAM, &any, sizeof any);
    if (doors[TCP] < 0 || doors[UDP] < 0)
        return -errno;
    judge->trial->port[0] = port_of(doors[TCP]);
    judge->trial->port[1] = port_of(doors[UDP]);
    any6.sin6_port = htons(judge->trial->port[0]);
    doors[TCP6] = listening(AF_INET6, SOCK_STREAM, &any6, sizeof any6);
    any6.sin6_port = htons(judge->trial->port[1]);
    doors[UDP6] = listening(AF_INET6, SOCK_DGRAM, &any6, sizeof any6);
    judge->door = listening(AF_INET, SOCK_STREAM, &door, sizeof door);
    if (judge->door < 0)
        return -errno;
    fcntl(judge->door, F_SETFL, 0);
    judge->trial->door_port = port_of(judge->door);
    return 0;
}

int crs_doors_open(struct crs_judge *judge)
{
    struct sockaddr_un hidden = {.sun_family = AF_UNIX, .sun_path = "\0crs-selftest"};

    doors[STREAM] = doors[DATAGRAM] = -1;
    doors[ABSTRACT] = listening(AF_UNIX, SOCK_STREAM, &hidden, sizeof(sa_family_t) + 13);
    return open_inet(judge);
}

/* Takes what is there; whether there was anything. */
static int drain(int fd, int datagrams)
{
    char text[256];
    int any = 0, got;

    while (fd >= 0 && (got = datagrams ? (int)recv(fd, text, sizeof text, MSG_DONTWAIT)
                                       : accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        any = 1;
        if (!datagrams)
            close(got);
    }
    return any;
}

int crs_doors_reached(struct crs_judge *judge)
{
    int any = 0;

    (void)judge;
    for (int i = 0; i < DOORS; i++)
        any |= drain(doors[i], i == UDP || i == UDP6 || i == DATAGRAM);
    return any;
}

int crs_doors_reset(struct crs_judge *judge)
{
    static const char *const names[] = {"run/stream", "run/datagram"};

    crs_doors_reached(judge);
    for (int i = 0; i < 2; i++) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        if (doors[STREAM + i] >= 0)
            close(doors[STREAM + i]);
        if (snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", judge->place.dir, names[i]) >=
            (int)sizeof address.sun_path)
            return -ENAMETOOLONG;
        doors[STREAM + i] = listening(AF_UNIX, i == 0 ? SOCK_STREAM : SOCK_DGRAM, &address, sizeof address);
        if (doors[STREAM + i] < 0)
            return -errno;
        if (judge->place.root && chmod(address.sun_path, 0777) != 0)
            return -errno;
    }
    return 0;
}

static int from_elsewhere(int type)
{
    struct sockaddr_in here = crs_loopback(8, 0);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0)
        bind(fd, (struct sockaddr *)&here, sizeof here);
    return fd;
}

static void say(struct crs_judge *judge, int type)
{
    static int before = -1;
    struct sockaddr_in to = crs_loopback(1, judge->trial->own_port);

    if (before >= 0) /* stays until the next, so that the other end may read what was sent */
        close(before);
    before = from_elsewhere(type);
    if (before < 0)
        return;
    connect(before, (struct sockaddr *)&to, sizeof to);
    send(before, judge->place.token, strlen(judge->place.token), MSG_NOSIGNAL);
}

void crs_doors_connect(struct crs_judge *judge)
{
    say(judge, SOCK_STREAM);
}

void crs_doors_send(struct crs_judge *judge)
{
    say(judge, SOCK_DGRAM);
}
