/*
 * The calls that write by path (unlink, rename, link, chmod, setxattr …) and their descriptor forms, performed by the
 * supervisor in the caller's place. Deciding on a path and letting the kernel read it again loses against a second
 * thread that rewrites it; so the operands are copied once, opened once, decided, and then used as they are.
 *
 *   crs_pathop_prepare   everything that needs a look at the task: registers, strings, its folders and descriptors
 *                        (the supervisor asks after it whether the call is still pending)
 *   crs_pathop_resolve   opens the operands with the caller's root and rights; gives both names of each
 *   … the decision …
 *   crs_pathop_perform   does it with the caller's rights and gives the native result
 *   crs_pathop_close     always, after prepare
 *
 * Outside of these functions the process is itself: each takes on the caller's place and leaves it again.
 *
 * Not as the kernel would have it for the caller itself:
 *   - its limit of file sizes (RLIMIT_FSIZE, SIGXFSZ), its security label and its Landlock rules do not apply;
 *   - linkat with AT_EMPTY_PATH succeeds for every descriptor of the caller, also for one it was handed;
 *   - self is refused (EACCES) in a proc file system other than /proc;
 *   - in its own /proc/self/fd, where nothing can be made or removed, the error may be EACCES for EPERM;
 *   - fsetxattr does not take AT_FDCWD for the working folder, which kernels since 6.13 do.
 */
#ifndef CRS_PATHOP_H
#define CRS_PATHOP_H

#include "pathname.h"
#include "pathop_walk.h"

#include <limits.h>
#include <linux/limits.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <time.h>

/* The task's memory or descriptors cannot be looked at: the policy's onUnreadable decides. Not an errno. */
#define CRS_PATHOP_UNREADABLE 1

/* One path of the call, or the descriptor in its place. */
struct crs_operand {
    int error;          /* what the caller gets for it, negative; 0 while nothing is wrong */
    int base;           /* O_PATH of the folder it starts from (or of the object itself if path is ""); -1: the root */
    int fd;             /* O_PATH: the object, or the folder that holds the last component; -1 */
    const char *last;   /* the last component with its trailing slashes, inside path; NULL if fd is the object */
    uint8_t unnamed;    /* 1: its name cannot be told (too long); onUnreadable decides */
    uint8_t exists;     /* 1: st_dev, st_ino and directory are known */
    uint8_t directory;  /* CRS_DIRECTORY_… */
    uint64_t dev, ino;  /* as stat(2) has st_dev and st_ino */
    struct crs_str requested, resolved; /* into the buffers below; s == NULL: unknown */
    char path[PATH_MAX];
    char requested_buf[CRS_NAME_SIZE], resolved_buf[CRS_NAME_SIZE];
};

struct crs_pathcall; /* how a call's registers are laid out: pathop_calls.h */

struct crs_pathop {
    const struct crs_pathcall *call;
    const struct crs_caller *caller;
    uint32_t flags;     /* its AT_ or RENAME_ flags, for the decision too; 0 if it has none */
    uint32_t operands;  /* 1, or 2 for rename and link: path[0] and path[1] of the decision */
    struct crs_operand operand[2];
    uint64_t value[3];  /* mode, ids, device, length, xattr flags: as in the registers */
    int times_given;    /* 0: now */
    struct timespec times[2];
    char text[PATH_MAX];             /* target of a symlink, name of an attribute */
    uint32_t xattr_size;
    uint8_t xattr[XATTR_SIZE_MAX];
};

/* Whether the call of this number is one of these: 1 or 0. */
int crs_pathop_handles(int nr);

/*
 * Reads the call. 0; CRS_PATHOP_UNREADABLE; or -errno, which is what the caller gets (the call names nothing to decide
 * on). caller must stay as it is until close.
 */
int crs_pathop_prepare(struct crs_pathop *op, const struct crs_caller *caller, const struct seccomp_data *data);

/*
 * Opens the operands and names them. 0 also where the caller's path leads nowhere: it is decided by its requested name,
 * and perform gives the error. CRS_PATHOP_UNREADABLE: the caller's rights or root cannot be taken on, or an operand is
 * unnamed.
 */
int crs_pathop_resolve(struct crs_pathop *op);

/*
 * Whether performing it may wait for another process: truncate does, for the holder of a lease on the file. Of the
 * descriptors it then needs operand[0].fd alone.
 */
int crs_pathop_may_wait(const struct crs_pathop *op);

/* Does it: 0, or what the kernel would have told the caller, negative. */
int64_t crs_pathop_perform(struct crs_pathop *op);

/* Closes what prepare and resolve opened. */
void crs_pathop_close(struct crs_pathop *op);

#endif
