/* What the filter does besides what the table says: it keeps the agent, and what the agent knows processes by. */
#include "filter_build.h"

#include "change_request.h"

#include <errno.h>
#include <linux/prctl.h>

/*
 * Hands over what is aimed at a process of the agent, or by a negative number at a group of processes. Without a worker
 * it is denied, as far as the number alone tells: groups, and signals to crs-init, then go where they go.
 */
static uint32_t unless_aimed(struct filter_build *b, int nr, uint32_t otherwise)
{
    uint8_t arguments = b->out->aimed[nr];
    int signals = b->out->signal[nr] >= 0, degraded = b->options->degraded;
    uint32_t aimed = degraded ? filter_label(b, SECCOMP_RET_ERRNO | EPERM) : b->notify;
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
static uint32_t unless_setting_a_signal(struct filter_build *b, uint32_t otherwise)
{
    uint32_t aimed = b->options->degraded ? filter_label(b, SECCOMP_RET_ERRNO | EPERM) : b->notify;

    if (otherwise == aimed)
        return otherwise;
    crs_bpf_jump(&b->bpf, BPF_JEQ, CRS_SET_SIGNAL, aimed, otherwise);
    return crs_bpf_load(&b->bpf, LOW_OFFSET(1));
}

/* What gives a process another executable, by which its program would be known: see filter_closed.c. */
static uint32_t unless_disguised(struct filter_build *b, uint32_t otherwise)
{
    uint8_t closed = b->out->closures.disguise;
    uint32_t refused, request;

    if (closed == CRS_CLOSED_NOT || (b->options->degraded && closed & CRS_CLOSED_NAMED))
        return otherwise;
    refused = filter_label(b, filter_closed_verdict(b, closed));
    if (refused == otherwise)
        return otherwise;
    request = crs_bpf_jump(&b->bpf, BPF_JEQ, PR_SET_MM_MAP, refused, otherwise);
    crs_bpf_jump(&b->bpf, BPF_JEQ, PR_SET_MM_EXE_FILE, refused, request);
    request = crs_bpf_load(&b->bpf, LOW_OFFSET(1));
    return filter_compare(b, LOW_OFFSET(0), UINT32_MAX, PR_SET_MM, request, otherwise);
}

static uint32_t with_marker(struct filter_build *b, uint32_t otherwise)
{
    uint32_t marker = crs_bpf_return(&b->bpf, SECCOMP_RET_ERRNO | CRS_MARKER_ERRNO);

    if (b->out->library_calls)
        otherwise = crs_bpf_jump(&b->bpf, BPF_JEQ, CRS_LIBRARY_CALL, b->notify, otherwise);
    return filter_compare(b, LOW_OFFSET(0), UINT32_MAX, CRS_MARKER, marker, otherwise);
}

/* Whether the table has a say in calls of another name, as which this one may be decided. */
static int decides(const struct filter_build *b, const char *other)
{
    struct crs_decision constant;
    int program;

    for (int nr = 0; nr < (int)CRS_FILTER_NUMBERS; nr++) {
        struct crs_str name = crs_table_call(b->table, nr);

        if (name.s != NULL && filter_is(name, other))
            return b->options->live || crs_table_need(b->table, nr, &program, &constant) != CRS_NEED_NOTHING;
    }
    return 0;
}

uint32_t filter_stand_in(struct filter_build *b, struct crs_str name, uint32_t otherwise)
{
    if (b->options->degraded || otherwise == b->notify)
        return otherwise;
    if (filter_is(name, "bind"))
        return decides(b, "mknodat") ? b->notify : otherwise;
    if (!filter_is(name, "ioctl") || !decides(b, "fchmod"))
        return otherwise;
    for (uint32_t i = 0; i < CRS_CHANGE_REQUESTS; i++)
        otherwise = crs_bpf_jump(&b->bpf, BPF_JEQ, crs_change_requests[i], b->notify, otherwise);
    return crs_bpf_load(&b->bpf, LOW_OFFSET(1));
}

/* From the one instruction that asks only for what was decided on before it. */
static uint32_t unless_fast(struct filter_build *b, uint32_t otherwise)
{
    uint32_t high = filter_compare(b, PLACE_OFFSET + 4, UINT32_MAX, (uint32_t)(b->options->fast >> 32), b->allow, otherwise);

    return filter_compare(b, PLACE_OFFSET, UINT32_MAX, (uint32_t)b->options->fast, high, otherwise);
}

uint32_t filter_guard(struct filter_build *b, int nr, struct crs_str name, uint32_t otherwise)
{
    if (b->out->aimed[nr])
        otherwise = unless_aimed(b, nr, otherwise);
    if (nr == b->out->prctl)
        otherwise = unless_disguised(b, otherwise);
    if (nr == b->out->fcntl && b->out->agents > 0)
        otherwise = unless_setting_a_signal(b, otherwise);
    if (b->options->fast != 0 && otherwise == b->notify && name.s != NULL && filter_is(name, "openat2"))
        otherwise = unless_fast(b, otherwise);
    return name.s != NULL && filter_is(name, "prctl") ? with_marker(b, otherwise) : otherwise;
}
