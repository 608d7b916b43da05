/*
 * A decision holds for what is done: while another process exchanges a folder and a symbolic link to a protected one,
 * every removal that was decided on removes what it was decided on.
 */
#define _GNU_SOURCE
#include "twin.h"

#include <linux/fs.h>

#define ROUNDS 20000

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static struct crs_pathop op;

static void make_file(int dir, const char *name)
{
    int fd = openat(dir, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    CHECK(fd >= 0);
    close(fd);
}

/* Exchanges w/way (a folder) and w/other (a link to the protected folder) for as long as it lives. */
static pid_t start_swapping(int at)
{
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0)
        for (;;)
            syscall(SYS_renameat2, at, "way", at, "other", RENAME_EXCHANGE);
    return pid;
}

static int is_below(struct crs_str name, const char *folder)
{
    size_t n = strlen(folder);

    return name.len > n && memcmp(name.s, folder, n) == 0 && name.s[n] == '/';
}

int main(void)
{
    struct rights rights = {.umask = 022};
    char top[64], guarded[PATH_MAX];
    int at, removed = 0, denied = 0, lost = 0, links = 0;
    struct twin twin;
    pid_t swapper;

    tree_base(top, sizeof top);
    snprintf(guarded, sizeof guarded, "%s/w/guarded", top);
    twin_share();
    tree_build(top, (uid_t)-1);
    CHECK(chdir(top) == 0 && (at = open("w", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
    CHECK(mkdirat(at, "guarded", 0755) == 0 && mkdirat(at, "way", 0755) == 0);
    CHECK(symlinkat("guarded", at, "other") == 0);
    make_file(at, "guarded/file");
    twin_start(&twin, &rights, top);
    swapper = start_swapping(at);

    for (int i = 0; i < ROUNDS; i++) {
        struct seccomp_data data = {.nr = SYS_unlinkat};

        /* the folder's file, wherever the folder is at the moment */
        for (int name = 0; name < 2; name++) {
            int folder = openat(at, name == 0 ? "way" : "other", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

            if (folder >= 0) {
                make_file(folder, "file");
                close(folder);
            }
        }
        strcpy(twin_memory->path[0], i % 2 == 0 ? "way/file" : "way/./file");
        data.args[0] = (uint64_t)AT_FDCWD;
        data.args[1] = (uint64_t)(uintptr_t)twin_memory->path[0];
        CHECK(crs_pathop_prepare(&op, &twin.caller, &data) == 0);
        CHECK(crs_pathop_resolve(&op) == 0);
        links += op.operand[0].resolved.s != NULL && is_below(op.operand[0].resolved, guarded);
        if (op.operand[0].resolved.s == NULL || is_below(op.operand[0].resolved, guarded))
            denied++;
        else
            removed += crs_pathop_perform(&op) == 0;
        crs_pathop_close(&op);
        if (faccessat(at, "guarded/file", F_OK, 0) < 0) {
            lost++;
            make_file(at, "guarded/file");
        }
    }
    CHECK(kill(swapper, SIGKILL) == 0 && waitpid(swapper, NULL, 0) == swapper);
    twin_stop(&twin);
    tree_remove(top);
    printf("%d removed, %d denied, %d lost\n", removed, denied, lost);
    CHECK(lost == 0);
    CHECK(removed > 0 && links > 0); /* both ways were taken: there was a race */
    return 0;
}
