/* Names of files: as a policy sees them, absolute and normalised, and as the kernel gives them for a descriptor. */
#ifndef CRS_PATHNAME_H
#define CRS_PATHNAME_H

#include "table.h"

#include <stddef.h>
#include <sys/types.h>

/* Bytes a normalised name can have with its NUL: a folder and a path, each of at most PATH_MAX. */
#define CRS_NAME_SIZE 8192u

/*
 * Writes the normalised form of path to out, with NUL: made absolute with base (itself absolute; ignored if path is),
 * empty and "." components dropped, ".." kept, no trailing slash but in "/". An empty path gives base.
 * Its length, or -ENAMETOOLONG if it and the NUL do not fit; -EINVAL if base is needed and not absolute.
 */
ssize_t crs_path_absolute(struct crs_str base, struct crs_str path, char *out, size_t size);

/*
 * The name of what a descriptor of this process refers to, seen from this process's root, with NUL; the kernel's mark
 * on the name of a removed file is taken off. Its length; 0 if the object has no name in a file system (a pipe, a
 * socket); -ENAMETOOLONG if the name is longer than the kernel tells; otherwise -errno.
 */
ssize_t crs_path_of_fd(int fd, char *out, size_t size);

#endif
