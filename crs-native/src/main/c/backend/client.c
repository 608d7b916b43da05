#include "client.h"

#include "json.h"

#include <errno.h>
#include <string.h>

#define REST_MAX 16384u

void crs_client_init(struct crs_client *client, struct crs_backend *backend, enum crs_courier which)
{
    crs_conn_init(&client->conn, backend, which);
    client->why = "";
}

static void line(struct crs_json *head, const char *name, const char *value)
{
    crs_json_raw(head, name);
    crs_json_raw(head, ": ");
    crs_json_raw(head, value);
    crs_json_raw(head, "\r\n");
}

static int authorization(const struct crs_backend *backend, const struct crs_request *request, struct crs_json *head)
{
    char value[2048];

    if (request->token != NULL) {
        crs_json_raw(head, "Authorization: Bearer ");
        crs_json_raw(head, request->token);
        crs_json_raw(head, "\r\n");
    } else if (backend->url.credentials) {
        if (crs_conn_basic(&backend->url, value, sizeof value) != 0)
            return -EMSGSIZE;
        line(head, "Authorization", value);
    }
    return 0;
}

/* Through a proxy without a tunnel a request has the whole address, and the proxy's credentials. */
static int first_lines(const struct crs_backend *backend, const struct crs_request *request, struct crs_json *head)
{
    const struct crs_url *url = &backend->url, *proxy = &backend->proxy;
    int forwarded = proxy->host[0] != '\0' && !url->secure;
    char host[300], value[2048];

    crs_url_authority(url, 0, host, sizeof host);
    crs_json_raw(head, request->method);
    crs_json_raw(head, forwarded ? " http://" : " ");
    if (forwarded)
        crs_json_raw(head, host);
    crs_json_raw(head, request->path);
    crs_json_raw(head, " HTTP/1.1\r\n");
    line(head, "Host", host);
    if (forwarded && proxy->credentials) {
        if (crs_conn_basic(proxy, value, sizeof value) != 0)
            return -EMSGSIZE;
        line(head, "Proxy-Authorization", value);
    }
    return 0;
}

static int send_request(struct crs_client *client, const struct crs_request *request)
{
    char text[8192];
    struct crs_json head;
    int result;

    crs_json_init(&head, text, sizeof text);
    result = first_lines(client->conn.backend, request, &head);
    if (result == 0)
        result = authorization(client->conn.backend, request, &head);
    line(&head, "User-Agent", "crs-init/" CRS_VERSION);
    if (request->etag != NULL)
        line(&head, "If-None-Match", request->etag);
    if (request->type != NULL) {
        line(&head, "Content-Type", request->type);
        crs_json_raw(&head, "Content-Length: ");
        crs_json_unsigned(&head, request->length);
        crs_json_raw(&head, "\r\n");
    }
    crs_json_raw(&head, "\r\n");
    if (result == 0 && head.full)
        result = -EMSGSIZE;
    if (result == 0)
        result = crs_conn_write(&client->conn, text, head.len);
    if (result == 0 && request->type != NULL)
        result = request->body(request->context, &client->conn);
    return result == 0 ? crs_conn_flush(&client->conn) : result;
}

static const char *why_failed(int result)
{
    switch (result) {
    case -ETIMEDOUT:
        return "it did not answer in time";
    case -EPROTO:
    case -EMSGSIZE:
        return "what it answers cannot be understood";
    default:
        return "the connection broke";
    }
}

/* A server may refuse a body it has not read, and close: its answer, if one came, counts more than the broken pipe. */
static int exchange(struct crs_client *client, const struct crs_request *request)
{
    int sent = send_request(client, request), read;

    if (sent != 0 && sent != -EPIPE && sent != -ECONNRESET)
        return sent;
    read = crs_http_head(&client->conn.http, 0);
    if (sent != 0)
        client->conn.http.keep = 0;
    return read != 0 && sent != 0 ? sent : read;
}

int crs_client_send(struct crs_client *client, const struct crs_request *request)
{
    struct crs_conn *conn = &client->conn;
    int kept = conn->fd >= 0, result;

    conn->deadline = crs_monotonic_ms() + request->timeout_ms;
    for (;;) {
        conn->http.started = 0;
        result = conn->fd >= 0 ? 0 : crs_conn_open(conn, &client->why);
        if (result != 0)
            return result;
        result = exchange(client, request);
        if (result == 0)
            return conn->http.status;
        client->why = why_failed(result);
        crs_conn_close(conn);
        if (!kept || conn->http.started || (result != -ECONNRESET && result != -EPIPE))
            return result;
        kept = 0;
    }
}

int crs_client_text(struct crs_client *client, char *to, size_t cap)
{
    int length = crs_http_text(&client->conn.http, to, cap);

    if (length < 0) {
        client->why = why_failed(length);
        crs_conn_close(&client->conn);
    }
    return length;
}

void crs_client_done(struct crs_client *client)
{
    struct crs_conn *conn = &client->conn;

    if (conn->fd >= 0 && (!conn->http.keep || crs_http_skip(&conn->http, REST_MAX) != 0))
        crs_conn_close(conn);
}
