/*
 * The agent's own files, which the application must not change: whatever the next start of the container would read.
 *
 * Its executable and what lies beside it under the names it reads, the table it was given, and the mounted settings. They
 * are known by name: every way to give them another name is closed or a change itself.
 */
#ifndef CRS_OWN_FILES_H
#define CRS_OWN_FILES_H

#include "table.h"

#include <linux/limits.h>
#include <stdint.h>

#define CRS_OWN_FILES 16u

struct crs_own_files {
    uint32_t count;
    uint32_t len[CRS_OWN_FILES];
    char path[CRS_OWN_FILES][PATH_MAX];
};

/* Adds a file, which need not be there; a relative path is one of the working folder. */
void crs_own_files_add(struct crs_own_files *own, const char *path);

/* Whether a call would change one of them, or move a folder above one. */
int crs_own_files_change(const struct crs_own_files *own, const struct crs_call *call);

#endif
