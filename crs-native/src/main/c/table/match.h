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
    uint32_t class[4];          /* of the programs */
    uint32_t classes;           /* how many have been looked up */
};

/* The name that was really opened. */
struct crs_str match_resolved(const struct crs_path *path);

/* Whether a matcher (0: any) matches; action is the rule's. */
int match_path(struct evaluation *e, uint32_t ref, const struct crs_path *path, uint8_t action);
int match_port(struct evaluation *e, uint32_t ref, int32_t port);
int match_address(struct evaluation *e, uint32_t ref);

/* Whether a rule's program matches the caller's, or with followChildren an ancestor's. */
int match_program(struct evaluation *e, const uint8_t *rule);

/* The same of a glob by its reference (0: any); follow: ancestors count. */
int match_program_glob(struct evaluation *e, uint32_t ref, int follow);

/* Whether all operands of a rule match; path is the file that the part is about; the first if it is about none. */
int match_operands(struct evaluation *e, const uint8_t *rule, const struct crs_path *path);

#endif
