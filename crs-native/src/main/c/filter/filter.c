#include "filter_build.h"

#include "call_group.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <stddef.h>
#include <string.h>

#define TRANSLATION_GUIDE 1 /* of the table */

/* Attempts at a program that fits: how many integer tests of one call are made in the kernel. */
static const uint32_t tests_max[] = {1024, 64, 8, 0};

static uint32_t decided(const struct filter_build *b, const struct crs_decision *decision)
{
    if (decision->events != 0 && !b->options->degraded)
        return SECCOMP_RET_USER_NOTIF;
    return decision->blocked ? SECCOMP_RET_ERRNO | decision->err : SECCOMP_RET_ALLOW;
}

static uint32_t compare(struct filter_build *b, const struct crs_integer_test *test, uint32_t yes, uint32_t no)
{
    for (uint32_t i = 0; i < 3; i++) {
        if (!(test->args >> i & 1))
            continue;
        yes = filter_compare(b, HIGH_OFFSET(i), (uint32_t)(test->mask[i] >> 32), (uint32_t)(test->value[i] >> 32), yes, no);
        yes = filter_compare(b, LOW_OFFSET(i), (uint32_t)test->mask[i], (uint32_t)test->value[i], yes, no);
    }
    return yes;
}

/*
 * A call that integers decide. A test that also depends on the program hands the call over when its integers match;
 * that is all the filter can tell.
 */
static uint32_t tested(struct filter_build *b, int nr)
{
    struct crs_integer_test test;
    uint32_t count = 0, next;

    while (count <= b->tests && crs_table_test(b->table, nr, count, &test) == 0)
        count++;
    if (count == 0 || count > b->tests)
        return b->notify;
    crs_table_test(b->table, nr, --count, &test);
    next = filter_label(b, decided(b, &test.decision));
    while (count-- > 0) {
        crs_table_test(b->table, nr, count, &test);
        next = compare(b, &test, filter_label(b, test.program_dependent ? SECCOMP_RET_USER_NOTIF : decided(b, &test.decision)),
                       next);
    }
    return next;
}

/* A send on a connected socket names no address: no network operation, and the most frequent of all sends. */
static uint32_t unless_addressed(struct filter_build *b)
{
    uint32_t high = filter_compare(b, HIGH_OFFSET(4), UINT32_MAX, 0, b->allow, b->notify);

    return filter_compare(b, LOW_OFFSET(4), UINT32_MAX, 0, high, b->notify);
}

/* An open that may change a file, by the flags in its register. */
static uint32_t unless_reading(struct filter_build *b, int argument)
{
    crs_bpf_jump(&b->bpf, BPF_JSET, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, b->notify, b->allow);
    return crs_bpf_load(&b->bpf, LOW_OFFSET(argument));
}

/* The table's verdict on a native number that is not closed. */
static uint32_t by_table(struct filter_build *b, int nr, struct crs_str name, enum crs_call_group group)
{
    struct crs_decision constant;
    int named = crs_table_names(b->table, nr), program;
    enum crs_need need = crs_table_need(b->table, nr, &program, &constant);

    if (group == CRS_GROUP_TRACK && b->options->track && !b->options->degraded)
        return b->notify;
    if (crs_table_limit_of(b->table, nr) >= 0 && !b->options->degraded)
        return b->notify;
    if (b->options->live && !b->options->degraded && (named || !crs_call_frequent(name.s, name.len)))
        return filter_is(name, "sendto") && !named ? unless_addressed(b) : b->notify;
    if (group == CRS_GROUP_DATA && !named && !(b->table->translation == TRANSLATION_GUIDE && filter_is(name, "write")))
        return b->allow;
    if (need == CRS_NEED_NOTHING && b->options->keep_files && !b->options->degraded) {
        if (group == CRS_GROUP_NAMES)
            return b->notify;
        if (filter_is(name, "open") || filter_is(name, "openat"))
            return unless_reading(b, filter_is(name, "open") ? 1 : 2);
    }
    switch (need) {
    case CRS_NEED_NOTHING:
        return b->allow;
    case CRS_NEED_CONSTANT:
        /* A denied accept still takes the connection, and closes it: that is a worker's work. */
        if (constant.blocked && !b->options->degraded && (filter_is(name, "accept") || filter_is(name, "accept4")))
            return b->notify;
        return filter_label(b, decided(b, &constant));
    case CRS_NEED_REGISTERS:
        return tested(b, nr);
    default:
        if (filter_is(name, "sendto") && !named && !(b->table->log_mode & CRS_LOG_BEHAVIOR))
            return unless_addressed(b);
        return b->notify;
    }
}

int crs_filter_asks_libraries(const struct crs_table *table)
{
    struct crs_decision constant;
    int program;

    return crs_table_need(table, CRS_LIB_GETADDRINFO, &program, &constant) != CRS_NEED_NOTHING ||
           crs_table_need(table, CRS_LIB_GETNAMEINFO, &program, &constant) != CRS_NEED_NOTHING ||
           crs_table_limit_of(table, CRS_LIB_GETADDRINFO) >= 0 || crs_table_limit_of(table, CRS_LIB_GETNAMEINFO) >= 0;
}

static uint32_t native(struct filter_build *b, int nr)
{
    struct crs_str name = crs_table_call(b->table, nr);
    uint8_t closed = b->out->closures.closed[nr];
    uint32_t target;

    if (closed != CRS_CLOSED_NOT && !(b->options->degraded && closed & CRS_CLOSED_NAMED))
        target = filter_label(b, filter_closed_verdict(b, closed));
    else if (name.s == NULL)
        target = b->options->live && !b->options->degraded ? b->notify : b->allow;
    else
        target = filter_stand_in(b, name, by_table(b, nr, name, crs_call_group(name.s, name.len)));
    return filter_guard(b, nr, name, target);
}

/* A tree over the numbers from `low` to before `high`; numbers of one run with the same target are one leaf. */
static uint32_t tree(struct filter_build *b, const uint32_t *starts, uint32_t low, uint32_t high)
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
static uint32_t numbers(struct filter_build *b)
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

static int assemble(struct filter_build *b)
{
    uint32_t root, others = SECCOMP_RET_ALLOW;

    crs_bpf_init(&b->bpf, b->out->code, CRS_FILTER_MAX);
    b->allow = b->notify = 0;
    memset(b->error, 0, sizeof b->error);
    memset(b->aimed_at_agent, 0, sizeof b->aimed_at_agent);
    filter_label(b, SECCOMP_RET_ALLOW);
    if (b->options->degraded)
        b->notify = b->allow;
    filter_label(b, SECCOMP_RET_USER_NOTIF);
    if (b->out->closures.mode != CRS_INACTIVE || b->options->live)
        others = filter_closed_verdict(b, CRS_CLOSED_UNKNOWN);
    for (int nr = 0; nr < (int)CRS_FILTER_NUMBERS; nr++) {
        b->target[nr] = native(b, nr);
        b->out->passed[nr] = b->target[nr] == b->allow;
    }
    root = numbers(b);
    crs_bpf_jump(&b->bpf, BPF_JEQ, b->out->audit_arch, root, filter_label(b, others));
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
        if (filter_is(name, "fcntl"))
            out->fcntl = nr;
        if (filter_is(name, "prctl"))
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
    struct filter_build b = {.table = table, .options = options, .out = out};
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
