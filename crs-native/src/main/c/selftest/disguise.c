/*
 * E: what only one program may read, read by another that says it is that one. The kernel lets a process name another
 * file as its executable once nothing of the old one is mapped, so the code that does it stands alone in a page.
 */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096
#define ALONE __attribute__((section("crs_alone"), noinline, used, no_stack_protector))

extern char __executable_start[], _end[], __start_crs_alone[], __stop_crs_alone[];

/* Shared with the child, behind the code. */
struct alone {
    long from, size; /* the program's own mappings */
    struct prctl_mm_map map;
    char path[256], text[64];
    long named, opened, got;
};

__attribute__((always_inline)) static inline long call(long nr, long a, long b, long c, long d)
{
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = 0;
    long result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
    return result;
#else
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = 0;

    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
#endif
}

/* Nothing but calls: there is no other code any more, no thread pointer and no text of the program. */
ALONE static void name_another_and_read(struct alone *alone)
{
    call(SYS_munmap, alone->from, alone->size, 0, 0);
    alone->named = call(SYS_prctl, PR_SET_MM, PR_SET_MM_MAP, (long)&alone->map, sizeof alone->map);
    if (alone->named == 0) {
        alone->opened = call(SYS_openat, AT_FDCWD, (long)alone->path, O_RDONLY, 0);
        if (alone->opened >= 0)
            alone->got = call(SYS_read, alone->opened, (long)alone->text, sizeof alone->text, 0);
    }
    call(SYS_exit_group, 0, 0, 0, 0);
}

/* Its places as they are: the kernel wants all of them said again. */
static int read_places(struct crs_trial *t, struct prctl_mm_map *map)
{
    unsigned long long value[53] = {0};
    char text[2048], *at;
    int fd = crs_step(t, "open of /proc/self/stat", open("/proc/self/stat", O_RDONLY | O_CLOEXEC)), field = 3;
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    at = strrchr(text, ')');
    for (at = at == NULL ? NULL : strchr(at, ' '); at != NULL && field < 53; field++, at = strchr(at + 1, ' '))
        sscanf(at + 1, "%llu", &value[field]);
    *map = (struct prctl_mm_map){
        .start_code = value[26], .end_code = value[27], .start_stack = value[28], .start_data = value[45], .end_data = value[46],
        .start_brk = value[47], .brk = (unsigned long)sbrk(0), .arg_start = value[48], .arg_end = value[49],
        .env_start = value[50], .env_end = value[51],
    };
    return value[51] != 0 ? 0 : -1;
}

static void become_it(struct alone *alone, char *code)
{
    void (*routine)(struct alone *) = (void (*)(struct alone *))(code + ((char *)name_another_and_read - __start_crs_alone));

    routine(alone);
}

static int disguised(struct crs_trial *t, int own_users)
{
    char *page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct alone *alone = (struct alone *)(page + PAGE);
    int fd = crs_step(t, "open", open(crs_at(t, "bin/reader"), O_RDONLY | O_CLOEXEC)), result;
    pid_t pid;

    if (page == MAP_FAILED || fd < 0 || read_places(t, &alone->map) != 0)
        return -1;
    memcpy(page, __start_crs_alone, (size_t)(__stop_crs_alone - __start_crs_alone));
    __builtin___clear_cache(page, page + PAGE);
    alone->from = (long)__executable_start & -PAGE;
    alone->size = (((long)_end + PAGE - 1) & -PAGE) - alone->from;
    alone->map.exe_fd = (uint32_t)fd;
    snprintf(alone->path, sizeof alone->path, "%s", crs_at(t, "owned"));
    if (own_users && crs_step(t, "unshare", unshare(CLONE_NEWUSER)) != 0)
        return -1;
    pid = fork();
    if (pid == 0)
        become_it(alone, page); /* it has made no call yet that anybody could know it by */
    result = pid < 0 ? crs_step(t, "fork", -1) : crs_wait(t, pid);
    errno = (int)-(alone->named != 0 ? alone->named : alone->opened);
    if (alone->named != 0 || alone->opened < 0)
        crs_step(t, alone->named != 0 ? "prctl PR_SET_MM_MAP" : "open", -1);
    return alone->got > 0 ? crs_loot(t, alone->text, (size_t)alone->got) : result;
}

static int plain(struct crs_trial *t, int how)
{
    (void)how;
    return crs_loot_file(t, crs_at(t, "owned"));
}

static const struct crs_technique table[] = {
    {"E1-program", "what another program alone may read", plain, 0, CRS_EFFECT_READ, 0, NULL},
    {"E1-identity", "the same, by a process that names that one as its executable", disguised, 0, CRS_EFFECT_READ, 0, NULL},
    {"E1-identity-user", "the same, in a user namespace of its own", disguised, 1, CRS_EFFECT_READ, 0, NULL},
};

CRS_SECTION('E', disguise, "Whoever it says it is", table);
