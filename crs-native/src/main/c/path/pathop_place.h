/* Where this process is at home, and which parts of /proc are its own. */
#ifndef CRS_PATHOP_PLACE_H
#define CRS_PATHOP_PLACE_H

#include <sys/types.h>

/* Whether following the last link of a walk in a folder that all may write is restricted: fs.protected_symlinks. */
int crs_place_protects_links(void);

/* Whether the proc file system of this descriptor is the one this process has at /proc. */
int crs_place_is_proc(int fd);

/*
 * Whether a folder in a proc file system is about this process itself: 1, 0, or -errno if that cannot be told. The
 * proc file system may be another than /proc, with other numbers.
 */
int crs_place_is_own(int folder);

/*
 * Whether a folder is below that process's in the proc file system of /proc: 0, and what comes behind its number ("",
 * "/fd", "/task/7/fd"); else -1. It goes by the name alone: whoever uses it looks there again, by the number.
 */
int crs_place_below(int folder, pid_t pid, char *rest, size_t size);

#endif
