/*
 * The calling thread as /proc shows it: its memory, folders, descriptors, rights and program.
 *
 * A pid is a fact only while the notification is valid: crs_still_waiting after the looks and before any effect.
 */
#ifndef CRS_TARGET_H
#define CRS_TARGET_H

#include "cached.h"
#include "pathop_walk.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct crs_ctx;

struct crs_target {
    struct crs_caller caller;        /* caller.root is -1 where the caller's root is the agent's */
    const struct crs_names *names;   /* of its program */
    const struct crs_names *ancestors;
    pid_t ppid;
    struct crs_cached *cached;       /* what all this lies in */
};

/*
 * Who makes the call in ctx->req: fills ctx->target. 0; -ESRCH: gone; -EACCES: cannot be looked at (the policy's
 * onUnreadable decides).
 */
int crs_target_find(struct crs_ctx *ctx);

/* In a child made for the call: what is known of the caller is this process's own from now on. */
void crs_target_own(struct crs_ctx *ctx);

/* What tells the caller's process from another of its pid, as struct crs_process has it. */
uint64_t crs_target_start(const struct crs_ctx *ctx);

/* Ends with the call what crs_target_find opened for it. */
void crs_target_done(struct crs_ctx *ctx);

/* Reads the rights anew, the umask with them, which changes unseen. 0 or -errno. */
int crs_target_refresh(struct crs_ctx *ctx);

/* Reads `len` bytes of the caller's memory. 0, or -EFAULT, -ESRCH. */
int crs_target_read(struct crs_ctx *ctx, uint64_t address, void *out, size_t len);

/* A NUL-ended string. Its length; -EFAULT; -ENAMETOOLONG: no NUL in `cap` bytes. */
ssize_t crs_target_string(struct crs_ctx *ctx, uint64_t address, char *out, size_t cap);

/* Writes into the caller's memory. 0 or -EFAULT. */
int crs_target_write(struct crs_ctx *ctx, uint64_t address, const void *bytes, size_t len);

/* Sends the calling thread a signal, as the kernel would for the call. */
void crs_target_signal(struct crs_ctx *ctx, int number);

/*
 * An O_PATH descriptor of the caller's working folder (AT_FDCWD) or of the file its descriptor names; to be closed.
 * -EBADF: no such descriptor; -EACCES: cannot be looked at.
 */
int crs_target_base(struct crs_ctx *ctx, int dirfd);

/* A duplicate of a descriptor of the caller, to be closed. -EBADF; -EPERM: not permitted here. */
int crs_target_duplicate(struct crs_ctx *ctx, int fd);

/* Forgets what is known of the thread. */
void crs_target_drop(struct crs_ctx *ctx);

/* The rights, program or memory of these threads are about to change: no worker may use what it knew of them. */
void crs_target_changes(struct crs_ctx *ctx, pid_t tid, pid_t tgid);

#endif
