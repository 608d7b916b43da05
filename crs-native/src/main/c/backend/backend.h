/*
 * The back end of an http:// or https:// URL, and the two couriers that speak to it.
 *
 *   crs-init ── outbox ──▶ courier of events     POST …/events   lines until they are durable
 *            ◀── offers ── courier of the policy GET  …/config    waits for changes, fetches tables
 *
 * The couriers do everything that may wait: names, connections, TLS, requests. They are children of crs-init that share
 * its descriptors and this memory, are started again when they die, and are killed at the end. crs-init waits for
 * neither, and the application for nobody: without an answering back end the policy of the image holds.
 */
#ifndef CRS_BACKEND_H
#define CRS_BACKEND_H

#include "event.h"
#include "offer.h"
#include "outbox.h"
#include "url.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

enum crs_courier { CRS_COURIER_EVENTS, CRS_COURIER_POLICY, CRS_COURIERS };

#define CRS_AGENT_ID 129u
#define CRS_TOKEN    1025u

/* What the back end gave at registration. Under the lock, whose holder's death frees it. */
struct crs_session {
    _Atomic int32_t lock; /* pid, 0: free */
    uint32_t version;     /* 0: not registered */
    char id[CRS_AGENT_ID];
    char token[CRS_TOKEN];
};

/* Mapped MAP_SHARED before the couriers, zeroed at first. */
struct crs_backend_shared {
    struct crs_session session;
    struct crs_offers offers;
    _Atomic int32_t open[CRS_COURIERS][2]; /* connection and table of a courier + 1, to be closed when it has died; 0: none */
    _Atomic uint32_t enforcement;          /* enum crs_enforcement, told at registration */
};

enum crs_enforcement { CRS_ENFORCES_UNKNOWN, CRS_ENFORCES_ALL, CRS_ENFORCES_CONSTANT, CRS_ENFORCES_NOTHING };

/* Made by crs-init; each courier has its copy. */
struct crs_backend {
    struct crs_backend_shared *shared;
    struct crs_outbox *outbox;
    struct crs_ring *ring;
    const struct crs_event_source *source;
    const char *image_digest, *architecture; /* of the image; of tables, as the back end names it */
    struct crs_url url, proxy;               /* proxy.host "" : none */
    uint8_t skip_verify;
    uint8_t table_digest[32];                /* of the table in force when the courier started */
    pid_t parent;
    uint32_t slot[CRS_COURIERS];             /* of the event ring */
};

/* A courier's life: never returns. */
void crs_courier(struct crs_backend *backend, enum crs_courier which) __attribute__((noreturn));
/* Its two kinds. */
void crs_deliver(struct crs_backend *backend) __attribute__((noreturn));
void crs_follow(struct crs_backend *backend) __attribute__((noreturn));

/* crs-init: lets go of what a courier that died held: its descriptors, the lock, an offer. */
void crs_courier_clean(struct crs_backend *backend, enum crs_courier which, pid_t pid);

/* Says a sentence in the log and as a HEALTH event, unless this courier's last one was the same. */
void crs_courier_tell(struct crs_backend *backend, enum crs_courier which, const char *reason);

/* The next pause after a failure: doubled each time from 0.2 to 60 s, of which a random half is left out. */
int64_t crs_backoff_next(uint32_t *failures);

/* Milliseconds since some moment. */
int64_t crs_monotonic_ms(void);

#endif
