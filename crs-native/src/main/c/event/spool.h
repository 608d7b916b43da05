/* Whole lines on their way out, in a fixed buffer. A line stays until it is released, so it can be sent again. */
#ifndef CRS_SPOOL_H
#define CRS_SPOOL_H

#include "sink.h"

#include <stddef.h>
#include <stdint.h>

/* [first, sent) was handed to the destination, [sent, end) was not; first and end are at the start of a line. */
struct crs_spool {
    size_t first, sent, end;
    char bytes[CRS_SPOOL_SIZE];
};

/* Room for one more line of CRS_LINE_MAX bytes: where it goes, or NULL when full. */
char *crs_spool_room(struct crs_spool *spool);
/* The line written there is complete, with its newline. */
void crs_spool_add(struct crs_spool *spool, size_t length);
/* n bytes after `sent` were handed over. */
void crs_spool_sent(struct crs_spool *spool, size_t n);
/* Forgets the lines that were handed over as a whole; returns how many. */
uint64_t crs_spool_release(struct crs_spool *spool);
/* Everything not released is to be sent again, from the start of a line. */
void crs_spool_rewind(struct crs_spool *spool);
/* Length of the line, or of its rest, that comes next; 0 if all is sent. */
size_t crs_spool_next_line(const struct crs_spool *spool);
/* Lines not handed over as a whole. */
uint64_t crs_spool_unsent(const struct crs_spool *spool);

#endif
