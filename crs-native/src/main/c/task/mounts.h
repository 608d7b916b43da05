/* What is mounted where: whether a file can be reached by two names because its file system is. */
#ifndef CRS_MOUNTS_H
#define CRS_MOUNTS_H

#include <stddef.h>
#include <stdint.h>

/* Reads them anew. 0; -1: they cannot be told, or /proc lies elsewhere too. */
int crs_mounts_read(void);
/* The same from the text of /proc/self/mountinfo, which it takes apart. */
int crs_mounts_take(char *text);

/* Whether a part of the file system of that device (major << 32 | minor) is shown at two places, as when last read. */
int crs_mounts_show_twice(uint64_t dev);

#endif
