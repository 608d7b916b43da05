#define _GNU_SOURCE
#include "pathop.h"
#include "pathop_args.h"
#include "pathop_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int crs_pathop_handles(int nr)
{
    return crs_pathcall_find(nr) != NULL;
}

int crs_pathop_prepare(struct crs_pathop *op, const struct crs_caller *caller, const struct seccomp_data *data)
{
    uint64_t args[6];
    int r;

    memcpy(args, data->args, sizeof args);
    op->call = crs_pathcall_find(data->nr);
    op->caller = caller;
    op->operands = 0;
    for (int i = 0; i < 2; i++) {
        struct crs_operand *o = &op->operand[i];

        memset(o, 0, offsetof(struct crs_operand, path));
        o->path[0] = '\0';
        o->base = o->fd = -1;
    }
    if (op->call == NULL)
        return -ENOSYS;
    r = crs_copy_values(op, args);
    if (r != 0)
        return r < 0 ? r : 0;
    op->operands = op->call->at[1].dir == CRS_REG_NONE ? 1 : 2;
    r = crs_copy_path(op, args, 0);
    if (r == 0 && op->operands == 2) {
        r = crs_copy_path(op, args, 1);
        if (r < 0) { /* told only if the first one leads somewhere */
            op->operand[1].error = r;
            r = 0;
        }
    }
    return r;
}

/* Whether operand i is an entry of a folder, which may not exist, and not the object itself. */
static int is_entry(const struct crs_pathop *op, uint32_t i)
{
    return i == 1 || op->call->form == CRS_FORM_ENTRY;
}

static int follows(const struct crs_pathop *op)
{
    if (op->call->form == CRS_FORM_FOLLOW)
        return (op->flags & AT_SYMLINK_NOFOLLOW) == 0;
    return op->call->kind == CRS_OP_LINK && (op->flags & AT_SYMLINK_FOLLOW) != 0;
}

/* The requested name: needs this process's own /proc, so not in the caller's place. */
static void name_request(struct crs_operand *o, const struct crs_caller *caller)
{
    char from[CRS_NAME_SIZE];
    struct crs_str base = {"/", 1}, path = {o->path, (uint32_t)strlen(o->path)};
    int fd = o->path[0] == '/' ? caller->root : o->base;
    ssize_t len;

    if (fd >= 0) {
        len = crs_path_of_fd(fd, from, sizeof from);
        if (len == 0) /* a pipe, a socket: nothing a policy names, and no folder either */
            return;
        if (len < 0) {
            o->unnamed = 1;
            return;
        }
        base = (struct crs_str){from, (uint32_t)len};
    }
    while (path.len > 0 && path.s[0] == '/') { /* absolute, but below the caller's root */
        path.s++;
        path.len--;
    }
    len = crs_path_absolute(base, path, o->requested_buf, sizeof o->requested_buf);
    if (len < 0)
        o->unnamed = 1;
    else
        o->requested = (struct crs_str){o->requested_buf, (uint32_t)len};
}

/* Divides the path before its last component, which keeps its slashes; a path of slashes alone is all of it. */
static const char *last_component(const char *path)
{
    const char *end = path + strlen(path);

    while (end > path && end[-1] == '/')
        end--;
    if (end == path)
        return path;
    while (end > path && end[-1] != '/')
        end--;
    return end;
}

/* The folder of an entry. The "." in the place of the entry makes the kernel ask for the right to search it. */
static int open_folder(const struct crs_caller *caller, struct crs_operand *o)
{
    char folder[PATH_MAX];
    size_t n;

    o->last = last_component(o->path);
    n = (size_t)(o->last - o->path);
    memcpy(folder, o->path, n);
    memcpy(folder + n, o->path[n] == '/' ? "/" : ".", 2);
    return crs_walk(caller, o->base, folder, O_DIRECTORY);
}

static int open_object(const struct crs_pathop *op, struct crs_operand *o)
{
    int fd;

    if (o->path[0] != '\0')
        return crs_walk(op->caller, o->base, o->path, follows(op) ? 0 : O_NOFOLLOW);
    fd = o->base;
    o->base = -1;
    return fd;
}

/* What the operand is now, for the identity of the file and the rules about folders. */
static void inspect(struct crs_operand *o)
{
    char entry[NAME_MAX + 1];
    struct stat st;
    int r;

    if (o->last == NULL) {
        r = fstat(o->fd, &st);
    } else {
        size_t n = strcspn(o->last, "/");

        if (n > NAME_MAX)
            return;
        memcpy(entry, o->last, n);
        entry[n] = '\0';
        r = fstatat(o->fd, entry, &st, n == 0 ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW);
    }
    if (r < 0) {
        if (errno == ENOENT)
            o->directory = CRS_DIRECTORY_NO;
        return;
    }
    o->exists = 1;
    o->directory = S_ISDIR(st.st_mode) ? CRS_DIRECTORY_YES : CRS_DIRECTORY_NO;
    o->dev = st.st_dev;
    o->ino = st.st_ino;
}

static void open_operands(struct crs_pathop *op)
{
    for (uint32_t i = 0; i < op->operands; i++) {
        struct crs_operand *o = &op->operand[i];

        if (o->error == 0) {
            o->fd = is_entry(op, i) ? open_folder(op->caller, o) : open_object(op, o);
            if (o->fd < 0) {
                o->unnamed = o->fd == CRS_WALK_UNREADABLE;
                o->error = o->unnamed ? -EACCES : o->fd;
                o->fd = -1;
            }
        }
        if (o->error != 0)
            return; /* the kernel looks no further */
        inspect(o);
    }
}

/* The resolved name of what is open. */
static void name_result(struct crs_operand *o)
{
    char folder[CRS_NAME_SIZE];
    struct crs_str entry = {o->last, o->last == NULL ? 0 : (uint32_t)strlen(o->last)};
    ssize_t len;

    if (o->fd < 0)
        return;
    len = crs_path_of_fd(o->fd, folder, sizeof folder);
    if (len == 0 && o->last == NULL)
        return;
    if (len > 0) {
        while (entry.len > 0 && entry.s[0] == '/') {
            entry.s++;
            entry.len--;
        }
        len = crs_path_absolute((struct crs_str){folder, (uint32_t)len}, entry, o->resolved_buf, sizeof o->resolved_buf);
    }
    if (len <= 0)
        o->unnamed = 1;
    else
        o->resolved = (struct crs_str){o->resolved_buf, (uint32_t)len};
}

int crs_pathop_resolve(struct crs_pathop *op)
{
    int unreadable = 0;

    for (uint32_t i = 0; i < op->operands; i++)
        if (op->operand[i].error == 0)
            name_request(&op->operand[i], op->caller);
    if (op->operands > 0) {
        if (crs_enter(op->caller) < 0) {
            op->operand[0].error = -EACCES;
            unreadable = 1;
        } else {
            open_operands(op);
            crs_leave();
        }
    }
    for (uint32_t i = 0; i < op->operands; i++) {
        name_result(&op->operand[i]);
        unreadable |= op->operand[i].unnamed;
    }
    return unreadable ? CRS_PATHOP_UNREADABLE : 0;
}

void crs_pathop_close(struct crs_pathop *op)
{
    for (int i = 0; i < 2; i++) {
        if (op->operand[i].base >= 0)
            close(op->operand[i].base);
        if (op->operand[i].fd >= 0)
            close(op->operand[i].fd);
        op->operand[i].base = op->operand[i].fd = -1;
    }
}
