/* What the matrix test chooses from: calls with their arguments, shapes of paths, folders they start from. */
#ifndef CRS_TEST_MATRIX_CALLS_H
#define CRS_TEST_MATRIX_CALLS_H

#include "twin.h"

#include <linux/fs.h>
#include <linux/xattr.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#endif
#ifndef SYS_removexattrat
#define SYS_removexattrat 466
#endif
#ifndef SYS_file_setattr
#define SYS_file_setattr 469
#endif

enum { ARG_VALUE, ARG_PATH, ARG_DIR, ARG_MEMORY };

struct matrix_arg {
    int kind;
    uint64_t value;
};

struct matrix_call {
    const char *name, *note;
    int nr;
    struct matrix_arg arg[6];
};

#define P(i)        {ARG_PATH, i}
#define D(i)        {ARG_DIR, i}
#define V(x)        {ARG_VALUE, (uint64_t)(x)}
#define M(field)    {ARG_MEMORY, offsetof(struct twin_memory, field)}
#define CALL(name, note, ...) {#name, note, SYS_##name, {__VA_ARGS__}}

/* twin_memory->text: names and targets at these offsets. */
enum { TEXT_NEW = 0, TEXT_HAD = 16, TEXT_TRUSTED = 32, TEXT_TARGET = 48, TEXT_EMPTY = 64, TEXT_BARE = 65, TEXT_LONG = 80 };

static const struct matrix_call matrix_calls[] = {
#ifdef SYS_unlink
    CALL(unlink, "", P(0)), CALL(unlink, "", P(0)),
    CALL(rmdir, "", P(0)), CALL(rmdir, "", P(0)),
    CALL(rename, "", P(0), P(1)), CALL(rename, "", P(0), P(1)),
    CALL(link, "", P(0), P(1)), CALL(link, "", P(0), P(1)),
    CALL(symlink, "", M(text[TEXT_TARGET]), P(0)),
    CALL(symlink, "empty", M(text[TEXT_EMPTY]), P(0)),
    CALL(symlink, "null", V(0), P(0)),
    CALL(symlink, "shape", P(1), P(0)),
    CALL(mkdir, "0777", P(0), V(0777)),
    CALL(mkdir, "06777", P(0), V(06777)),
    CALL(mknod, "file", P(0), V(S_IFREG | 0666)),
    CALL(mknod, "0", P(0), V(0666)),
    CALL(mknod, "fifo", P(0), V(S_IFIFO | 0640)),
    CALL(mknod, "dir", P(0), V(S_IFDIR | 0640)),
    CALL(mknod, "dev", P(0), V(S_IFCHR | 0640), V(0x103)),
    CALL(mknod, "bad", P(0), V(0170000)),
    CALL(chmod, "06711", P(0), V(06711)), CALL(chmod, "0", P(0), V(0)),
    CALL(chown, "1000", P(0), V(1000), V(1000)), CALL(chown, "group", P(0), V(-1), V(2000)),
    CALL(lchown, "0", P(0), V(0), V(0)), CALL(lchown, "none", P(0), V(-1), V(-1)),
    CALL(utime, "", P(0), M(times[0])), CALL(utime, "now", P(0), V(0)), CALL(utime, "bad", P(0), V(16)),
    CALL(utimes, "", P(0), M(times[0])), CALL(utimes, "now", P(0), V(0)), CALL(utimes, "invalid", P(0), M(times[1])),
    CALL(futimesat, "", D(0), P(0), M(times[0])), CALL(futimesat, "null", D(0), V(0), M(times[0])),
#endif
#ifdef SYS_renameat
    CALL(renameat, "", D(0), P(0), D(1), P(1)),
#endif
    CALL(unlinkat, "", D(0), P(0), V(0)), CALL(unlinkat, "dir", D(0), P(0), V(AT_REMOVEDIR)),
    CALL(unlinkat, "bad", D(0), P(0), V(0x1000)),
    CALL(renameat2, "", D(0), P(0), D(1), P(1), V(0)),
    CALL(renameat2, "noreplace", D(0), P(0), D(1), P(1), V(RENAME_NOREPLACE)),
    CALL(renameat2, "exchange", D(0), P(0), D(1), P(1), V(RENAME_EXCHANGE)),
    CALL(renameat2, "whiteout", D(0), P(0), D(1), P(1), V(RENAME_WHITEOUT)),
    CALL(renameat2, "both", D(0), P(0), D(1), P(1), V(RENAME_EXCHANGE | RENAME_NOREPLACE)),
    CALL(renameat2, "bad", D(0), P(0), D(1), P(1), V(8)),
    CALL(linkat, "", D(0), P(0), D(1), P(1), V(0)),
    CALL(linkat, "follow", D(0), P(0), D(1), P(1), V(AT_SYMLINK_FOLLOW)),
    CALL(linkat, "empty", D(0), P(0), D(1), P(1), V(AT_EMPTY_PATH)),
    CALL(linkat, "empty, follow", D(0), P(0), D(1), P(1), V(AT_EMPTY_PATH | AT_SYMLINK_FOLLOW)),
    CALL(linkat, "bad", D(0), P(0), D(1), P(1), V(AT_SYMLINK_NOFOLLOW)),
    CALL(symlinkat, "", M(text[TEXT_TARGET]), D(0), P(0)),
    CALL(mkdirat, "", D(0), P(0), V(0770)),
    CALL(mknodat, "", D(0), P(0), V(S_IFSOCK | 0666)), CALL(mknodat, "dev", D(0), P(0), V(S_IFCHR | 0666), V(0x103)),
    CALL(fchmodat, "", D(0), P(0), V(0604)), CALL(fchmodat, "", D(0), P(0), V(02775)),
    CALL(fchmodat2, "", D(0), P(0), V(0604), V(0)), CALL(fchmodat2, "nofollow", D(0), P(0), V(0604), V(AT_SYMLINK_NOFOLLOW)),
    CALL(fchmodat2, "empty", D(0), P(0), V(0604), V(AT_EMPTY_PATH)), CALL(fchmodat2, "bad", D(0), P(0), V(0604), V(1)),
    CALL(fchmod, "", D(0), V(04701)), CALL(fchmod, "", D(0), V(0711)), CALL(fchown, "", D(0), V(1000), V(2000)),
    CALL(fchown, "", D(0), V(-1), V(1000)), CALL(fsetxattr, "", D(0), M(text[TEXT_NEW]), M(value), V(5), V(0)),
    CALL(fsetxattr, "null", D(0), M(text[TEXT_NEW]), V(0), V(0), V(0)), CALL(fremovexattr, "", D(0), M(text[TEXT_HAD])),
    CALL(fchownat, "", D(0), P(0), V(1000), V(2000), V(0)), CALL(fchownat, "keep", D(0), P(0), V(-1), V(-1), V(0)),
    CALL(fchownat, "nofollow", D(0), P(0), V(0), V(2000), V(AT_SYMLINK_NOFOLLOW)),
    CALL(fchownat, "empty", D(0), P(0), V(-1), V(2000), V(AT_EMPTY_PATH)),
    CALL(fchownat, "bad", D(0), P(0), V(-1), V(2000), V(AT_SYMLINK_FOLLOW)),
    CALL(utimensat, "", D(0), P(0), M(times[0]), V(0)), CALL(utimensat, "now", D(0), P(0), V(0), V(0)),
    CALL(utimensat, "omit", D(0), P(0), M(times[2]), V(0)), CALL(utimensat, "one", D(0), P(0), M(times[3]), V(0)),
    CALL(utimensat, "set now", D(0), P(0), M(times[4]), V(0)), CALL(utimensat, "invalid", D(0), P(0), M(times[5]), V(0)),
    CALL(utimensat, "nofollow", D(0), P(0), M(times[0]), V(AT_SYMLINK_NOFOLLOW)),
    CALL(utimensat, "empty", D(0), P(0), M(times[0]), V(AT_EMPTY_PATH)), CALL(utimensat, "bad", D(0), P(0), M(times[0]), V(1)),
    CALL(utimensat, "fd", D(0), V(0), M(times[0]), V(0)), CALL(utimensat, "fd flags", D(0), V(0), M(times[0]), V(0x100)),
    CALL(utimensat, "fault", D(0), P(0), V(24), V(0)), CALL(utimensat, "fd now", D(0), V(0), V(0), V(0)),
    CALL(truncate, "3", P(0), V(3)), CALL(truncate, "9000", P(0), V(9000)), CALL(truncate, "-1", P(0), V(-1)),
    CALL(setxattr, "", P(0), M(text[TEXT_NEW]), M(value), V(5), V(0)),
    CALL(setxattr, "create", P(0), M(text[TEXT_HAD]), M(value), V(5), V(XATTR_CREATE)),
    CALL(setxattr, "replace", P(0), M(text[TEXT_HAD]), M(value), V(0), V(XATTR_REPLACE)),
    CALL(setxattr, "flags", P(0), M(text[TEXT_HAD]), M(value), V(5), V(4)),
    CALL(setxattr, "big", P(0), M(text[TEXT_HAD]), M(value), V(65537), V(0)),
    CALL(setxattr, "full", P(0), M(text[TEXT_NEW]), M(value), V(65536), V(0)),
    CALL(setxattr, "huge", P(0), M(text[TEXT_NEW]), M(value), V(-1), V(0)),
    CALL(setxattr, "fault", P(0), M(text[TEXT_NEW]), V(8), V(5), V(0)),
    CALL(setxattr, "name", P(0), M(text[TEXT_LONG]), M(value), V(5), V(0)),
    CALL(setxattr, "empty", P(0), M(text[TEXT_EMPTY]), M(value), V(5), V(0)),
    CALL(setxattr, "bare", P(0), M(text[TEXT_BARE]), M(value), V(5), V(0)),
    CALL(setxattr, "trusted", P(0), M(text[TEXT_TRUSTED]), M(value), V(5), V(0)),
    CALL(lsetxattr, "", P(0), M(text[TEXT_NEW]), M(value), V(5), V(0)),
    CALL(lsetxattr, "trusted", P(0), M(text[TEXT_TRUSTED]), M(value), V(5), V(0)),
    CALL(removexattr, "", P(0), M(text[TEXT_HAD])), CALL(removexattr, "none", P(0), M(text[TEXT_NEW])),
    CALL(removexattr, "fault", P(0), V(40)), CALL(lremovexattr, "", P(0), M(text[TEXT_HAD])),
    CALL(setxattrat, "", D(0), P(0), V(0), M(text[TEXT_NEW]), M(attribute[0]), V(16)),
    CALL(setxattrat, "empty", D(0), P(0), V(AT_EMPTY_PATH), M(text[TEXT_NEW]), M(attribute[0]), V(16)),
    CALL(setxattrat, "null", D(0), V(0), V(AT_EMPTY_PATH), M(text[TEXT_NEW]), M(attribute[0]), V(16)),
    CALL(setxattrat, "nofollow", D(0), P(0), V(AT_SYMLINK_NOFOLLOW), M(text[TEXT_NEW]), M(attribute[0]), V(16)),
    CALL(setxattrat, "small", D(0), P(0), V(0), M(text[TEXT_NEW]), M(attribute[0]), V(8)),
    CALL(setxattrat, "longer", D(0), P(0), V(0), M(text[TEXT_NEW]), M(attribute[0]), V(24)),
    CALL(setxattrat, "newer", D(0), P(0), V(0), M(text[TEXT_NEW]), M(attribute[1]), V(24)),
    CALL(setxattrat, "flags", D(0), P(0), V(1), M(text[TEXT_NEW]), M(attribute[0]), V(16)),
    CALL(setxattrat, "value flags", D(0), P(0), V(0), M(text[TEXT_NEW]), M(attribute[2]), V(16)),
    CALL(removexattrat, "", D(0), P(0), V(0), M(text[TEXT_HAD])),
    CALL(removexattrat, "empty", D(0), P(0), V(AT_EMPTY_PATH), M(text[TEXT_HAD])),
    CALL(removexattrat, "flags", D(0), P(0), V(1), M(text[TEXT_HAD])),
    CALL(file_setattr, "", D(0), P(0), M(file_attributes[0]), V(24), V(0)),
    CALL(file_setattr, "empty", D(0), P(0), M(file_attributes[0]), V(24), V(AT_EMPTY_PATH)),
    CALL(file_setattr, "null", D(0), V(0), M(file_attributes[0]), V(24), V(AT_EMPTY_PATH)),
    CALL(file_setattr, "nofollow", D(0), P(0), M(file_attributes[0]), V(24), V(AT_SYMLINK_NOFOLLOW)),
    CALL(file_setattr, "small", D(0), P(0), M(file_attributes[0]), V(8), V(0)),
    CALL(file_setattr, "longer", D(0), P(0), M(file_attributes[0]), V(32), V(0)),
    CALL(file_setattr, "big", D(0), P(0), M(value), V(4097), V(0)),
    CALL(file_setattr, "flags", D(0), P(0), M(file_attributes[0]), V(24), V(1)),
};
#define MATRIX_CALLS (sizeof matrix_calls / sizeof matrix_calls[0])

/* "@" stands for the tree's folder, "%n" for n bytes, NULL, BAD and EDGE for addresses without a whole string. */
static const char *const matrix_shapes[] = {
    "NULL", "BAD", "EDGE", "", ".", "..", "/", "//", "./", "../", "./.", "d", "d/", "d//", "d/.", "d/..", "d/../d", "./d/f",
    "d//f", "d/f", "d/f/", "d/f/.", "d/f/..", "d/f/x", "d/g", "d/new", "d/new/", "d/new/x", "d/new/.", "d/sub", "d/sub/",
    "d/sub/x", "d/sub/..", "d/sub/../f", "d/empty", "d/empty/", "d/empty/.", "d/empty/x", "d/up", "d/up/d/f", "d/up/", "f",
    "new", "new/", "new/x", "sub", "empty", "g", "sub/x", "hard", "fifo", "null", "link_f", "link_f/", "link_f/x", "link_ff",
    "link_d", "link_d/", "link_d/.", "link_d/f", "link_d/new", "link_d/empty", "link_dd", "link_dd/", "link_dd/f",
    "link_dd/sub/", "dangling", "dangling/", "dangling/x", "dangling2", "dangling2/", "loop", "loop/", "loop/x", "absolute",
    "absolute/", "rooted", "locked", "locked/f", "locked/new", "locked/.", "nox", "nox/", "nox/f", "nox/new", "nox/.",
    "nox/..", "ro", "ro/f", "ro/new", "sticky/mine", "sticky/theirs", "sticky/new", "sticky/link", "sticky/link/", "setgid",
    "setgid/new", "../w/d/f", "@", "@/", "@/d/f", "@//d/./new", "@/link_d/f", "@/nox/f", "@/locked/new", "@/d/empty/",
    "/../..", "/w/d/f", "/w/d/new", "/new", "/nowhere/x", "link_cwd", "link_cwd/f", "link_cwd/new", "link_cwd/",
    "/proc/self/cwd", "/proc/self/cwd/d/f", "/proc/self/cwd/d/new", "/proc/thread-self/cwd/d/empty", "/proc/self/fd/102",
    "/proc/self/fd/103", "/proc/self/fd/104", "/proc/self/fd/100/f", "/proc/self/fd/101/new", "/proc/self/fd/999",
    "/proc/self/fd/100/", "/proc/self/fd/102/", "/dev/fd/102", "/dev/fd/100/g", "/proc/self/root@/d/f", "/proc/self",
    "/proc/self/comm", "/proc/self/new", "/proc/self/fd/106", "/proc/thread-self", "/proc/thread-self/fd/107",
    "/proc/self/task/../cwd/d/f", "/proc/self/exe/x", "/proc/./self/cwd/d/sub", "%3", "%256", "%4095", "%4094", "%4096", "%4200",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "bbbbbbbbb",
};
#define MATRIX_SHAPES (sizeof matrix_shapes / sizeof matrix_shapes[0])

static const int matrix_dirs[] = {FD_DIR, FD_DIR, FD_DIR_PATH, FD_FILE, FD_FILE_PATH, FD_LINK_PATH, FD_GONE,
                                  FD_PIPE, FD_RW, FD_RW, FD_FILE, 999, -1};
#define MATRIX_DIRS (sizeof matrix_dirs / sizeof matrix_dirs[0])

static void matrix_fill(void)
{
    static const int64_t times[][4] = {{1000, 123, 2000, 456}, {1000, 5000000, 2000, 0}, {1, UTIME_OMIT, 1, UTIME_OMIT},
                                       {77, 7, 1, UTIME_OMIT}, {1, UTIME_NOW, 88, 8}, {1, 1000000000, 1, 2}};
    struct twin_memory *m = twin_memory;

    memcpy(m->times, times, sizeof times);
    strcpy(m->text + TEXT_NEW, "user.new");
    strcpy(m->text + TEXT_HAD, "user.had");
    strcpy(m->text + TEXT_TRUSTED, "trusted.x");
    strcpy(m->text + TEXT_TARGET, "d/../target");
    strcpy(m->text + TEXT_BARE, "bare");
    memset(m->text + TEXT_LONG, 'n', 300);
    memset(m->value, 'v', sizeof m->value);
    memset(m->edge, 'e', sizeof m->edge);
    for (int i = 0; i < 3; i++) {
        m->attribute[i].value = (uint64_t)(uintptr_t)m->value;
        m->attribute[i].size = 5;
    }
    m->attribute[1].more = 1;
    m->file_attributes[0][0] = FS_XFLAG_NODUMP;
    m->attribute[2].flags = 8;
}

#endif
