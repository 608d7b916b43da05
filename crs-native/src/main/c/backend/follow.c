/*
 * The courier of the policy: waits for what the back end assigns, fetches the table, has crs-init put it in force, and
 * acknowledges that once it is.
 */
#define _GNU_SOURCE
#include "assignment.h"
#include "backend.h"
#include "log.h"
#include "session.h"
#include "table.h"

#include <errno.h>
#include <mbedtls/sha256.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WAIT        "30"  /* seconds the back end may take to answer */
#define POLL_MS     45000
#define FETCH_MS    120000
#define APPLY_MS    30000
#define ACK_MS      20000
#define DOCUMENT    65536u
#define AT_ONCE_MS  1000  /* an answer that comes sooner has not waited for a change */
#define UNASKED_MS  5000  /* so long until the next one then */
#define UNKNOWN_MS  30000

static struct crs_client client;
static struct crs_identity_card card;
static uint8_t in_force[32]; /* digest of the table */
static uint64_t generation; /* of what was put in force last */
static int owes_acknowledgement;
static char etag[CRS_HTTP_ETAG], document[DOCUMENT];

/* The memfd of a table being fetched is closed by crs-init if this process dies. */
static void hold(struct crs_backend *backend, int fd)
{
    atomic_store(&backend->shared->open[CRS_COURIER_POLICY][1], fd + 1);
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? -EIO : -errno;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* The body into the memfd, its digest compared. The size, or -errno. */
static int64_t receive_table(const struct crs_assignment *wanted, int fd)
{
    mbedtls_sha256_context sha;
    uint8_t digest[32];
    int64_t size = 0;
    int n;

    mbedtls_sha256_init(&sha);
    n = mbedtls_sha256_starts_ret(&sha, 0) != 0 ? -EIO : 0;
    while (n == 0 && (n = crs_http_read(&client.conn.http, document, sizeof document)) > 0) {
        size += n;
        n = size > CRS_TABLE_MAX                                                                  ? -EFBIG
            : mbedtls_sha256_update_ret(&sha, (unsigned char *)document, (size_t)n) != 0 ? -EIO
                                                                                         : write_all(fd, document, (size_t)n);
    }
    if (n == 0 && mbedtls_sha256_finish_ret(&sha, digest) != 0)
        n = -EIO;
    mbedtls_sha256_free(&sha);
    if (n == 0 && memcmp(digest, wanted->digest, sizeof digest) != 0)
        n = -EBADMSG;
    client.why = n == -EBADMSG ? "the table is not the one its digest tells" : n == -EFBIG ? "the table is too big"
                                                                                         : "the table did not come as a whole";
    return n == 0 ? size : n;
}

/* The table in a memfd: its descriptor, or -errno. */
static int fetch(struct crs_backend *backend, const struct crs_assignment *wanted, uint32_t *size)
{
    struct crs_request request = {.method = "GET", .path = wanted->path, .token = card.token, .timeout_ms = FETCH_MS};
    int status = crs_client_send(&client, &request), fd;
    int64_t result = -ENOENT;

    if (status < 0)
        return status;
    client.why = "the table cannot be had";
    fd = status == 200 ? memfd_create("crs-table", MFD_CLOEXEC) : -1;
    if (fd >= 0) {
        hold(backend, fd);
        result = receive_table(wanted, fd);
    }
    if (fd >= 0 && result < 0) {
        hold(backend, -1);
        close(fd);
    }
    if (result < 0)
        crs_conn_close(&client.conn);
    crs_client_done(&client);
    *size = result < 0 ? 0 : (uint32_t)result;
    return result < 0 ? (int)result : fd;
}

static int is_in_force(const struct crs_assignment *wanted)
{
    return !wanted->has_table || memcmp(wanted->digest, in_force, sizeof in_force) == 0;
}

/* Has it put in force. 0: it is, or is refused for good; else -errno: to be tried again. */
static int put_in_force(struct crs_backend *backend, const struct crs_assignment *wanted)
{
    struct crs_offer offer = {.generation = wanted->generation, .fd = -1, .policy_mode = wanted->policy_mode,
                              .log_mode = wanted->log_mode, .passive = wanted->passive};
    char why[CRS_OFFER_WHY], told[256];
    int result;

    if (!is_in_force(wanted) && (offer.fd = fetch(backend, wanted, &offer.size)) < 0)
        return offer.fd;
    client.why = "the agent is busy";
    hold(backend, -1);
    result = crs_offer_make(&backend->shared->offers, &offer);
    if (result != 0 && offer.fd >= 0)
        close(offer.fd);
    if (result == 0)
        result = crs_offer_wait(&backend->shared->offers, APPLY_MS, why);
    if (result < 0)
        return result;
    if (result == 0) {
        snprintf(told, sizeof told, "the policy of the back end is not taken, the one before stays: %.190s", why);
        crs_courier_tell(backend, CRS_COURIER_POLICY, told);
        return 0;
    }
    if (wanted->has_table)
        memcpy(in_force, wanted->digest, sizeof in_force);
    generation = wanted->generation;
    owes_acknowledgement = 1;
    return 0;
}

static int write_generation(void *context, struct crs_conn *conn)
{
    const char *text = context;

    return crs_conn_write(conn, text, strlen(text));
}

/* What a status that is no success means. */
static int refused(struct crs_backend *backend, int status, const char *why)
{
    if (status == 401)
        crs_session_refused(backend, &card);
    client.why = status == 401 ? "it does not know this agent's token any more" : why;
    return status == 401 ? -EKEYEXPIRED : -ECONNREFUSED;
}

static int acknowledge(struct crs_backend *backend)
{
    char path[sizeof backend->url.path + CRS_AGENT_ID + 32], text[64];
    struct crs_request request = {.method = "POST", .path = path, .token = card.token, .type = "application/json",
                                  .body = write_generation, .context = text, .timeout_ms = ACK_MS};
    int status = crs_session_path(backend, &card, "/applied", path, sizeof path);

    if (status != 0)
        return status;
    request.length = (size_t)snprintf(text, sizeof text, "{\"generation\":%llu}", (unsigned long long)generation);
    status = crs_client_send(&client, &request);
    if (status < 0)
        return status;
    crs_client_done(&client);
    /* A generation it does not know any more is none it waits for. */
    if (status / 100 != 2 && status != 409)
        return refused(backend, status, "it does not take the acknowledgement");
    owes_acknowledgement = 0;
    return 0;
}

static int take(struct crs_backend *backend, int length, const char *new_etag)
{
    struct crs_assignment wanted;
    int result = crs_assignment_read(document, (size_t)length, backend->architecture, &wanted, &client.why);

    if (result == 0)
        result = put_in_force(backend, &wanted);
    if (result == 0)
        snprintf(etag, sizeof etag, "%s", new_etag);
    return result;
}

/* One question: 0 it was answered, then *again is how long to wait until the next one; else -errno. */
static int ask(struct crs_backend *backend, int64_t *again)
{
    char path[sizeof backend->url.path + CRS_AGENT_ID + 32], new_etag[CRS_HTTP_ETAG];
    struct crs_request request = {.method = "GET", .path = path, .token = card.token, .etag = etag[0] != '\0' ? etag : NULL,
                                  .timeout_ms = POLL_MS};
    int64_t asked = crs_monotonic_ms();
    int result = crs_session_path(backend, &card, "/config?wait=" WAIT, path, sizeof path), status, length;

    status = result != 0 ? result : crs_client_send(&client, &request);
    if (status < 0)
        return status;
    *again = crs_monotonic_ms() - asked < AT_ONCE_MS ? UNASKED_MS : 0;
    if (status == 304 || status == 204) { /* no change; nothing assigned yet */
        crs_client_done(&client);
        return 0;
    }
    if (status != 200) {
        crs_client_done(&client);
        *again = UNKNOWN_MS;
        return status == 404 ? 0 : refused(backend, status, "it does not tell the configuration");
    }
    snprintf(new_etag, sizeof new_etag, "%s", client.conn.http.etag);
    length = crs_client_text(&client, document, sizeof document);
    if (length < 0)
        return length;
    crs_client_done(&client);
    if (new_etag[0] != '\0' && strcmp(new_etag, etag) != 0)
        *again = 0;
    return take(backend, length, new_etag);
}

static int turn(struct crs_backend *backend, int64_t *again, int32_t *retry_after)
{
    uint32_t known = card.version;
    int result = crs_session_get(&client, &card, retry_after);

    if (card.version != known) { /* a back end that forgot this agent may count generations from the start again */
        etag[0] = '\0';
        owes_acknowledgement = 0;
    }
    if (result == 0 && owes_acknowledgement)
        result = acknowledge(backend);
    if (result == 0)
        result = ask(backend, again);
    if (result != 0 && *retry_after < 0)
        *retry_after = client.conn.http.retry_after;
    return result;
}

/* What keeps coming however often it is tried is a matter for whoever reads events. */
static void failed(struct crs_backend *backend, int result, uint32_t failures)
{
    char told[256];

    snprintf(told, sizeof told, "the back end cannot be asked for the policy: %s", client.why);
    if (result == -EINVAL || result == -EBADMSG || result == -EFBIG || result == -EACCES)
        crs_courier_tell(backend, CRS_COURIER_POLICY, told);
    else
        crs_log(failures == 1 ? CRS_LOG_WARN : CRS_LOG_INFO, "%s", told);
}

void crs_follow(struct crs_backend *backend)
{
    uint32_t failures = 0, unknown = 0;

    crs_client_init(&client, backend, CRS_COURIER_POLICY);
    memcpy(in_force, backend->table_digest, sizeof in_force);
    for (;;) {
        int64_t again = 0, pause;
        int32_t retry_after = -1;
        int result;

        client.conn.http.retry_after = -1;
        result = turn(backend, &again, &retry_after);
        if (result == 0) {
            failures = unknown = 0;
            if (owes_acknowledgement)
                again = 0;
            if (again > 0)
                poll(NULL, 0, (int)again);
            continue;
        }
        if (result == -EKEYEXPIRED && unknown++ == 0)
            continue;
        pause = crs_backoff_next(&failures);
        failed(backend, result, failures);
        if (retry_after * INT64_C(1000) > pause)
            pause = retry_after * INT64_C(1000);
        poll(NULL, 0, (int)pause);
    }
}
