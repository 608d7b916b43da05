/*
 * The decision table: a policy compiled to bytes, and what is asked of it.
 *
 * Version 1 of the layout; docs/table-format.md explains every field. Little-endian, no pointers, at most 64 MiB,
 * sections 8-aligned. A reference is an offset into its section (STRS, LIST, TAGS) or a place in it (MTCH: place + 1);
 * 0 is none. Every reference is checked once, by crs_table_open.
 *
 *      0 +--------+--------+--------+--------+--------+--------+--------+--------+
 *        |  C        R        S        T        A        B        L        E     |
 *      8 | major u16       | minor u16       | size u32                          |
 *     16 | crc32 u32 (of all bytes, itself 0)| arch   | mode   | log    | transl.|
 *     24 | default action: |        |        | default| ignore | unread-| fail   |
 *        | network| file   | exec   | drift  | scope  | scope  | able   | mode   |
 *     32 | onDegr.| 0        0        0      | rules of the policy u32           |
 *     40 | sections u32                      | generation u32                    |
 *     48 | digest of the policy (SHA-256)                                        |
 *     80 | policy id (STRS)                  | policy name (STRS)                |
 *     88 | READ rules (LIST)                 | WRITE rules (LIST)                |
 *     96 | OUTBOUND rules (LIST)             | INBOUND rules (LIST)              |
 *    104 | rows of SYSC that are numbers u32 | 0                                 |
 *    112 +-----------------------------------------------------------------------+
 *        | sections x { tag u32 | offset u32 | size u32 | count u32 }, by offset |
 *        +-----------------------------------------------------------------------+
 *   SYSC 24  op u8 | bits u8 | default action of READ WRITE OUTBOUND INBOUND CALL u8[5] | index (INDX) u8
 *            | flags mask u32 | flags value u32 | rules naming the call (LIST) | name (STRS)
 *   RULE 64  type u8 | action u8 | bits u8 | severity u8 | index in the policy u32 | program (MTCH)
 *            | operands (MTCH)[3] | roles u8[3] | 0 | flags mask u32 | flags value u32
 *            | name | id | message (STRS) | tags (TAGS) | 0 0 0
 *   MTCH 40  kind u8 | shape u8 | 0 u16 | 0 u32 | by kind:
 *            globs     prefix (STRS) | rest (STRS)
 *            INTEGER   mask u64 | value u64
 *            PORTS     first place in PORT u32 | how many u32
 *            RANGE     low u8[16] | high u8[16]          shape = 4 or 16 bytes
 *   PORT  4  low u16 | high u16
 *   LITS  8  path (STRS) | kinds u8 | 0 0 0
 *   LIST     runs of { 0x80000000 + n u32 | n x rule u32, ascending }
 *   TAGS     runs of { 0x80000000 + n u32 | n x string (STRS) }
 *   STRS     { length u32 | bytes | NUL | padding to 4 }, the first one empty
 * The index, since version 1.1; a table without it decides the same.
 *   INDX 16  groups of any program (SETS) | array of groups by class of program (CLAS) | the same for ancestors | 0
 *   CLAS  4  number of classes | 0 | first cell u64 (PCEL), then arrays of groups (SETS)
 *   SETS     runs of { 0x80000000 + n u32 | n x group u32 }
 *   GRUP 40  axis u8 | bits u8 | 0 u16 | first rule u32 | rule that always matches u32 | program (MTCH)
 *            | rules u32 | 0 u32 | first cell | first cell for IPv6 (CELL)
 *   CAND     as LIST: the rules that can match where an automaton ends
 *   CELL  8  node u32 | count u16 | lowest u8 | kind u8; END: accepts u32: 0, 0x80000000 + rule, or several (CAND)
 *            a node: its head | END it accepts, CHAIN: next | miss | CHAIN: text, DENSE: edges, SPARSE: bytes, edges
 *   PCEL     the same for programs: accept a class
 * Limits, since version 1.2; they decide nothing.
 *   LIMT 12  kind u8 | 0 0 0 | number u32 | the call it is about i32, or a program's base name (STRS), or 0
 */
#ifndef CRS_TABLE_H
#define CRS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define CRS_TABLE_MAX (64u << 20)

/* The library calls, which have no number in the kernel: minus their row in the user guide. */
enum { CRS_LIB_GETADDRINFO = -499, CRS_LIB_GETNAMEINFO = -500 };

/* Codes of the table; the same numbers as the Java enums' ordinals. */
enum { CRS_ALLOW, CRS_MONITOR, CRS_DENY };
enum { CRS_INACTIVE, CRS_PERMISSIVE, CRS_ACTIVE };
enum { CRS_LOG_MONITOR = 1, CRS_LOG_DENY = 2, CRS_LOG_ALLOW = 4, CRS_LOG_BEHAVIOR = 8 };
enum { CRS_EVENT_STANDARD = 1, CRS_EVENT_BEHAVIOR = 2 };
enum { CRS_ARCH_X86_64 = 1, CRS_ARCH_AARCH64 = 2 };
enum { CRS_RULE_READ, CRS_RULE_WRITE, CRS_RULE_OUTBOUND, CRS_RULE_INBOUND, CRS_RULE_SYSCALL };
enum { CRS_SEVERITY_NONE = 255 };

/* A run of bytes, not ended by NUL; s == NULL: unknown. */
struct crs_str {
    const char *s;
    uint32_t len;
};

/* A file of the call: absolute names, normalised. A missing resolved name is taken to be the requested one. */
struct crs_path {
    struct crs_str requested, resolved;
    const struct crs_str *alias; /* literal names of the same inode that rules use */
    uint32_t aliases;
};

enum { CRS_ADDR_UNKNOWN, CRS_ADDR_NONE, CRS_ADDR_INET, CRS_ADDR_INET6, CRS_ADDR_OTHER };
enum { CRS_DIRECTORY_UNKNOWN, CRS_DIRECTORY_NO, CRS_DIRECTORY_YES };

/* A call to decide. All zero but nr, port and local_port (-1) is a call of which nothing is known. */
struct crs_call {
    int nr;                     /* number of the kernel, or CRS_LIB_… */
    uint32_t flags;             /* open or AT_ flags of the call, 0 if it has none */
    struct crs_str program[4];  /* names of the caller's program: executable, path given to exec, script … */
    uint32_t programs;
    const struct crs_str *ancestor; /* programs of the ancestors, for followChildren */
    uint32_t ancestors;
    struct crs_path path[2];
    uint8_t addr_kind;
    uint8_t addr[16];           /* network order, 4 bytes for INET; need not be canonical */
    struct crs_str addr_text;   /* of CRS_ADDR_OTHER alone */
    int32_t port, local_port;   /* -1 unknown */
    uint64_t arg[6];            /* raw arguments */
    uint8_t arg_known;          /* bit i: arg[i] is known */
    struct crs_str name;        /* what a library call looks up */
    uint8_t directory;          /* whether path[0] is a folder: CRS_DIRECTORY_… */
    uint8_t drift;              /* 1: the file executed is not the image's */
};

struct crs_decision {
    uint8_t action;     /* CRS_ALLOW … */
    uint8_t enforced;   /* the mode is ACTIVE */
    uint8_t blocked;    /* the call must fail with err */
    uint8_t is_default; /* no rule decided */
    uint8_t events;     /* CRS_EVENT_… bits that are owed */
    uint8_t err;        /* EACCES or EPERM if blocked, else 0 */
    uint8_t file_part;  /* 1: decided on path[0], 2: on path[1], 0: on no file */
    int32_t rule;       /* its place in the table, for crs_table_rule; -1: none */
    int32_t rule_index; /* its place in the policy; -1: none */
};

struct crs_section {
    const uint8_t *at;
    uint32_t size, count;
};

/* From CRS_CELL on they are the index, which a table has all of or none, and what it has or has not. */
enum {
    CRS_SYSC,
    CRS_RULE,
    CRS_MTCH,
    CRS_PORT,
    CRS_LITS,
    CRS_LIST,
    CRS_TAGS,
    CRS_STRS,
    CRS_CELL,
    CRS_PCEL,
    CRS_CAND,
    CRS_SETS,
    CRS_GRUP,
    CRS_INDX,
    CRS_CLAS,
    CRS_LIMT,
    CRS_SECTIONS,
    CRS_SECTIONS_NEEDED = CRS_CELL,
    CRS_SECTIONS_INDEXED = CRS_LIMT,
};

/* What the policy has a say in, for the calls that are closed as soon as it does. */
enum { CRS_GUARDS_FILES = 1, CRS_GUARDS_NETWORK = 2, CRS_GUARDS_EXEC = 4 };

/* An open table. The bytes stay the caller's, must not change and must outlive it. Safe for all threads. */
struct crs_table {
    const uint8_t *bytes;
    uint32_t size;
    struct crs_section section[CRS_SECTIONS];
    uint32_t kernel_calls;
    uint32_t typed[4];      /* LIST references of READ, WRITE, OUTBOUND, INBOUND */
    uint8_t mode, log_mode; /* the table's; may be overridden after opening */
    uint8_t arch, translation, drift;
    uint8_t on_unreadable;  /* CRS_ALLOW or CRS_DENY: a call whose operands cannot be read */
    uint8_t fail_open;      /* 1: failMode OPEN */
    uint8_t refuse_degraded; /* 1: onDegraded REFUSE */
    uint8_t guards;         /* CRS_GUARDS_… bits: enabled rules or defaults other than ALLOW */
    uint32_t generation, policy_rules;
    uint8_t digest[32];
    struct crs_str policy_id, policy_name; /* s == NULL: the policy has no id */
    char error[128];        /* why crs_table_open refused, one line; "" if it did not */
};

struct crs_rule_info {
    struct crs_str name, id, message; /* s == NULL: it has none */
    int32_t index;                    /* in the policy */
    uint32_t tags;                    /* how many; crs_table_tag */
    uint8_t type, action;             /* CRS_RULE_…, CRS_ALLOW … */
    uint8_t severity;                 /* 0-10 or CRS_SEVERITY_NONE */
};

/* Checks everything. 0; -EINVAL if the bytes are no sound table, -ENOTSUP if it is of another major version. */
int crs_table_open(struct crs_table *t, const void *bytes, size_t len);

/* The decision on a call. No allocation, no failure; a number the table does not know is a call without rules. */
void crs_decide(const struct crs_table *t, const struct crs_call *c, struct crs_decision *out);

/* The rule of a decision, for events; 0 or -ENOENT. */
int crs_table_rule(const struct crs_table *t, int32_t rule, struct crs_rule_info *out);

/* A tag of a rule; 0 or -ENOENT. */
int crs_table_tag(const struct crs_table *t, int32_t rule, uint32_t i, struct crs_str *out);

/* The kernel's name of a call; s == NULL if the table does not know the number. */
struct crs_str crs_table_call(const struct crs_table *t, int nr);

enum crs_need {
    CRS_NEED_NOTHING,   /* always allowed, and no event owed */
    CRS_NEED_CONSTANT,  /* one verdict whatever the call's program and operands are: *constant */
    CRS_NEED_REGISTERS, /* integer arguments and the program decide; nothing is read through a pointer */
    CRS_NEED_MEMORY,    /* a path, an address, a name or flags decide */
};

/*
 * What has to be known of calls of this number to decide them and to say which rule decided.
 * *program_dependent: 1 if the caller's program (or an ancestor's) matters. *constant is set for NOTHING and CONSTANT.
 */
enum crs_need crs_table_need(const struct crs_table *t, int nr, int *program_dependent, struct crs_decision *constant);

/*
 * An integer test of a call that needs REGISTERS. The rule matches if for every argument i whose bit is set in args
 * (arg[i] & mask[i]) == value[i]; the first rule that matches decides, after the last one comes the default (args 0).
 */
struct crs_integer_test {
    uint8_t args, program_dependent;
    uint64_t mask[3], value[3];
    struct crs_decision decision;
};

/* The i-th test of a call that needs REGISTERS, in order, the default last; 0 or -ENOENT after the last. */
int crs_table_test(const struct crs_table *t, int nr, uint32_t i, struct crs_integer_test *out);

/* Whether an enabled SYSCALL rule names this call or a sibling of it: 1 or 0. */
int crs_table_names(const struct crs_table *t, int nr);

enum { CRS_LITERAL_READ = 1, CRS_LITERAL_WRITE = 2, CRS_LITERAL_SYSCALL = 4 };

/*
 * The i-th distinct absolute path that an enabled DENY or MONITOR rule names literally, and the types of those rules:
 * the files whose other names are aliases. (A rule that allows looks at no alias.) 0, or -ENOENT after the last.
 */
int crs_table_literals(const struct crs_table *t, uint32_t i, struct crs_str *path, uint8_t *kinds);

enum { CRS_LIMIT_PROCESSES, CRS_LIMIT_LIFETIME, CRS_LIMIT_CALLS, CRS_LIMIT_PROGRAM };

/* A number that should not be passed: processes at a time, seconds of a process, calls of `nr` in a second, processes of `program`. */
struct crs_limit {
    uint8_t kind; /* CRS_LIMIT_… */
    uint32_t number;
    int32_t nr;
    struct crs_str program; /* its base name */
};

/* The i-th limit; 0 or -ENOENT after the last. */
int crs_table_limit(const struct crs_table *t, uint32_t i, struct crs_limit *out);

/* The place of the limit on a call, as crs_table_limit counts; -1: there is none. */
int32_t crs_table_limit_of(const struct crs_table *t, int nr);

#endif
