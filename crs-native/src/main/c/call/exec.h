/* What an exec runs besides the file it names. */
#ifndef CRS_EXEC_H
#define CRS_EXEC_H

#include "resolve.h"

/* Interpreters of interpreters the kernel goes through. */
#define CRS_INTERPRETERS 5
/* No decision has been taken yet: no rule has this number. */
#define CRS_NOT_DECIDED (-2)

struct crs_executable {
    struct crs_resolution at;
    struct crs_call call;
    int empty;                  /* the file is the descriptor itself (AT_EMPTY_PATH) */
    int told;                   /* the event is about this one */
    char kept[2][CRS_NAME_SIZE];
};

/* The interpreter in the first line of a script. 1: it is one. */
int crs_interpreter(struct crs_ctx *ctx, const struct crs_executable *file, char *out, size_t size);

/* The program given as argument to the dynamic loader, where the file is one. 1: there is one. */
int crs_loaded_program(struct crs_ctx *ctx, const struct crs_executable *file, uint64_t argv, char *out, size_t size);

/* A copy of the call whose names stay when the next file is looked at. */
void crs_call_keep(struct crs_call *copy, const struct crs_call *call, char names[2][CRS_NAME_SIZE]);

#endif
