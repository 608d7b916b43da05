/* Whether a file to be executed is the image's own: its path is in the list and its bytes are the image's. */
#ifndef CRS_DRIFT_H
#define CRS_DRIFT_H

#include "table.h"

struct crs_agent;

/*
 * 1: the file behind the O_PATH descriptor is not in the image, differs from it, or cannot be read; 0: it is the image's,
 * or the policy does not ask, or there is no list. `path` is its path without symbolic links.
 */
int crs_drift(struct crs_agent *agent, int fd, struct crs_str path);

#endif
