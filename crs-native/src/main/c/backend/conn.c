#define _GNU_SOURCE
#include "conn.h"

#include "json.h"

#include <errno.h>
#include <mbedtls/base64.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ADDRESSES_MAX 8
#define CONNECT_MS    5000 /* to one address of several */

/* Until the socket is ready or the deadline has come. */
static int await(const struct crs_conn *conn, int64_t deadline, short events)
{
    struct pollfd polled = {.fd = conn->fd, .events = events};

    for (;;) {
        int64_t left = deadline - crs_monotonic_ms();
        int n;

        if (left <= 0)
            return -ETIMEDOUT;
        n = poll(&polled, 1, left > 60000 ? 60000 : (int)left);
        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return -errno;
    }
}

static int send_plain(void *context, const char *bytes, size_t length)
{
    struct crs_conn *conn = context;

    for (;;) {
        ssize_t n = send(conn->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        int result;

        if (n >= 0)
            return (int)n;
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
        result = await(conn, conn->deadline, POLLOUT);
        if (result != 0)
            return result;
    }
}

static int receive_plain(void *context, char *to, size_t cap)
{
    struct crs_conn *conn = context;

    for (;;) {
        ssize_t n = recv(conn->fd, to, cap, MSG_DONTWAIT);
        int result;

        if (n >= 0)
            return (int)n;
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
        result = await(conn, conn->deadline, POLLIN);
        if (result != 0)
            return result;
    }
}

static int receive(void *context, char *to, size_t cap)
{
    struct crs_conn *conn = context;

    return conn->secure ? crs_tls_receive(&conn->tls, to, cap) : receive_plain(conn, to, cap);
}

void crs_conn_init(struct crs_conn *conn, struct crs_backend *backend, enum crs_courier which)
{
    memset(conn, 0, sizeof *conn);
    conn->backend = backend;
    conn->which = which;
    conn->fd = -1;
    conn->below = (struct crs_tls_below){conn, send_plain, receive_plain};
}

void crs_conn_close(struct crs_conn *conn)
{
    if (conn->secure) {
        conn->deadline = crs_monotonic_ms() + 100; /* a goodbye is no reason to wait */
        crs_tls_close(&conn->tls, conn->fd >= 0);
    }
    conn->secure = 0;
    conn->filled = 0;
    if (conn->fd < 0)
        return;
    atomic_store(&conn->backend->shared->open[conn->which][0], 0);
    close(conn->fd);
    conn->fd = -1;
}

static int connect_to(struct crs_conn *conn, const struct addrinfo *address)
{
    int64_t deadline = crs_monotonic_ms() + CONNECT_MS;
    int one = 1, err = 0, result;
    socklen_t size = sizeof err;

    conn->fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (conn->fd < 0)
        return -errno;
    atomic_store(&conn->backend->shared->open[conn->which][0], conn->fd + 1);
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(conn->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    if (connect(conn->fd, address->ai_addr, address->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return -errno;
    result = await(conn, deadline < conn->deadline ? deadline : conn->deadline, POLLOUT);
    if (result == 0 && getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &err, &size) != 0)
        err = errno;
    return result != 0 ? result : -err;
}

static int reach(struct crs_conn *conn, const struct crs_url *url, const char **why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found = NULL;
    int result = -EHOSTUNREACH, tries = 0;
    char port[8];

    snprintf(port, sizeof port, "%u", url->port);
    *why = "the name of the host is not known";
    if (getaddrinfo(url->host, port, &hints, &found) != 0)
        return -EHOSTUNREACH;
    for (const struct addrinfo *a = found; a != NULL && tries < ADDRESSES_MAX; a = a->ai_next, tries++) {
        result = connect_to(conn, a);
        if (result == 0)
            break;
        crs_conn_close(conn);
    }
    freeaddrinfo(found);
    *why = "no connection could be made";
    return result;
}

int crs_conn_basic(const struct crs_url *url, char *out, size_t cap)
{
    char plain[sizeof url->user + sizeof url->password + 1];
    int length = snprintf(plain, sizeof plain, "%s:%s", url->user, url->password), used = snprintf(out, cap, "Basic ");
    size_t written;

    return mbedtls_base64_encode((unsigned char *)out + used, cap - (size_t)used, &written, (const unsigned char *)plain,
                                 (size_t)length) == 0 ? 0 : -EMSGSIZE;
}

/* Asks the proxy for a way to the back end. */
static int tunnel(struct crs_conn *conn, const char **why)
{
    const struct crs_url *proxy = &conn->backend->proxy;
    char to[300], credentials[2048] = "", text[3000];
    struct crs_json request;
    int result;

    crs_url_authority(&conn->backend->url, 1, to, sizeof to);
    *why = "the proxy did not answer as a proxy does";
    if (proxy->credentials && crs_conn_basic(proxy, credentials, sizeof credentials) != 0)
        return -EMSGSIZE;
    crs_json_init(&request, text, sizeof text);
    crs_json_raw(&request, "CONNECT ");
    crs_json_raw(&request, to);
    crs_json_raw(&request, " HTTP/1.1\r\nHost: ");
    crs_json_raw(&request, to);
    if (credentials[0] != '\0') {
        crs_json_raw(&request, "\r\nProxy-Authorization: ");
        crs_json_raw(&request, credentials);
    }
    crs_json_raw(&request, "\r\n\r\n");
    if (request.full)
        return -EMSGSIZE;
    result = crs_conn_write(conn, text, request.len);
    if (result == 0)
        result = crs_conn_flush(conn);
    crs_http_init(&conn->http, receive, conn);
    if (result == 0)
        result = crs_http_head(&conn->http, 1);
    if (result != 0)
        return result;
    if (conn->http.status == 407)
        *why = "the proxy wants other credentials";
    else if (conn->http.status / 100 != 2)
        *why = "the proxy refuses a connection to the back end";
    else if (conn->http.at == conn->http.end) /* a back end does not speak first */
        return 0;
    return -ECONNREFUSED;
}

int crs_conn_open(struct crs_conn *conn, const char **why)
{
    const struct crs_url *url = &conn->backend->url, *proxy = &conn->backend->proxy;
    int result = reach(conn, proxy->host[0] != '\0' ? proxy : url, why);

    if (result == 0 && url->secure && proxy->host[0] != '\0')
        result = tunnel(conn, why);
    if (result == 0 && url->secure) {
        result = crs_tls_open(&conn->tls, url->host, !conn->backend->skip_verify, &conn->below, why);
        conn->secure = result == 0;
    }
    crs_http_init(&conn->http, receive, conn);
    if (result != 0)
        crs_conn_close(conn);
    return result;
}

int crs_conn_flush(struct crs_conn *conn)
{
    size_t sent = 0;

    while (sent < conn->filled) {
        int n = conn->secure ? crs_tls_send(&conn->tls, conn->out + sent, conn->filled - sent)
                             : send_plain(conn, conn->out + sent, conn->filled - sent);

        if (n <= 0)
            return n == 0 ? -EIO : n;
        sent += (size_t)n;
    }
    conn->filled = 0;
    return 0;
}

int crs_conn_write(struct crs_conn *conn, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t room = sizeof conn->out - conn->filled, n = length < room ? length : room;
        int result;

        memcpy(conn->out + conn->filled, bytes, n);
        conn->filled += n;
        bytes += n;
        length -= n;
        if (conn->filled == sizeof conn->out && (result = crs_conn_flush(conn)) != 0)
            return result;
    }
    return 0;
}
