/*
 * The list of the image's executables, which the layer brings: what tells that a file executed is the image's own.
 *
 * Text: the line `crs-executables 1`, then `SHA-256 SIZE PATH` a file, ordered by the bytes of the path, in which a
 * newline is written \n and a backslash \\ (io.crs.image.inspect.ExecutableList writes it).
 */
#ifndef CRS_EXECUTABLES_H
#define CRS_EXECUTABLES_H

#include "table.h"

#include <stddef.h>
#include <stdint.h>

#define CRS_EXECUTABLES_MAX (64u << 20) /* bytes of the list */
#define CRS_SHA256 32u

/* The text stays where it was given; `line` is one mapping of its own. */
struct crs_executables {
    const char *text;
    uint32_t size, count;
    uint32_t *line; /* where each one begins */
};

struct crs_executable_entry {
    uint8_t digest[CRS_SHA256];
    uint64_t size;
    uint32_t number; /* of the line */
};

/* Checks all of it. 0; -EINVAL: no such list, or not in order; -ENOMEM. */
int crs_executables_open(struct crs_executables *list, const char *text, size_t size);

/* Reads a file into memory and opens it. 0; -ENOENT …; the above. */
int crs_executables_load(struct crs_executables *list, const char *path);

/* The line of a path without symbolic links: 1, or 0 if the image has no such executable. */
int crs_executables_find(const struct crs_executables *list, struct crs_str path, struct crs_executable_entry *out);

#endif
