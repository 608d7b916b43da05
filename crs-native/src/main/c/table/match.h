/* Matching one operand of a rule, for crs_decide. */
#ifndef CRS_MATCH_H
#define CRS_MATCH_H

#include "address.h"
#include "table_layout.h"

/* One evaluation of crs_decide. */
struct evaluation {
    const struct crs_table *t;
    const struct crs_call *c;
    const uint8_t *row;
    uint32_t flags;             /* of the call, with what its form fixes */
    uint32_t named;             /* the first SYSCALL rule that matches: it does so for every part */
    struct crs_address address;
    char text[CRS_ADDRESS_TEXT];
    uint32_t text_length;       /* 0: not made yet */
    struct crs_decision *out;
};

/* The name that was really opened. */
struct crs_str match_resolved(const struct crs_path *path);

/* Whether a matcher (0: any) matches; action is the rule's. */
int match_path(struct evaluation *e, uint32_t ref, const struct crs_path *path, uint8_t action);
int match_port(struct evaluation *e, uint32_t ref, int32_t port);
int match_address(struct evaluation *e, uint32_t ref);

/* Whether a rule's program matches the caller's, or with followChildren an ancestor's. */
int match_program(struct evaluation *e, const uint8_t *rule);

/* Whether the i-th operand of a SYSCALL rule matches. */
int match_operand(struct evaluation *e, const uint8_t *rule, uint32_t i);

#endif
