/*
 * Opening a file by a decision made in this process, where the agent's enforcement is FAST.
 *
 * What cannot be decided here, is denied, or owes an event is left to the ordinary call, which the agent answers.
 */
#ifndef CRS_HERE_H
#define CRS_HERE_H

#define CRS_NOT_HERE (-100000) /* make the ordinary call */

/* A descriptor; -ENOENT: there is no such file; CRS_NOT_HERE. Async-signal-safe, for all threads; errno is left alone. */
int crs_open_here(int dirfd, const char *path, int flags);

#endif
