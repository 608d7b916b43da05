/* A filter while it is built, for the units that build it: by the table, and what is guarded whatever the table says. */
#ifndef CRS_FILTER_BUILD_H
#define CRS_FILTER_BUILD_H

#include "bpf.h"
#include "filter.h"

#include <stddef.h>

#define NR_OFFSET   ((uint32_t)offsetof(struct seccomp_data, nr))
#define PLACE_OFFSET ((uint32_t)offsetof(struct seccomp_data, instruction_pointer))
#define ARCH_OFFSET ((uint32_t)offsetof(struct seccomp_data, arch))
/* Both architectures are little-endian: the low half comes first. */
#define LOW_OFFSET(i)  ((uint32_t)offsetof(struct seccomp_data, args) + 8u * (i))
#define HIGH_OFFSET(i) (LOW_OFFSET(i) + 4u)

/* What is being built; labels are those of bpf.h. */
struct filter_build {
    const struct crs_table *table;
    const struct crs_filter_options *options;
    struct crs_filter *out;
    struct crs_bpf bpf;
    uint32_t tests;                        /* the bound in force */
    uint32_t allow, notify, error[64];     /* labels of the returns; error by errno */
    uint32_t aimed_at_agent[2][4];         /* blocks that many calls share, by whether it is a signal and by argument */
    uint32_t target[CRS_FILTER_NUMBERS];   /* of every native number */
};

/* The answer of a call that is closed: CRS_CLOSED_…, as crs_closures has it. */
uint32_t filter_closed_verdict(const struct filter_build *b, uint8_t closed);

/* A return of that kind; one per kind, so that numbers of the same verdict have the same target. */
uint32_t filter_label(struct filter_build *b, uint32_t verdict);

/* One half of an argument: on to `yes` if (half & mask) == value, else `no`. */
uint32_t filter_compare(struct filter_build *b, uint32_t offset, uint32_t mask, uint32_t value, uint32_t yes, uint32_t no);

int filter_is(struct crs_str name, const char *constant);

/* What is done with a native number before `otherwise`, which is the table's verdict on it or that of a closed call. */
uint32_t filter_guard(struct filter_build *b, int nr, struct crs_str name, uint32_t otherwise);

/* The same of a call that changes a file although it is called otherwise (stand_in.c). */
uint32_t filter_stand_in(struct filter_build *b, struct crs_str name, uint32_t otherwise);

#endif
