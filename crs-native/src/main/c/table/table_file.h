/* Files that are read once and whole, the decision table above all. */
#ifndef CRS_TABLE_FILE_H
#define CRS_TABLE_FILE_H

#include "table.h"

#include <stddef.h>

/* A regular file of at most `max` bytes, in read-only memory of this process's own. 0 or -errno; -EINVAL: no such file. */
int crs_file_copy(const char *path, size_t max, void **bytes, size_t *size);

/* Reads the file into memory of this process's own and opens it. 0 or -errno; t->error may say more. */
int crs_table_load(struct crs_table *t, const char *path);

#endif
