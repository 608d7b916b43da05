/*
 * The courier of events: sends what waits in the outbox, in batches, until the back end says that it is durable.
 *
 * One batch is under way at a time. What its answer does not cover goes again, with what has come meanwhile.
 */
#define _GNU_SOURCE
#include "backend.h"
#include "json_read.h"
#include "log.h"
#include "ring.h"
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define BATCH_BYTES (256u << 10)
#define BATCH_MS    1000
#define SEND_MS     30000
#define ANSWER_MAX  (256u << 10)

struct batch {
    struct crs_outbox *outbox;
    uint64_t from, end, lines;
    size_t length;
    uint64_t last_seq;
};

static struct crs_client client;
static struct crs_identity_card card;
static char answer[ANSWER_MAX];

/* From the first line on, as many as fit; at least one. */
static void gather(struct crs_outbox *outbox, size_t most, struct batch *batch)
{
    uint64_t position = crs_outbox_first(outbox);
    struct crs_outbox_line line;

    *batch = (struct batch){.outbox = outbox, .from = position, .end = position};
    while (crs_outbox_next(outbox, &position, &line) && (batch->lines == 0 || batch->length + line.length <= most)) {
        batch->end = line.end;
        batch->length += line.length;
        batch->last_seq = line.seq;
        batch->lines++;
    }
}

static int write_lines(void *context, struct crs_conn *conn)
{
    const struct batch *batch = context;
    uint64_t position = batch->from;
    struct crs_outbox_line line;
    int result = 0;

    while (result == 0 && position != batch->end && crs_outbox_next(batch->outbox, &position, &line))
        result = crs_conn_write(conn, line.bytes, line.length);
    return result;
}

/* 1 if the answer rejects this line of the batch, counted from 1: it is no better when it goes again. */
static int is_rejected(struct crs_json_text rejected, struct crs_json_text *at, uint64_t number)
{
    struct crs_json_text line;
    uint64_t n;

    while (rejected.at != NULL) {
        if (at->at == NULL && crs_json_element(rejected, at) != 1)
            return 0;
        if (crs_json_member(*at, "line", &line) != 0 || crs_json_get_unsigned(line, UINT64_MAX - 9, &n) != 0)
            return 0;
        if (n >= number)
            return n == number;
        if (crs_json_element(rejected, at) != 1)
            return 0;
    }
    return 0;
}

/* Lets go of what the answer covers, of this batch at most: how many lines, or -EPROTO. */
static int64_t settle(const struct batch *batch, int length)
{
    struct crs_json_text root, value, rejected = {NULL, NULL}, at = {NULL, NULL};
    uint64_t durable, position = batch->from, end = position, lines = 0, refused = 0;
    struct crs_outbox_line line;

    if (crs_json_read(answer, (size_t)length, &root) != 0 || crs_json_member(root, "durableSeq", &value) != 0 ||
        crs_json_get_unsigned(value, UINT64_MAX - 9, &durable) != 0)
        return -EPROTO;
    if (crs_json_member(root, "rejected", &value) == 0)
        rejected = value;
    while (position != batch->end && crs_outbox_next(batch->outbox, &position, &line)) {
        int is_refused = is_rejected(rejected, &at, lines + 1);

        if (line.seq > durable && !is_refused)
            break;
        refused += is_refused != 0;
        end = line.end;
        lines++;
    }
    crs_outbox_release(batch->outbox, end, lines);
    if (refused > 0)
        crs_log(CRS_LOG_WARN, "the back end rejected %llu lines", (unsigned long long)refused);
    return (int64_t)lines;
}

/* Sends a batch once. Lines let go of, or -errno; -EMSGSIZE: it was too much. */
static int64_t send_batch(struct crs_backend *backend, struct batch *batch, int32_t *retry_after)
{
    char path[sizeof backend->url.path + CRS_AGENT_ID + 32];
    struct crs_request request = {.method = "POST", .path = path, .token = card.token, .type = "application/x-ndjson",
                                  .length = batch->length, .body = write_lines, .context = batch, .timeout_ms = SEND_MS};
    int64_t result = crs_session_get(&client, &card, retry_after);
    int status;

    if (result == 0)
        result = crs_session_path(backend, &card, "/events", path, sizeof path);
    if (result != 0)
        return result;
    status = crs_client_send(&client, &request);
    if (status < 0)
        return status;
    *retry_after = client.conn.http.retry_after;
    client.why = "it refuses the events";
    result = -ECONNREFUSED;
    if (status == 200) {
        int length = crs_client_text(&client, answer, sizeof answer);

        result = length < 0 ? length : settle(batch, length);
        if (result == -EPROTO)
            client.why = "its answer to events cannot be understood";
        else if (result == 0)
            client.why = "it made none of the events durable";
    } else if (status == 401) {
        crs_session_refused(backend, &card);
        client.why = "it does not know this agent's token any more";
        result = -EKEYEXPIRED;
    } else if (status == 413) {
        result = -EMSGSIZE;
    }
    crs_client_done(&client);
    return result;
}

static void failed(struct crs_backend *backend, uint32_t *failures, int32_t retry_after, int64_t result)
{
    int64_t pause = crs_backoff_next(failures);
    char told[256];

    crs_outbox_state(backend->outbox, 0);
    snprintf(told, sizeof told, "events do not reach the back end: %s", client.why);
    if (result == -EACCES)
        crs_courier_tell(backend, CRS_COURIER_EVENTS, told);
    else
        crs_log(*failures == 1 ? CRS_LOG_WARN : CRS_LOG_INFO, "%s", told);
    if (retry_after * INT64_C(1000) > pause)
        pause = retry_after * INT64_C(1000);
    /* At the end there is time for a few attempts, unless the back end asked for more of it. */
    if (!crs_outbox_hurried(backend->outbox))
        crs_outbox_pause(backend->outbox, pause);
    else
        poll(NULL, 0, retry_after > 0 ? (int)pause : 200);
}

/* A line the back end takes not even alone is lost; a batch it does not take is tried with fewer lines. */
static void too_much(struct crs_backend *backend, const struct batch *batch, size_t *most)
{
    if (batch->lines > 1) {
        *most = batch->length / 2;
        return;
    }
    crs_ring_lost(backend->ring, CRS_LOSS_SINK, crs_event_now()); /* first: who waits for the outbox to be empty ends then */
    crs_outbox_release(backend->outbox, batch->end, 1);
    crs_log(CRS_LOG_WARN, "a line of %zu bytes is too long for the back end", batch->length);
}

void crs_deliver(struct crs_backend *backend)
{
    size_t most = BATCH_BYTES;
    uint32_t failures = 0, unknown = 0;

    crs_client_init(&client, backend, CRS_COURIER_EVENTS);
    for (;;) {
        struct batch batch;
        int32_t retry_after = -1;
        int64_t result;

        crs_outbox_wait(backend->outbox, 1, -1);
        crs_outbox_wait(backend->outbox, most, failures == 0 ? BATCH_MS : 0);
        gather(backend->outbox, most, &batch);
        if (batch.lines == 0) { /* in a hurry, with nothing to send */
            poll(NULL, 0, 10);
            continue;
        }
        result = send_batch(backend, &batch, &retry_after);
        if (result > 0) {
            if (failures > 0)
                crs_log(CRS_LOG_WARN, "events reach the back end again");
            failures = unknown = 0;
            most = BATCH_BYTES;
            crs_outbox_state(backend->outbox, 1);
        } else if (result == -EMSGSIZE && client.conn.http.status == 413) {
            too_much(backend, &batch, &most);
        } else if (result != -EKEYEXPIRED || unknown++ > 0) {
            failed(backend, &failures, retry_after, result);
        }
    }
}
