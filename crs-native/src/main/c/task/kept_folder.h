/*
 * The folders of a process that nobody may look at, from one call to the next: what was kept is the truth only as long
 * as every step is followed. Where one cannot be, the folder is unknown, and onUnreadable decides what starts from it.
 */
#ifndef CRS_KEPT_FOLDER_H
#define CRS_KEPT_FOLDER_H

#include "agent.h"

/* A copy of what is kept, to be closed; -EACCES: not known. */
int crs_kept_cwd(struct crs_ctx *ctx, pid_t tgid, uint64_t start);

/* The same of its root, or CRS_KEPT_AGENTS. */
int crs_kept_root(struct crs_ctx *ctx, pid_t tgid, uint64_t start);

/* Before a call that may change a folder of a process of which folders are kept: notes in ctx->step where it leads. */
void crs_kept_follow(struct crs_ctx *ctx);

/* The call goes on: the step is taken. */
void crs_kept_step(struct crs_ctx *ctx);

#endif
