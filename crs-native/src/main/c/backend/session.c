#define _GNU_SOURCE
#include "session.h"

#include "container_id.h"
#include "json.h"
#include "json_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REGISTER_MS 20000
#define ANSWER_MAX  16384u

static void lock(struct crs_session *session)
{
    const struct timespec step = {0, 20 * 1000000};
    int32_t nobody = 0;

    while (!atomic_compare_exchange_strong(&session->lock, &nobody, (int32_t)getpid())) {
        nobody = 0;
        nanosleep(&step, NULL);
    }
}

static void unlock(struct crs_session *session)
{
    atomic_store(&session->lock, 0);
}

static void text(struct crs_json *json, const char *name, const char *value)
{
    crs_json_raw(json, json->len == 1 ? "\"" : ",\"");
    crs_json_raw(json, name);
    crs_json_raw(json, "\":");
    crs_json_string(json, value, strlen(value), 256);
}

/* What the application is held to here; the start of the application is not waited for long. */
static const char *enforcement(struct crs_backend *backend)
{
    static const char *const names[] = {"UNKNOWN", "STRICT", "DEGRADED", "NONE"};
    const struct timespec step = {0, 10 * 1000000};
    uint32_t now = CRS_ENFORCES_UNKNOWN;

    for (int i = 0; i < 200 && (now = atomic_load(&backend->shared->enforcement)) == CRS_ENFORCES_UNKNOWN; i++)
        nanosleep(&step, NULL);
    return names[now & 3];
}

static void describe(struct crs_backend *backend, struct crs_json *json)
{
    char container[CRS_CONTAINER_ID], host[256] = "";

    crs_json_raw(json, "{");
    if (crs_container_id(container) != NULL)
        text(json, "containerSha", container);
    if (backend->image_digest[0] != '\0')
        text(json, "imageSha", backend->image_digest);
    gethostname(host, sizeof host - 1);
    text(json, "hostname", host);
#if defined(__x86_64__)
    text(json, "platform", "linux/amd64");
#else
    text(json, "platform", "linux/arm64");
#endif
    text(json, "agentVersion", CRS_VERSION);
    crs_json_raw(json, ",\"coverage\":{\"enforcement\":\"");
    crs_json_raw(json, enforcement(backend));
    crs_json_raw(json, "\"}}");
}

struct body {
    const char *bytes;
    size_t length;
};

static int write_body(void *context, struct crs_conn *conn)
{
    const struct body *body = context;

    return crs_conn_write(conn, body->bytes, body->length);
}

static int is_plain(const char *text_, const char *more)
{
    if (*text_ == '\0')
        return 0;
    for (; *text_ != '\0'; text_++)
        if (!((*text_ | 0x20) >= 'a' && (*text_ | 0x20) <= 'z') && !(*text_ >= '0' && *text_ <= '9') &&
            strchr(more, *text_) == NULL)
            return 0;
    return 1;
}

/* The id goes into paths, the token into a header: what does not belong there is not let in. */
static int take_answer(struct crs_client *client, struct crs_session *session)
{
    char answer[ANSWER_MAX], id[CRS_AGENT_ID], token[CRS_TOKEN];
    struct crs_json_text root, value;
    int length = crs_client_text(client, answer, sizeof answer);

    if (length < 0)
        return length;
    client->why = "its answer to the registration cannot be understood";
    if (crs_json_read(answer, (size_t)length, &root) != 0 || crs_json_member(root, "agentId", &value) != 0 ||
        crs_json_get_string(value, id, sizeof id) != 0 || !is_plain(id, "-_.") || strspn(id, ".") == strlen(id) ||
        crs_json_member(root, "token", &value) != 0 || crs_json_get_string(value, token, sizeof token) != 0 ||
        !is_plain(token, "-._~+/="))
        return -EPROTO;
    memcpy(session->id, id, sizeof id);
    memcpy(session->token, token, sizeof token);
    session->version++;
    return 0;
}

static int enrol(struct crs_client *client, struct crs_session *session, int32_t *retry_after)
{
    struct crs_backend *backend = client->conn.backend;
    char path[sizeof backend->url.path + 8], document[4096];
    struct crs_json json;
    struct body body;
    struct crs_request request = {.method = "POST", .path = path, .type = "application/json", .body = write_body,
                                  .context = &body, .timeout_ms = REGISTER_MS};
    int status;

    crs_json_init(&json, document, sizeof document);
    describe(backend, &json);
    body = (struct body){document, json.len};
    request.length = json.len;
    snprintf(path, sizeof path, "%s/agents", backend->url.path);
    status = json.full ? -EMSGSIZE : crs_client_send(client, &request);
    if (status < 0)
        return status;
    *retry_after = client->conn.http.retry_after;
    if (status == 200 || status == 201)
        status = take_answer(client, session);
    else if (status == 401 || status == 403) {
        client->why = "it does not take the credentials of its URL";
        status = -EACCES;
    } else {
        client->why = "it refuses to register this agent";
        status = -ECONNREFUSED;
    }
    crs_client_done(client);
    return status;
}

int crs_session_get(struct crs_client *client, struct crs_identity_card *card, int32_t *retry_after)
{
    struct crs_session *session = &client->conn.backend->shared->session;
    int result = 0;

    *retry_after = -1;
    lock(session);
    if (session->token[0] == '\0')
        result = enrol(client, session, retry_after);
    if (result == 0 && card->version != session->version) {
        card->version = session->version;
        memcpy(card->id, session->id, sizeof card->id);
        memcpy(card->token, session->token, sizeof card->token);
    }
    unlock(session);
    return result;
}

void crs_session_refused(struct crs_backend *backend, const struct crs_identity_card *card)
{
    struct crs_session *session = &backend->shared->session;

    lock(session);
    if (session->version == card->version)
        session->token[0] = '\0';
    unlock(session);
}

int crs_session_path(const struct crs_backend *backend, const struct crs_identity_card *card, const char *rest, char *out,
                     size_t cap)
{
    int length = snprintf(out, cap, "%s/agents/%s%s", backend->url.path, card->id, rest);

    return length < 0 || (size_t)length >= cap ? -EMSGSIZE : 0;
}
