/* Which container this is, as the container's own files tell it. */
#ifndef CRS_CONTAINER_ID_H
#define CRS_CONTAINER_ID_H

#include <stddef.h>

#define CRS_CONTAINER_ID 65 /* 64 hexadecimal digits and NUL */

/* From /proc/self/cgroup, /proc/self/mountinfo, else the host name where it looks like an id; NULL: cannot be told. */
const char *crs_container_id(char out[CRS_CONTAINER_ID]);

/* The first 64 hexadecimal digits in text that stand alone, after `mark` in the same line. NULL: none. */
const char *crs_container_id_in(const char *text, size_t length, const char *mark, char out[CRS_CONTAINER_ID]);

#endif
