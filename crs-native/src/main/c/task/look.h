/*
 * Being allowed to look at another process through /proc.
 *
 * Without SYS_PTRACE the kernel lets a process look at one of its own user and group only, by its fsuid and fsgid, and
 * only if it holds every capability the other one has. So a worker takes the other's ids for the look and keeps its
 * own capabilities.
 */
#ifndef CRS_LOOK_H
#define CRS_LOOK_H

#include <sys/types.h>

/* Once per process, before the first look. */
void crs_look_init(void);

/* Between begin and end the process has these ids for the file system. Failing to take them only makes looks fail. */
void crs_look_begin(uid_t uid, gid_t gid);
/* Aborts where the process cannot be itself again. */
void crs_look_end(void);

#endif
