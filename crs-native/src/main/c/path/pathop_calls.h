/* How the calls that write by path take their operands: one row a call, for the architecture this is built for. */
#ifndef CRS_PATHOP_CALLS_H
#define CRS_PATHOP_CALLS_H

#include <stdint.h>

/* What is done. */
enum crs_pathop_kind {
    CRS_OP_UNLINK, CRS_OP_RMDIR, CRS_OP_RENAME, CRS_OP_LINK, CRS_OP_SYMLINK, CRS_OP_MKDIR, CRS_OP_MKNOD,
    CRS_OP_CHMOD, CRS_OP_CHOWN, CRS_OP_UTIMES, CRS_OP_TRUNCATE, CRS_OP_SETXATTR, CRS_OP_REMOVEXATTR,
    CRS_OP_FILEATTR,
};

/* What the first path stands for: an entry of a folder, the object (a last link followed or not), a descriptor. */
enum crs_pathop_form {
    CRS_FORM_ENTRY,
    CRS_FORM_FOLLOW,       /* unless AT_SYMLINK_NOFOLLOW is given */
    CRS_FORM_NOFOLLOW,     /* unless AT_SYMLINK_FOLLOW is given */
    CRS_FORM_DESCRIPTOR,
};

/* How two times are passed. */
enum crs_pathop_times { CRS_TIMES_NONE, CRS_TIMES_SECONDS, CRS_TIMES_MICROSECONDS, CRS_TIMES_NANOSECONDS };

/* Registers by number; these two stand for what no register holds. */
enum { CRS_REG_NONE = -1, CRS_REG_CWD = -2 };

struct crs_pathcall {
    int nr;
    uint8_t kind, form, times;
    struct { int8_t dir, path; } at[2]; /* of a descriptor form: dir alone */
    int8_t flags;                       /* AT_ or RENAME_ flags */
    int8_t value[3];                    /* by kind: mode, device | uid, gid | times | length | text | name, value, size */
    int8_t extra;                       /* flags of setxattr; the size of the structure of setxattrat and file_setattr */
    uint32_t known;                     /* flags the kernel knows */
};

/* The row of a call, or NULL. */
const struct crs_pathcall *crs_pathcall_find(int nr);

#endif
