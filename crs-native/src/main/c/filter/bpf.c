#include "bpf.h"

#include <string.h>

#define REACH 255u

void crs_bpf_init(struct crs_bpf *bpf, struct sock_filter *code, uint32_t size)
{
    bpf->code = code;
    bpf->size = size;
    bpf->length = 0;
    bpf->full = 0;
}

static struct sock_filter *at(const struct crs_bpf *bpf, uint32_t label)
{
    return bpf->code + bpf->size - label;
}

static uint32_t write_one(struct crs_bpf *bpf, struct sock_filter instruction)
{
    if (bpf->length == bpf->size) {
        bpf->full = 1;
        return bpf->length;
    }
    bpf->length++;
    *at(bpf, bpf->length) = instruction;
    return bpf->length;
}

uint32_t crs_bpf_return(struct crs_bpf *bpf, uint32_t value)
{
    return write_one(bpf, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value));
}

uint32_t crs_bpf_load(struct crs_bpf *bpf, uint32_t offset)
{
    return write_one(bpf, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

uint32_t crs_bpf_and(struct crs_bpf *bpf, uint32_t mask)
{
    return write_one(bpf, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
}

/* A label with the same effect as target that the instruction after the next two can still reach. */
static uint32_t near(struct crs_bpf *bpf, uint32_t target)
{
    struct sock_filter there;

    if (bpf->full || bpf->length + 2 - target <= REACH)
        return target;
    there = *at(bpf, target);
    if (BPF_CLASS(there.code) == BPF_RET)
        return write_one(bpf, there);
    return write_one(bpf, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, bpf->length - target));
}

uint32_t crs_bpf_jump(struct crs_bpf *bpf, uint16_t compare, uint32_t value, uint32_t yes, uint32_t no)
{
    yes = near(bpf, yes);
    no = near(bpf, no);
    return write_one(bpf, (struct sock_filter)BPF_JUMP(BPF_JMP | compare | BPF_K, value, (uint8_t)(bpf->length - yes),
                                                       (uint8_t)(bpf->length - no)));
}

uint32_t crs_bpf_finish(struct crs_bpf *bpf)
{
    memmove(bpf->code, at(bpf, bpf->length), bpf->length * sizeof *bpf->code);
    return bpf->length;
}
