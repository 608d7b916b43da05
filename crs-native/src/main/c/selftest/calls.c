/* C: calls that would lead past every rule, and what still tells that a file is there. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/*
 * Called with arguments the kernel itself refuses, or that do no harm: what comes back tells whether the kernel was
 * reached. EPERM and ENOSYS say that it was not, or that the caller may not: then the baseline says so too.
 */
static const struct reached {
    const char *name;
    long nr, args[5];
} reached[] = {
    {"userfaultfd", SYS_userfaultfd, {0x80000}},
    {"bpf", SYS_bpf, {0, 0, 0}},
    {"perf_event_open", SYS_perf_event_open, {0, 0, -1, -1, 0}},
    {"init_module", SYS_init_module, {0, 0, 0}},
    {"finit_module", SYS_finit_module, {-1, 0, 0}},
    {"delete_module", SYS_delete_module, {0, 0}},
    {"kexec_load", SYS_kexec_load, {0, 17, 0, 0xffff0000}},
    {"kexec_file_load", SYS_kexec_file_load, {-1, -1, 0, 0, 0xffff}},
    {"keyctl", SYS_keyctl, {0, -3, 0}},
    {"add_key", SYS_add_key, {0, 0, 0, 0, 0}},
    {"request_key", SYS_request_key, {0, 0, 0, 0}},
    {"memfd_secret", 447, {0}},
    {"quotactl", SYS_quotactl, {-1, 0, 0, 0}},
    {"quotactl_fd", 443, {-1, 0, 0, 0}},
    {"acct", SYS_acct, {(long)(intptr_t)"/nowhere/at/all"}},
    {"swapon", SYS_swapon, {(long)(intptr_t)"/nowhere/at/all", 0}},
    {"swapoff", SYS_swapoff, {(long)(intptr_t)"/nowhere/at/all"}},
    {"fanotify_init", SYS_fanotify_init, {0, 0}},
    {"open_by_handle_at", SYS_open_by_handle_at, {-1, 0, 0}},
    {"pidfd_getfd", 438, {-1, 0, 0}},
    {"mount", SYS_mount, {0, 0, 0, 0, 0}},
    {"umount2", SYS_umount2, {(long)(intptr_t)"/nowhere/at/all", 0}},
    {"pivot_root", SYS_pivot_root, {(long)(intptr_t)"/nowhere", (long)(intptr_t)"/nowhere"}},
    {"fsopen", SYS_fsopen, {0, 0}},
    {"fspick", SYS_fspick, {-1, 0, 0}},
    {"open_tree", SYS_open_tree, {-1, (long)(intptr_t)"", 0x1000}},
    {"move_mount", SYS_move_mount, {-1, 0, -1, 0, 0}},
    {"process_vm_writev", SYS_process_vm_writev, {0x7fffffff, 0, 0, 0, 0}},
};

static int reaches(struct crs_trial *t, int how)
{
    const struct reached *call = &reached[how];
    long result = syscall(call->nr, call->args[0], call->args[1], call->args[2], call->args[3], call->args[4]);

    t->done = result >= 0 || (errno != EPERM && errno != ENOSYS && errno != EACCES);
    return t->done ? 0 : crs_step(t, call->name, -1);
}

struct ring {
    int fd;
    unsigned char *submitted, *completed;
    struct io_uring_sqe *entries;
    struct io_uring_params params;
};

static int map_ring(struct crs_trial *t, struct ring *ring)
{
    ring->submitted = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
    ring->completed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_CQ_RING);
    ring->entries = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQES);
    if (ring->submitted == MAP_FAILED || ring->completed == MAP_FAILED || ring->entries == MAP_FAILED)
        return crs_step(t, "mmap of the ring", -1);
    return 0;
}

/* One operation, from beginning to end: its result. */
static int ring_does(struct crs_trial *t, struct ring *ring, const struct io_uring_sqe *what)
{
    _Atomic unsigned *tail = (_Atomic unsigned *)(ring->submitted + ring->params.sq_off.tail);
    unsigned *array = (unsigned *)(ring->submitted + ring->params.sq_off.array);
    struct io_uring_cqe *done = (struct io_uring_cqe *)(ring->completed + ring->params.cq_off.cqes);
    unsigned at = atomic_load(tail), mask = ring->params.sq_entries - 1;
    int result;

    ring->entries[at & mask] = *what;
    array[at & mask] = at & mask;
    atomic_store(tail, at + 1);
    result = crs_step(t, "io_uring_enter", syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0));
    if (result < 0)
        return result;
    errno = done[at & (ring->params.cq_entries - 1)].res < 0 ? -done[at & (ring->params.cq_entries - 1)].res : 0;
    return errno != 0 ? crs_step(t, "operation of the ring", -1) : done[at & (ring->params.cq_entries - 1)].res;
}

enum { RING_READ, RING_UNLINK, RING_INHERITED };

static int by_ring(struct crs_trial *t, int how)
{
    struct io_uring_sqe what = {.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD};
    struct ring ring = {.fd = CRS_RING_FD};
    int result;

    if (how == RING_INHERITED) { /* somebody else made it: it is enough that it can be entered */
        result = crs_step(t, "io_uring_enter", syscall(SYS_io_uring_enter, CRS_RING_FD, 0, 0, 0, NULL, 0));
        t->done = result >= 0;
        return result;
    }
    ring.fd = crs_step(t, "io_uring_setup", syscall(SYS_io_uring_setup, 4, &ring.params));
    result = ring.fd < 0 ? ring.fd : map_ring(t, &ring);
    if (result < 0)
        return result;
    what.addr = (uint64_t)(uintptr_t)crs_at(t, how == RING_READ ? "secret" : "app/file");
    if (how == RING_UNLINK)
        what.opcode = IORING_OP_UNLINKAT;
    result = ring_does(t, &ring, &what);
    return result < 0 || how == RING_UNLINK ? result : crs_loot_fd(t, result);
}

enum { BY_STAT, BY_STATX, BY_ACCESS, BY_LIST, BY_HANDLE, BY_WATCH, BY_XATTR, BY_PATH, BY_LINK };

/* Whether and what a forbidden file is, without its content. */
static int oracle(struct crs_trial *t, int how)
{
    const char *path = crs_at(t, "secret");
    struct {
        unsigned size;
        int type;
        unsigned char bytes[128];
    } handle = {.size = 128};
    struct stat st;
    char text[4096];
    int id, result;

    switch (how) {
    case BY_STAT: result = crs_step(t, "stat", stat(path, &st)); break;
    case BY_STATX: result = crs_step(t, "statx", syscall(SYS_statx, AT_FDCWD, path, 0, 0x7ff, text)); break;
    case BY_ACCESS: result = crs_step(t, "faccessat2", syscall(SYS_faccessat2, AT_FDCWD, path, R_OK, 0)); break;
    case BY_LIST: result = crs_step(t, "getdents64", syscall(SYS_getdents64, open(t->dir, O_RDONLY), text, sizeof text)); break;
    case BY_HANDLE: result = crs_step(t, "name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, path, &handle, &id, 0)); break;
    case BY_WATCH: result = crs_step(t, "inotify_add_watch", inotify_add_watch(inotify_init1(IN_CLOEXEC), path, IN_OPEN)); break;
    case BY_XATTR: result = crs_step(t, "listxattr", listxattr(path, text, sizeof text)); break;
    default: result = crs_step(t, "open with O_PATH", open(path, O_PATH)); break;
    }
    t->done = result >= 0;
    return result;
}

#define REACHED(name, number) {"C9-" name, name " reaches the kernel", reaches, number, CRS_EFFECT_DONE, 0, NULL}
#define TOLD(id, what, how) {"C6-" id, what, oracle, how, CRS_EFFECT_DONE, CRS_SILENT, \
    "stat, access, listings and the like are no file operations: a forbidden file can be seen to exist"}

static const struct crs_technique table[] = {
    {"C7-uring-open", "io_uring opens it", by_ring, RING_READ, CRS_EFFECT_READ, 0, NULL},
    {"C7-uring-unlink", "io_uring removes it", by_ring, RING_UNLINK, CRS_EFFECT_CHANGED, 0, NULL},
    {"C7-uring-inherited", "a ring that somebody else made is entered", by_ring, RING_INHERITED, CRS_EFFECT_DONE, 0, NULL},
    REACHED("userfaultfd", 0), REACHED("bpf", 1), REACHED("perf_event_open", 2), REACHED("init_module", 3), REACHED("finit_module", 4),
    REACHED("delete_module", 5), REACHED("kexec_load", 6), REACHED("kexec_file_load", 7), REACHED("keyctl", 8), REACHED("add_key", 9),
    REACHED("request_key", 10), REACHED("memfd_secret", 11), REACHED("quotactl", 12), REACHED("quotactl_fd", 13), REACHED("acct", 14),
    REACHED("swapon", 15), REACHED("swapoff", 16), REACHED("fanotify_init", 17), REACHED("open_by_handle_at", 18), REACHED("pidfd_getfd", 19),
    REACHED("mount", 20), REACHED("umount2", 21), REACHED("pivot_root", 22), REACHED("fsopen", 23), REACHED("fspick", 24),
    REACHED("open_tree", 25), REACHED("move_mount", 26), REACHED("process_vm_writev", 27),
    TOLD("stat", "stat tells of it", BY_STAT), TOLD("statx", "statx tells of it", BY_STATX), TOLD("access", "faccessat2 tells of it", BY_ACCESS),
    TOLD("getdents", "a listing tells of it", BY_LIST), TOLD("handle", "name_to_handle_at tells of it", BY_HANDLE),
    TOLD("inotify", "inotify tells of it", BY_WATCH), TOLD("listxattr", "listxattr tells of it", BY_XATTR),
};

CRS_SECTION('C', calls, "By whatever call: ways past every rule", table);
