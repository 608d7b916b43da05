/* What tells files apart, by statx, which the C library of this program does not have. */
#ifndef CRS_INODE_H
#define CRS_INODE_H

#include <stdint.h>

struct crs_inode {
    uint64_t dev;   /* major << 32 | minor */
    uint64_t ino;
    uint64_t birth; /* nanoseconds since 1970, 0 where the file system does not tell */
    uint64_t mount; /* number of the mount, 0 before Linux 5.8 */
    uint8_t unique; /* that number is never given out again (Linux 6.8) */
    uint64_t device; /* of a device file: major << 32 | minor */
    uint16_t mode;
    uint32_t links; /* names it has in its file system */
};

/* flags: AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW. 0 or -errno. */
int crs_inode_of(int dirfd, const char *path, int flags, struct crs_inode *out);

#endif
