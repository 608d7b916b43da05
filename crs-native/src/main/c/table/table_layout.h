/* Where the fields of the decision table lie, for the units that read it; table.h draws them. */
#ifndef CRS_TABLE_LAYOUT_H
#define CRS_TABLE_LAYOUT_H

#include "glob.h"
#include "table.h"

#include <string.h>

enum {
    HEADER_SIZE = 112,
    HEADER_MAJOR = 8,
    HEADER_MINOR = 10,
    HEADER_TOTAL = 12,
    HEADER_CRC = 16,
    HEADER_ARCH = 20,
    HEADER_MODE = 21,
    HEADER_LOG = 22,
    HEADER_TRANSLATION = 23,
    HEADER_NETWORK = 24,
    HEADER_FILE = 25,
    HEADER_EXECUTE = 26,
    HEADER_DRIFT = 27,
    HEADER_DEFAULT_SCOPE = 28,
    HEADER_IGNORE_SCOPE = 29,
    HEADER_UNREADABLE = 30,
    HEADER_FAIL = 31,
    HEADER_DEGRADED = 32,
    HEADER_RULES = 36,
    HEADER_SECTIONS = 40,
    HEADER_GENERATION = 44,
    HEADER_DIGEST = 48,
    HEADER_ID = 80,
    HEADER_NAME = 84,
    HEADER_TYPED = 88,
    HEADER_CALLS = 104,
    ENTRY_SIZE = 16,
    ENTRIES_MAX = 32,

    LIMT_SIZE = 12,
    LIMT_KIND = 0,
    LIMT_NUMBER = 4,
    LIMT_WHAT = 8,

    SYSC_SIZE = 24,
    SYSC_OP = 0,
    SYSC_BITS = 1,
    SYSC_DEFAULTS = 2,
    SYSC_INDEX = 7,
    SYSC_FLAGS_MASK = 8,
    SYSC_FLAGS_VALUE = 12,
    SYSC_NAMED = 16,
    SYSC_NAME = 20,

    RULE_SIZE = 64,
    RULE_TYPE = 0,
    RULE_ACTION = 1,
    RULE_BITS = 2,
    RULE_SEVERITY = 3,
    RULE_INDEX = 4,
    RULE_PROGRAM = 8,
    RULE_OPERANDS = 12,
    RULE_ROLES = 24,
    RULE_FLAGS_MASK = 28,
    RULE_FLAGS_VALUE = 32,
    RULE_NAME = 36,
    RULE_ID = 40,
    RULE_MESSAGE = 44,
    RULE_TAGS = 48,

    MTCH_SIZE = 40,
    MTCH_KIND = 0,
    MTCH_SHAPE = 1,
    MTCH_A = 8,
    MTCH_B = 12,
    MTCH_MASK = 8,
    MTCH_VALUE = 16,
    MTCH_LOW = 8,
    MTCH_HIGH = 24,

    PORT_SIZE = 4,
    LITS_SIZE = 8,
    LITS_KINDS = 4,

    CELL_SIZE = 8,
    NODE_HEAD = 3,          /* cells of a node before its text or its edges, the head first */
    NODE_MISS = CELL_SIZE,  /* from behind the head, where what is accepted stands, or the next cell of a CHAIN */
    NODE_REST = 2 * CELL_SIZE,
    SPARSE_EDGES = 7,

    GRUP_SIZE = 40,
    GRUP_AXIS = 0,
    GRUP_BITS = 1,
    GRUP_FIRST = 4,
    GRUP_ALWAYS = 8,
    GRUP_PROGRAM = 12,
    GRUP_RULES = 16,
    GRUP_ROOT = 24,
    GRUP_ROOT6 = 32,

    INDX_SIZE = 16,
    INDX_ANY = 0,
    INDX_OWN = 4,
    INDX_ANCESTORS = 8,

    CLAS_SIZE = 4,
    CLAS_COUNT = 0,
    CLAS_ROOT = 2,
    CLAS_ARRAYS = 4,
};

enum { CELL_END, CELL_CHAIN, CELL_DENSE, CELL_SPARSE };
enum { AXIS_WALK, AXIS_PATH, AXIS_NEW_PATH, AXIS_ADDRESS, AXIS_PORT, AXIS_LOCAL_PORT, AXIS_COUNT };
enum { GRUP_EXACT = 1, GRUP_FOLLOW = 2 };

/* How GRUP says that there is no rule: a place behind all that there can be. */
#define GRUP_NO_RULE 0x7fffffffu

#define NO_RULE UINT32_MAX
#define ONE_RULE 0x80000000u /* set in what an automaton of rules accepts: one rule, the place of which is the rest */
#define RUN_MARK 0x80000000u /* the first word of a run in LIST and TAGS */
#define PATTERN_MAX 4096u    /* bytes of a glob's prefix, and of its rest */
#define PORTS_MAX 4096u

/* How a call is decided. The order of the Java enum OperationClass. */
enum {
    OP_OPEN,
    OP_READ,
    OP_WRITE,
    OP_RENAME,
    OP_LINK,
    OP_CONNECT,
    OP_SEND,
    OP_ACCEPT,
    OP_EXEC,
    OP_NAME,
    OP_OTHER,
    OP_COUNT,
    OP_ABSENT = 255, /* no such call */
};

enum { SYSC_NO_EVENTS = 1, SYSC_SKIPPED = 2, SYSC_EACCES = 4 };

enum { PART_READ, PART_WRITE, PART_OUTBOUND, PART_INBOUND, PART_CALL, PART_COUNT };

enum { RULE_FOLLOW_CHILDREN = 1 };

/* What an operand of a SYSCALL rule is compared with. */
enum { ROLE_ANY, ROLE_PATH, ROLE_NEW_PATH, ROLE_PORT, ROLE_LOCAL_PORT, ROLE_ADDRESS, ROLE_NAME, ROLE_INTEGER, ROLE_COUNT };

enum { MATCH_GLOB = 1, MATCH_INTEGER, MATCH_PORTS, MATCH_RANGE, MATCH_ADDRESS_GLOB, MATCH_NAME_GLOB };

static inline uint16_t load16(const uint8_t *p)
{
    uint16_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static inline uint32_t load32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static inline uint64_t load64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

/* A cell: an edge, and the head of the node it leads to. Of an END the lower half is what is accepted. */
static inline uint32_t cell_kind(uint64_t cell)
{
    return (uint32_t)(cell >> 56);
}

static inline uint32_t cell_low(uint64_t cell)
{
    return cell >> 48 & 0xff;
}

static inline uint32_t cell_count(uint64_t cell)
{
    return cell >> 32 & 0xffff;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the table is read as it lies in memory");

static inline const uint8_t *table_rule(const struct crs_table *t, uint32_t rule)
{
    return t->section[CRS_RULE].at + (size_t)rule * RULE_SIZE;
}

static inline int table_indexed(const struct crs_table *t)
{
    return t->section[CRS_INDX].at != NULL;
}

/* ref is not 0 */
static inline const uint8_t *table_matcher(const struct crs_table *t, uint32_t ref)
{
    return t->section[CRS_MTCH].at + (size_t)(ref - 1) * MTCH_SIZE;
}

static inline struct crs_str table_string(const struct crs_table *t, uint32_t ref)
{
    const uint8_t *at = t->section[CRS_STRS].at + ref;

    return (struct crs_str){(const char *)at + 4, load32(at)};
}

/* The number of elements of a run, and where they are; 0 for the reference 0. */
static inline uint32_t table_run(const struct crs_table *t, int section, uint32_t ref, const uint8_t **elements)
{
    const uint8_t *at = t->section[section].at + ref;

    if (ref == 0)
        return 0;
    *elements = at + 4;
    return load32(at) & ~RUN_MARK;
}

static inline struct crs_glob table_glob(const struct crs_table *t, const uint8_t *matcher)
{
    struct crs_str prefix = table_string(t, load32(matcher + MTCH_A));
    struct crs_str rest = table_string(t, load32(matcher + MTCH_B));

    return (struct crs_glob){matcher[MTCH_SHAPE], matcher[MTCH_KIND] == MATCH_NAME_GLOB, prefix, rest};
}

/* The row of a call, NULL if the table has none. */
static inline const uint8_t *table_row(const struct crs_table *t, int nr)
{
    uint32_t place = (uint32_t)nr;
    const uint8_t *row;

    if (nr == CRS_LIB_GETADDRINFO)
        place = t->kernel_calls;
    else if (nr == CRS_LIB_GETNAMEINFO)
        place = t->kernel_calls + 1;
    else if (place >= t->kernel_calls)
        return NULL;
    row = t->section[CRS_SYSC].at + (size_t)place * SYSC_SIZE;
    return row[SYSC_OP] == OP_ABSENT ? NULL : row;
}

/* Checks the table at t->bytes and notes what the check finds; 0, or a negative errno and t->error. */
int table_check(struct crs_table *t, size_t len);

/* The decision that comes of an action and the rule it is from, NO_RULE if it is a default; on no file. */
struct crs_decision table_decision(const struct crs_table *t, uint8_t bits, uint8_t action, uint32_t rule);

#endif
