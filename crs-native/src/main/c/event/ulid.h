/* Identifiers that sort by time: 48 bits of milliseconds, 80 bits that are random at the start and then count. */
#ifndef CRS_ULID_H
#define CRS_ULID_H

#include <stdint.h>

#define CRS_ULID_TEXT 27 /* 26 characters of Crockford's base 32 and NUL */

struct crs_ulid {
    uint64_t time_ms;
    uint16_t high; /* of the 80 bits */
    uint64_t low;
};

void crs_ulid_init(struct crs_ulid *ulid);

/* The next one; greater than all before it even when the clock goes back. */
void crs_ulid_next(struct crs_ulid *ulid, uint64_t time_ms, char out[CRS_ULID_TEXT]);

#endif
