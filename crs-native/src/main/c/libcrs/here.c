#include "here.h"

#include "fast_protocol.h"
#include "rawcall.h"

#include <linux/stat.h>
#include <stddef.h>
#include <string.h>

/* Constants of the kernel, for no header of a C library is used. */
enum {
    AT_FDCWD_ = -100, ENOENT_ = 2, EMPTY_PATH = 0x1000, RESOLVE_NO_LINKS = 2 | 4, PROC_FS = 0x9fa0,
    READ = 1, READ_EXECUTE = 5, SHARED = 1, FIXED_NOREPLACE = 0x100000, CLOEXEC = 02000000,
};
/* All that an open may ask for besides reading. */
#if defined(__x86_64__)
enum { LARGE = 0100000, ASKABLE = CLOEXEC | LARGE | 04000 | 0400 | 0200000 | 0400000 | 01000000 };
#else
enum { LARGE = 0400000, ASKABLE = CLOEXEC | LARGE | 04000 | 0400 | 040000 | 0100000 | 01000000 };
#endif

/* So many opens before what is needed is asked for: most programs make few. */
#define OPENS_BEFORE 4u
#define NAME_MAX_HERE 1024u

struct how {
    uint64_t flags, mode, resolve;
};

/* A policy this process decides by. */
struct view {
    const struct crs_fast_table *memory;
    struct crs_table table;
};

enum { UNTRIED, TRYING, READY, REFUSED };

static const struct crs_fast_state *state;
static _Atomic uint32_t phase, opens, deciding;
static _Atomic(struct view *) current;
static struct view view;
static struct crs_fast_names names;
static struct crs_str program[CRS_FAST_NAMES];
static _Atomic uint64_t plain_device; /* + 1; the last file system that was seen to be none of processes */

/* openat2 by the instruction that the filter lets pass. */
long crs_open_at_place(long nr, long dirfd, const char *path, const struct how *how, size_t size);

#if defined(__x86_64__)
__asm__(".text\n.hidden crs_open_at_place\n.type crs_open_at_place, @function\ncrs_open_at_place:\n"
        "    endbr64\n    mov %rdi, %rax\n    mov %rsi, %rdi\n    mov %rdx, %rsi\n    mov %rcx, %rdx\n    mov %r8, %r10\n"
        "    movabs $0x2c7200000000, %r11\n    jmp *%r11\n.size crs_open_at_place, . - crs_open_at_place\n");
#else
__asm__(".text\n.hidden crs_open_at_place\n.type crs_open_at_place, %function\ncrs_open_at_place:\n"
        "    mov x8, x0\n    mov x0, x1\n    mov x1, x2\n    mov x2, x3\n    mov x3, x4\n"
        "    movz x16, #0x2c72, lsl #32\n    br x16\n.size crs_open_at_place, . - crs_open_at_place\n");
#endif
_Static_assert(CRS_FAST_PLACE == 0x2c7200000000, "the number in the instructions above");

static int failed(const void *address)
{
    return (unsigned long)address >= -4096ul;
}

static void *map(void *where, size_t size, int protection, int flags, int fd, size_t from)
{
    void *at = (void *)RAW(SYS_mmap, where, size, protection, flags, fd, from);

    return failed(at) || (where != NULL && at != where) ? NULL : at;
}

/* What the agent gives for `which`, mapped for reading; NULL. */
static const void *ask_for(int which, struct crs_fast_names *out, size_t size)
{
    long fd = RAW(SYS_openat, which, "crs", CLOEXEC, out);
    void *memory = NULL;

    if (fd < 0)
        return NULL;
    if (size == 0) {
        const struct crs_fast_table *head = map(NULL, CRS_FAST_PAGE, READ, SHARED, (int)fd, 0);

        if (head != NULL && head->magic == CRS_FAST_MAGIC)
            size = head->size;
        if (head != NULL)
            RAW(SYS_munmap, head, CRS_FAST_PAGE);
    } else if (map((void *)CRS_FAST_PLACE, CRS_FAST_PAGE, READ_EXECUTE, SHARED | FIXED_NOREPLACE, (int)fd, 0) == NULL)
        size = 0; /* something else is there */
    if (size != 0)
        memory = map(NULL, size, READ, SHARED, (int)fd, 0);
    RAW(SYS_close, fd);
    return memory;
}

/* The table as crs-init has it open, at the address it has here. */
static int open_view(void)
{
    const uint8_t *bytes, *there;

    view.memory = ask_for(CRS_FAST_TABLE, NULL, 0);
    if (view.memory == NULL)
        return 0;
    bytes = (const uint8_t *)view.memory + CRS_FAST_PAGE;
    view.table = view.memory->table;
    there = view.table.bytes;
    for (int i = 0; i < CRS_SECTIONS; i++)
        if (view.table.section[i].at != NULL)
            view.table.section[i].at = bytes + (view.table.section[i].at - there);
    view.table.bytes = bytes;
    return 1;
}

static int know_names(void)
{
    uint32_t at = 0, count = names.programs + names.ancestors;

    if (names.programs == 0 || names.programs > 4 || count > CRS_FAST_NAMES)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        if (names.length[i] > sizeof names.bytes - at)
            return 0;
        program[i] = (struct crs_str){names.bytes + at, names.length[i]};
        at += names.length[i];
    }
    return 1;
}

static void begin(void)
{
    uint32_t untried = UNTRIED;
    const uint8_t *memory;

    if (!atomic_compare_exchange_strong(&phase, &untried, TRYING))
        return;
    memory = ask_for(CRS_FAST_STATE, &names, 2 * CRS_FAST_PAGE);
    if (memory != NULL) {
        state = (const struct crs_fast_state *)(memory + CRS_FAST_PAGE);
        if (state->magic == CRS_FAST_MAGIC && state->table_size == sizeof(struct crs_fast_table) && know_names() && open_view()) {
            atomic_store(&current, &view);
            atomic_store(&phase, READY);
            return;
        }
    }
    atomic_store(&phase, REFUSED);
}

/* Another policy is in force: once nobody in this process decides by the one before, it is let go. */
static void renew(void)
{
    uint32_t ready = READY;

    if (!atomic_compare_exchange_strong(&phase, &ready, TRYING))
        return;
    atomic_store(&current, NULL);
    if (atomic_load(&deciding) == 0) {
        RAW(SYS_munmap, view.memory, view.memory->size);
        if (!open_view()) {
            atomic_store(&phase, REFUSED);
            return;
        }
        atomic_store(&current, &view);
    }
    atomic_store(&phase, READY);
}

/*
 * A copy, absolute and with nothing in it that is not a name; its length, 0 if it is not that, or too long. *from is where
 * the path itself begins in it: what is decided on and what is opened are one string.
 */
static size_t absolute(const char *path, char *out, const char **from)
{
    size_t used = 0;
    const char *at = path;

    *from = out;

    if (*path != '/') {
        long length = RAW(SYS_getcwd, out, NAME_MAX_HERE);

        if (length <= 1 || out[0] != '/') /* with its NUL; "(unreachable)" */
            return 0;
        used = (size_t)length - 1;
        used -= used == 1;
        *from = out + used + 1;
    }
    for (;;) {
        size_t length = 0;

        if (*at == '/')
            at++;
        while (at[length] != '\0' && at[length] != '/' && used + 1 + length < NAME_MAX_HERE)
            length++;
        if (length == 0 || used + 1 + length >= NAME_MAX_HERE || (at[0] == '.' && (length == 1 || (length == 2 && at[1] == '.'))))
            return 0;
        out[used++] = '/';
        memcpy(out + used, at, length);
        used += length;
        at += length;
        out[used] = '\0';
        if (*at == '\0')
            return used;
    }
}

/* Whether reading a file is allowed and nobody need be told. */
static int is_allowed(const struct crs_table *table, const char *name, size_t length, int dirfd, const char *path, int flags)
{
    struct crs_call call;
    struct crs_decision decision;

    memset(&call, 0, sizeof call);
    call.nr = SYS_openat;
    call.flags = (uint32_t)flags;
    call.port = call.local_port = -1;
    call.programs = names.programs;
    memcpy(call.program, program, sizeof call.program);
    call.ancestor = program + names.programs;
    call.ancestors = names.ancestors;
    call.path[0].requested = call.path[0].resolved = (struct crs_str){name, (uint32_t)length};
    call.arg[0] = (uint64_t)(int64_t)dirfd;
    call.arg[1] = (uint64_t)(uintptr_t)path;
    call.arg[2] = (uint64_t)flags;
    call.arg_known = 0x3f;
    crs_decide(table, &call, &decision);
    return !decision.blocked && decision.events == 0;
}

/* A file that a rule knows by another name, and one that tells of processes, are the agent's to decide on. */
static int is_plain(int fd)
{
    struct statx st;
    uint64_t dev, fs[16];
    uint32_t bit;

    if (RAW(SYS_statx, fd, "", EMPTY_PATH, STATX_INO, &st) != 0)
        return 0;
    dev = (uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor;
    bit = crs_fast_bit(dev, st.stx_ino);
    if (atomic_load(&state->file[bit / 64]) >> (bit % 64) & 1)
        return 0;
    if (st.stx_dev_major != 0 || atomic_load(&plain_device) == dev + 1)
        return 1;
    if (RAW(SYS_fstatfs, fd, fs) != 0 || fs[0] == PROC_FS)
        return 0;
    atomic_store(&plain_device, dev + 1);
    return 1;
}

static int is_in_force(const struct view *by)
{
    return !atomic_load(&state->off) && atomic_load(&state->generation) == by->memory->generation;
}

static int open_by(const struct view *by, int dirfd, const char *path, int flags)
{
    const struct how how = {(uint64_t)flags | LARGE, 0, RESOLVE_NO_LINKS};
    char name[NAME_MAX_HERE];
    const char *from;
    size_t length = absolute(path, name, &from);
    long fd;

    if (length == 0 || (length > 5 && memcmp(name, "/proc/", 6) == 0) || !is_allowed(&by->table, name, length, dirfd, path, flags))
        return CRS_NOT_HERE;
    fd = crs_open_at_place(SYS_openat2, dirfd, from, &how, sizeof how);
    if (fd >= 0 ? (!atomic_load(&state->aliases) || is_plain((int)fd)) && is_in_force(by) : fd == -ENOENT_ && is_in_force(by))
        return (int)fd;
    if (fd >= 0)
        RAW(SYS_close, fd);
    return CRS_NOT_HERE;
}

int crs_open_here(int dirfd, const char *path, int flags)
{
    struct view *by;
    int result = CRS_NOT_HERE;

    if (atomic_load(&phase) == REFUSED || path == NULL || (flags & ~ASKABLE) != 0 || (dirfd != AT_FDCWD_ && *path != '/'))
        return CRS_NOT_HERE;
    if (atomic_load(&phase) == UNTRIED) {
        if (atomic_fetch_add(&opens, 1) + 1 < OPENS_BEFORE)
            return CRS_NOT_HERE;
        begin();
    }
    /* Counted first, looked at afterwards: whoever lets a view go sees one of the two. */
    atomic_fetch_add(&deciding, 1);
    by = atomic_load(&current);
    if (by != NULL && is_in_force(by))
        result = open_by(by, dirfd, path, flags);
    atomic_fetch_sub(&deciding, 1);
    if (atomic_load(&phase) == READY && !atomic_load(&state->off) && (by == NULL || !is_in_force(by)))
        renew();
    return result;
}
