/* From what a caller wrote to the object it means and both of its names. */
#ifndef CRS_RESOLVE_H
#define CRS_RESOLVE_H

#include "agent.h"

/* A path of the caller on its way. Zero it, set the first four, and give it to crs_resolve_close at the end. */
struct crs_resolution {
    const char *path;       /* as the caller wrote it */
    int base;               /* O_PATH of the folder it starts from; -1 where it is absolute */
    int flags;              /* O_NOFOLLOW, O_DIRECTORY */
    uint64_t resolve;       /* RESOLVE_… of openat2 */
    int opens;              /* it is to be opened, not only to be looked at */
    int fd;                 /* O_PATH of the object, -1 */
    struct crs_inode inode; /* of the object */
    int proc;               /* it lies on /proc */
    int error;              /* why there is none, negative */
    int exact;              /* no symbolic link and no ".." lay on the way: both names are the same */
    uint32_t place;         /* 0 or 1: which path of the call */
};

/*
 * Opens the object with the caller's root and rights. 0 also where the path leads nowhere (`error` says why); -EACCES
 * if the caller's place cannot be taken, or what it has in /proc cannot be looked at.
 */
int crs_resolve_open(struct crs_ctx *ctx, struct crs_resolution *r);

/*
 * Both names into the call, for an object that exists or for one that would be made: then from its folder.
 * 0 or -ENAMETOOLONG.
 */
int crs_resolve_names(struct crs_ctx *ctx, struct crs_resolution *r, struct crs_path *out);

/* A file that is made as `last` in `folder`. */
int crs_resolve_new_name(struct crs_ctx *ctx, struct crs_resolution *r, int folder, const char *last,
                         struct crs_path *out);

void crs_resolve_close(struct crs_resolution *r);

/* Opens the object behind an O_PATH descriptor itself, with the rights in force. Its descriptor or -errno. */
int crs_reopen(const struct crs_ctx *ctx, int fd, int flags);

#endif
