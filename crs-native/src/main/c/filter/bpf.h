/*
 * A classic BPF program, written from its end to its start.
 *
 * BPF only jumps forward, so written backwards every target is known when a jump is made. A place is named by its
 * distance from the end (a label), which stays true while the program grows. Conditional jumps reach 255
 * instructions; for a target beyond that a stub comes in between: a copy of the return, or a long jump.
 *
 * Execution falls from an instruction to the one written before it. So a jump is written first, then the load it
 * tests; nothing else may come between.
 */
#ifndef CRS_BPF_H
#define CRS_BPF_H

#include <linux/filter.h>
#include <stdint.h>

struct crs_bpf {
    struct sock_filter *code; /* filled from its end */
    uint32_t size, length;
    int full;                 /* it did not fit; nothing of it may be used */
};

void crs_bpf_init(struct crs_bpf *bpf, struct sock_filter *code, uint32_t size);

/* Each returns the label of the instruction it wrote. */
uint32_t crs_bpf_return(struct crs_bpf *bpf, uint32_t value);
uint32_t crs_bpf_load(struct crs_bpf *bpf, uint32_t offset);
uint32_t crs_bpf_and(struct crs_bpf *bpf, uint32_t mask);
/* compare: BPF_JEQ, BPF_JGE, BPF_JGT or BPF_JSET, unsigned. */
uint32_t crs_bpf_jump(struct crs_bpf *bpf, uint16_t compare, uint32_t value, uint32_t yes, uint32_t no);

/* Moves the program to the start of its buffer; its length. */
uint32_t crs_bpf_finish(struct crs_bpf *bpf);

#endif
