/*
 * What libcrs and crs-init say to each other when a process enters the container from outside.
 *
 * A sequenced-packet socket of the abstract name crs_join_name gives: whoever shares the pid and the mount namespace of
 * crs-init finds it, whatever the network namespace is shared with.
 *
 *   joiner     struct crs_join_hello
 *   crs-init   struct crs_join_answer, and behind it the filter's instructions where it is to join
 *   joiner     struct crs_join_result, and with it the listener where there is one
 *   crs-init   struct crs_join_answer: JOIN when somebody answers the listener, else what to do
 */
#ifndef CRS_JOIN_PROTOCOL_H
#define CRS_JOIN_PROTOCOL_H

#include <stdint.h>

#define CRS_JOIN_MAGIC 0x4a535243u /* "CRSJ" */
#define CRS_JOIN_NAME  64u
#define CRS_JOIN_FILTER_MAX 4096u
#define CRS_JOIN_SECONDS 5

enum crs_join_what {
    CRS_JOIN,      /* go on below the filter */
    CRS_JOIN_FREE, /* go on without: there is nothing to hold it to */
    CRS_JOIN_END,  /* do not go on */
};

struct crs_join_hello {
    uint32_t magic, version;
};

struct crs_join_answer {
    uint32_t magic, what, instructions;
};

struct crs_join_result {
    uint32_t magic;
    int32_t error; /* errno; 0: the listener comes with this */
};

/* An instruction of the filter, as the kernel has it (struct sock_filter). */
struct crs_join_instruction {
    uint16_t code;
    uint8_t jt, jf;
    uint32_t k;
};

#endif
