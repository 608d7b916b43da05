#include "sink.h"

#include "json.h"
#include "sink_out.h"
#include "spool.h"
#include "ulid.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BACKOFF_FIRST_MS 50
#define BACKOFF_MAX_MS   5000
#define UNREAD_MS        50 /* how often a socket is asked whether its peer has read */
#define FLUSH_STEP_MS    10
#define ROUNDS_MAX       64 /* then the caller's other work has its turn */

struct crs_sink {
    struct crs_sink_out out;
    struct crs_spool spool;
    struct crs_outbox *outbox; /* instead of the spool, for couriers */
    struct crs_ulid ulid;
    const struct crs_event_source *source;
    uint64_t seq, written, discarded, reported, abandoned;
    int64_t retry_at_ms;
    int backoff_ms, error;
    uint8_t waiting; /* for the destination to be writable */
    uint8_t full;    /* the outbox is */
    char body[CRS_BODY_MAX];
};

static int64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int crs_sink_open(const struct crs_sink_url *url, struct crs_sink **out)
{
    struct crs_sink *sink = calloc(1, sizeof *sink);

    if (sink == NULL)
        return -ENOMEM;
    sink->out.url = *url;
    sink->out.fd = -1;
    crs_ulid_init(&sink->ulid);
    if (url->kind == CRS_SINK_HTTP) {
        int result = crs_outbox_create(&sink->outbox);

        if (result != 0) {
            free(sink);
            return result;
        }
    } else if (url->kind != CRS_SINK_NONE && (sink->error = -crs_out_open(&sink->out)) != 0) {
        sink->backoff_ms = BACKOFF_FIRST_MS;
        sink->retry_at_ms = monotonic_ms() + BACKOFF_FIRST_MS;
    }
    *out = sink;
    return 0;
}

const char *crs_sink_path(const struct crs_sink *sink)
{
    return sink->out.url.kind == CRS_SINK_FILE || sink->out.url.kind == CRS_SINK_UNIX ? sink->out.url.path : NULL;
}

void crs_sink_source(struct crs_sink *sink, const struct crs_event_source *source)
{
    sink->source = source;
}

void crs_sink_close(struct crs_sink *sink)
{
    if (sink == NULL)
        return;
    crs_out_close(&sink->out);
    crs_outbox_destroy(sink->outbox);
    free(sink);
}

struct crs_outbox *crs_sink_outbox(const struct crs_sink *sink)
{
    return sink->outbox;
}

static uint64_t lost_so_far(const struct crs_sink *sink, const struct crs_ring *ring)
{
    uint64_t by_cause[CRS_LOSSES];

    return crs_ring_losses(ring, by_cause, NULL) + sink->abandoned;
}

/* The consumer's part around a body; the room is enough by the bounds of both. */
static void add_line(struct crs_sink *sink, char *room, const char *body, size_t length, uint64_t time_us, uint64_t lost)
{
    struct crs_json json;
    char id[CRS_ULID_TEXT];

    crs_ulid_next(&sink->ulid, time_us / 1000, id);
    crs_json_init(&json, room, CRS_LINE_MAX);
    crs_json_raw(&json, "{\"v\":1,\"id\":\"");
    crs_json_raw(&json, id);
    crs_json_raw(&json, "\",\"seq\":");
    crs_json_unsigned(&json, ++sink->seq);
    crs_json_raw(&json, ",");
    crs_json_bytes(&json, body, length);
    crs_json_raw(&json, ",\"lost\":");
    crs_json_unsigned(&json, lost);
    crs_json_raw(&json, "}\n");
    if (sink->outbox != NULL)
        crs_outbox_add(sink->outbox, json.len, sink->seq);
    else
        crs_spool_add(&sink->spool, json.len);
}

/* A GAP line for what was lost since the last one. */
static void add_gap(struct crs_sink *sink, struct crs_ring *ring, char *room, uint64_t lost)
{
    static const char *const why[CRS_LOSSES] = {
        [CRS_LOSS_OVERFLOW] = "events came faster than they could be written",
        [CRS_LOSS_SINK] = "the destination took no events",
        [CRS_LOSS_TOO_LONG] = "an event did not fit a record",
    };
    uint64_t by_cause[CRS_LOSSES], since, now = crs_event_now();
    char at[CRS_TIME_TEXT];
    struct crs_json json;
    int most = 0;

    crs_ring_losses(ring, by_cause, &since);
    crs_ring_loss_reported(ring);
    for (int i = 1; i < CRS_LOSSES; i++)
        if (by_cause[i] > by_cause[most])
            most = i;
    crs_json_init(&json, sink->body, sizeof sink->body);
    crs_json_raw(&json, "\"time\":\"");
    crs_event_time(at, now);
    crs_json_raw(&json, at);
    crs_json_raw(&json, "\",\"type\":\"GAP\"");
    if (sink->source != NULL && sink->source->container[0] != '\0') {
        crs_json_raw(&json, ",\"container\":");
        crs_json_raw(&json, sink->source->container);
    }
    crs_json_raw(&json, ",\"count\":");
    crs_json_unsigned(&json, lost - sink->reported);
    crs_event_time(at, since == 0 ? now : since);
    crs_json_raw(&json, ",\"since\":\"");
    crs_json_raw(&json, at);
    crs_json_raw(&json, "\",\"reason\":\"");
    crs_json_raw(&json, why[most]);
    crs_json_raw(&json, "\"");
    add_line(sink, room, sink->body, json.len, now, lost);
    sink->reported = lost;
}

/* Rings to spool or outbox; 1 if the rings are empty, 0 if that is full. */
static int fill(struct crs_sink *sink, struct crs_ring *ring)
{
    for (;;) {
        char *room = sink->outbox != NULL ? crs_outbox_room(sink->outbox, CRS_LINE_MAX) : crs_spool_room(&sink->spool);
        uint64_t time_us, lost;
        int length;

        if (room == NULL)
            return 0;
        lost = lost_so_far(sink, ring);
        if (lost != sink->reported) {
            add_gap(sink, ring, room, lost);
            continue;
        }
        length = crs_ring_peek(ring, sink->body, sizeof sink->body, &time_us);
        if (length <= 0)
            return 1;
        add_line(sink, room, sink->body, (size_t)length, time_us, lost);
        crs_ring_drop(ring);
    }
}

static void broken(struct crs_sink *sink, int err)
{
    sink->error = err;
    if (sink->out.url.kind == CRS_SINK_UNIX) { /* has to be made anew; what its peer has not read goes again */
        crs_out_close(&sink->out);
        crs_spool_rewind(&sink->spool);
    } else {
        sink->written += crs_spool_release(&sink->spool);
    }
    sink->backoff_ms = sink->backoff_ms == 0 ? BACKOFF_FIRST_MS : 2 * sink->backoff_ms;
    if (sink->backoff_ms > BACKOFF_MAX_MS)
        sink->backoff_ms = BACKOFF_MAX_MS;
    sink->retry_at_ms = monotonic_ms() + sink->backoff_ms;
}

/* Spool to destination. */
static void drain(struct crs_sink *sink)
{
    int err = 0;

    sink->waiting = 0;
    if (sink->retry_at_ms != 0 && monotonic_ms() < sink->retry_at_ms)
        return;
    if (sink->out.fd < 0)
        err = crs_out_open(&sink->out);
    if (err == 0)
        err = crs_out_send(&sink->out, &sink->spool);
    sink->waiting = err == -EAGAIN;
    if (err == 0 || err == -EAGAIN)
        err = crs_out_settled(&sink->out);
    if (err == 1)
        sink->written += crs_spool_release(&sink->spool);
    if (err < 0) {
        sink->waiting = 0;
        broken(sink, -err);
        return;
    }
    sink->error = sink->backoff_ms = 0;
    sink->retry_at_ms = 0;
}

/* What the couriers have brought away, and how they fare. */
static void look_at_outbox(struct crs_sink *sink)
{
    sink->written = crs_outbox_released(sink->outbox);
    sink->error = crs_outbox_failing(sink->outbox) ? EHOSTUNREACH : 0;
}

static int next_call_ms(const struct crs_sink *sink)
{
    int64_t left;

    if (sink->outbox != NULL)
        return sink->full ? UNREAD_MS : -1;
    if (sink->retry_at_ms == 0)
        return sink->spool.end > 0 && !sink->waiting ? UNREAD_MS : -1;
    left = sink->retry_at_ms - monotonic_ms();
    return left < 0 ? 0 : (int)left;
}

static void discard(struct crs_sink *sink, struct crs_ring *ring)
{
    uint64_t time_us;

    while (crs_ring_peek(ring, sink->body, sizeof sink->body, &time_us) > 0) {
        crs_ring_drop(ring);
        sink->discarded++;
    }
}

int crs_sink_pump(struct crs_sink *sink, struct crs_ring *ring)
{
    int empty, rounds = 0;

    do {
        uint64_t before = sink->written;

        if (sink->out.url.kind == CRS_SINK_NONE) {
            discard(sink, ring);
            empty = 1;
        } else {
            empty = fill(sink, ring);
            sink->full = !empty;
            if (sink->outbox != NULL)
                look_at_outbox(sink);
            else
                drain(sink);
            empty = empty || before == sink->written ? empty : -1; /* -1: the spool has room again */
        }
        crs_ring_sink_state(ring, sink->error == 0);
        if (++rounds == ROUNDS_MAX)
            return 0;
    } while (empty == -1 || (crs_ring_sleep(ring, empty) && empty));
    return next_call_ms(sink);
}

int crs_sink_fd(const struct crs_sink *sink)
{
    return sink->waiting ? sink->out.fd : -1;
}

static int is_empty(const struct crs_sink *sink)
{
    return sink->outbox != NULL ? crs_outbox_left(sink->outbox) == 0 : sink->spool.end == 0;
}

int crs_sink_flush(struct crs_sink *sink, struct crs_ring *ring, int deadline_ms)
{
    int64_t end = monotonic_ms() + deadline_ms;
    uint64_t left;

    if (sink->outbox != NULL)
        crs_outbox_hurry(sink->outbox);
    for (;;) {
        int wait = crs_sink_pump(sink, ring);
        int64_t now = monotonic_ms();
        struct pollfd writable = {.fd = crs_sink_fd(sink), .events = POLLOUT};

        if (is_empty(sink) && !crs_ring_sleep(ring, 0))
            return crs_out_sync(&sink->out);
        if (now >= end)
            break;
        if (wait < 0 || wait > FLUSH_STEP_MS)
            wait = FLUSH_STEP_MS;
        poll(&writable, 1, wait < end - now ? wait : (int)(end - now));
    }
    left = sink->outbox != NULL ? crs_outbox_left(sink->outbox) : crs_spool_unsent(&sink->spool);
    discard(sink, ring);
    sink->abandoned += left + sink->discarded;
    sink->discarded = 0;
    return left == 0 && sink->spool.sent == sink->spool.end ? crs_out_sync(&sink->out) : -ETIMEDOUT;
}

void crs_sink_counts(const struct crs_sink *sink, const struct crs_ring *ring, struct crs_sink_counts *out)
{
    out->written = sink->written;
    out->discarded = sink->discarded;
    out->lost = lost_so_far(sink, ring);
    out->error = sink->error;
}
