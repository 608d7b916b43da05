#define _GNU_SOURCE
#include "check.h"
#include "creds.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0"; /* its look at this process takes capabilities that are given up here */
}

#define HEAD "Name:\tcat\nUmask:\t0027\nState:\tS (sleeping)\nTgid:\t41\nPid:\t42\nPPid:\t40\n"
#define UIDS "Uid:\t1\t2\t3\t4\n"
#define GIDS "Gid:\t5\t6\t7\t8\n"
#define TAIL "CapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\n"

static struct crs_creds creds;

static int parse(const char *text)
{
    return crs_creds_parse(text, strlen(text), &creds);
}

static int all_zero(void)
{
    static const struct crs_creds none;

    return memcmp(&creds, &none, sizeof none) == 0;
}

static void reads_what_a_kernel_writes(void)
{
    CHECK(parse(HEAD UIDS GIDS "Groups:\t10 20 4294967294 \n" TAIL) == 0);
    CHECK(creds.uid == 1 && creds.euid == 2 && creds.fsuid == 4);
    CHECK(creds.gid == 5 && creds.egid == 6 && creds.fsgid == 8);
    CHECK(creds.ngroups == 3 && creds.groups[0] == 10 && creds.groups[2] == 4294967294u);
    CHECK(creds.umask == 027 && creds.tgid == 41 && creds.cap_effective == 0xa80425fb);
    CHECK(parse(HEAD UIDS GIDS "Groups:\t \n" TAIL) == 0 && creds.ngroups == 0);
}

static void refuses_what_no_kernel_writes(void)
{
    static const char *const texts[] = {
        "", "\n", HEAD, HEAD UIDS GIDS TAIL, UIDS GIDS "Groups:\t\n" TAIL,
        HEAD UIDS UIDS GIDS "Groups:\t\n" TAIL,                             /* said twice */
        HEAD UIDS GIDS "Groups:\t\n" TAIL "Uid:\t0\t0\t0\t0\n",
        HEAD UIDS GIDS "Groups:\t\nCapEff:\t00000000a80425fb",              /* cut off */
        HEAD "Uid:\t1\t2\t3\n" GIDS "Groups:\t\n" TAIL,
        HEAD "Uid:\t1\t2\t3\t4\t5\n" GIDS "Groups:\t\n" TAIL,
        HEAD "Uid:\t1\t2\t3\t4294967296\n" GIDS "Groups:\t\n" TAIL,
        HEAD "Uid:\t-1\t2\t3\t4\n" GIDS "Groups:\t\n" TAIL,
        HEAD "Uid:\t1\t2\t3\t4x\n" GIDS "Groups:\t\n" TAIL,
        HEAD UIDS GIDS "Groups:\t1,2\n" TAIL,
        HEAD UIDS GIDS "Groups:\t99999999999999999999\n" TAIL,
        HEAD UIDS GIDS "Groups:\t\nCapEff:\t1ffffffffffffffff\n",
        HEAD UIDS GIDS "Groups:\t\nCapEff:\t\n",
        "Umask:\t1777\nTgid:\t1\nPPid:\t0\n" UIDS GIDS "Groups:\t\n" TAIL,
        "Umask:\t0028\nTgid:\t1\nPPid:\t0\n" UIDS GIDS "Groups:\t\n" TAIL,
        "Umask:\t0022\nTgid:\t4294967296\nPPid:\t0\n" UIDS GIDS "Groups:\t\n" TAIL,
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (parse(texts[i]) != -EPROTO)
            fprintf(stderr, "taken: %s\n", texts[i]);
        CHECK(parse(texts[i]) == -EPROTO && all_zero());
    }
    CHECK(crs_creds_parse("Uid:\t0\0\n", 8, &creds) == -EPROTO);
}

/* The kernel escapes a newline in a name; a name that looks like a line of ids is a name. */
static void takes_a_name_for_a_name(void)
{
    CHECK(parse("Name:\tx\\nUid:\t0\t0\t0\t0\n" HEAD UIDS GIDS "Groups:\t\n" TAIL) == 0 && creds.fsuid == 4);
    CHECK(parse("Name:\tUid:\n" HEAD UIDS GIDS "Groups:\t\n" TAIL) == 0 && creds.uid == 1);
}

static void bounds_the_groups(void)
{
    static char text[65536];

    for (unsigned n = CRS_MAX_GROUPS - 1; n <= CRS_MAX_GROUPS + 1; n++) {
        size_t len = (size_t)sprintf(text, HEAD UIDS GIDS "Groups:\t");

        for (unsigned i = 0; i < n; i++)
            len += (size_t)sprintf(text + len, "%u ", 4294960000u + i);
        strcpy(text + len, "\n" TAIL);
        CHECK(parse(text) == (n > CRS_MAX_GROUPS ? -E2BIG : 0));
        CHECK(n > CRS_MAX_GROUPS ? all_zero() : creds.ngroups == n);
    }
}

/* No text may make it read beyond its end (the sanitizer watches) or leave half a result. */
static void survives_any_text(void)
{
    static const char whole[] = HEAD UIDS GIDS "Groups:\t10 20 \n" TAIL;
    uint64_t state = 0x2545f4914f6cdd1d;

    for (int i = 0; i < 20000; i++) {
        size_t len = sizeof whole - 1;
        char *text = malloc(len);

        CHECK(text != NULL);
        memcpy(text, whole, len);
        for (int k = 0; k < 3; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            text[(state >> 33) % len] = "\n\t: 09afU\0"[(state >> 20) % 10];
        }
        len -= (state >> 10) % (i % 2 == 0 ? len : 1);
        if (crs_creds_parse(text, len, &creds) < 0)
            CHECK(all_zero());
        free(text);
    }
}

static uint64_t effective(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    CHECK(syscall(SYS_capget, &header, data) == 0);
    return data[0].effective | (uint64_t)data[1].effective << 32;
}

static struct crs_creds own(void)
{
    int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct crs_creds read;

    CHECK(proc >= 0 && crs_creds_read(proc, CRS_LIVES_UNASKED, &read) == 0);
    close(proc);
    return read;
}

static void reads_this_process(void)
{
    struct crs_creds read = own();
    mode_t mask = umask(0);

    umask(mask);
    CHECK(read.uid == getuid() && read.egid == getegid() && read.tgid == getpid());
    CHECK(read.umask == mask && read.cap_effective == effective());
    CHECK(crs_creds_assume(&read) == 0);
    crs_creds_restore();
}

static void says_that_a_task_is_gone(void)
{
    char name[32];
    int proc;
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0)
        for (;;)
            pause();
    snprintf(name, sizeof name, "/proc/%d", (int)pid);
    CHECK((proc = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC)) >= 0);
    CHECK(kill(pid, 9) == 0 && waitpid(pid, NULL, 0) == pid);
    CHECK(crs_creds_read(proc, CRS_LIVES_UNASKED, &creds) == -ESRCH && all_zero());
    close(proc);
}

/* What is on shows in the files it makes and may not open. */
static void becomes_the_caller_and_itself_again(void)
{
    struct crs_creds before = own(), other = before;
    int signal_at_death = 0;
    struct stat st;

    CHECK(prctl(PR_SET_PDEATHSIG, SIGTERM) == 0);
    other.fsuid = 1234;
    other.fsgid = 2345;
    other.ngroups = 2;
    other.groups[0] = 50;
    other.groups[1] = 60;
    other.umask = 0137;
    other.cap_effective = 0;
    CHECK(mkdir("/tmp/crs-creds-test", 0777) == 0 && chmod("/tmp/crs-creds-test", 0777) == 0);
    CHECK(mkdir("/tmp/crs-creds-test/closed", 0700) == 0);
    CHECK(mkdir("/tmp/crs-creds-test/group", 0) == 0 && chown("/tmp/crs-creds-test/group", 0, 60) == 0 &&
          chmod("/tmp/crs-creds-test/group", 0070) == 0);

    CHECK(crs_creds_assume(&other) == 0);
    CHECK(own().fsuid == 1234 && own().fsgid == 2345 && own().umask == 0137 && own().ngroups == 2);
    CHECK(effective() == 0);
    CHECK(mkdir("/tmp/crs-creds-test/made", 0777) == 0);
    CHECK(access("/tmp/crs-creds-test", F_OK) == 0);
    CHECK(mkdir("/tmp/crs-creds-test/closed/no", 0777) < 0 && errno == EACCES);
    CHECK(mkdir("/tmp/crs-creds-test/group/yes", 0777) == 0);
    other.fsuid = 4321; /* straight from one to the next */
    CHECK(crs_creds_assume(&other) == 0 && own().fsuid == 4321);
    crs_creds_restore();

    CHECK(own().fsuid == before.fsuid);
    CHECK(prctl(PR_GET_PDEATHSIG, &signal_at_death) == 0 && signal_at_death == SIGTERM);
    CHECK(own().fsgid == before.fsgid && own().ngroups == before.ngroups && own().umask == before.umask);
    CHECK(effective() == before.cap_effective);
    CHECK(stat("/tmp/crs-creds-test/made", &st) == 0 && st.st_uid == 1234 && st.st_gid == 2345);
    CHECK((st.st_mode & 07777) == 0640);
    CHECK(rmdir("/tmp/crs-creds-test/made") == 0 && rmdir("/tmp/crs-creds-test/group/yes") == 0);
    CHECK(rmdir("/tmp/crs-creds-test/group") == 0 && rmdir("/tmp/crs-creds-test/closed") == 0);
    CHECK(rmdir("/tmp/crs-creds-test") == 0);
}

/* Without capabilities only the same ids can be taken on; the umask always can. Runs apart: there is no way back. */
static void refuses_what_it_cannot_become(void)
{
    struct crs_creds mine, other;

    CHECK(setgid(1000) == 0 && setuid(1000) == 0);
    mine = own();
    CHECK(mine.cap_effective == 0 && crs_creds_assume(&mine) == 0);
    other = mine;
    other.umask = 0111;
    CHECK(crs_creds_assume(&other) == 0 && own().umask == 0111);
    crs_creds_restore();
    CHECK(own().umask == mine.umask);
    for (int i = 0; i < 4; i++) {
        other = mine;
        other.umask = 0111;
        if (i == 0)
            other.fsuid = 0;
        else if (i == 1)
            other.fsgid = 0;
        else if (i == 2)
            other.groups[other.ngroups++] = 4294900000u;
        else
            other.cap_effective = 1;
        CHECK(crs_creds_assume(&other) == -EPERM);
        CHECK(own().fsuid == 1000 && own().fsgid == 1000 && own().umask == mine.umask && own().ngroups == mine.ngroups);
    }
}

/* Capabilities of another user namespace are none here, whatever its status says. */
static void disregards_capabilities_of_another_user_namespace(void)
{
    int ready[2], status, proc;
    char name[32], c = 'x';
    pid_t pid;

    CHECK(pipe(ready) == 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        c = syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */) == 0 ? 'y' : 'n';
        CHECK(write(ready[1], &c, 1) == 1);
        for (;;)
            pause();
    }
    CHECK(read(ready[0], &c, 1) == 1);
    snprintf(name, sizeof name, "/proc/%d", (int)pid);
    CHECK((proc = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC)) >= 0 && crs_creds_read(proc, CRS_LIVES_UNASKED, &creds) == 0);
    if (c == 'y')
        CHECK(creds.cap_effective == 0);
    else
        puts("no user namespaces here: not tried");
    CHECK(kill(pid, 9) == 0 && waitpid(pid, &status, 0) == pid);
    close(proc);
    close(ready[0]);
    close(ready[1]);
}

static void apart(void (*test)(void))
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        test();
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    reads_what_a_kernel_writes();
    refuses_what_no_kernel_writes();
    takes_a_name_for_a_name();
    bounds_the_groups();
    survives_any_text();
    reads_this_process();
    says_that_a_task_is_gone();
    disregards_capabilities_of_another_user_namespace();
    if (geteuid() != 0) {
        puts("not root: other ids are not tried");
        return 0;
    }
    apart(becomes_the_caller_and_itself_again);
    apart(refuses_what_it_cannot_become);
    return 0;
}
