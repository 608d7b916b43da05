/*
 * What libcrs and crs-init share where enforcement is FAST: a process that has libcrs decides in itself which files it may
 * read, and opens them by an instruction the kernel filter lets pass.
 *
 * It asks for both parts by an openat of a descriptor nobody has: the caller's names are written to the address in the fourth
 * argument, the memory is the result. Elsewhere the kernel says EBADF.
 *
 *   CRS_FAST_STATE  page 0: the instruction, to be mapped at CRS_FAST_PLACE; page 1: struct crs_fast_state
 *   CRS_FAST_TABLE  page 0: struct crs_fast_table; behind it the table's bytes. It never changes: another policy is other memory
 *
 * Both are for reading only, and sealed. The two sides are of one build.
 */
#ifndef CRS_FAST_PROTOCOL_H
#define CRS_FAST_PROTOCOL_H

#include "table.h"

#include <stdatomic.h>
#include <stdint.h>

#define CRS_FAST_STATE (-0x43525301) /* in place of a folder's descriptor */
#define CRS_FAST_TABLE (-0x43525302)
#define CRS_FAST_MAGIC 0x46535243u   /* "CRSF" */
#define CRS_FAST_PAGE  4096u

/* Where nothing else is put: below the heap of a program that may lie anywhere, above what compilers take for themselves. */
#define CRS_FAST_PLACE 0x2c7200000000ull
#if defined(__x86_64__)
#define CRS_FAST_RETURN (CRS_FAST_PLACE + 2) /* behind the instruction: what a filter sees of it */
#else
#define CRS_FAST_RETURN (CRS_FAST_PLACE + 4)
#endif

#define CRS_FAST_WORDS 448u /* 64 files each, by crs_fast_bit; a file may be taken for another one, never the other way */

struct crs_fast_state {
    uint32_t magic, table_size;       /* sizeof(struct crs_fast_table): another build has another one */
    _Atomic uint32_t generation;      /* of the policy in force */
    _Atomic uint32_t off;             /* nobody decides in itself any more */
    _Atomic uint32_t aliases;         /* such a file may have another name, or /proc may lie elsewhere too: look at what was opened */
    _Atomic uint64_t file[CRS_FAST_WORDS]; /* files that have other names in rules */
};

struct crs_fast_table {
    uint32_t magic, generation;
    uint64_t size;                    /* of the whole memory */
    struct crs_table table;           /* as crs-init has it open, its bytes at another address */
};

#define CRS_FAST_NAMES 20u /* 4 programs, 16 ancestors */

/* Of the program the caller runs, and of its ancestors. */
struct crs_fast_names {
    uint32_t programs, ancestors;
    uint32_t length[CRS_FAST_NAMES];
    char bytes[4096 - 4 * (CRS_FAST_NAMES + 2)]; /* one after the other */
};

static inline uint32_t crs_fast_bit(uint64_t dev, uint64_t ino)
{
    return (uint32_t)(((ino * 0x9e3779b97f4a7c15u) ^ (dev * 0xc2b2ae3d27d4eb4fu)) >> 40) % (64 * CRS_FAST_WORDS);
}

#endif
