/* The table's file, watched: a new one is put in force. */
#ifndef CRS_WATCH_H
#define CRS_WATCH_H

#include <stdint.h>
#include <sys/stat.h>

struct crs_supervisor;

struct crs_watch {
    const char *path; /* NULL: nothing is watched */
    struct stat seen; /* of what was taken, or could not be */
};

/* What lies there now is in force. */
void crs_watch_start(struct crs_watch *watch, const char *path);

/*
 * Looks whether another file lies there, or its bytes have changed, and takes it. A file that is no table, or a part of
 * one, is told once and left; the policy stays what it is. Milliseconds until it wants to be called again.
 */
int crs_watch_look(struct crs_watch *watch, struct crs_supervisor *s);

#endif
