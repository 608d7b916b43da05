/* The decision table as a file. */
#ifndef CRS_TABLE_FILE_H
#define CRS_TABLE_FILE_H

#include "table.h"

/* Reads the file into memory of this process's own and opens it. 0 or -errno; t->error may say more. */
int crs_table_load(struct crs_table *t, const char *path);

#endif
