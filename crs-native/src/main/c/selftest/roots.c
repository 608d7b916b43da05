/* B: a file that must not be read, by another mount, another root or a handle. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* musl's header of mount(2) and the kernel's cannot be had together. */
#define BIND     4096ul
#define REC      16384ul
#define PRIVATE  (1ul << 18)

static int do_mount(const char *from, const char *to, const char *type, unsigned long flags, const void *data)
{
    return (int)syscall(SYS_mount, from, to, type, flags, data);
}

enum { OWN_NAMESPACE, USER_NAMESPACE };

/*
 * In a mount namespace of its own, which nobody else sees and which ends with it: the host stays as it is. Below the agent
 * the first mount is refused already; what follows is tried all the same.
 */
static int enter(struct crs_trial *t, int kind)
{
    int result = crs_step(t, "unshare", unshare(kind == USER_NAMESPACE ? CLONE_NEWUSER | CLONE_NEWNS : CLONE_NEWNS));

    if (result == 0 && do_mount("none", "/", NULL, REC | PRIVATE, NULL) != 0 && !t->inside)
        return crs_step(t, "mount", -1);
    return result;
}

static int bind_mount(struct crs_trial *t, int kind)
{
    int result = enter(t, kind);

    if (result == 0)
        result = crs_step(t, "mount", do_mount(t->dir, crs_at(t, "free/sub"), NULL, BIND | REC, NULL));
    return result != 0 ? result : crs_loot_file(t, crs_at(t, "free/sub/secret"));
}

static int bind_file(struct crs_trial *t, int kind)
{
    int result = enter(t, kind);

    if (result == 0)
        result = crs_step(t, "mount", do_mount(crs_at(t, "secret"), crs_at(t, "free/file"), NULL, BIND, NULL));
    return result != 0 ? result : crs_loot_file(t, crs_at(t, "free/file"));
}

/* A copy of the mount nobody has a name for, by a descriptor. */
static int tree(struct crs_trial *t, int kind)
{
    int result = enter(t, kind), fd;

    if (result != 0)
        return result;
    fd = crs_step(t, "open_tree", syscall(SYS_open_tree, AT_FDCWD, t->dir, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    return fd < 0 ? fd : crs_loot_close(t, crs_step(t, "openat", openat(fd, "secret", O_RDONLY)));
}

static int moved_tree(struct crs_trial *t, int kind)
{
    int result = enter(t, kind), fd;

    if (result != 0)
        return result;
    fd = crs_step(t, "open_tree", syscall(SYS_open_tree, AT_FDCWD, t->dir, OPEN_TREE_CLONE));
    if (fd < 0)
        return fd;
    result = crs_step(t, "move_mount", syscall(SYS_move_mount, fd, "", AT_FDCWD, crs_at(t, "free/sub"), MOVE_MOUNT_F_EMPTY_PATH));
    return result != 0 ? result : crs_loot_file(t, crs_at(t, "free/sub/secret"));
}

static int overlay(struct crs_trial *t, int kind)
{
    char options[600];
    int result = enter(t, kind);

    snprintf(options, sizeof options, "lowerdir=%s:/etc", t->dir);
    if (result == 0)
        result = crs_step(t, "mount of an overlay", do_mount("overlay", crs_at(t, "free/sub"), "overlay", 0, options));
    return result != 0 ? result : crs_loot_file(t, crs_at(t, "free/sub/secret"));
}

static int overlay_by_fs(struct crs_trial *t, int kind)
{
    char lower[600];
    int result = enter(t, kind), fd, mount;

    if (result != 0)
        return result;
    fd = crs_step(t, "fsopen", syscall(SYS_fsopen, "overlay", 0));
    if (fd < 0)
        return fd;
    snprintf(lower, sizeof lower, "%s:/etc", t->dir);
    syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "lowerdir", lower, 0);
    result = crs_step(t, "fsconfig", syscall(SYS_fsconfig, fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
    mount = result != 0 ? result : crs_step(t, "fsmount", syscall(SYS_fsmount, fd, 0, 0));
    return mount < 0 ? mount : crs_loot_close(t, crs_step(t, "openat", openat(mount, "secret", O_RDONLY)));
}

/* Something harmless put over what must not change is a change of it. */
static int mount_over(struct crs_trial *t, int kind)
{
    struct stat before, after;
    int result;

    if (stat(crs_at(t, "app"), &before) != 0)
        return -errno;
    result = enter(t, kind);
    if (result == 0)
        result = crs_step(t, "mount", do_mount("none", crs_at(t, "app"), "tmpfs", 0, NULL));
    t->done = result == 0 && stat(crs_at(t, "app"), &after) == 0 && (before.st_dev != after.st_dev || before.st_ino != after.st_ino);
    return result;
}

static int change_attributes(struct crs_trial *t, int kind)
{
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_NOSUID};
    int result = enter(t, kind);

    if (result == 0)
        result = crs_step(t, "mount_setattr", syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attributes, sizeof attributes));
    t->done = result == 0;
    return result;
}

enum { ROOT_ABOVE, ROOT_HERE, ROOT_USER, ROOT_HELD, ROOT_LEFT };

/* /secret, /d/secret: names that no rule knows, if one believes them. */
static int change_root(struct crs_trial *t, int how)
{
    int result = 0, held = open(t->dir, O_PATH);
    const char *above = crs_at(t, "..");

    if (how == ROOT_USER)
        result = crs_step(t, "unshare", unshare(CLONE_NEWUSER));
    if (result == 0)
        result = crs_step(t, "chroot", chroot(how == ROOT_ABOVE ? above : how == ROOT_LEFT ? crs_at(t, "free") : t->dir));
    if (result != 0)
        return result;
    if (how == ROOT_HELD)
        return crs_loot_close(t, crs_step(t, "openat", openat(held, "secret", O_RDONLY)));
    if (how == ROOT_LEFT) /* a folder that is not below the root any more */
        return crs_step(t, "fchdir", fchdir(held)) == 0 ? crs_loot_file(t, "secret") : -1;
    if (how == ROOT_ABOVE) {
        const char *name = strrchr(t->dir, '/');
        char path[256];

        snprintf(path, sizeof path, "%s/secret", name);
        return crs_loot_file(t, path);
    }
    if (crs_step(t, "chdir", chdir("/")) != 0)
        return -1;
    return crs_loot_file(t, "/secret");
}

static int change_root_of_thread(struct crs_trial *t, int how)
{
    pid_t pid = fork();

    (void)how;
    if (pid == 0) {
        if (crs_step(t, "chroot", chroot(t->dir)) == 0)
            crs_loot_file(t, "secret\0/secret" + 7);
        _exit(0);
    }
    return pid < 0 ? crs_step(t, "fork", -1) : crs_wait(t, pid);
}

static int pivot(struct crs_trial *t, int kind)
{
    int result = enter(t, kind);

    if (result == 0)
        result = crs_step(t, "mount", do_mount(t->dir, t->dir, NULL, BIND | REC, NULL));
    if (result == 0)
        result = crs_step(t, "chdir", chdir(t->dir));
    if (result == 0)
        result = crs_step(t, "pivot_root", syscall(SYS_pivot_root, ".", "."));
    return result != 0 ? result : crs_loot_file(t, "/secret");
}

static int join_namespace(struct crs_trial *t, int how)
{
    int fd = crs_step(t, "open", open("/proc/1/ns/mnt", O_RDONLY)), result;

    (void)how;
    result = fd < 0 ? fd : crs_step(t, "setns", setns(fd, CLONE_NEWNS));
    return result != 0 ? result : crs_loot_file(t, crs_at(t, "secret"));
}

enum { HANDLE, HANDLE_MOUNT };

static int by_handle(struct crs_trial *t, int how)
{
    struct {
        unsigned size;
        int type;
        unsigned char bytes[128];
    } handle = {.size = 128};
    int mount, id, result, fd;

    result = crs_step(t, "name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, crs_at(t, "secret"), &handle, &id, 0));
    if (result != 0)
        return result;
    mount = crs_step(t, "open", open(how == HANDLE ? t->dir : "/", O_RDONLY | O_DIRECTORY));
    if (mount < 0)
        return mount;
    fd = crs_step(t, "open_by_handle_at", syscall(SYS_open_by_handle_at, mount, &handle, O_RDONLY));
    return fd < 0 ? fd : crs_loot_close(t, fd);
}

/* A file that has the number of one that was protected, and is another. */
static int reused_number(struct crs_trial *t, int how)
{
    struct stat gone, made;
    char path[256];

    (void)how;
    if (crs_step(t, "stat", stat(crs_at(t, "gone"), &gone)) != 0 || crs_step(t, "unlink", unlink(crs_at(t, "gone"))) != 0)
        return -1;
    for (int i = 0; i < 64; i++) {
        snprintf(path, sizeof path, "%s/free/made%d", t->dir, i);
        if (crs_write_file(path, "public\n") != 0 || stat(path, &made) != 0)
            return crs_step(t, "open", -1);
        if (crs_step(t, "open", open(path, O_RDONLY | O_CLOEXEC)) < 0)
            return -1;
        if (made.st_ino == gone.st_ino)
            break;
    }
    t->done = 1;
    return 0;
}

#define BOTH(id, what, attempt, effect)                                                \
    {"B9-" id, what, attempt, OWN_NAMESPACE, effect, 0, NULL},                         \
    {"B9-" id "-user", what ", in a user namespace", attempt, USER_NAMESPACE, effect, 0, NULL}

static const struct crs_technique table[] = {
    BOTH("bind", "a bind mount of the folder", bind_mount, CRS_EFFECT_READ),
    BOTH("bind-file", "a bind mount of the file", bind_file, CRS_EFFECT_READ),
    BOTH("open-tree", "open_tree", tree, CRS_EFFECT_READ),
    BOTH("move-mount", "open_tree and move_mount", moved_tree, CRS_EFFECT_READ),
    BOTH("overlay", "an overlay", overlay, CRS_EFFECT_READ),
    BOTH("fsopen", "an overlay by fsopen and fsmount", overlay_by_fs, CRS_EFFECT_READ),
    BOTH("over", "a mount over what must not change", mount_over, CRS_EFFECT_DONE),
    BOTH("setattr", "mount_setattr", change_attributes, CRS_EFFECT_DONE),
    {"B10-chroot", "chroot into the folder", change_root, ROOT_HERE, CRS_EFFECT_READ, 0, NULL},
    {"B10-chroot-above", "chroot into the folder above", change_root, ROOT_ABOVE, CRS_EFFECT_READ, 0, NULL},
    {"B10-chroot-user", "chroot in a user namespace", change_root, ROOT_USER, CRS_EFFECT_READ, 0, NULL},
    {"B10-chroot-held", "chroot, by a descriptor from before", change_root, ROOT_HELD, CRS_EFFECT_READ, 0, NULL},
    {"B10-chroot-left", "chroot, then out of it by a descriptor from before", change_root, ROOT_LEFT, CRS_EFFECT_READ, 0, NULL},
    {"B10-chroot-child", "chroot of a child", change_root_of_thread, 0, CRS_EFFECT_READ, 0, NULL},
    {"B10-pivot", "pivot_root", pivot, OWN_NAMESPACE, CRS_EFFECT_READ, 0, NULL},
    {"B10-pivot-user", "pivot_root in a user namespace", pivot, USER_NAMESPACE, CRS_EFFECT_READ, 0, NULL},
    {"B10-setns", "setns to the first process's mounts", join_namespace, 0, CRS_EFFECT_READ, CRS_SILENT, NULL},
    {"B8-handle", "a file handle", by_handle, HANDLE, CRS_EFFECT_READ, 0, NULL},
    {"B8-handle-root", "a file handle, by the root", by_handle, HANDLE_MOUNT, CRS_EFFECT_READ, 0, NULL},
    {"B17-reuse", "a new file with the number of one that was protected is read", reused_number, 0, CRS_EFFECT_DONE,
     CRS_MUST_WORK, NULL},
};

CRS_SECTION('B', roots, "By another mount or root", table);
