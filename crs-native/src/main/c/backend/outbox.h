/*
 * Lines on their way to a back end, in memory that crs-init and a courier share.
 *
 * crs-init, the one consumer of the rings, puts lines in; the courier reads them, and lets go of what the back end has
 * made durable. A courier that dies leaves everything it did not let go of to the next one, ids and all: a line may go
 * twice, none is lost. When it is full the rings are left alone, and what they cannot take is counted there.
 */
#ifndef CRS_OUTBOX_H
#define CRS_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#define CRS_OUTBOX_SIZE (1u << 20)

struct crs_outbox;

/* Maps it (MAP_SHARED, zeroed) and makes the eventfd that wakes the courier (close-on-exec). 0 or -errno. */
int crs_outbox_create(struct crs_outbox **out);
void crs_outbox_destroy(struct crs_outbox *outbox);

/* crs-init: room for one line of `need` bytes at most, or NULL when full. */
char *crs_outbox_room(struct crs_outbox *outbox, size_t need);
/* crs-init: the line written there is complete, with its newline. */
void crs_outbox_add(struct crs_outbox *outbox, size_t length, uint64_t seq);
/* crs-init: the application has ended: nothing is waited for any more. */
void crs_outbox_hurry(struct crs_outbox *outbox);
/* crs-init: lines let go of so far; lines that are not; whether the last attempt to send failed. */
uint64_t crs_outbox_released(const struct crs_outbox *outbox);
uint64_t crs_outbox_left(const struct crs_outbox *outbox);
int crs_outbox_failing(const struct crs_outbox *outbox);

/* A line in it; position 0 in a cursor is the first one that was not let go of. */
struct crs_outbox_line {
    const char *bytes;
    size_t length;
    uint64_t seq;
    uint64_t end; /* where the next one is */
};

/* Courier: the line at a position, which moves to the one behind it: 1, or 0 when there is none. */
int crs_outbox_next(const struct crs_outbox *outbox, uint64_t *position, struct crs_outbox_line *line);
/* Courier: the position of the first line. */
uint64_t crs_outbox_first(const struct crs_outbox *outbox);
/* Courier: lets go of so many lines, which end at a position. */
void crs_outbox_release(struct crs_outbox *outbox, uint64_t position, uint64_t lines);
void crs_outbox_state(struct crs_outbox *outbox, int ok);
/* Courier: 1 when crs-init is in a hurry. */
int crs_outbox_hurried(const struct crs_outbox *outbox);
/* Courier: until so many bytes wait, there is a hurry, or the time is over (-1: never). */
void crs_outbox_wait(struct crs_outbox *outbox, uint64_t bytes, int timeout_ms);
/* Courier: the time, or until there is a hurry. */
void crs_outbox_pause(struct crs_outbox *outbox, int64_t ms);

#endif
