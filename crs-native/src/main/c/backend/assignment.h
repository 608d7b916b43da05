/* What a back end tells an agent to hold the application to. */
#ifndef CRS_ASSIGNMENT_H
#define CRS_ASSIGNMENT_H

#include <stddef.h>
#include <stdint.h>

struct crs_assignment {
    uint64_t generation;
    int8_t policy_mode; /* CRS_INACTIVE …; -1: the table's */
    int8_t log_mode;    /* bits; -1: the table's */
    uint8_t passive;    /* nothing is to be enforced */
    uint8_t has_table;  /* else the table in force stays */
    uint8_t digest[32]; /* SHA-256 of the table */
    char path[1024];    /* where it is fetched, on the same host */
};

/*
 * Reads {"generation":7,"policyMode":"ACTIVE","logMode":"ALL","tables":{"x86_64":"/…/sha256:…"},"passive":false}; all but
 * the generation may be absent. Other members are passed over. 0, or -EINVAL with one line in *why.
 */
int crs_assignment_read(const char *text, size_t length, const char *architecture, struct crs_assignment *out,
                        const char **why);

#endif
