/* Copying a call's operands out of the task, each byte once. */
#ifndef CRS_PATHOP_ARGS_H
#define CRS_PATHOP_ARGS_H

#include "pathop.h"
#include "pathop_calls.h"

/*
 * A NUL-ended string of the task. Its length; -EFAULT; -ENAMETOOLONG if there is no NUL in size bytes.
 * Memory that the task itself may not read is read all the same.
 */
ssize_t crs_copy_string(const struct crs_caller *caller, uint64_t address, char *out, size_t size);

/* len bytes of the task's memory: 0 or -EFAULT. */
int crs_copy_bytes(const struct crs_caller *caller, uint64_t address, void *out, size_t len);

/*
 * What of the call the kernel checks before it looks at a path, in its order: op->flags, value, times, text, xattr.
 * 0, or the caller's -errno; 1: there is nothing to do, and success to report.
 */
int crs_copy_values(struct crs_pathop *op, const uint64_t args[6]);

/* Text and starting folder of operand i: 0, the caller's -errno, or CRS_PATHOP_UNREADABLE. */
int crs_copy_path(struct crs_pathop *op, const uint64_t args[6], uint32_t i);

#endif
