#include "bpf_machine.h"
#include "call_group.h"
#include "check.h"
#include "filter.h"
#include "random.h"
#include "table_maker.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/prctl.h>
#include <signal.h>

#define ERRNO(e) (SECCOMP_RET_ERRNO | (e))

static struct made_table made;
static struct crs_table table;
static struct crs_filter filter;
static uint8_t *bytes;
static const int32_t agents[] = {1, 7, 8};
static struct crs_filter_options options;

static void build(void)
{
    uint32_t size;

    free(bytes);
    bytes = made_bytes(&made, &size);
    if (crs_table_open(&table, bytes, size) != 0)
        fprintf(stderr, "%s\n", table.error);
    CHECK(table.error[0] == '\0');
    CHECK(crs_filter_build(&table, &options, &filter) == 0);
    if (filter.length > 0)
        bpf_verify(filter.code, filter.length);
}

static void start(uint8_t mode, uint8_t log)
{
    memset(&made, 0, sizeof made);
    memset(&options, 0, sizeof options);
    made.arch = CRS_ARCH_X86_64;
    made.mode = mode;
    made.log = log;
}

static struct made_rule *rule(uint8_t type, uint8_t action)
{
    struct made_rule *added = &made.rule[made.rules++];

    added->type = type;
    added->action = action;
    return added;
}

static uint32_t run(uint32_t arch, int nr, uint64_t a, uint64_t b, uint64_t c)
{
    struct seccomp_data data = {.nr = nr, .arch = arch, .args = {a, b, c, 0, 0, 0}};

    return bpf_run(filter.code, filter.length, &data);
}

static int number(const char *name)
{
    for (size_t i = 0; i < CRS_SYSCALLS_X86_64; i++)
        if (made.arch == CRS_ARCH_X86_64 && strcmp(crs_syscalls_x86_64[i].name, name) == 0)
            return crs_syscalls_x86_64[i].nr;
    for (size_t i = 0; i < CRS_SYSCALLS_AARCH64; i++)
        if (made.arch == CRS_ARCH_AARCH64 && strcmp(crs_syscalls_aarch64[i].name, name) == 0)
            return crs_syscalls_aarch64[i].nr;
    CHECK(!"a name of the architecture");
    return -1;
}

static uint32_t call(const char *name, uint64_t a, uint64_t b, uint64_t c)
{
    return run(filter.audit_arch, number(name), a, b, c);
}

/* Of one call, from one place, and only where something would be asked. */
static void lets_the_fast_instruction_pass(void)
{
    struct seccomp_data data = {.instruction_pointer = 0x2c7200000002};

    start(CRS_ACTIVE, 0);
    rule(CRS_RULE_READ, CRS_DENY);
    options.fast = 0x2c7200000002;
    build();
    data.arch = filter.audit_arch;
    data.nr = number("openat2");
    CHECK(bpf_run(filter.code, filter.length, &data) == SECCOMP_RET_ALLOW);
    data.arch = AUDIT_ARCH_I386;
    CHECK(bpf_run(filter.code, filter.length, &data) != SECCOMP_RET_ALLOW);
    data.arch = filter.audit_arch;
    for (int bit = 0; bit < 64; bit++) {
        data.instruction_pointer = 0x2c7200000002 ^ 1ull << bit;
        CHECK(bpf_run(filter.code, filter.length, &data) == SECCOMP_RET_USER_NOTIF);
    }
    data.instruction_pointer = 0x2c7200000002;
    data.nr = number("openat");
    CHECK(bpf_run(filter.code, filter.length, &data) == SECCOMP_RET_USER_NOTIF);
    options.fast = 0;
    build();
    data.nr = number("openat2");
    CHECK(bpf_run(filter.code, filter.length, &data) == SECCOMP_RET_USER_NOTIF);
}

static void refuses_other_abis_before_looking_at_the_number(void)
{
    start(CRS_ACTIVE, 0);
    build();
    CHECK(run(AUDIT_ARCH_I386, 102, 0, 0, 0) == ERRNO(ENOSYS));
    CHECK(run(AUDIT_ARCH_X86_64, 102, 0, 0, 0) == SECCOMP_RET_ALLOW);
    CHECK(run(AUDIT_ARCH_X86_64, 0x40000000 | 102, 0, 0, 0) == ERRNO(ENOSYS));
    CHECK(run(AUDIT_ARCH_X86_64, 9999, 0, 0, 0) == ERRNO(ENOSYS));
    CHECK(run(AUDIT_ARCH_X86_64, -1, 0, 0, 0) == ERRNO(ENOSYS));
    CHECK(run(AUDIT_ARCH_X86_64, 400, 0, 0, 0) == ERRNO(ENOSYS)); /* a hole */
    made.log = CRS_LOG_DENY;
    made.mode = CRS_PERMISSIVE;
    build();
    CHECK(run(AUDIT_ARCH_I386, 102, 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(run(AUDIT_ARCH_X86_64, 0x40000000 | 102, 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(run(AUDIT_ARCH_X86_64, 9999, 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(run(AUDIT_ARCH_AARCH64, 102, 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
}

static void closes_io_uring_and_the_hard_list_only_when_something_is_guarded(void)
{
    start(CRS_ACTIVE, 0);
    build();
    CHECK(call("io_uring_setup", 0, 0, 0) == SECCOMP_RET_ALLOW && call("mount", 0, 0, 0) == SECCOMP_RET_ALLOW);
    made.network = CRS_DENY;
    build();
    CHECK(call("io_uring_setup", 0, 0, 0) == ERRNO(ENOSYS) && call("mount", 0, 0, 0) == ERRNO(EPERM));
    made.log = CRS_LOG_DENY;
    build();
    CHECK(call("io_uring_enter", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(call("bpf", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    made.log = 0;
    made.mode = CRS_PERMISSIVE;
    build();
    CHECK(call("io_uring_setup", 0, 0, 0) == ERRNO(ENOSYS) && call("mount", 0, 0, 0) == SECCOMP_RET_ALLOW);
    made.mode = CRS_ACTIVE;
    rule(CRS_RULE_SYSCALL, CRS_ALLOW)->call = "mount";
    build();
    CHECK(call("mount", 0, 0, 0) == SECCOMP_RET_USER_NOTIF && call("umount2", 0, 0, 0) == ERRNO(EPERM));
}

static void answers_constants_in_the_kernel_unless_an_event_is_owed(void)
{
    start(CRS_ACTIVE, 0);
    rule(CRS_RULE_SYSCALL, CRS_DENY)->call = "getppid";
    rule(CRS_RULE_SYSCALL, CRS_DENY)->call = "accept";
    build();
    CHECK(call("getppid", 0, 0, 0) == ERRNO(EPERM) && call("getpid", 0, 0, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("accept", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    made.log = CRS_LOG_MONITOR;
    build();
    CHECK(call("getppid", 0, 0, 0) == ERRNO(EPERM));
    made.log = CRS_LOG_DENY;
    build();
    CHECK(call("getppid", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    made.mode = CRS_PERMISSIVE;
    made.log = 0;
    build();
    CHECK(call("getppid", 0, 0, 0) == SECCOMP_RET_ALLOW);
}

static void compares_integers_in_the_kernel(void)
{
    struct made_rule *r;

    start(CRS_ACTIVE, 0);
    r = rule(CRS_RULE_SYSCALL, CRS_ALLOW); /* all 64 bits of the second argument, the first by its low half */
    r->call = "personality";
    r->args = 3;
    r->mask[0] = UINT32_MAX;
    r->value[0] = 8;
    r->mask[1] = UINT64_MAX;
    r->value[1] = 0x100000001;
    r = rule(CRS_RULE_SYSCALL, CRS_DENY);
    r->call = "personality";
    r->args = 1;
    r->mask[0] = UINT32_MAX;
    r->value[0] = 8;
    build();
    CHECK(call("personality", 8, 0x100000001, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("personality", 0xff00000008, 0x100000001, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("personality", 8, 1, 0) == ERRNO(EPERM));
    CHECK(call("personality", 9, 1, 0) == SECCOMP_RET_ALLOW);
    made.rule[1].program = "/bin/x"; /* only a worker knows programs, but only for that argument */
    build();
    CHECK(call("personality", 8, 1, 0) == SECCOMP_RET_USER_NOTIF && call("personality", 9, 1, 0) == SECCOMP_RET_ALLOW);
}

static void hands_over_paths_but_not_data(void)
{
    struct seccomp_data send = {.nr = 44, .arch = AUDIT_ARCH_X86_64};

    start(CRS_ACTIVE, 3);
    rule(CRS_RULE_READ, CRS_DENY)->file = "/etc/shadow";
    rule(CRS_RULE_WRITE, CRS_DENY)->file = "/etc/shadow";
    made.network = CRS_DENY;
    build();
    CHECK(call("openat", 0, 0, 0) == SECCOMP_RET_USER_NOTIF && call("unlink", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(call("ftruncate", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(call("read", 0, 0, 0) == SECCOMP_RET_ALLOW && call("pwritev2", 0, 0, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("mmap", 0, 0, 0) == SECCOMP_RET_ALLOW && call("connect", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(bpf_run(filter.code, filter.length, &send) == SECCOMP_RET_ALLOW);
    send.args[4] = (uint64_t)1 << 32;
    CHECK(bpf_run(filter.code, filter.length, &send) == SECCOMP_RET_USER_NOTIF);
    send.args[4] = 1;
    CHECK(bpf_run(filter.code, filter.length, &send) == SECCOMP_RET_USER_NOTIF);
    made.log |= CRS_LOG_BEHAVIOR;
    send.args[4] = 0;
    build();
    CHECK(bpf_run(filter.code, filter.length, &send) == SECCOMP_RET_USER_NOTIF);
    rule(CRS_RULE_SYSCALL, CRS_DENY)->call = "write";
    build();
    CHECK(call("write", 0, 0, 0) == SECCOMP_RET_USER_NOTIF && call("read", 0, 0, 0) == SECCOMP_RET_ALLOW);
    made.rules--;
    made.translation = 1; /* the guide decides writing at sys_write, since its open is always reading */
    build();
    CHECK(call("write", 0, 0, 0) == SECCOMP_RET_USER_NOTIF && call("pwrite64", 0, 0, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("open", 0, 0, 0) == SECCOMP_RET_USER_NOTIF && call("read", 0, 0, 0) == SECCOMP_RET_ALLOW);
}

static void tracks_credentials_when_asked(void)
{
    start(CRS_ACTIVE, 0);
    build();
    CHECK(call("setuid", 0, 0, 0) == SECCOMP_RET_ALLOW && call("execve", 0, 0, 0) == SECCOMP_RET_ALLOW);
    options.track = 1;
    build();
    CHECK(call("setuid", 0, 0, 0) == SECCOMP_RET_USER_NOTIF && call("umask", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(call("execve", 0, 0, 0) == SECCOMP_RET_USER_NOTIF && call("getuid", 0, 0, 0) == SECCOMP_RET_ALLOW);
}

static void answers_the_marker(void)
{
    start(CRS_ACTIVE, 0);
    build();
    CHECK(call("prctl", CRS_MARKER, 0, 0) == ERRNO(CRS_MARKER_ERRNO));
    CHECK(call("prctl", CRS_MARKER | (uint64_t)1 << 40, 0, 0) == ERRNO(CRS_MARKER_ERRNO)); /* its type is int */
    CHECK(call("prctl", 38, 1, 0) == SECCOMP_RET_ALLOW);
}

static void hands_calls_of_a_library_over_where_a_rule_is_about_them(void)
{
    start(CRS_ACTIVE, 0);
    build();
    CHECK(!filter.library_calls && call("prctl", CRS_LIBRARY_CALL, CRS_GETADDRINFO, 0) == SECCOMP_RET_ALLOW);
    rule(CRS_RULE_SYSCALL, CRS_DENY)->call = "getnameinfo";
    build();
    CHECK(filter.library_calls && call("prctl", CRS_LIBRARY_CALL, CRS_GETADDRINFO, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(call("prctl", CRS_MARKER, 0, 0) == ERRNO(CRS_MARKER_ERRNO) && call("prctl", 38, 1, 0) == SECCOMP_RET_ALLOW);
    options.degraded = 1;
    build();
    CHECK(call("prctl", CRS_LIBRARY_CALL, CRS_GETADDRINFO, 0) == SECCOMP_RET_ALLOW);
}

static void hands_calls_with_a_limit_over(void)
{
    struct crs_limit limit;

    start(CRS_ACTIVE, 0);
    made.limit[0] = (struct made_limit){CRS_LIMIT_PROCESSES, 7, 0, NULL};
    made.limit[1] = (struct made_limit){CRS_LIMIT_CALLS, 10, number("read"), NULL};
    made.limit[2] = (struct made_limit){CRS_LIMIT_PROGRAM, 20, 0, "sshd"};
    made.limits = 3;
    build();
    CHECK(call("read", 0, 0, 0) == SECCOMP_RET_USER_NOTIF && call("write", 0, 0, 0) == SECCOMP_RET_ALLOW);
    CHECK(crs_table_limit_of(&table, number("read")) == 1 && crs_table_limit_of(&table, number("write")) == -1);
    CHECK(crs_table_limit(&table, 0, &limit) == 0 && limit.kind == CRS_LIMIT_PROCESSES && limit.number == 7);
    CHECK(crs_table_limit(&table, 2, &limit) == 0 && limit.kind == CRS_LIMIT_PROGRAM && limit.number == 20);
    CHECK(limit.program.len == 4 && memcmp(limit.program.s, "sshd", 4) == 0);
    CHECK(crs_table_limit(&table, 3, &limit) == -ENOENT);
    options.degraded = 1;
    build();
    CHECK(call("read", 0, 0, 0) == SECCOMP_RET_ALLOW);
}

static void refuses_a_limit_that_is_none(void)
{
    static const struct made_limit wrong[] = {{9, 1, 0, NULL}, {CRS_LIMIT_LIFETIME, 0, 0, NULL}};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint32_t size;
        uint8_t *of;

        start(CRS_ACTIVE, 0);
        made.limit[0] = wrong[i];
        made.limits = 1;
        of = made_bytes(&made, &size);
        CHECK(crs_table_open(&table, of, size) == -EINVAL && strncmp(table.error, "LIMT 0:", 7) == 0);
        free(of);
    }
}

static uint8_t closed(int nr, uint64_t a, uint64_t b, uint64_t c)
{
    struct seccomp_data data = {.nr = nr, .arch = filter.audit_arch, .args = {a, b, c}};
    struct crs_closed out;

    crs_filter_closed(&filter, &filter.closures, &data, &out);
    CHECK(out.kind == CRS_CLOSED_NOT || out.err == (out.kind >= CRS_CLOSED_HARD ? EPERM : ENOSYS));
    return out.kind;
}

static void guards_the_agent(void)
{
    start(CRS_PERMISSIVE, 0);
    options.agent = agents;
    options.agents = 3;
    build();
    CHECK(call("kill", 7, SIGKILL, 0) == SECCOMP_RET_USER_NOTIF && call("kill", 9, SIGKILL, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("kill", (uint32_t)-1, SIGKILL, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(call("ptrace", 16, 8, 0) == SECCOMP_RET_USER_NOTIF && call("ptrace", 7, 9, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("tgkill", 9, 8, 9) == SECCOMP_RET_USER_NOTIF && call("tgkill", 9, 9, 8) == SECCOMP_RET_ALLOW);
    CHECK(call("pidfd_open", 1, 0, 0) == SECCOMP_RET_USER_NOTIF && call("getpgid", 1, 0, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("prlimit64", 7, 0, 0) == SECCOMP_RET_USER_NOTIF && call("prlimit64", 0, 7, 0) == SECCOMP_RET_ALLOW);

    CHECK(closed(62, 7, SIGTERM, 0) == CRS_CLOSED_AGENT && closed(62, 7, 0, 0) == CRS_CLOSED_NOT);
    CHECK(closed(62, 1, SIGTERM, 0) == CRS_CLOSED_NOT && closed(62, 1, SIGSTOP, 0) == CRS_CLOSED_AGENT);
    CHECK(closed(62, (uint64_t)-1, SIGKILL, 0) == CRS_CLOSED_AGENT && closed(62, (uint64_t)-1, SIGTERM, 0) == 0);
    CHECK(closed(62, (uint64_t)-8, SIGKILL, 0) == CRS_CLOSED_AGENT && closed(62, (uint64_t)-9, SIGKILL, 0) == 0);
    CHECK(closed(62, 0x100000007, SIGKILL, 0) == CRS_CLOSED_AGENT); /* a pid is an int */
    CHECK(closed(101, 16, 1, 0) == CRS_CLOSED_AGENT && closed(434, 8, 0, 0) == CRS_CLOSED_AGENT);
    options.agents = CRS_FILTER_AGENTS + 1;
    CHECK(crs_filter_build(&table, &options, &filter) == -EINVAL);
}

static void lets_nobody_name_another_executable(void)
{
    start(CRS_ACTIVE, 0);
    made.file = CRS_DENY;
    build();
    CHECK(call("prctl", PR_SET_MM, PR_SET_MM_MAP, 0) == ERRNO(EPERM));
    CHECK(call("prctl", PR_SET_MM | (uint64_t)7 << 32, PR_SET_MM_EXE_FILE | (uint64_t)7 << 32, 0) == ERRNO(EPERM));
    CHECK(call("prctl", PR_SET_MM, PR_SET_MM_ARG_START, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("prctl", PR_SET_NAME, PR_SET_MM_MAP, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("prctl", CRS_MARKER, PR_SET_MM_MAP, 0) == ERRNO(CRS_MARKER_ERRNO));
    CHECK(closed(157, PR_SET_MM, PR_SET_MM_MAP, 0) == CRS_CLOSED_HARD && closed(157, PR_SET_NAME, 0, 0) == CRS_CLOSED_NOT);
    made.mode = CRS_PERMISSIVE;
    build();
    CHECK(call("prctl", PR_SET_MM, PR_SET_MM_MAP, 0) == SECCOMP_RET_ALLOW);
    made.log = CRS_LOG_DENY;
    build();
    CHECK(call("prctl", PR_SET_MM, PR_SET_MM_MAP, 0) == SECCOMP_RET_USER_NOTIF);
    start(CRS_ACTIVE, 0); /* a policy about nothing */
    build();
    CHECK(call("prctl", PR_SET_MM, PR_SET_MM_MAP, 0) == SECCOMP_RET_ALLOW);
}

static void says_what_a_worker_closes(void)
{
    struct seccomp_data foreign = {.nr = 102, .arch = AUDIT_ARCH_I386};
    struct crs_closed out;

    start(CRS_PERMISSIVE, CRS_LOG_DENY);
    made.file = CRS_DENY;
    rule(CRS_RULE_SYSCALL, CRS_ALLOW)->call = "bpf";
    build();
    crs_filter_closed(&filter, &filter.closures, &foreign, &out);
    CHECK(out.kind == CRS_CLOSED_FOREIGN && out.enforced && out.reported && out.err == ENOSYS && out.why != NULL);
    CHECK(closed(0x40000000, 0, 0, 0) == CRS_CLOSED_X32 && closed(-1, 0, 0, 0) == CRS_CLOSED_UNKNOWN);
    CHECK(closed(9999, 0, 0, 0) == CRS_CLOSED_UNKNOWN && closed(400, 0, 0, 0) == CRS_CLOSED_UNKNOWN);
    CHECK(closed(425, 0, 0, 0) == CRS_CLOSED_RING && closed(0, 0, 0, 0) == CRS_CLOSED_NOT);
    crs_filter_closed(&filter, &filter.closures, &(struct seccomp_data){.nr = 165, .arch = AUDIT_ARCH_X86_64}, &out);
    CHECK(out.kind == CRS_CLOSED_HARD && !out.enforced && !out.unless_rule);
    crs_filter_closed(&filter, &filter.closures, &(struct seccomp_data){.nr = 321, .arch = AUDIT_ARCH_X86_64}, &out);
    CHECK(out.kind == CRS_CLOSED_HARD && out.unless_rule);
    made.mode = CRS_ACTIVE;
    build();
    crs_filter_closed(&filter, &filter.closures, &(struct seccomp_data){.nr = 165, .arch = AUDIT_ARCH_X86_64}, &out);
    CHECK(out.enforced && out.reported);
    made.mode = CRS_INACTIVE;
    build();
    CHECK(filter.length == 0 && closed(425, 0, 0, 0) == CRS_CLOSED_NOT);
    made.log = CRS_LOG_BEHAVIOR;
    build();
    CHECK(filter.length > 0 && call("openat", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(run(AUDIT_ARCH_I386, 5, 0, 0, 0) == SECCOMP_RET_ALLOW && call("bpf", 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    CHECK(run(AUDIT_ARCH_X86_64, 9999, 0, 0, 0) == SECCOMP_RET_ALLOW);
}

static void serves_the_other_architecture(void)
{
    start(CRS_ACTIVE, 0);
    made.arch = CRS_ARCH_AARCH64;
    made.file = CRS_DENY;
    build();
    CHECK(filter.audit_arch == AUDIT_ARCH_AARCH64);
    CHECK(run(AUDIT_ARCH_AARCH64, 56, 0, 0, 0) == SECCOMP_RET_USER_NOTIF); /* openat */
    CHECK(run(AUDIT_ARCH_AARCH64, 40, 0, 0, 0) == ERRNO(EPERM));           /* mount */
    CHECK(run(AUDIT_ARCH_AARCH64, 63, 0, 0, 0) == SECCOMP_RET_ALLOW);      /* read */
    CHECK(run(AUDIT_ARCH_ARM, 5, 0, 0, 0) == ERRNO(ENOSYS));
    CHECK(run(AUDIT_ARCH_AARCH64, 0x40000000, 0, 0, 0) == ERRNO(ENOSYS));
    CHECK(run(AUDIT_ARCH_AARCH64, 167, CRS_MARKER, 0, 0) == ERRNO(CRS_MARKER_ERRNO));
}

static void stays_within_the_bound_with_many_rules(void)
{
    static const char *const names[] = {"socket", "personality", "ioctl", "fcntl"};

    start(CRS_ACTIVE, 0);
    made.file = CRS_DENY;
    options.agent = agents;
    options.agents = 3;
    for (uint32_t i = 0; i < MADE_RULES; i++) {
        struct made_rule *r = rule(CRS_RULE_SYSCALL, CRS_DENY);

        r->call = names[i % 4];
        r->args = 7;
        for (int k = 0; k < 3; k++) {
            r->mask[k] = 0xfffffffffffffff0;
            r->value[k] = (uint64_t)i << 36 | 0x10;
        }
    }
    build();
    CHECK(filter.length > 600);
    CHECK(call("ioctl", (uint64_t)46 << 36 | 0x1f, (uint64_t)46 << 36 | 0x10, (uint64_t)46 << 36 | 0x11) == ERRNO(EPERM));
    CHECK(call("ioctl", (uint64_t)46 << 36 | 0x1f, (uint64_t)46 << 36, 0) == SECCOMP_RET_ALLOW);
}

static void denies_without_a_listener_what_it_can(void)
{
    start(CRS_ACTIVE, 3);
    options.agent = agents;
    options.agents = 3;
    options.track = 1;
    options.degraded = 1;
    made.execute = CRS_DENY;
    rule(CRS_RULE_SYSCALL, CRS_DENY)->call = "getppid";
    rule(CRS_RULE_SYSCALL, CRS_ALLOW)->call = "bpf";
    build();
    for (uint32_t i = 0; i < filter.length; i++)
        CHECK(BPF_CLASS(filter.code[i].code) != BPF_RET || filter.code[i].k != SECCOMP_RET_USER_NOTIF);
    CHECK(call("getppid", 0, 0, 0) == ERRNO(EPERM) && call("execve", 0, 0, 0) == ERRNO(EACCES));
    CHECK(call("setuid", 0, 0, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("mount", 0, 0, 0) == ERRNO(EPERM) && call("bpf", 0, 0, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("io_uring_setup", 0, 0, 0) == ERRNO(ENOSYS) && run(AUDIT_ARCH_I386, 1, 0, 0, 0) == ERRNO(ENOSYS));
    CHECK(call("kill", 7, 15, 0) == ERRNO(EPERM) && call("kill", 1, 15, 0) == SECCOMP_RET_ALLOW);
    CHECK(call("kill", (uint32_t)-1, 15, 0) == SECCOMP_RET_ALLOW && call("ptrace", 16, 1, 0) == ERRNO(EPERM));
    CHECK(call("prctl", CRS_MARKER, 0, 0) == ERRNO(CRS_MARKER_ERRNO));
}

/* What the filter may answer to a call, straight from the table's own decision on it. */
static void compare_with_the_table(const struct crs_syscall_info *info, const uint64_t arg[3])
{
    static const char *const programs[] = {"/bin/a", "/bin/b", "/bin/c"};
    struct seccomp_data data = {.nr = info->nr, .arch = filter.audit_arch, .args = {arg[0], arg[1], arg[2], 0, 1, 0}};
    uint32_t verdict = bpf_run(filter.code, filter.length, &data);
    enum crs_call_group group = crs_call_group(info->name, (uint32_t)strlen(info->name));

    if (verdict == SECCOMP_RET_USER_NOTIF || (strcmp(info->name, "prctl") == 0 && (uint32_t)arg[0] == CRS_MARKER))
        return; /* a worker decides: never wrong */
    if (table.guards != 0 && (group == CRS_GROUP_RING || group == CRS_GROUP_HARD) && made.mode != CRS_INACTIVE) {
        CHECK(!(made.log & CRS_LOG_DENY));
        CHECK(verdict == (group == CRS_GROUP_RING          ? ERRNO(ENOSYS)
                          : made.mode == CRS_PERMISSIVE ? SECCOMP_RET_ALLOW
                                                        : ERRNO(EPERM)));
        return;
    }
    if (group == CRS_GROUP_DATA && !crs_table_names(&table, info->nr)) {
        CHECK(verdict == SECCOMP_RET_ALLOW);
        return;
    }
    for (int p = 0; p < 3; p++) {
        struct crs_call c = {.nr = info->nr, .port = -1, .local_port = -1, .arg_known = 63, .programs = 1};
        struct crs_decision d;

        c.program[0] = (struct crs_str){programs[p], 6};
        for (int i = 0; i < 3; i++)
            c.arg[i] = arg[i];
        c.path[0].requested = (struct crs_str){p == 0 ? "/f" : "/g", 2};
        crs_decide(&table, &c, &d);
        if (info->op == CRS_OP_NONE && !crs_table_names(&table, info->nr))
            d.events = 0; /* such calls are not observed */
        CHECK(d.events == 0);
        CHECK(verdict == (d.blocked ? ERRNO(d.err) : SECCOMP_RET_ALLOW));
    }
}

static uint64_t some_integer(void)
{
    static const uint64_t likely[] = {0, 1, 2, 10, UINT32_MAX, UINT64_MAX, (uint64_t)1 << 32, ((uint64_t)1 << 32) | 2};

    return random_below(4) ? likely[random_below(8)] : random_number();
}

static void random_rule(const struct crs_syscall_info *calls, size_t count)
{
    static const char *const often[] = {"socket", "ioctl", "execve", "open", "connect", "ptrace", "write", "mount"};
    struct made_rule *r = rule((uint8_t)(random_below(3) ? CRS_RULE_SYSCALL : random_below(2)), (uint8_t)random_below(3));
    const char *name = random_below(2) ? often[random_below(8)] : calls[random_below((uint32_t)count)].name;

    r->program = random_below(3) ? NULL : random_below(2) ? "/bin/a" : "/bin/b";
    if (r->type != CRS_RULE_SYSCALL) {
        r->file = random_below(2) ? "/f" : NULL;
        return;
    }
    r->call = name;
    r->args = (uint8_t)(random_below(2) ? random_below(8) : 0);
    for (int i = 0; i < 3; i++) {
        r->mask[i] = random_below(2) ? UINT32_MAX : UINT64_MAX;
        r->value[i] = some_integer();
    }
}

static void agrees_with_the_table_on_random_policies(void)
{
    random_state = 6;
    for (int round = 0; round < 80; round++) {
        const struct crs_syscall_info *calls = crs_syscalls_x86_64;
        size_t count = CRS_SYSCALLS_X86_64;

        start((uint8_t)random_below(3), (uint8_t)(random_below(2) ? 0 : random_below(16)));
        if (random_below(3) == 0) {
            made.arch = CRS_ARCH_AARCH64;
            calls = crs_syscalls_aarch64;
            count = CRS_SYSCALLS_AARCH64;
        }
        made.file = random_below(4) ? CRS_ALLOW : CRS_DENY;
        made.network = random_below(4) ? CRS_ALLOW : CRS_DENY;
        made.execute = random_below(4) ? CRS_ALLOW : CRS_DENY;
        options.track = (uint8_t)random_below(2);
        for (uint32_t n = random_below(12); n > 0; n--)
            random_rule(calls, count);
        build();
        for (size_t i = 0; i < count && filter.length > 0; i++)
            for (int k = 0; k < 6; k++)
                compare_with_the_table(&calls[i], (uint64_t[3]){some_integer(), some_integer(), some_integer()});
    }
}

/* A table that says nothing may be followed by one that does: what it may be about is handed over, what is frequent not. */
static void hands_over_what_another_table_may_be_about(void)
{
    static const char *const seen[] = {"openat", "unlink", "execve", "connect", "accept4", "ptrace", "mount", "io_uring_setup",
                                       "socket", "kill", "bpf", "chmod", "setuid"};
    static const char *const passed[] = {"read", "write", "futex", "mmap", "clock_gettime", "epoll_wait", "getpid", "clone"};

    for (uint8_t mode = CRS_INACTIVE; mode <= CRS_ACTIVE; mode++) {
        start(mode, 0);
        options.live = options.track = 1;
        build();
        for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
            CHECK(call(seen[i], 0, 0, 0) == SECCOMP_RET_USER_NOTIF && !filter.passed[number(seen[i])]);
        for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
            CHECK(call(passed[i], 0, 0, 0) == SECCOMP_RET_ALLOW && filter.passed[number(passed[i])]);
        CHECK(run(AUDIT_ARCH_I386, 102, 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
        CHECK(run(AUDIT_ARCH_X86_64, 9999, 0, 0, 0) == SECCOMP_RET_USER_NOTIF);
    }
}

int main(void)
{
    hands_over_what_another_table_may_be_about();
    lets_the_fast_instruction_pass();
    refuses_other_abis_before_looking_at_the_number();
    closes_io_uring_and_the_hard_list_only_when_something_is_guarded();
    answers_constants_in_the_kernel_unless_an_event_is_owed();
    compares_integers_in_the_kernel();
    hands_over_paths_but_not_data();
    tracks_credentials_when_asked();
    answers_the_marker();
    hands_calls_of_a_library_over_where_a_rule_is_about_them();
    hands_calls_with_a_limit_over();
    refuses_a_limit_that_is_none();
    guards_the_agent();
    lets_nobody_name_another_executable();
    says_what_a_worker_closes();
    serves_the_other_architecture();
    stays_within_the_bound_with_many_rules();
    denies_without_a_listener_what_it_can();
    agrees_with_the_table_on_random_policies();
    free(bytes);
    return 0;
}
