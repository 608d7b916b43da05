/*
 * The way of events from the workers to the sink: shared memory, one pair of rings per producer.
 *
 *   producer slot 0   [ events      ][ denials ]  \
 *   producer slot 1   [ events      ][ denials ]   >  one consumer, in the order of time
 *   …                                             /
 *
 * Every ring has one writer and one reader, so a producer that dies in the middle of a record leaves nothing behind
 * (the record was never published) and its successor takes over the slot. Denials, alerts and health have a ring of
 * their own that a flood of other events cannot fill. A full ring never makes a producer wait: the loss is counted.
 */
#ifndef CRS_RING_H
#define CRS_RING_H

#include <stddef.h>
#include <stdint.h>

#define CRS_RING_SLOTS  6u
#define CRS_RING_EVENTS (256u << 10) /* bytes, a power of two */
#define CRS_RING_DENIAL (128u << 10)

enum crs_lane { CRS_LANE_EVENTS, CRS_LANE_DENIALS, CRS_LANES };

/* Why a line was lost. */
enum crs_loss {
    CRS_LOSS_OVERFLOW, /* more events than the agent could write */
    CRS_LOSS_SINK,     /* the sink took none: not connected, full, an error */
    CRS_LOSS_TOO_LONG, /* did not fit a record */
    CRS_LOSSES,
};

struct crs_ring;

/* Maps the rings (MAP_SHARED, zeroed) and makes the eventfd that wakes the consumer (close-on-exec). 0 or -errno. */
int crs_ring_create(struct crs_ring **out);
void crs_ring_destroy(struct crs_ring *ring);

/* Queues a body; 0, -ENOBUFS (full, counted), -EMSGSIZE (counted) or -EINVAL. One process a slot at a time. */
int crs_ring_put(struct crs_ring *ring, uint32_t slot, enum crs_lane lane, uint64_t time_us, const char *body,
                 size_t length);

/* Counts a line lost that never reached a ring. */
void crs_ring_lost(struct crs_ring *ring, enum crs_loss why, uint64_t time_us);

/* Consumer: to poll for POLLIN; readable when something was queued since crs_ring_sleep. */
int crs_ring_wake_fd(const struct crs_ring *ring);
/* Consumer: takes back earlier wake-ups; if `armed`, asks for one at the next put. 1: something is queued already. */
int crs_ring_sleep(struct crs_ring *ring, int armed);
/* Consumer: the oldest body, copied to buf: its length, 0 when empty, -ENOBUFS if cap is too small (it stays). */
int crs_ring_peek(struct crs_ring *ring, char *buf, size_t cap, uint64_t *time_us);
/* Consumer: removes what the last peek returned. */
void crs_ring_drop(struct crs_ring *ring);
/* Consumer: while not ok, losses are the sink's. */
void crs_ring_sink_state(struct crs_ring *ring, int ok);

/* Losses so far, by cause; their sum. *since_us (may be NULL): when the first one after crs_ring_loss_reported was. */
uint64_t crs_ring_losses(const struct crs_ring *ring, uint64_t by_cause[CRS_LOSSES], uint64_t *since_us);
void crs_ring_loss_reported(struct crs_ring *ring);

/*
 * "Once per process and call": 1 the first time, 0 after. `process` tells processes apart (pid and start time).
 * Bounded: when the table is full an old entry goes, so a report may come twice, never not at all.
 */
int crs_once_first(struct crs_ring *ring, uint64_t process, uint32_t audit_arch, int32_t nr);

#endif
