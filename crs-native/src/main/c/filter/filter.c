#include "filter.h"

#include "bpf.h"
#include "call_group.h"
#include "change_request.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/prctl.h>
#include <stddef.h>
#include <string.h>

#define NR_OFFSET   ((uint32_t)offsetof(struct seccomp_data, nr))
#define PLACE_OFFSET ((uint32_t)offsetof(struct seccomp_data, instruction_pointer))
#define ARCH_OFFSET ((uint32_t)offsetof(struct seccomp_data, arch))
/* Both architectures are little-endian: the low half comes first. */
#define LOW_OFFSET(i)  ((uint32_t)offsetof(struct seccomp_data, args) + 8u * (i))
#define HIGH_OFFSET(i) (LOW_OFFSET(i) + 4u)

#define TRANSLATION_GUIDE 1 /* of the table */

/* Attempts at a program that fits: how many integer tests of one call are made in the kernel. */
static const uint32_t tests_max[] = {1024, 64, 8, 0};

/* What is being built; labels are those of bpf.h. */
struct build {
    const struct crs_table *table;
    const struct crs_filter_options *options;
    struct crs_filter *out;
    struct crs_bpf bpf;
    uint32_t tests;                        /* the bound in force */
    uint32_t allow, notify, error[64];     /* labels of the returns; error by errno */
    uint32_t aimed_at_agent[2][4];         /* blocks that many calls share, by whether it is a signal and by argument */
    uint32_t target[CRS_FILTER_NUMBERS];   /* of every native number */
};

static uint32_t closed_verdict(const struct build *b, uint8_t closed)
{
    const struct crs_closures *of = &b->out->closures;

    if (!b->options->degraded && (b->options->live || of->log_mode & CRS_LOG_DENY || closed & CRS_CLOSED_NAMED))
        return SECCOMP_RET_USER_NOTIF;
    if (closed == CRS_CLOSED_HARD && of->mode == CRS_PERMISSIVE)
        return SECCOMP_RET_ALLOW;
    return SECCOMP_RET_ERRNO | (closed == CRS_CLOSED_HARD ? EPERM : ENOSYS);
}

/* A return of that kind; one per kind, so that numbers of the same verdict have the same target. */
static uint32_t label_of(struct build *b, uint32_t verdict)
{
    uint32_t *label = &b->error[verdict & 63];

    if (verdict == SECCOMP_RET_ALLOW)
        label = &b->allow;
    else if (verdict == SECCOMP_RET_USER_NOTIF)
        label = &b->notify;
    if (*label == 0)
        *label = crs_bpf_return(&b->bpf, verdict);
    return *label;
}

static uint32_t decided(const struct build *b, const struct crs_decision *decision)
{
    if (decision->events != 0 && !b->options->degraded)
        return SECCOMP_RET_USER_NOTIF;
    return decision->blocked ? SECCOMP_RET_ERRNO | decision->err : SECCOMP_RET_ALLOW;
}

/* One half of an argument: on to `yes` if (half & mask) == value, else `no`. */
static uint32_t compare_half(struct build *b, uint32_t offset, uint32_t mask, uint32_t value, uint32_t yes, uint32_t no)
{
    if (mask == 0)
        return yes;
    crs_bpf_jump(&b->bpf, BPF_JEQ, value & mask, yes, no);
    if (mask != UINT32_MAX)
        crs_bpf_and(&b->bpf, mask);
    return crs_bpf_load(&b->bpf, offset);
}

static uint32_t compare(struct build *b, const struct crs_integer_test *test, uint32_t yes, uint32_t no)
{
    for (uint32_t i = 0; i < 3; i++) {
        if (!(test->args >> i & 1))
            continue;
        yes = compare_half(b, HIGH_OFFSET(i), (uint32_t)(test->mask[i] >> 32), (uint32_t)(test->value[i] >> 32), yes, no);
        yes = compare_half(b, LOW_OFFSET(i), (uint32_t)test->mask[i], (uint32_t)test->value[i], yes, no);
    }
    return yes;
}

/*
 * A call that integers decide. A test that also depends on the program hands the call over when its integers match;
 * that is all the filter can tell.
 */
static uint32_t tested(struct build *b, int nr)
{
    struct crs_integer_test test;
    uint32_t count = 0, next;

    while (count <= b->tests && crs_table_test(b->table, nr, count, &test) == 0)
        count++;
    if (count == 0 || count > b->tests)
        return b->notify;
    crs_table_test(b->table, nr, --count, &test);
    next = label_of(b, decided(b, &test.decision));
    while (count-- > 0) {
        crs_table_test(b->table, nr, count, &test);
        next = compare(b, &test, label_of(b, test.program_dependent ? SECCOMP_RET_USER_NOTIF : decided(b, &test.decision)),
                       next);
    }
    return next;
}

static int is(struct crs_str name, const char *constant)
{
    return name.len == strlen(constant) && memcmp(name.s, constant, name.len) == 0;
}

/* A send on a connected socket names no address: no network operation, and the most frequent of all sends. */
static uint32_t unless_addressed(struct build *b)
{
    uint32_t high = compare_half(b, HIGH_OFFSET(4), UINT32_MAX, 0, b->allow, b->notify);

    return compare_half(b, LOW_OFFSET(4), UINT32_MAX, 0, high, b->notify);
}

/* An open that may change a file, by the flags in its register. */
static uint32_t unless_reading(struct build *b, int argument)
{
    crs_bpf_jump(&b->bpf, BPF_JSET, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, b->notify, b->allow);
    return crs_bpf_load(&b->bpf, LOW_OFFSET(argument));
}

/* The table's verdict on a native number that is not closed. */
static uint32_t by_table(struct build *b, int nr, struct crs_str name, enum crs_call_group group)
{
    struct crs_decision constant;
    int named = crs_table_names(b->table, nr), program;
    enum crs_need need = crs_table_need(b->table, nr, &program, &constant);

    if (group == CRS_GROUP_TRACK && b->options->track && !b->options->degraded)
        return b->notify;
    if (b->options->live && !b->options->degraded && (named || !crs_call_frequent(name.s, name.len)))
        return is(name, "sendto") && !named ? unless_addressed(b) : b->notify;
    if (group == CRS_GROUP_DATA && !named && !(b->table->translation == TRANSLATION_GUIDE && is(name, "write")))
        return b->allow;
    if (need == CRS_NEED_NOTHING && b->options->keep_files && !b->options->degraded) {
        if (group == CRS_GROUP_NAMES)
            return b->notify;
        if (is(name, "open") || is(name, "openat"))
            return unless_reading(b, is(name, "open") ? 1 : 2);
    }
    switch (need) {
    case CRS_NEED_NOTHING:
        return b->allow;
    case CRS_NEED_CONSTANT:
        /* A denied accept still takes the connection, and closes it: that is a worker's work. */
        if (constant.blocked && !b->options->degraded && (is(name, "accept") || is(name, "accept4")))
            return b->notify;
        return label_of(b, decided(b, &constant));
    case CRS_NEED_REGISTERS:
        return tested(b, nr);
    default:
        if (is(name, "sendto") && !named && !(b->table->log_mode & CRS_LOG_BEHAVIOR))
            return unless_addressed(b);
        return b->notify;
    }
}

/*
 * Hands over what is aimed at a process of the agent, or by a negative number at a group of processes. Without a worker
 * it is denied, as far as the number alone tells: groups, and signals to crs-init, then go where they go.
 */
static uint32_t unless_aimed(struct build *b, int nr, uint32_t otherwise)
{
    uint8_t arguments = b->out->aimed[nr];
    int signals = b->out->signal[nr] >= 0, degraded = b->options->degraded;
    uint32_t aimed = degraded ? label_of(b, SECCOMP_RET_ERRNO | EPERM) : b->notify;
    uint32_t *shared = otherwise == b->allow ? &b->aimed_at_agent[signals][arguments & 3] : NULL;

    if (otherwise == aimed || b->out->agents == 0)
        return otherwise;
    if (shared != NULL && *shared != 0)
        return *shared;
    for (uint32_t i = 0; i < 6; i++) {
        if (!(arguments >> i & 1))
            continue;
        for (uint32_t k = degraded && signals; k < b->out->agents; k++)
            otherwise = crs_bpf_jump(&b->bpf, BPF_JEQ, (uint32_t)b->out->agent[k], aimed, otherwise);
        if (!degraded)
            crs_bpf_jump(&b->bpf, BPF_JSET, 0x80000000u, aimed, otherwise);
        otherwise = crs_bpf_load(&b->bpf, LOW_OFFSET(i));
    }
    if (shared != NULL)
        *shared = otherwise;
    return otherwise;
}

/* A signal that the kernel would send for the caller, to whomever it has named: which ones matter the worker tells. */
static uint32_t unless_setting_a_signal(struct build *b, uint32_t otherwise)
{
    uint32_t aimed = b->options->degraded ? label_of(b, SECCOMP_RET_ERRNO | EPERM) : b->notify;

    if (otherwise == aimed)
        return otherwise;
    crs_bpf_jump(&b->bpf, BPF_JEQ, CRS_SET_SIGNAL, aimed, otherwise);
    return crs_bpf_load(&b->bpf, LOW_OFFSET(1));
}

int crs_filter_asks_libraries(const struct crs_table *table)
{
    struct crs_decision constant;
    int program;

    return crs_table_need(table, CRS_LIB_GETADDRINFO, &program, &constant) != CRS_NEED_NOTHING ||
           crs_table_need(table, CRS_LIB_GETNAMEINFO, &program, &constant) != CRS_NEED_NOTHING;
}

/* What gives a process another executable, by which its program would be known: see filter_closed.c. */
static uint32_t unless_disguised(struct build *b, uint32_t otherwise)
{
    uint8_t closed = b->out->closures.disguise;
    uint32_t refused, request;

    if (closed == CRS_CLOSED_NOT || (b->options->degraded && closed & CRS_CLOSED_NAMED))
        return otherwise;
    refused = label_of(b, closed_verdict(b, closed));
    if (refused == otherwise)
        return otherwise;
    request = crs_bpf_jump(&b->bpf, BPF_JEQ, PR_SET_MM_MAP, refused, otherwise);
    crs_bpf_jump(&b->bpf, BPF_JEQ, PR_SET_MM_EXE_FILE, refused, request);
    request = crs_bpf_load(&b->bpf, LOW_OFFSET(1));
    return compare_half(b, LOW_OFFSET(0), UINT32_MAX, PR_SET_MM, request, otherwise);
}

static uint32_t with_marker(struct build *b, uint32_t otherwise)
{
    uint32_t marker = crs_bpf_return(&b->bpf, SECCOMP_RET_ERRNO | CRS_MARKER_ERRNO);

    if (b->out->library_calls)
        otherwise = crs_bpf_jump(&b->bpf, BPF_JEQ, CRS_LIBRARY_CALL, b->notify, otherwise);
    return compare_half(b, LOW_OFFSET(0), UINT32_MAX, CRS_MARKER, marker, otherwise);
}

/* Whether the table has a say in calls of another name, as which this one may be decided. */
static int decides(const struct build *b, const char *other)
{
    struct crs_decision constant;
    int program;

    for (int nr = 0; nr < (int)CRS_FILTER_NUMBERS; nr++) {
        struct crs_str name = crs_table_call(b->table, nr);

        if (name.s != NULL && is(name, other))
            return b->options->live || crs_table_need(b->table, nr, &program, &constant) != CRS_NEED_NOTHING;
    }
    return 0;
}

/* What changes a file although it is called otherwise (stand_in.c). */
static uint32_t unless_standing_in(struct build *b, struct crs_str name, uint32_t otherwise)
{
    if (b->options->degraded || otherwise == b->notify)
        return otherwise;
    if (is(name, "bind"))
        return decides(b, "mknodat") ? b->notify : otherwise;
    if (!is(name, "ioctl") || !decides(b, "fchmod"))
        return otherwise;
    for (uint32_t i = 0; i < CRS_CHANGE_REQUESTS; i++)
        otherwise = crs_bpf_jump(&b->bpf, BPF_JEQ, crs_change_requests[i], b->notify, otherwise);
    return crs_bpf_load(&b->bpf, LOW_OFFSET(1));
}

/* From the one instruction that asks only for what was decided on before it. */
static uint32_t unless_fast(struct build *b, uint32_t otherwise)
{
    uint32_t high = compare_half(b, PLACE_OFFSET + 4, UINT32_MAX, (uint32_t)(b->options->fast >> 32), b->allow, otherwise);

    return compare_half(b, PLACE_OFFSET, UINT32_MAX, (uint32_t)b->options->fast, high, otherwise);
}

static uint32_t native(struct build *b, int nr)
{
    struct crs_str name = crs_table_call(b->table, nr);
    uint8_t closed = b->out->closures.closed[nr];
    uint32_t target;

    if (closed != CRS_CLOSED_NOT && !(b->options->degraded && closed & CRS_CLOSED_NAMED))
        target = label_of(b, closed_verdict(b, closed));
    else if (name.s == NULL)
        target = b->options->live && !b->options->degraded ? b->notify : b->allow;
    else
        target = unless_standing_in(b, name, by_table(b, nr, name, crs_call_group(name.s, name.len)));
    if (b->out->aimed[nr])
        target = unless_aimed(b, nr, target);
    if (nr == b->out->prctl)
        target = unless_disguised(b, target);
    if (nr == b->out->fcntl && b->out->agents > 0)
        target = unless_setting_a_signal(b, target);
    if (b->options->fast != 0 && target == b->notify && name.s != NULL && is(name, "openat2"))
        target = unless_fast(b, target);
    return name.s != NULL && is(name, "prctl") ? with_marker(b, target) : target;
}

/* A tree over the numbers from `low` to before `high`; numbers of one run with the same target are one leaf. */
static uint32_t tree(struct build *b, const uint32_t *starts, uint32_t low, uint32_t high)
{
    uint32_t middle = low + (high - low) / 2, below, above;

    if (high - low == 1)
        return b->target[starts[low]];
    below = tree(b, starts, low, middle);
    above = tree(b, starts, middle, high);
    return crs_bpf_jump(&b->bpf, BPF_JGE, starts[middle], above, below);
}

/*
 * All numbers; the last run goes on to the highest unsigned number, so that x32 and whatever is beyond the table
 * share its target.
 */
static uint32_t numbers(struct build *b)
{
    uint32_t starts[CRS_FILTER_NUMBERS], count = 0;

    for (uint32_t nr = 0; nr < CRS_FILTER_NUMBERS; nr++)
        if (nr == 0 || b->target[nr] != b->target[nr - 1])
            starts[count++] = nr;
    if (count == 1)
        return b->target[0];
    tree(b, starts, 0, count);
    return crs_bpf_load(&b->bpf, NR_OFFSET);
}

static int assemble(struct build *b)
{
    uint32_t root, others = SECCOMP_RET_ALLOW;

    crs_bpf_init(&b->bpf, b->out->code, CRS_FILTER_MAX);
    b->allow = b->notify = 0;
    memset(b->error, 0, sizeof b->error);
    memset(b->aimed_at_agent, 0, sizeof b->aimed_at_agent);
    label_of(b, SECCOMP_RET_ALLOW);
    if (b->options->degraded)
        b->notify = b->allow;
    label_of(b, SECCOMP_RET_USER_NOTIF);
    if (b->out->closures.mode != CRS_INACTIVE || b->options->live)
        others = closed_verdict(b, CRS_CLOSED_UNKNOWN);
    for (int nr = 0; nr < (int)CRS_FILTER_NUMBERS; nr++) {
        b->target[nr] = native(b, nr);
        b->out->passed[nr] = b->target[nr] == b->allow;
    }
    root = numbers(b);
    crs_bpf_jump(&b->bpf, BPF_JEQ, b->out->audit_arch, root, label_of(b, others));
    crs_bpf_load(&b->bpf, ARCH_OFFSET);
    return b->bpf.full ? -E2BIG : 0;
}

/* What holds for every number, whatever program is made of it. */
static void survey(const struct crs_table *table, struct crs_filter *out)
{
    for (int nr = 0; nr < (int)CRS_FILTER_NUMBERS; nr++) {
        struct crs_str name = crs_table_call(table, nr);

        out->signal[nr] = -1;
        if (name.s == NULL)
            continue;
        if (is(name, "fcntl"))
            out->fcntl = nr;
        if (is(name, "prctl"))
            out->prctl = nr;
        out->aimed[nr] = crs_call_aimed(name.s, name.len);
        out->signal[nr] = (int8_t)crs_call_signal(name.s, name.len);
    }
}

/* Whether an inactive policy, which closes and denies nothing, is to see any call. */
static int observes(const struct crs_table *table)
{
    struct crs_decision constant;
    int program;

    for (int nr = 0; nr < (int)CRS_FILTER_NUMBERS; nr++)
        if (crs_table_need(table, nr, &program, &constant) != CRS_NEED_NOTHING)
            return 1;
    return crs_filter_asks_libraries(table);
}

int crs_filter_build(const struct crs_table *table, const struct crs_filter_options *options, struct crs_filter *out)
{
    static const uint32_t audit_arch[] = {0, AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64};
    struct build b = {.table = table, .options = options, .out = out};
    int err = -E2BIG;

    memset(out, 0, sizeof *out);
    out->fcntl = out->prctl = -1;
    if (options->agents > CRS_FILTER_AGENTS)
        return -EINVAL;
    if (table->arch != CRS_ARCH_X86_64 && table->arch != CRS_ARCH_AARCH64)
        return -ENOTSUP;
    out->audit_arch = audit_arch[table->arch];
    crs_filter_closures(table, &out->closures);
    out->library_calls = !options->degraded && crs_filter_asks_libraries(table);
    if (table->mode == CRS_INACTIVE && !options->live && !observes(table))
        return 0;
    if (table->mode != CRS_INACTIVE || options->live) {
        survey(table, out);
        out->agents = options->agents;
        for (uint32_t i = 0; i < options->agents; i++)
            out->agent[i] = options->agent[i];
    }
    for (size_t i = 0; err != 0 && i < sizeof tests_max / sizeof tests_max[0]; i++) {
        b.tests = tests_max[i];
        err = assemble(&b);
    }
    out->length = err == 0 ? crs_bpf_finish(&b.bpf) : 0;
    return err;
}
