/* G: other doors into the kernel. */
#define _GNU_SOURCE
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define UNKNOWN_CALLS {1000, 9999, 0x3fffffff, -1, 0x7fffffff, 423}

#ifdef __x86_64__

static long int80(long nr, long a, long b, long c)
{
    long result;

    __asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
    return result;
}

static long call64(unsigned long nr, long a, long b, long c)
{
    long result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a), "S"(b), "d"(c) : "memory", "rcx", "r11");
    return result;
}

static int took(struct crs_trial *t, const char *step, long result)
{
    if (result >= 0)
        return crs_loot_close(t, (int)result);
    errno = (int)-result;
    return crs_step(t, step, -1);
}

/* A path below 4 GiB, where a 32-bit call can name it. */
static char *low_path(struct crs_trial *t, const char *name)
{
    char *low = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    if (low == MAP_FAILED)
        return NULL;
    strcpy(low, crs_at(t, name));
    return low;
}

enum { I386_OPEN, I386_OPENAT, I386_UNLINK, X32_OPEN, X32_OPENAT, UPPER_BITS, INLINE, INLINE_COPY, I386_GETPID };

static int by_abi(struct crs_trial *t, int how)
{
    char *path = low_path(t, how == I386_UNLINK ? "app/file" : "secret");
    long result;

    if (path == NULL)
        return crs_step(t, "mmap", -1);
    switch (how) {
    case I386_OPEN: return took(t, "int 0x80, open", int80(5, (long)path, O_RDONLY, 0));
    case I386_OPENAT: return took(t, "int 0x80, openat", int80(295, -100, (long)path, O_RDONLY));
    case I386_UNLINK:
        result = int80(10, (long)path, 0, 0);
        errno = (int)-result;
        return crs_step(t, "int 0x80, unlink", result < 0 ? -1 : 0);
    case X32_OPEN: return took(t, "x32, open", call64(0x40000000u + SYS_open, (long)path, O_RDONLY, 0));
    case X32_OPENAT: return took(t, "x32, openat", call64(0x40000000u + SYS_openat, -100, (long)path, O_RDONLY));
    case UPPER_BITS: return took(t, "open", call64(1ul << 32 | SYS_open, (long)path, O_RDONLY, 0));
    default: return took(t, "open", call64(SYS_open, (long)path, O_RDONLY, 0));
    }
}

/* Its own code, made while it runs: nobody could have changed it beforehand. */
static int made_code(struct crs_trial *t, int how)
{
    static const unsigned char code[] = {0xb8, SYS_open, 0, 0, 0, 0x0f, 0x05, 0xc3}; /* mov $2, %eax; syscall; ret */
    long (*call)(const char *, int, int);
    unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)how;
    if (page == MAP_FAILED)
        return crs_step(t, "mmap", -1);
    memcpy(page, code, sizeof code);
    call = (long (*)(const char *, int, int))page;
    return took(t, "open", call(crs_at(t, "secret"), O_RDONLY, 0));
}

static volatile char selector;

/* The handler makes the call, with dispatching off. */
static void on_dispatch(int number, siginfo_t *info, void *context)
{
    ucontext_t *state = context;

    (void)number;
    (void)info;
    selector = 0;
    state->uc_mcontext.gregs[REG_RAX] = call64(SYS_open, state->uc_mcontext.gregs[REG_RDI], state->uc_mcontext.gregs[REG_RSI], 0);
}

static int by_dispatch(struct crs_trial *t, int how)
{
    struct sigaction action = {.sa_sigaction = on_dispatch, .sa_flags = SA_SIGINFO | SA_NODEFER};
    const char *path = crs_at(t, "secret");
    int result;
    long fd;

    (void)how;
    sigaction(SIGSYS, &action, NULL);
    result = crs_step(t, "prctl PR_SET_SYSCALL_USER_DISPATCH", prctl(59, 1, 0, 0, &selector));
    if (result != 0)
        return result;
    selector = 1;
    fd = call64(SYS_open, (long)path, O_RDONLY, 0);
    selector = 0;
    return took(t, "open", fd);
}

static int vsyscall(struct crs_trial *t, int how)
{
    struct timeval now = {0, 0};
    struct timespec spec;

    (void)how;
    t->done = clock_gettime(CLOCK_REALTIME, &spec) == 0 && gettimeofday(&now, NULL) == 0 && now.tv_sec - spec.tv_sec <= 1;
    return 0;
}

#endif

/* What no table knows: never what the kernel makes of it. */
static int unknown(struct crs_trial *t, int how)
{
    static const long numbers[] = UNKNOWN_CALLS;

    /* The kernel answers these with ENOSYS as well: that the agent did is in an event. */
    if (syscall(numbers[how], 0, 0, 0, 0, 0, 0) >= 0 || errno != ENOSYS)
        return crs_step(t, "an answer", -1);
    t->done = 1;
    return 0;
}

#define UNKNOWN(id, how) {"G5-" id, "an unknown number is refused and told", unknown, how, CRS_EFFECT_DONE, CRS_MUST_WORK | CRS_MUST_TELL, NULL}

static const struct crs_technique table[] = {
#ifdef __x86_64__
    {"G1-int80-open", "int 0x80, open", by_abi, I386_OPEN, CRS_EFFECT_READ, 0, NULL},
    {"G1-int80-openat", "int 0x80, openat", by_abi, I386_OPENAT, CRS_EFFECT_READ, 0, NULL},
    {"G1-int80-unlink", "int 0x80, unlink", by_abi, I386_UNLINK, CRS_EFFECT_CHANGED, 0, NULL},
    {"G1-x32-open", "x32, open", by_abi, X32_OPEN, CRS_EFFECT_READ, 0, NULL},
    {"G1-x32-openat", "x32, openat", by_abi, X32_OPENAT, CRS_EFFECT_READ, 0, NULL},
    {"G1-upper-bits", "a number with bits in the upper half of the register", by_abi, UPPER_BITS, CRS_EFFECT_READ, 0, NULL},
    {"A2-inline", "the instruction itself", by_abi, INLINE, CRS_EFFECT_READ, 0, NULL},
    {"A9-made", "code made while it runs", made_code, 0, CRS_EFFECT_READ, 0, NULL},
    {"G6-dispatch", "syscall user dispatch", by_dispatch, 0, CRS_EFFECT_READ, 0, NULL},
    {"G7-vdso", "the vDSO tells the time", vsyscall, 0, CRS_EFFECT_DONE, CRS_MUST_WORK, NULL},
#endif
    UNKNOWN("1000", 0), UNKNOWN("9999", 1), UNKNOWN("huge", 2), UNKNOWN("negative", 3), UNKNOWN("highest", 4), UNKNOWN("gap", 5),
};

CRS_SECTION('G', abis, "Through whatever door", table);
