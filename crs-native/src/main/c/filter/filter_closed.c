#include "filter.h"

#include "call_group.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/prctl.h>
#include <signal.h>
#include <string.h>

#define X32_BIT 0x40000000

static const char *const why[] = {
    [CRS_CLOSED_FOREIGN] = "a call of a foreign ABI",
    [CRS_CLOSED_X32] = "a call of the x32 ABI",
    [CRS_CLOSED_UNKNOWN] = "a call with an unknown number",
    [CRS_CLOSED_RING] = "io_uring, whose operations pass no filter",
    [CRS_CLOSED_HARD] = "a call that would lead past the policy",
    [CRS_CLOSED_AGENT] = "a call aimed at the agent",
};

/* Signals that nobody can catch, and those of a fault, which the agent leaves unblocked. */
static int ends_for_sure(int32_t sig)
{
    return sig == SIGKILL || sig == SIGSTOP || sig == SIGSEGV || sig == SIGBUS || sig == SIGILL || sig == SIGFPE ||
           sig == SIGTRAP || sig == SIGABRT;
}

/*
 * 1 if the pid in an argument means a process of the agent that must not be reached. Negative pids of kill are groups,
 * -1 everybody: there, and for crs-init, only the signals count that nobody can catch.
 */
static int means_agent(const struct crs_filter *filter, int32_t pid, int signal_argument, int32_t sig)
{
    int uncatchable = ends_for_sure(sig);

    if (signal_argument >= 0 && sig == 0)
        return 0;
    for (uint32_t i = 0; i < filter->agents; i++) {
        if (pid == filter->agent[i])
            return signal_argument < 0 || i > 0 || uncatchable;
        if (signal_argument >= 0 && uncatchable && pid < 0 && (pid == -1 || pid == -(int64_t)filter->agent[i]))
            return 1;
    }
    return 0;
}

static int aimed_at_agent(const struct crs_filter *filter, const struct seccomp_data *call)
{
    int signal_argument = filter->signal[call->nr];
    int32_t sig = signal_argument < 0 ? 0 : (int32_t)call->args[signal_argument];

    for (int i = 0; i < 6; i++)
        if (filter->aimed[call->nr] >> i & 1 && means_agent(filter, (int32_t)call->args[i], signal_argument, sig))
            return 1;
    return 0;
}

/*
 * Requests that make /proc/PID/exe another file. A child that made no call yet, and a program whose exec is still to be
 * compared with what was decided, are known by it.
 */
static int is_disguise(const struct crs_filter *filter, const struct seccomp_data *call)
{
    uint32_t request = (uint32_t)call->args[1];

    return call->nr == filter->prctl && (uint32_t)call->args[0] == PR_SET_MM &&
           (request == PR_SET_MM_EXE_FILE || request == PR_SET_MM_MAP);
}

static uint8_t kind_of(const struct crs_filter *filter, const struct crs_closures *closures,
                       const struct seccomp_data *call, struct crs_closed *out)
{
    uint8_t closed;

    if (closures->mode == CRS_INACTIVE)
        return CRS_CLOSED_NOT;
    if (call->arch != filter->audit_arch)
        return CRS_CLOSED_FOREIGN;
    if (call->nr >= X32_BIT && call->arch == AUDIT_ARCH_X86_64)
        return CRS_CLOSED_X32;
    if (call->nr < 0 || call->nr >= (int)CRS_FILTER_NUMBERS)
        return CRS_CLOSED_UNKNOWN;
    /* F_SETSIG: the kernel would send that signal to whomever F_SETOWN has named. */
    if (aimed_at_agent(filter, call) || (call->nr == filter->fcntl && (uint32_t)call->args[1] == CRS_SET_SIGNAL &&
                                         ends_for_sure((int32_t)call->args[2])))
        return CRS_CLOSED_AGENT;
    closed = is_disguise(filter, call) ? closures->disguise : closures->closed[call->nr];
    out->unless_rule = (closed & CRS_CLOSED_NAMED) != 0;
    return (uint8_t)(closed & ~CRS_CLOSED_NAMED);
}

void crs_filter_closures(const struct crs_table *table, struct crs_closures *out)
{
    *out = (struct crs_closures){.mode = table->mode, .log_mode = table->log_mode};
    for (int nr = 0; nr < (int)CRS_FILTER_NUMBERS && table->mode != CRS_INACTIVE; nr++) {
        struct crs_str name = crs_table_call(table, nr);
        enum crs_call_group group = name.s == NULL ? CRS_GROUP_OTHER : crs_call_group(name.s, name.len);

        if (name.s == NULL)
            out->closed[nr] = CRS_CLOSED_UNKNOWN;
        else if (table->guards != 0 && name.len == 5 && memcmp(name.s, "prctl", 5) == 0)
            out->disguise = (uint8_t)(CRS_CLOSED_HARD | (crs_table_names(table, nr) ? CRS_CLOSED_NAMED : 0));
        else if (table->guards != 0 && (group == CRS_GROUP_RING || group == CRS_GROUP_HARD))
            out->closed[nr] = (uint8_t)((group == CRS_GROUP_RING ? CRS_CLOSED_RING : CRS_CLOSED_HARD) |
                                        (crs_table_names(table, nr) ? CRS_CLOSED_NAMED : 0));
    }
}

void crs_filter_closed(const struct crs_filter *filter, const struct crs_closures *closures,
                       const struct seccomp_data *call, struct crs_closed *out)
{
    *out = (struct crs_closed){0};
    out->kind = kind_of(filter, closures, call, out);
    if (out->kind == CRS_CLOSED_NOT)
        return;
    out->enforced = closures->mode == CRS_ACTIVE || out->kind != CRS_CLOSED_HARD;
    out->reported = (closures->log_mode & CRS_LOG_DENY) != 0;
    out->err = out->kind == CRS_CLOSED_HARD || out->kind == CRS_CLOSED_AGENT ? EPERM : ENOSYS;
    out->why = why[out->kind];
}
