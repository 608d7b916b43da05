/*
 * Random opens and what came of them: matrix FOLDER SEED CASES. Run by root, without an agent and below one, it must say the same.
 *
 * Each case has a folder of its own with one object in it, and a child that becomes somebody, opens it, and says what it got:
 * the error, or what the descriptor is, and what the folder then looks like.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static uint64_t state;

static uint32_t random_below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % n;
}

#define ONE_OF(array) (array)[random_below(sizeof(array) / sizeof(array)[0])]

enum kind { ABSENT, REGULAR, FOLDER, FIFO, LINK, DANGLING, LINK_TO_FOLDER, DEVICE, SOCKET, HARD_LINK, TERMINAL, KINDS };
enum call { OPEN, OPENAT, OPENAT2, CREAT, CALLS };
enum rights { ALL, NO_OVERRIDE, NONE, RIGHTS };

/* What there is, who comes, and what is asked. */
struct scene {
    enum kind kind;
    mode_t folder_mode, mode;
    uid_t folder_owner, owner;
    gid_t folder_group, group;
    int acl, default_acl; /* permissions of user 1001 in it, -1: none */
    uid_t uid;
    gid_t gid, groups[3];
    size_t group_count;
    mode_t mask;
    enum rights rights;
    enum call call;
    int flags;
    mode_t open_mode;
    uint64_t resolve;
    int tail; /* slashes behind the name */
};

static void invent(struct scene *s)
{
    static const mode_t folder_modes[] = {0755, 0711, 0700, 0777, 01777, 0750, 02775, 0, 0555, 03777};
    static const mode_t modes[] = {0644, 0600, 0640, 0666, 0444, 0, 0755, 04755, 0222, 0060, 0006, 02664};
    static const uid_t users[] = {0, 1000, 1001, 1002};
    static const gid_t all_groups[] = {0, 1000, 1001, 2000};
    static const mode_t masks[] = {0, 022, 027, 077, 0777};
    static const int often[] = {O_CREAT, O_CREAT | O_EXCL, O_TRUNC, O_APPEND, O_CREAT | O_TRUNC, O_NOFOLLOW, O_DIRECTORY, O_PATH};
    static const int rare[] = {O_TMPFILE, O_NOATIME, O_NOCTTY, O_SYNC, O_DIRECTORY | O_CREAT, O_PATH | O_NOFOLLOW, O_TMPFILE | O_EXCL};
    static const uint64_t resolves[] = {0, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH, RESOLVE_IN_ROOT, RESOLVE_NO_XDEV, 0, 0};

    memset(s, 0, sizeof *s);
    s->kind = (enum kind)random_below(KINDS);
    s->folder_mode = ONE_OF(folder_modes);
    s->mode = ONE_OF(modes);
    s->folder_owner = ONE_OF(users);
    s->owner = ONE_OF(users);
    s->folder_group = ONE_OF(all_groups);
    s->group = ONE_OF(all_groups);
    s->acl = random_below(3) == 0 ? (int)random_below(8) : -1;
    s->default_acl = random_below(5) == 0 ? (int)random_below(8) : -1;
    s->uid = ONE_OF(users);
    s->gid = ONE_OF(all_groups);
    s->group_count = random_below(4);
    for (size_t i = 0; i < s->group_count; i++)
        s->groups[i] = ONE_OF(all_groups);
    s->mask = ONE_OF(masks);
    s->rights = (enum rights)random_below(RIGHTS);
    s->call = (enum call)random_below(CALLS);
    if (s->kind == FIFO && s->call == CREAT)
        s->call = OPEN; /* it would wait */
    s->flags = (int)random_below(4) | O_NONBLOCK; /* nobody is at a FIFO's other end */
    if (random_below(3) > 0)
        s->flags |= ONE_OF(often);
    if (random_below(6) == 0)
        s->flags |= ONE_OF(rare);
    if (random_below(2) == 0)
        s->flags |= O_CLOEXEC;
    s->open_mode = random_below(4) == 0 ? random_below(010000) : ONE_OF(modes);
    s->resolve = ONE_OF(resolves);
    s->tail = random_below(12) == 0;
}

static void allow_1001(const char *path, const char *attribute, int permissions)
{
    struct {
        uint32_t version;
        struct {
            uint16_t tag, permissions;
            uint32_t id;
        } entry[5];
    } acl = {2, {{1, 6, ~0u}, {2, (uint16_t)permissions, 1001}, {4, 4, ~0u}, {16, (uint16_t)(permissions | 4), ~0u}, {32, 4, ~0u}}};

    setxattr(path, attribute, &acl, sizeof acl, 0);
}

static void make_socket(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strncpy(name.sun_path, path, sizeof name.sun_path - 1);
    if (bind(fd, (struct sockaddr *)&name, sizeof name) != 0)
        abort();
    close(fd);
}

static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

    if (fd < 0 || write(fd, "content\n", 8) != 8)
        abort();
    close(fd);
}

/* In the working folder, by root: "d", in it "o". */
static void build(const struct scene *s, const char *terminal)
{
    umask(0);
    if (mkdir("d", 0700) != 0)
        abort();
    switch (s->kind) {
    case REGULAR:
        make_file("d/o");
        break;
    case FOLDER:
        mkdir("d/o", 0700);
        break;
    case FIFO:
        mkfifo("d/o", 0600);
        break;
    case LINK:
        make_file("d/t");
        symlink("t", "d/o");
        break;
    case DANGLING:
        symlink("new", "d/o");
        break;
    case LINK_TO_FOLDER:
        mkdir("d/t", 0700);
        symlink("t", "d/o");
        break;
    case DEVICE:
        mknod("d/o", S_IFCHR | 0600, makedev(1, 3));
        break;
    case SOCKET:
        make_socket("d/o");
        break;
    case HARD_LINK:
        make_file("d/t");
        link("d/t", "d/o");
        break;
    case TERMINAL:
        symlink(terminal, "d/o");
        break;
    default:
        break;
    }
    if (s->kind != ABSENT && s->kind != DANGLING && s->kind != TERMINAL) {
        if (chown("d/o", s->owner, s->group) != 0 || chmod("d/o", s->mode) != 0)
            abort();
        if (s->acl >= 0)
            allow_1001("d/o", "system.posix_acl_access", s->acl);
    }
    if (s->default_acl >= 0)
        allow_1001("d", "system.posix_acl_default", s->default_acl);
    if (chown("d", s->folder_owner, s->folder_group) != 0 || chmod("d", s->folder_mode) != 0)
        abort();
}

/* The capabilities that pass over permissions. */
static void drop(enum rights rights)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    if (rights == ALL || syscall(SYS_capget, &header, data) != 0)
        return;
    data[0].effective &= rights == NONE ? 0 : ~((1u << CAP_DAC_OVERRIDE) | (1u << CAP_DAC_READ_SEARCH) | (1u << CAP_FOWNER));
    data[1].effective = rights == NONE ? 0 : data[1].effective;
    syscall(SYS_capset, &header, data);
}

static int ask(const struct scene *s)
{
    struct open_how how = {.flags = (uint64_t)s->flags, .resolve = s->resolve};
    const char *path = s->tail ? "d/o/" : "d/o";
    int folder = open("d", O_PATH), result = -1;

    if (s->flags & O_CREAT || (s->flags & O_TMPFILE) == O_TMPFILE)
        how.mode = s->open_mode & 07777;
    switch (s->call) {
    case OPENAT:
        result = folder >= 0 ? (int)syscall(SYS_openat, folder, s->tail ? "o/" : "o", s->flags, s->open_mode) : -1;
        break;
    case OPENAT2:
        result = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
        break;
#ifdef SYS_open
    case CREAT:
        result = (int)syscall(SYS_creat, path, s->open_mode);
        break;
    case OPEN:
        result = (int)syscall(SYS_open, path, s->flags, s->open_mode);
        break;
#endif
    default:
        break;
    }
    if (folder >= 0) {
        int err = errno;

        close(folder);
        errno = err;
    }
    return result;
}

static void describe(const char *what, const struct stat *st)
{
    printf(" %s %o %u:%u %lld*%lu", what, st->st_mode, st->st_uid, st->st_gid, S_ISDIR(st->st_mode) ? 0 : (long long)st->st_size,
           S_ISDIR(st->st_mode) ? 0 : (unsigned long)st->st_nlink);
}

static void try_it(const struct scene *s)
{
    struct stat st;
    int fd;

    if (setgroups(s->group_count, s->groups) != 0 || setresgid(s->gid, s->gid, s->gid) != 0)
        abort();
    if (s->uid != 0 && setresuid(s->uid, s->uid, s->uid) != 0)
        abort();
    drop(s->uid == 0 ? s->rights : ALL);
    umask(s->mask);
    errno = 0;
    fd = ask(s);
    if (fd < 0) {
        printf(" %s", strerrorname_np(errno) != NULL ? strerrorname_np(errno) : "?");
        return;
    }
    /* The kernel notes that no link was to be followed; that there was none the agent has seen to before it opens the file. */
    printf(" fl %x fd %d", (unsigned)fcntl(fd, F_GETFL) & ~(unsigned)O_NOFOLLOW, fcntl(fd, F_GETFD));
    if (fstat(fd, &st) == 0)
        describe("is", &st);
}

/* What is in the folder afterwards, seen by root. */
static void look(void)
{
    static const char *const names[] = {"d", "d/o", "d/t", "d/new"};
    struct stat st;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lstat(names[i], &st) == 0)
            describe(names[i], &st);
}

static void tell(const struct scene *s, unsigned long i)
{
    static const char *const kinds[] = {"absent", "regular", "folder", "fifo", "link", "dangling", "link-to-folder", "device", "socket",
                                        "hard-link", "terminal"};
    static const char *const calls[] = {"open", "openat", "openat2", "creat"};

    printf("%lu %s %s%s flags %x mode %o resolve %llx | d %o %u:%u o %o %u:%u acl %d %d | %u:%u+%zu mask %o rights %d =>", i,
           calls[s->call], kinds[s->kind], s->tail ? "/" : "", (unsigned)s->flags, s->open_mode, (unsigned long long)s->resolve,
           s->folder_mode, s->folder_owner, s->folder_group, s->mode, s->owner, s->group, s->acl, s->default_acl, s->uid, s->gid,
           s->group_count, s->mask, s->rights);
}

int main(int argc, char **argv)
{
    unsigned long cases = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    const char *terminal = NULL;
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY);

    state = argc > 2 ? strtoull(argv[2], NULL, 10) * 2654435761u + 88172645463325252u : 1;
    if (cases == 0 || chdir(argv[1]) != 0 || geteuid() != 0)
        return 2;
    if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0)
        terminal = ptsname(master);
    for (unsigned long i = 0; i < cases; i++) {
        char name[32];
        struct scene scene;
        int status;

        invent(&scene);
        snprintf(name, sizeof name, "%lu", i);
        if (mkdir(name, 0755) != 0 || chmod(name, 0755) != 0 || chdir(name) != 0)
            return 2;
        build(&scene, terminal != NULL ? terminal : "/dev/null");
        tell(&scene, i);
        fflush(stdout);
        if (fork() == 0) {
            try_it(&scene);
            fflush(stdout);
            _exit(0);
        }
        if (wait(&status) < 0 || status != 0)
            return 2;
        look();
        printf("\n");
        if (chdir("..") != 0)
            return 2;
    }
    return fflush(stdout) != 0;
}
