#include "filter_build.h"

#include <errno.h>
#include <string.h>

uint32_t filter_closed_verdict(const struct filter_build *b, uint8_t closed)
{
    const struct crs_closures *of = &b->out->closures;

    if (!b->options->degraded && (b->options->live || of->log_mode & CRS_LOG_DENY || closed & CRS_CLOSED_NAMED))
        return SECCOMP_RET_USER_NOTIF;
    if (closed == CRS_CLOSED_HARD && of->mode == CRS_PERMISSIVE)
        return SECCOMP_RET_ALLOW;
    return SECCOMP_RET_ERRNO | (closed == CRS_CLOSED_HARD ? EPERM : ENOSYS);
}

uint32_t filter_label(struct filter_build *b, uint32_t verdict)
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

uint32_t filter_compare(struct filter_build *b, uint32_t offset, uint32_t mask, uint32_t value, uint32_t yes, uint32_t no)
{
    if (mask == 0)
        return yes;
    crs_bpf_jump(&b->bpf, BPF_JEQ, value & mask, yes, no);
    if (mask != UINT32_MAX)
        crs_bpf_and(&b->bpf, mask);
    return crs_bpf_load(&b->bpf, offset);
}

int filter_is(struct crs_str name, const char *constant)
{
    return name.len == strlen(constant) && memcmp(name.s, constant, name.len) == 0;
}
