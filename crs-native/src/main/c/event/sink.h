/*
 * Where lines go: `file:/path` (appended), `unix:/path` (a stream socket), `stdout:`, `https://…` and `http://…`, a back
 * end, to which couriers bring them from an outbox (backend.h).
 *
 * Used by one process, never blocks except in crs_sink_flush. Lines wait in a bounded spool in memory; when it is
 * full the rings are left alone, they fill up, and what they cannot take is counted there: there is one place of loss.
 * A line half sent when the connection broke is sent again as a whole, so delivery is at-least-once.
 */
#ifndef CRS_SINK_H
#define CRS_SINK_H

#include "event.h"
#include "outbox.h"
#include "ring.h"
#include "url.h"

#include <stddef.h>
#include <stdint.h>

#define CRS_SPOOL_SIZE (512u << 10)
#define CRS_LINE_MAX   (CRS_BODY_MAX + 256u)

enum crs_sink_kind { CRS_SINK_NONE, CRS_SINK_FILE, CRS_SINK_UNIX, CRS_SINK_STDOUT, CRS_SINK_HTTP };

struct crs_sink_url {
    uint8_t kind;     /* enum crs_sink_kind */
    char path[4096];  /* file, unix; a unix path has at most 107 bytes */
    struct crs_url http;
};

/*
 * Takes a URL apart. 0; -EPROTONOSUPPORT: a scheme this build has no sink for; -EINVAL: not understood. `why` gets
 * one line without the URL's secrets. An empty URL or NULL is CRS_SINK_NONE.
 */
int crs_sink_parse(const char *url, struct crs_sink_url *out, char *why, size_t why_size);

struct crs_sink;

/* Never fails for a destination that is not there yet: it is tried again. 0, or -ENOMEM. */
int crs_sink_open(const struct crs_sink_url *url, struct crs_sink **out);
/* The file or socket it goes to, or NULL. */
const char *crs_sink_path(const struct crs_sink *sink);
/* GAP lines tell the container as all others do; `source` must outlive the sink. Without it they tell none. */
void crs_sink_source(struct crs_sink *sink, const struct crs_event_source *source);
/* Where the couriers find the lines; NULL where none are needed. */
struct crs_outbox *crs_sink_outbox(const struct crs_sink *sink);
/* Closes without flushing. */
void crs_sink_close(struct crs_sink *sink);

/*
 * Moves what can be moved from the rings to the destination, without waiting. Returns the milliseconds after which
 * it wants to be called again, or -1: not before crs_ring_wake_fd is readable or crs_sink_fd writable.
 */
int crs_sink_pump(struct crs_sink *sink, struct crs_ring *ring);
/* To poll for POLLOUT, or -1 when there is nothing to wait for. */
int crs_sink_fd(const struct crs_sink *sink);
/* Everything out, fsync for a file; -ETIMEDOUT with lines left (counted as lost), else 0. */
int crs_sink_flush(struct crs_sink *sink, struct crs_ring *ring, int deadline_ms);

struct crs_sink_counts {
    uint64_t written;   /* lines handed to the destination as a whole */
    uint64_t discarded; /* CRS_SINK_NONE: lines nobody asked for */
    uint64_t lost;      /* by overflow, by the sink, at the deadline */
    int error;          /* the last errno of the destination, 0 when it is well */
};
void crs_sink_counts(const struct crs_sink *sink, const struct crs_ring *ring, struct crs_sink_counts *out);

#endif
