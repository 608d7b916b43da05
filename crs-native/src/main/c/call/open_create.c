/* Opens that make a file. Decided on the name it will have, in a folder that is held open, and made there. */
#define _GNU_SOURCE
#include "open.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many symbolic links as the kernel follows. */
#define LINKS 40

/* Where a path is being followed to; `folder` is an O_PATH descriptor or -1 for a path from the root. */
struct crs_place {
    int folder;
    char path[PATH_MAX];
    int ended; /* by a slash */
};

/* Splits off the last component; what is before stays in `path` ("" if nothing). */
static int split(struct crs_place *place, char last[NAME_MAX + 1])
{
    size_t whole = strlen(place->path), len;
    char *slash, *name;

    for (place->ended = 0; whole > 0 && place->path[whole - 1] == '/'; place->ended = 1)
        place->path[--whole] = '\0';
    slash = strrchr(place->path, '/');
    name = slash == NULL ? place->path : slash + 1;
    len = strlen(name);
    if (len == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return -EISDIR; /* a folder's own name */
    if (len > NAME_MAX)
        return -ENAMETOOLONG;
    memcpy(last, name, len + 1);
    if (slash == place->path)
        slash++; /* the root stays */
    *(slash == NULL ? place->path : slash) = '\0';
    return 0;
}

/* With the caller's root and rights: the folder that holds the last component. */
static int open_folder(struct crs_ctx *ctx, const struct crs_place *place, uint64_t resolve)
{
    struct crs_resolution r = {
        .path = place->path[0] == '\0' ? "." : place->path,
        .base = place->folder,
        .flags = O_DIRECTORY,
        .resolve = resolve,
    };
    int result = crs_resolve_open(ctx, &r);

    return result != 0 ? result : r.fd >= 0 ? r.fd : r.error;
}

/* Goes on behind a symbolic link that leads nowhere. 1: it was one; 0: there is nothing of that name. */
static int follow(struct crs_ctx *ctx, struct crs_place *place, int folder, const char *last)
{
    ssize_t len;

    if (crs_enter(&ctx->target.caller) != 0)
        return -EACCES;
    len = readlinkat(folder, last, place->path, sizeof place->path);
    if (len < 0)
        len = errno == ENOENT ? 0 : errno == EINVAL ? CRS_CHANGED : -errno;
    crs_leave();
    if (len <= 0)
        return (int)len;
    if ((size_t)len == sizeof place->path)
        return -ENAMETOOLONG;
    place->path[len] = '\0';
    return 1;
}

/* Decides and makes the file. */
static int make(struct crs_ctx *ctx, struct crs_open *open, int folder, const char *last)
{
    struct crs_path *path = &open->call.path[0];
    int flags = (int)open->flags | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY; /* O_EXCL follows no link */
    int result, fd;

    if (crs_resolve_new_name(ctx, &open->at, folder, last, path) != 0)
        result = crs_verdict_unreadable(ctx, "a file's name is too long to decide on");
    else
        result = crs_open_decide(ctx, open);
    if (result != 0)
        return result;
    result = crs_target_refresh(ctx); /* its umask */
    if (result != 0)
        return result;
    if (crs_enter(&ctx->target.caller) != 0)
        return -EACCES;
    fd = openat(folder, last, flags, (mode_t)open->mode);
    fd = fd < 0 ? -errno : fd;
    crs_leave();
    if (fd == -EEXIST && !(open->flags & O_EXCL))
        return CRS_CHANGED;
    if (fd >= 0)
        crs_identity_touch(crs_identities_of(ctx->agent), &ctx->agent->table, path->resolved);
    return fd;
}

/*
 * Follows the path to the folder of its last component, which is no link any more. 0: nothing of that name is there;
 * CRS_CHANGED: something is, or a link where none may be followed; else -errno. *folder is to be closed, unless it is -1.
 */
static int walk(struct crs_ctx *ctx, const struct crs_open *open, char last[NAME_MAX + 1], int *folder)
{
    struct crs_place place = {.folder = open->at.base};
    int result = 1;

    *folder = -1;
    strcpy(place.path, open->path); /* both hold PATH_MAX */
    for (int links = 0; result == 1; links++) {
        int before = *folder;

        *folder = -1;
        result = links > LINKS ? -ELOOP : split(&place, last);
        if (result == 0) {
            place.folder = place.path[0] == '/' || before < 0 ? open->at.base : before;
            *folder = open_folder(ctx, &place, open->resolve);
            result = *folder < 0 ? *folder : follow(ctx, &place, *folder, last);
            if (place.ended && *folder >= 0 && result != -EACCES)
                result = -EISDIR; /* asked where names may be looked up at all */
        }
        if (before >= 0)
            close(before);
        if (result == 1 && open->flags & (O_NOFOLLOW | O_EXCL))
            result = CRS_CHANGED; /* a link has come to be: the next look says which error that is */
    }
    return result;
}

int crs_open_create(struct crs_ctx *ctx, struct crs_open *open)
{
    char last[NAME_MAX + 1];
    int folder, result = walk(ctx, open, last, &folder);

    if (result == 0)
        result = make(ctx, open, folder, last);
    else if (result != CRS_CHANGED) {
        int denied = crs_open_decide(ctx, open); /* it fails anyway, but what was tried is told and judged */

        result = denied != 0 ? denied : result;
    }
    if (folder >= 0)
        close(folder);
    return result;
}

/* fs.protected_regular, fs.protected_fifos: how far others' files in folders of everybody are kept from O_CREAT. */
static int protected(const char *path)
{
    char value = '1';
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        if (read(fd, &value, 1) != 1)
            value = '1';
        close(fd);
    }
    return value - '0';
}

/* The kernel's rule for a file that O_CREAT finds in a sticky folder. */
static int may_be_opened_in(const struct stat *folder, const struct stat *file, uid_t fsuid)
{
    static int regular = -1, fifos;

    if (regular < 0) {
        fifos = protected("/proc/sys/fs/protected_fifos");
        regular = protected("/proc/sys/fs/protected_regular");
    }
    if (!(folder->st_mode & S_ISVTX) || (S_ISREG(file->st_mode) && regular == 0) || (S_ISFIFO(file->st_mode) && fifos == 0) ||
        file->st_uid == folder->st_uid || file->st_uid == fsuid)
        return 1;
    if (folder->st_mode & S_IWOTH)
        return 0;
    return !(folder->st_mode & S_IWGRP && ((S_ISFIFO(file->st_mode) && fifos > 1) || (S_ISREG(file->st_mode) && regular > 1)));
}

int crs_open_sticky(struct crs_ctx *ctx, const struct crs_open *open)
{
    uid_t fsuid = ctx->target.caller.creds->fsuid;
    char last[NAME_MAX + 1];
    struct stat file, in;
    int folder, result;

    if (fstat(open->at.fd, &file) != 0 || file.st_uid == fsuid)
        return 0;
    result = walk(ctx, open, last, &folder);
    if (result == CRS_CHANGED && folder >= 0 && fstat(folder, &in) == 0)
        result = may_be_opened_in(&in, &file, fsuid) ? 0 : -EACCES;
    else if (result == 0)
        result = CRS_CHANGED; /* it was there a moment ago */
    if (folder >= 0)
        close(folder);
    return result;
}

int crs_open_unnamed(struct crs_ctx *ctx, struct crs_open *open)
{
    struct crs_path *path = &open->call.path[0];
    int result, fd;

    if (open->at.fd < 0) {
        result = crs_open_decide(ctx, open);
        return result != 0 ? result : open->at.error;
    }
    /* The folder under its requested name, a file in it under the resolved one: rules on either have their say. */
    if (crs_resolve_new_name(ctx, &open->at, open->at.fd, "#unnamed", path) != 0)
        result = crs_verdict_unreadable(ctx, "a file's name is too long to decide on");
    else
        result = crs_open_decide(ctx, open);
    if (result == 0)
        result = crs_target_refresh(ctx);
    if (result != 0)
        return result;
    if (crs_enter(&ctx->target.caller) != 0)
        return -EACCES;
    fd = openat(open->at.fd, ".", (int)(open->flags & ~(uint64_t)O_NOFOLLOW) | O_CLOEXEC, (mode_t)open->mode);
    fd = fd < 0 ? -errno : fd;
    crs_leave();
    return fd;
}
