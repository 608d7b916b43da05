#define _GNU_SOURCE
#include "own_files.h"

#include "syscalls.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

void crs_own_files_add(struct crs_own_files *own, const char *path)
{
    char folder[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

    if (own->count == CRS_OWN_FILES || length >= sizeof folder)
        return;
    memcpy(folder, path, length);
    folder[length] = '\0';
    /* As the kernel will name it: the folder without links, the name as it is, for there may be no file yet. */
    if (realpath(length == 0 ? "." : folder, real) == NULL)
        return;
    length = strlen(real);
    if (length + strlen(name) + 2 > sizeof own->path[0])
        return;
    memcpy(own->path[own->count], real, length);
    if (length > 1)
        own->path[own->count][length++] = '/';
    strcpy(own->path[own->count] + length, name);
    own->len[own->count] = (uint32_t)(length + strlen(name));
    own->count++;
}

static int writes(const struct crs_call *call, uint8_t op)
{
    if (op == CRS_OP_OPEN)
        return (call->flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != 0;
    return op == CRS_OP_WRITE || op == CRS_OP_RENAME || op == CRS_OP_LINK;
}

/* `name` is one of them, or with `above` a folder over one. */
static int covers(const struct crs_own_files *own, struct crs_str name, int above)
{
    for (uint32_t i = 0; name.s != NULL && i < own->count; i++) {
        if (name.len > own->len[i] || memcmp(own->path[i], name.s, name.len) != 0)
            continue;
        if (name.len == own->len[i] || (above && own->path[i][name.len] == '/'))
            return 1;
    }
    return 0;
}

int crs_own_files_change(const struct crs_own_files *own, const struct crs_call *call)
{
    const struct crs_syscall_info *info = crs_syscall_find(crs_syscalls, CRS_SYSCALLS, call->nr);

    if (info == NULL || own->count == 0 || !writes(call, info->op))
        return 0;
    for (int i = 0; i < 2; i++)
        if (covers(own, call->path[i].resolved.s != NULL ? call->path[i].resolved : call->path[i].requested,
                   info->op == CRS_OP_RENAME))
            return 1;
    return 0;
}
