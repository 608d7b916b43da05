/*
 * Opening a file in the caller's place.
 *
 * An open has effects (a file made or emptied, a FIFO's other end woken), so it is decided on an O_PATH descriptor,
 * which has none, and then carried out through that very descriptor: nothing is looked up twice.
 */
#ifndef CRS_OPEN_H
#define CRS_OPEN_H

#include "resolve.h"

/* What is asked, as open_how has it; `nr` tells the form only where the decision needs it. */
struct crs_open {
    int dirfd;
    uint64_t flags, mode, resolve;
    const char *path;
    struct crs_call call;
    struct crs_resolution at;
};

/* The names, then the decision and its events: 0 or the negative errno the caller gets. */
int crs_open_decide(struct crs_ctx *ctx, struct crs_open *open);

/* Results besides a descriptor and -errno. */
enum {
    CRS_HANDED_OVER = -100000,
    CRS_CHANGED = -100001,   /* somebody else was quicker: look again */
    CRS_NO_ENTRY = -100002,  /* the caller's root cannot be entered, or its rights cannot be taken on */
};

/* Opens the object behind at->fd, already decided. */
int crs_open_existing(struct crs_ctx *ctx, struct crs_open *open);

/* Makes the file that is not there (at->error is -ENOENT), or fails where none could be made. Decides. */
int crs_open_create(struct crs_ctx *ctx, struct crs_open *open);

/* O_TMPFILE in the folder behind at->fd. Decides. */
int crs_open_unnamed(struct crs_ctx *ctx, struct crs_open *open);

#ifndef __O_TMPFILE
#define __O_TMPFILE 020000000
#endif

#endif
