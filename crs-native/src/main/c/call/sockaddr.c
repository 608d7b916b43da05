#define _GNU_SOURCE
#include "sockaddr.h"

#include "agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>

static void unix_name(const struct sockaddr_un *un, size_t len, char text[128])
{
    size_t path = len - offsetof(struct sockaddr_un, sun_path);

    if (path > sizeof un->sun_path)
        path = sizeof un->sun_path;
    memset(text, 0, 128);
    memcpy(text, un->sun_path, path);
    if (path > 0 && text[0] == '\0') /* abstract: NULs in it are bytes like others, and shown as @ */
        for (size_t i = 0; i < path; i++)
            if (text[i] == '\0')
                text[i] = '@';
}

void crs_call_address(struct crs_call *call, const struct sockaddr_storage *address, size_t len, char text[128])
{
    call->addr_kind = CRS_ADDR_OTHER;
    if (len < sizeof(sa_family_t))
        snprintf(text, 128, "@");
    else if (address->ss_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;

        call->addr_kind = CRS_ADDR_INET;
        memcpy(call->addr, &in->sin_addr, 4);
        call->port = ntohs(in->sin_port);
        return;
    } else if (address->ss_family == AF_INET6 && len >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)address;

        call->addr_kind = CRS_ADDR_INET6;
        memcpy(call->addr, &in->sin6_addr, 16);
        call->port = ntohs(in->sin6_port);
        return;
    } else if (address->ss_family == AF_UNIX)
        unix_name((const struct sockaddr_un *)address, len, text);
    else
        snprintf(text, 128, "@family-%u", (unsigned)address->ss_family);
    call->addr_text = (struct crs_str){text, (uint32_t)strlen(text)};
}

void crs_call_destination(struct crs_call *call, struct sockaddr_storage *address, size_t len, char text[128])
{
    if (len >= sizeof(struct sockaddr_in) && address->ss_family == AF_UNSPEC)
        address->ss_family = AF_INET;
    crs_call_address(call, address, len, text);
}

int crs_read_destination(struct crs_ctx *ctx, uint64_t at, uint64_t len, struct crs_destination *to)
{
    memset(to, 0, sizeof *to);
    if ((int32_t)len < 0 || (int32_t)len > (int32_t)sizeof to->address)
        return -EINVAL;
    to->len = (uint32_t)len;
    return to->len == 0 ? 0 : crs_target_read(ctx, at, &to->address, to->len);
}

int64_t crs_socket_patience(int fd, int option)
{
    struct timeval time = {0};
    socklen_t len = sizeof time;

    if (getsockopt(fd, SOL_SOCKET, option, &time, &len) != 0 || (time.tv_sec == 0 && time.tv_usec == 0))
        return -1;
    return time.tv_sec > INT32_MAX ? -1 : (int64_t)time.tv_sec * 1000 + time.tv_usec / 1000;
}

int crs_socket_option(int fd, int option)
{
    int value = 0;
    socklen_t len = sizeof value;

    return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}
