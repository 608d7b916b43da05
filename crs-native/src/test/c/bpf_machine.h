/* Runs classic BPF as seccomp does, for the tests; refuses what the kernel would. */
#ifndef CRS_BPF_MACHINE_H
#define CRS_BPF_MACHINE_H

#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t bpf_run(const struct sock_filter *code, uint32_t length, const struct seccomp_data *data)
{
    uint32_t a = 0;

    for (uint32_t pc = 0;;) {
        const struct sock_filter *i;
        int taken;

        CHECK(pc < length);
        i = &code[pc++];
        switch (i->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            CHECK(i->k % 4 == 0 && i->k < sizeof *data);
            memcpy(&a, (const char *)data + i->k, 4);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            a &= i->k;
            break;
        case BPF_RET | BPF_K:
            return i->k;
        case BPF_JMP | BPF_JA:
            pc += i->k;
            break;
        default:
            if (i->code == (BPF_JMP | BPF_JEQ | BPF_K))
                taken = a == i->k;
            else if (i->code == (BPF_JMP | BPF_JGE | BPF_K))
                taken = a >= i->k;
            else if (i->code == (BPF_JMP | BPF_JSET | BPF_K))
                taken = (a & i->k) != 0;
            else
                CHECK(!"an instruction the filter has no use for");
            pc += taken ? i->jt : i->jf;
        }
    }
}

/* All jumps stay inside, the last instruction returns. */
static inline void bpf_verify(const struct sock_filter *code, uint32_t length)
{
    CHECK(length > 0 && length <= 4096 && BPF_CLASS(code[length - 1].code) == BPF_RET);
    for (uint32_t pc = 0; pc < length; pc++) {
        if (code[pc].code == (BPF_JMP | BPF_JA))
            CHECK(code[pc].k < length - pc - 1);
        else if (BPF_CLASS(code[pc].code) == BPF_JMP)
            CHECK(pc + 1 + code[pc].jt < length && pc + 1 + code[pc].jf < length);
    }
}

#endif
