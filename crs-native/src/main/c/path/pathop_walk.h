/*
 * Opening a path on behalf of another task: what that task would reach by it, not what this process would.
 *
 * The kernel walks the path wherever that gives the task's answer. Where it would not (/proc/self and its like mean
 * the process that walks; links of /proc that jump to an object) the path is walked component by component here.
 */
#ifndef CRS_PATHOP_WALK_H
#define CRS_PATHOP_WALK_H

#include "creds.h"

/* The task that asks. Its descriptors are the supervisor's own and stay open while a call of it is answered. */
struct crs_caller {
    pid_t tid, tgid;               /* in the supervisor's pid namespace */
    int proc;                      /* O_PATH|O_DIRECTORY of /proc/TID */
    int mem;                       /* /proc/TID/mem, O_RDONLY */
    int root;                      /* O_PATH of its root folder where that is another than this process's, else -1 */
    const struct crs_creds *creds; /* its rights */
    /*
     * Opens an entry of /proc/TID ("cwd", "fd/3", "fdinfo/3") with the rights it takes to look at the task, O_CLOEXEC
     * added: a descriptor to be closed, or the kernel's -errno. NULL: from proc, with the ids in creds if need be.
     */
    int (*look)(void *context, const char *name, int flags);
    /* Whether links in this folder of /proc may not be followed: it is of a process of the agent. NULL: none is. */
    int (*guarded)(void *context, int folder);
    void *context;
};

/*
 * Notes this process's own rights and opens three descriptors to find back to its own places, once per process;
 * crs_enter does it where it was not done. 0 or -EPERM.
 */
int crs_walk_init(void);
/* These three. */
void crs_walk_descriptors(int out[3]);

/*
 * Puts this process in the caller's place: its root, then its rights; crs_leave undoes both (and aborts where it
 * cannot). 0, or -EPERM with nothing changed. Between the two this process's own /proc may be out of reach.
 */
int crs_enter(const struct crs_caller *caller);
void crs_leave(void);

/* What the caller has in /proc cannot be looked at, which it may itself. Not an errno. */
#define CRS_WALK_UNREADABLE (-5000)

/*
 * Between enter and leave: an O_PATH|O_CLOEXEC descriptor of what path (shorter than PATH_MAX) means from the folder
 * base, or the errno the caller would get, negative. flags: O_NOFOLLOW, O_DIRECTORY. What lies below a /proc folder of
 * this process itself is -EACCES: the kernel would take a worker's look at itself for granted. A path of more than 512
 * components that the kernel cannot walk for the caller is -ENAMETOOLONG. Or CRS_WALK_UNREADABLE.
 */
int crs_walk(const struct crs_caller *caller, int base, const char *path, int flags);

#endif
