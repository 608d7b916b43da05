/*
 * The same call made natively in one tree and in the caller's place in its twin: result and tree must be equal.
 *
 * Arguments: [cases per kind of caller] [seed]. Without root only the kind that needs none is run.
 */
#define _GNU_SOURCE
#include "pathop_matrix_calls.h"
#include "twin.h"

#include <linux/filter.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>

#define CASES 400

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0"; /* its look at this process takes capabilities that are given up here */
}

static uint64_t state;

static uint32_t any(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 32) % below);
}

/* The kernel's answer for a system call it does not have. */
static void without_openat2(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof code[0], code};

    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0);
}

static void put_path(int slot, const char *shape, const char *root, char *said, size_t size)
{
    char *at = twin_memory->path[slot];

    if (strncmp(shape, "@", 1) == 0)
        snprintf(at, sizeof twin_memory->path[slot], "%s%s", root, shape + 1);
    else if (strncmp(shape, "%", 1) == 0) /* %<n>: n bytes of ./ and a file */
        for (int i = 0, n = atoi(shape + 1); i <= n; i++)
            at[i] = i == n ? '\0' : i < n - 3 ? "/."[(n - i) & 1 ? 0 : 1] : "d/f"[i - (n - 3)];
    else
        snprintf(at, sizeof twin_memory->path[slot], "%s", shape);
    snprintf(said, size, "%.60s", shape);
}

/* Chooses the arguments, but for what differs between the twins. */
struct choice {
    const struct matrix_call *call;
    const char *shape[2];
    int dir[2];
};

static void choose(struct choice *c, int spare_root)
{
    c->call = &matrix_calls[any(MATRIX_CALLS)];
    for (int i = 0; i < 2; i++) {
        do
            c->shape[i] = matrix_shapes[any(MATRIX_SHAPES)];
        while (spare_root && c->shape[i][0] == '/' && strncmp(c->shape[i], "/proc/", 6) != 0 &&
               strncmp(c->shape[i], "/dev/fd/", 8) != 0);
        c->dir[i] = any(3) > 0 ? AT_FDCWD : matrix_dirs[any(MATRIX_DIRS)];
    }
}

static void lay_out(const struct choice *c, const char *root, char *said, size_t size)
{
    char part[2][64];

    for (int i = 0; i < 2; i++)
        put_path(i, c->shape[i], root, part[i], sizeof part[i]);
    twin_memory->nr = c->call->nr;
    for (int i = 0; i < 6; i++) {
        const struct matrix_arg *a = &c->call->arg[i];
        uint64_t *to = &twin_memory->args[i];

        switch (a->kind) {
        case ARG_PATH:
            *to = strcmp(c->shape[a->value], "NULL") == 0   ? 0
                  : strcmp(c->shape[a->value], "BAD") == 0  ? 0x10
                  : strcmp(c->shape[a->value], "EDGE") == 0 ? (uint64_t)(uintptr_t)&twin_memory->edge[PATH_MAX - 5]
                                                            : (uint64_t)(uintptr_t)twin_memory->path[a->value];
            break;
        case ARG_DIR:
            *to = (uint64_t)(int64_t)c->dir[a->value];
            break;
        case ARG_MEMORY:
            *to = (uint64_t)(uintptr_t)twin_memory + a->value;
            break;
        default:
            *to = a->value;
        }
    }
    snprintf(said, size, "%s(%s) dirs %d %d paths '%s' '%s'", c->call->name, c->call->note, c->dir[0], c->dir[1], part[0],
             part[1]);
}

static void rebuild(struct twin twins[2], uid_t owner)
{
    for (int i = 0; i < 2; i++) {
        tree_build(twins[i].top, owner);
        twin_order(&twins[i], 'r');
    }
}

static struct crs_pathop op;

/*
 * Where the two may differ, both failing or the kernel being odd:
 * - a path of thousands of components is not walked by hand;
 * - a process may search and write its own /proc/self/fd whatever the mode says, and then fails for another reason;
 * - fsetxattr of kernels since 6.13 takes the number of AT_FDCWD for the working folder.
 */
static int excused(const struct choice *c, int64_t native, int64_t emulated)
{
    int fd_folder = 0, endless = 0;

    for (int i = 0; i < 2; i++) {
        fd_folder |= strstr(c->shape[i], "/fd/") != NULL;
        endless |= c->shape[i][0] == '%' && atoi(c->shape[i] + 1) > 4000;
    }
    if (endless && emulated == -ENAMETOOLONG)
        return 1;
    if (fd_folder && native < 0 && emulated == -EACCES)
        return 1;
    return strcmp(c->call->name, "fsetxattr") == 0 && c->dir[0] == AT_FDCWD && emulated == -EBADF;
}

static int run(const char *kind, const struct rights *rights, const char *base, uid_t owner, int cases, uint64_t seed)
{
    static char text[2][TREE_TEXT], fresh[2][TREE_TEXT];
    char top[2][PATH_MAX - 8], root[2][PATH_MAX], said[512];
    struct twin twins[2];
    int unequal = 0, done = 0, succeeded = 0;

    state = seed;
    for (int i = 0; i < 2; i++) {
        snprintf(top[i], sizeof top[i], "%s/%c", base, 'a' + i);
        snprintf(root[i], sizeof root[i], "%s/w", rights->chrooted ? "" : top[i]);
        tree_build(top[i], owner);
        twin_start(&twins[i], rights, top[i]);
    }
    rebuild(twins, owner);
    for (int i = 0; i < 2; i++)
        tree_text(top[i], fresh[i]);
    CHECK(strcmp(fresh[0], fresh[1]) == 0);
    for (; done < cases; done++) {
        struct choice c;
        int64_t native, emulated;

        choose(&c, (rights->uid == 0 || rights->caps != 0) && !rights->chrooted); /* that root is not ours to change */
        lay_out(&c, root[0], said, sizeof said);
        twin_order(&twins[0], 'n');
        native = twin_memory->result;
        lay_out(&c, root[1], said, sizeof said);
        emulated = twin_emulate(&twins[1], &op);
        for (int i = 0; i < 2; i++)
            tree_text(top[i], text[i]);
        succeeded += native == 0;
        if ((native != emulated || strcmp(text[0], text[1]) != 0) && !excused(&c, native, emulated)) {
            unequal++;
            fprintf(stderr, "%s: %s: native %s, emulated %s%s\n", kind, said, strerror((int)-native),
                    emulated == CRS_PATHOP_UNREADABLE ? "unreadable" : strerror((int)-emulated),
                    strcmp(text[0], text[1]) != 0 ? ", trees differ" : "");
            if (strcmp(text[0], text[1]) != 0 && getenv("SHOW_TREES") != NULL)
                fprintf(stderr, "%s\n----\n%s\n", text[0], text[1]);
        }
        if (strcmp(text[0], fresh[0]) != 0 || strcmp(text[1], fresh[1]) != 0)
            rebuild(twins, owner);
    }
    for (int i = 0; i < 2; i++) {
        twin_stop(&twins[i]);
        tree_remove(top[i]);
    }
    printf("%s: %d cases, %d succeeded natively, %d unequal\n", kind, done, succeeded, unequal);
    CHECK(succeeded > cases / 20);
    return unequal;
}

/* Each kind in a process of its own, since it gives up rights. */
static int run_apart(const char *kind, struct rights rights, uint64_t own_caps, int no_openat2, int cases, uint64_t seed)
{
    char base[64];
    int status, privileged = own_caps != 0;
    pid_t pid;

    tree_base(base, sizeof base);
    if (!privileged)
        CHECK(geteuid() != 0 || chown(base, rights.uid, rights.uid) == 0);
    fflush(NULL);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        if (privileged) {
            twin_caps(own_caps);
        } else if (geteuid() == 0) {
            CHECK(setgroups(0, NULL) == 0 && setresgid(rights.uid, rights.uid, rights.uid) == 0 &&
                  setresuid(rights.uid, rights.uid, rights.uid) == 0);
            CHECK(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
        }
        if (no_openat2)
            without_openat2();
        exit(run(kind, &rights, base, privileged ? (rights.uid == 0 ? 1000 : rights.uid) : (uid_t)-1, cases, seed) != 0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(rmdir(base) == 0);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

int main(int argc, char *argv[])
{
    static const uint64_t seeds = 0x9e3779b97f4a7c15u;
    int cases = argc > 1 ? atoi(argv[1]) : CASES, failed = 0;
    uint64_t seed = seeds + (argc > 2 ? strtoull(argv[2], NULL, 0) : 0);
    struct rights root = {.uid = 0, .umask = 022, .caps = DOCKER_CAPS, .change = 1};
    struct rights user = {.uid = 1000, .umask = 027, .change = 1};
    struct rights alone = {.uid = geteuid() != 0 ? geteuid() : 1000, .umask = 027};
    struct rights chrooted = root, half = {.uid = 1000, .umask = 077, .caps = 1u << CAP_DAC_OVERRIDE | 1u << CAP_FSETID,
                                           .change = 1};

    twin_share();
    matrix_fill();
    failed |= run_apart("own ids, no capability", alone, 0, 0, cases, seed);
    if (geteuid() != 0) {
        puts("not root: callers of other ids are not tried");
        return failed;
    }
    chrooted.chrooted = 1;
    failed |= run_apart("root, fourteen capabilities", root, DOCKER_CAPS, 0, cases, seed + 1);
    failed |= run_apart("user, no capability", user, DOCKER_CAPS, 0, cases, seed + 2);
    failed |= run_apart("user, walked by hand", user, DOCKER_CAPS, 1, cases, seed + 3);
    failed |= run_apart("root in a root of its own", chrooted, DOCKER_CAPS, 0, cases, seed + 4);
    failed |= run_apart("root in a root of its own, walked by hand", chrooted, DOCKER_CAPS, 1, cases, seed + 5);
    failed |= run_apart("user with two capabilities", half, DOCKER_CAPS, 0, cases, seed + 6);
    return failed;
}
