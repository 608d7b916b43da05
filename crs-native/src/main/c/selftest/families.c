/* F: sockets of families that lead past the network's rules. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct family {
    int domain, type, protocol;
} families[] = {
    {AF_PACKET, SOCK_RAW, 0}, {AF_PACKET, SOCK_DGRAM, 0}, {AF_INET, SOCK_RAW, IPPROTO_ICMP}, {AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW},
    {AF_INET6, SOCK_RAW, IPPROTO_ICMPV6}, {AF_NETLINK, SOCK_RAW, 0}, {AF_NETLINK, SOCK_DGRAM, 0}, {AF_VSOCK, SOCK_STREAM, 0},
    {AF_ALG, SOCK_SEQPACKET, 0}, {44 /* AF_XDP */, SOCK_RAW, 0}, {AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK, 0},
};

static int makes(struct crs_trial *t, int how)
{
    int fd = crs_step(t, "socket", socket(families[how].domain, families[how].type, families[how].protocol));

    t->done = fd >= 0;
    return fd;
}

/* The kernel looks at the lower half of a register. */
static int makes_with_upper_bits(struct crs_trial *t, int how)
{
    int fd = crs_step(t, "socket", syscall(SYS_socket, 1ul << 32 | (unsigned long)families[how].domain, (unsigned long)families[how].type, 0));

    t->done = fd >= 0;
    return fd;
}

#define FAMILY(id, what, how) {"F4-" id, what, makes, how, CRS_EFFECT_DONE, 0, NULL}

static const struct crs_technique table[] = {
    FAMILY("packet", "AF_PACKET", 0), FAMILY("packet-datagram", "AF_PACKET, SOCK_DGRAM", 1), FAMILY("raw", "SOCK_RAW", 2),
    FAMILY("raw-cloexec", "SOCK_RAW and SOCK_CLOEXEC", 3), FAMILY("raw6", "SOCK_RAW by IPv6", 4), FAMILY("netlink", "AF_NETLINK, SOCK_RAW", 5),
    FAMILY("netlink-datagram", "AF_NETLINK, SOCK_DGRAM", 6), FAMILY("netlink-nonblock", "AF_NETLINK and SOCK_NONBLOCK", 10),
    FAMILY("vsock", "AF_VSOCK", 7), FAMILY("alg", "AF_ALG", 8), FAMILY("xdp", "AF_XDP", 9),
    {"F4-upper-bits", "AF_NETLINK, with bits in the upper half of the register", makes_with_upper_bits, 6, CRS_EFFECT_DONE, 0, NULL},
};

CRS_SECTION('F', families, "Sockets of other families", table);
