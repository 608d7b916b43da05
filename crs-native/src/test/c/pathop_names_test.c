/* What is told for the decision, and that it is what is then used. */
#define _GNU_SOURCE
#include "twin.h"

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static struct crs_pathop op;
static struct twin twin;
static char top[64];

#define TEXT(i) ((uint64_t)(uintptr_t)twin_memory->path[i])
#define HERE    ((uint64_t)AT_FDCWD)

/* Prepares a call whose arguments are up to six; the paths are laid out first. */
static int prepare(int nr, const char *first, const char *second, const uint64_t args[6])
{
    struct seccomp_data data = {.nr = nr};

    strcpy(twin_memory->path[0], first);
    strcpy(twin_memory->path[1], second);
    memcpy(data.args, args, sizeof data.args);
    return crs_pathop_prepare(&op, &twin.caller, &data);
}

#define PREPARE(nr, first, second, ...) CHECK(prepare(nr, first, second, (const uint64_t[6]){__VA_ARGS__}) == 0)
#define RESOLVE(nr, first, second, ...)                                                                                \
    do {                                                                                                               \
        PREPARE(nr, first, second, __VA_ARGS__);                                                                       \
        CHECK(crs_pathop_resolve(&op) == 0);                                                                           \
    } while (0)

/* "~" is the tree's folder; NULL: unknown. */
static int is(struct crs_str name, const char *expected)
{
    char full[PATH_MAX];

    if (expected == NULL || name.s == NULL)
        return expected == NULL && name.s == NULL;
    snprintf(full, sizeof full, "%s%s", expected[0] == '~' ? top : "", expected[0] == '~' ? expected + 1 : expected);
    if (strlen(full) != name.len || memcmp(full, name.s, name.len) != 0)
        fprintf(stderr, "'%.*s', not '%s'\n", (int)name.len, name.s, full);
    return strlen(full) == name.len && memcmp(full, name.s, name.len) == 0;
}

static struct stat status(const char *name)
{
    char full[PATH_MAX];
    struct stat st;

    snprintf(full, sizeof full, "%s/%s", top, name);
    CHECK(lstat(full, &st) == 0);
    return st;
}

static int gone(const char *name)
{
    char full[PATH_MAX];

    snprintf(full, sizeof full, "%s/%s", top, name);
    return access(full, F_OK) < 0 && errno == ENOENT;
}

static void tells_both_names_of_an_entry(void)
{
    RESOLVE(SYS_unlinkat, ".//link_d/./g/", "", HERE, TEXT(0));
    CHECK(op.operands == 1 && is(op.operand[0].requested, "~/w/link_d/g") && is(op.operand[0].resolved, "~/w/d/g"));
    CHECK(op.operand[0].exists && op.operand[0].directory == CRS_DIRECTORY_NO);
    CHECK(op.operand[0].ino == status("w/d/g").st_ino && op.operand[0].dev == status("w/d/g").st_dev);
    CHECK(crs_pathop_perform(&op) == -ENOTDIR); /* the slash */
    crs_pathop_close(&op);

    RESOLVE(SYS_unlinkat, "f", "", FD_DIR, TEXT(0));
    CHECK(is(op.operand[0].requested, "~/w/d/f") && is(op.operand[0].resolved, "~/w/d/f"));
    crs_pathop_close(&op);
    RESOLVE(SYS_mkdirat, "d/../d/new", "", HERE, TEXT(0), 0700);
    CHECK(is(op.operand[0].requested, "~/w/d/../d/new") && is(op.operand[0].resolved, "~/w/d/new"));
    CHECK(!op.operand[0].exists && op.operand[0].directory == CRS_DIRECTORY_NO);
    crs_pathop_close(&op);
    CHECK(gone("w/d/new")); /* deciding does nothing */
}

static void tells_the_names_of_an_object(void)
{
    RESOLVE(SYS_fchmodat, "link_ff", "", HERE, TEXT(0), 0600);
    CHECK(is(op.operand[0].requested, "~/w/link_ff") && is(op.operand[0].resolved, "~/w/d/f"));
    CHECK(op.operand[0].exists && op.operand[0].ino == status("w/hard").st_ino);
    crs_pathop_close(&op);
    RESOLVE(SYS_fchownat, "link_ff", "", HERE, TEXT(0), ~0u, ~0u, AT_SYMLINK_NOFOLLOW);
    CHECK(is(op.operand[0].resolved, "~/w/link_ff") && op.flags == AT_SYMLINK_NOFOLLOW);
    crs_pathop_close(&op);
    RESOLVE(SYS_fchmodat, "/proc/self/cwd/d", "", HERE, TEXT(0), 0700);
    CHECK(is(op.operand[0].requested, "/proc/self/cwd/d") && is(op.operand[0].resolved, "~/w/d"));
    CHECK(op.operand[0].directory == CRS_DIRECTORY_YES);
    crs_pathop_close(&op);
    RESOLVE(SYS_fchmodat, "d/missing", "", HERE, TEXT(0), 0700);
    CHECK(is(op.operand[0].requested, "~/w/d/missing") && is(op.operand[0].resolved, NULL));
    CHECK(crs_pathop_perform(&op) == -ENOENT);
    crs_pathop_close(&op);
}

static void tells_both_operands(void)
{
    RESOLVE(SYS_renameat, "d", "link_d/", HERE, TEXT(0), HERE, TEXT(1));
    CHECK(op.operands == 2 && is(op.operand[0].resolved, "~/w/d") && op.operand[0].directory == CRS_DIRECTORY_YES);
    CHECK(is(op.operand[1].requested, "~/w/link_d") && is(op.operand[1].resolved, "~/w/link_d"));
    CHECK(op.operand[1].exists && op.operand[1].directory == CRS_DIRECTORY_NO);
    crs_pathop_close(&op);
    RESOLVE(SYS_linkat, "link_f", "d/up/second", HERE, TEXT(0), HERE, TEXT(1), AT_SYMLINK_FOLLOW);
    CHECK(is(op.operand[0].resolved, "~/w/d/f") && is(op.operand[1].resolved, "~/w/second"));
    crs_pathop_close(&op);
    RESOLVE(SYS_renameat, "nowhere/a", "d/b", HERE, TEXT(0), HERE, TEXT(1));
    CHECK(is(op.operand[0].requested, "~/w/nowhere/a") && is(op.operand[1].requested, "~/w/d/b"));
    CHECK(crs_pathop_perform(&op) == -ENOENT);
    crs_pathop_close(&op);
    /* what a link says is text, its own name is the operand */
    RESOLVE(SYS_symlinkat, "/etc/shadow", "d/link", TEXT(0), HERE, TEXT(1));
    CHECK(op.operands == 1 && is(op.operand[0].resolved, "~/w/d/link") && strcmp(op.text, "/etc/shadow") == 0);
    crs_pathop_close(&op);
}

static void tells_the_name_of_a_descriptor(void)
{
    RESOLVE(SYS_fchmod, "", "", FD_RW, 0600);
    CHECK(is(op.operand[0].requested, "~/w/d/f") && is(op.operand[0].resolved, "~/w/d/f") && op.operand[0].exists);
    crs_pathop_close(&op);
    RESOLVE(SYS_fchmod, "", "", FD_GONE, 0600);
    CHECK(is(op.operand[0].requested, "~/w/gone"));
    crs_pathop_close(&op);
    RESOLVE(SYS_fchmod, "", "", FD_PIPE, 0600);
    CHECK(is(op.operand[0].requested, NULL) && is(op.operand[0].resolved, NULL));
    CHECK(crs_pathop_perform(&op) == 0);
    crs_pathop_close(&op);
    CHECK(prepare(SYS_fchmod, "", "", (const uint64_t[6]){FD_FILE_PATH, 0600}) == -EBADF);
    crs_pathop_close(&op);
    CHECK(prepare(SYS_fchmod, "", "", (const uint64_t[6]){12345, 0600}) == -EBADF);
    crs_pathop_close(&op);
}

/* What the task has in memory and descriptors may change as soon as it was read. */
static void looks_at_the_task_once(void)
{
    char value[8] = "";

    PREPARE(SYS_unlinkat, "d/empty", "", HERE, TEXT(0), AT_REMOVEDIR);
    strcpy(twin_memory->path[0], "d/sub");
    CHECK(crs_pathop_resolve(&op) == 0 && is(op.operand[0].requested, "~/w/d/empty"));
    CHECK(crs_pathop_perform(&op) == 0 && gone("w/d/empty"));
    crs_pathop_close(&op);

    strcpy(twin_memory->text, "user.one");
    memcpy(twin_memory->value, "first", 5);
    PREPARE(SYS_setxattr, "d/f", "", TEXT(0), (uint64_t)(uintptr_t)twin_memory->text,
            (uint64_t)(uintptr_t)twin_memory->value, 5);
    strcpy(twin_memory->text, "user.two");
    memcpy(twin_memory->value, "other", 5);
    CHECK(crs_pathop_resolve(&op) == 0 && crs_pathop_perform(&op) == 0);
    crs_pathop_close(&op);
    CHECK(chdir(top) == 0 && getxattr("w/d/f", "user.one", value, sizeof value) == 5 && strcmp(value, "first") == 0);

    PREPARE(SYS_fchmod, "", "", FD_RW, 0601);
    twin_memory->nr = SYS_dup2; /* the task puts a folder in the descriptor's place */
    twin_memory->args[0] = FD_DIR;
    twin_memory->args[1] = FD_RW;
    twin_order(&twin, 'n');
    CHECK(twin_memory->result == FD_RW);
    CHECK(crs_pathop_resolve(&op) == 0 && is(op.operand[0].resolved, "~/w/d/f"));
    CHECK(crs_pathop_perform(&op) == 0 && (status("w/d/f").st_mode & 07777) == 0601);
    CHECK((status("w/d").st_mode & 07777) == 0755);
    crs_pathop_close(&op);
}

/* A name longer than the kernel tells is not known, and says so. */
static void admits_that_a_name_cannot_be_told(void)
{
    char part[201];
    int at = -1, next;

    memset(part, 'x', 200);
    part[200] = '\0';
    CHECK(chdir(top) == 0 && (at = open("w/d", O_PATH | O_DIRECTORY)) >= 0);
    for (int i = 0; i < 25; i++) {
        CHECK(mkdirat(at, part, 0755) == 0 && (next = openat(at, part, O_PATH | O_DIRECTORY)) >= 0);
        close(at);
        at = next;
    }
    for (int i = 0; i < 25; i++) { /* the task goes there */
        strcpy(twin_memory->path[0], i == 0 ? "d/" : "");
        strcat(twin_memory->path[0], part);
        twin_memory->nr = SYS_chdir;
        twin_memory->args[0] = TEXT(0);
        twin_order(&twin, 'n');
        CHECK(twin_memory->result == 0);
    }
    PREPARE(SYS_mkdirat, "new", "", HERE, TEXT(0), 0700);
    CHECK(crs_pathop_resolve(&op) == CRS_PATHOP_UNREADABLE && op.operand[0].unnamed);
    CHECK(is(op.operand[0].requested, NULL) && is(op.operand[0].resolved, NULL));
    CHECK(crs_pathop_perform(&op) == 0); /* where the policy allows what it cannot name */
    crs_pathop_close(&op);
    CHECK(faccessat(at, "new", F_OK, 0) == 0);
    close(at);
}

/* Names are those of this process's root, whatever the task's is; its links and .. stay below its own. */
static void names_what_a_chrooted_task_means(void)
{
    RESOLVE(SYS_fchmodat, "/w/rooted", "", HERE, TEXT(0), 0640);
    CHECK(is(op.operand[0].requested, "~/w/rooted") && is(op.operand[0].resolved, "~/w/d/f"));
    CHECK(crs_pathop_perform(&op) == 0 && (status("w/d/f").st_mode & 07777) == 0640);
    crs_pathop_close(&op);
    RESOLVE(SYS_mkdirat, "/../../../new", "", HERE, TEXT(0), 0700);
    CHECK(is(op.operand[0].requested, "~/../../../new") && is(op.operand[0].resolved, "~/new"));
    crs_pathop_close(&op);
    CHECK(access("/proc/self/fd", F_OK) == 0); /* back in this process's own root */
    RESOLVE(SYS_mkdirat, "/tmp/new", "", HERE, TEXT(0), 0700);
    CHECK(crs_pathop_perform(&op) == -ENOENT);
    crs_pathop_close(&op);
}

static void knows_its_calls(void)
{
    CHECK(crs_pathop_handles(SYS_unlinkat) && crs_pathop_handles(SYS_renameat2) && crs_pathop_handles(466));
    CHECK(!crs_pathop_handles(SYS_openat) && !crs_pathop_handles(SYS_ftruncate) && !crs_pathop_handles(-1));
}

static void with_a_task(const struct rights *rights, void (*const tests[])(void))
{
    for (int i = 0; tests[i] != NULL; i++) {
        tree_build(top, (uid_t)-1);
        twin_start(&twin, rights, top);
        tests[i]();
        twin_stop(&twin);
    }
}

int main(void)
{
    static void (*const ordinary[])(void) = {
        tells_both_names_of_an_entry, tells_the_names_of_an_object, tells_both_operands, tells_the_name_of_a_descriptor,
        looks_at_the_task_once, admits_that_a_name_cannot_be_told, NULL,
    };
    static void (*const chrooted[])(void) = {names_what_a_chrooted_task_means, NULL};

    twin_share();
    tree_base(top, sizeof top);
    knows_its_calls();
    with_a_task(&(struct rights){.umask = 022}, ordinary);
    if (geteuid() == 0)
        with_a_task(&(struct rights){.umask = 022, .chrooted = 1}, chrooted);
    else
        puts("not root: a chrooted task is not tried");
    tree_remove(top);
    return 0;
}
