/*
 * What the container tests run inside: one static program, so that it works in every image and owes nothing to a libc
 * that could be hooked. Every way to a file is a raw system call. It prints what it got, or the name of the error.
 *
 *   probe read PATH              open, by number
 *   probe openat2 PATH           the newest open
 *   probe creat PATH             writes "spoiled" through creat
 *   probe dirfd DIR NAME         openat relative to an O_PATH descriptor
 *   probe chdir DIR NAME         fchdir, then a relative open
 *   probe magic PATH             O_PATH first, then reopen through /proc/self/fd
 *   probe thread PATH            from a second thread
 *   probe asuser UID PATH        after setuid, without exec
 *   probe race GOOD BAD B TRIES  one thread swaps the name another thread opens; B is the first byte of BAD
 *   probe int80 PATH             open through the i386 entry
 *   probe x32 PATH               open through the x32 numbers
 *   probe number N               a bare number
 *   probe term STATUS            waits for SIGTERM, then ends with STATUS
 *   probe killself SIGNAL        ends by a signal
 *   probe fifo FIFO PATH         one thread blocks opening FIFO; PATH must open meanwhile
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static int failed(void)
{
    printf("error %d %s\n", errno, strerror(errno));
    return 1;
}

static int show(int fd)
{
    char buffer[256];
    ssize_t n;

    if (fd < 0)
        return failed();
    n = read(fd, buffer, sizeof buffer - 1);
    if (n < 0)
        return failed();
    buffer[n] = 0;
    printf("read %s\n", buffer);
    close(fd);
    return 0;
}

static int raw_open(const char *path)
{
#ifdef SYS_open
    return (int)syscall(SYS_open, path, O_RDONLY, 0);
#else
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
#endif
}

static int do_read(char **a) { return show(raw_open(a[0])); }

static int do_openat2(char **a)
{
    struct { uint64_t flags, mode, resolve; } how = {O_RDONLY, 0, 0};
    return show((int)syscall(SYS_openat2, AT_FDCWD, a[0], &how, sizeof how));
}

static int do_creat(char **a)
{
    int fd = creat(a[0], 0644);

    if (fd < 0 || write(fd, "spoiled\n", 8) != 8)
        return failed();
    puts("written");
    return 0;
}

static int do_dirfd(char **a)
{
    int dir = open(a[0], O_PATH | O_DIRECTORY);
    return dir < 0 ? failed() : show((int)syscall(SYS_openat, dir, a[1], O_RDONLY, 0));
}

static int do_chdir(char **a)
{
    int dir = open(a[0], O_RDONLY | O_DIRECTORY);
    return dir < 0 || fchdir(dir) ? failed() : show(raw_open(a[1]));
}

static int do_magic(char **a)
{
    char name[64];
    int fd = open(a[0], O_PATH);

    if (fd < 0)
        return failed();
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return show(raw_open(name));
}

static void *read_in_thread(void *path)
{
    return (void *)(intptr_t)show(raw_open(path));
}

static int do_thread(char **a)
{
    pthread_t thread;
    void *status;

    if (pthread_create(&thread, NULL, read_in_thread, a[0]) || pthread_join(thread, &status))
        return failed();
    return (int)(intptr_t)status;
}

static int do_asuser(char **a)
{
    return setuid((uid_t)atoi(a[0])) ? failed() : show(raw_open(a[1]));
}

static char shared_name[256];
static volatile int racing = 1;

static void *swap_names(void *names)
{
    char **a = names;

    while (racing) {
        strcpy(shared_name, a[0]);
        strcpy(shared_name, a[1]);
    }
    return NULL;
}

/* A win is an open that succeeded and gave the forbidden file's bytes. */
static int do_race(char **a)
{
    char forbidden = 0;
    long tries = atol(a[3]), wins = 0, good = 0, denied = 0;
    pthread_t thread;

    if (strlen(a[0]) != strlen(a[1]))
        return fputs("the two names must be of one length\n", stderr), 2;
    if (pthread_create(&thread, NULL, swap_names, a))
        return failed();
    for (long i = 0; i < tries; i++) {
        int fd = raw_open(shared_name);
        if (fd < 0) {
            denied++;
            continue;
        }
        if (read(fd, &forbidden, 1) == 1) {
            wins += forbidden == a[2][0];
            good += forbidden != a[2][0];
        }
        close(fd);
    }
    racing = 0;
    pthread_join(thread, NULL);
    printf("tries %ld good %ld denied %ld wins %ld\n", tries, good, denied, wins);
    return 0;
}

static int do_int80(char **a)
{
#ifdef __x86_64__
    static char low[256] __attribute__((aligned(64))); /* a static program's data lies below 4 GiB */
    int result;

    snprintf(low, sizeof low, "%s", a[0]);
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(5), "b"(low), "c"(O_RDONLY), "d"(0) : "memory", "r8", "r9", "r10", "r11");
    if (result < 0) {
        errno = -result;
        return failed();
    }
    return show(result);
#else
    (void)a;
    errno = ENOSYS;
    return failed();
#endif
}

static int do_x32(char **a) { return show((int)syscall(0x40000000 + 2, a[0], O_RDONLY, 0)); }

static int do_number(char **a)
{
    return syscall(atol(a[0]), 0, 0, 0, 0, 0, 0) < 0 ? failed() : (puts("done"), 0);
}

static volatile sig_atomic_t ending;
static void on_term(int signal) { ending = signal; }

static int do_term(char **a)
{
    struct sigaction action = {.sa_handler = on_term};

    sigaction(SIGTERM, &action, NULL);
    puts("ready");
    fflush(stdout);
    while (!ending)
        pause();
    return atoi(a[0]);
}

static int do_killself(char **a)
{
    raise(atoi(a[0]));
    pause();
    return 0;
}

static void *open_fifo(void *path)
{
    raw_open(path);
    return NULL;
}

static int do_fifo(char **a)
{
    pthread_t thread[8];

    for (int i = 0; i < 8; i++)
        if (pthread_create(&thread[i], NULL, open_fifo, a[0]))
            return failed();
    usleep(100000);
    return show(raw_open(a[1]));
}

static const struct {
    const char *name;
    int arguments;
    int (*run)(char **);
} verbs[] = {
    {"read", 1, do_read},     {"openat2", 1, do_openat2}, {"creat", 1, do_creat},   {"dirfd", 2, do_dirfd},
    {"chdir", 2, do_chdir},   {"magic", 1, do_magic},     {"thread", 1, do_thread}, {"asuser", 2, do_asuser},
    {"race", 4, do_race},     {"int80", 1, do_int80},     {"x32", 1, do_x32},       {"number", 1, do_number},
    {"term", 1, do_term},     {"killself", 1, do_killself}, {"fifo", 2, do_fifo},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
        if (!strcmp(argv[1], verbs[i].name) && argc - 2 == verbs[i].arguments)
            return verbs[i].run(argv + 2);
    fputs("usage: probe VERB ARGUMENT...\n", stderr);
    return 2;
}
