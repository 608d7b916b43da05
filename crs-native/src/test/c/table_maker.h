/* Decision tables for the tests of what reads them, from a few lines of C. The layout is the one of table.h. */
#ifndef CRS_TABLE_MAKER_H
#define CRS_TABLE_MAKER_H

#include "syscalls.h"
#include "table.h"
#include "table_layout.h"

#include <stdlib.h>
#include <string.h>

#define MADE_RULES 48u

struct made_rule {
    uint8_t type, action;
    const char *program;       /* literal; NULL: any */
    const char *file;          /* READ, WRITE: literal; NULL: any */
    const char *call;          /* SYSCALL */
    uint8_t args;              /* SYSCALL: bit i: integer argument i is compared */
    uint64_t mask[3], value[3];
    const char *name, *message, *tag[3];
    uint8_t severity;
};

struct made_limit {
    uint8_t kind;
    uint32_t number;
    int32_t nr;
    const char *program;
};

struct made_table {
    uint8_t arch, mode, log, translation, network, file, execute;
    const char *id, *name;
    struct made_rule rule[MADE_RULES];
    uint32_t rules;
    struct made_limit limit[8];
    uint32_t limits;
};

/* A section that grows. */
struct made_section {
    uint8_t *bytes;
    uint32_t size, count;
};

static inline uint32_t made_add(struct made_section *s, const void *bytes, uint32_t size)
{
    uint32_t at = s->size;

    s->bytes = realloc(s->bytes, s->size + size + 8);
    memcpy(s->bytes + at, bytes, size);
    s->size += size;
    return at;
}

static inline void made_word(struct made_section *s, uint32_t word)
{
    made_add(s, &word, 4);
}

static inline void put32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, 4);
}

static inline uint32_t made_string(struct made_section *strings, const char *text)
{
    uint32_t length = text == NULL ? 0 : (uint32_t)strlen(text), at = strings->size;

    if (text == NULL)
        return 0;
    made_word(strings, length);
    made_add(strings, text, length);
    made_add(strings, "\0\0\0", 4 - length % 4);
    strings->count++;
    return at;
}

static inline uint32_t made_literal(struct made_section *matchers, struct made_section *strings, const char *text)
{
    uint8_t record[MTCH_SIZE] = {[MTCH_KIND] = MATCH_GLOB, [MTCH_SHAPE] = CRS_GLOB_LITERAL};

    if (text == NULL)
        return 0;
    put32(record + MTCH_A, made_string(strings, text));
    made_add(matchers, record, sizeof record);
    return ++matchers->count;
}

static inline uint32_t made_integer(struct made_section *matchers, uint64_t mask, uint64_t value)
{
    uint8_t record[MTCH_SIZE] = {[MTCH_KIND] = MATCH_INTEGER};

    memcpy(record + MTCH_MASK, &mask, 8);
    value &= mask;
    memcpy(record + MTCH_VALUE, &value, 8);
    made_add(matchers, record, sizeof record);
    return ++matchers->count;
}

static inline void made_rule(struct made_section *s, const struct made_rule *rule, uint32_t index)
{
    uint8_t record[RULE_SIZE] = {[RULE_TYPE] = rule->type, [RULE_ACTION] = rule->action, [RULE_SEVERITY] = rule->severity};
    uint32_t tags = s[CRS_TAGS].size, n = 0;

    put32(record + RULE_INDEX, index);
    put32(record + RULE_PROGRAM, made_literal(&s[CRS_MTCH], &s[CRS_STRS], rule->program));
    if (rule->type <= CRS_RULE_WRITE)
        put32(record + RULE_OPERANDS, made_literal(&s[CRS_MTCH], &s[CRS_STRS], rule->file));
    for (int i = 0; i < 3; i++)
        if (rule->type == CRS_RULE_SYSCALL && rule->args >> i & 1) {
            record[RULE_ROLES + i] = ROLE_INTEGER;
            put32(record + RULE_OPERANDS + 4 * i, made_integer(&s[CRS_MTCH], rule->mask[i], rule->value[i]));
        }
    put32(record + RULE_NAME, made_string(&s[CRS_STRS], rule->name == NULL ? "r" : rule->name));
    put32(record + RULE_MESSAGE, made_string(&s[CRS_STRS], rule->message));
    while (n < 3 && rule->tag[n] != NULL)
        n++;
    if (n > 0) {
        put32(record + RULE_TAGS, tags);
        made_word(&s[CRS_TAGS], RUN_MARK | n);
        for (uint32_t i = 0; i < n; i++)
            made_word(&s[CRS_TAGS], made_string(&s[CRS_STRS], rule->tag[i]));
        s[CRS_TAGS].count++;
    }
    made_add(&s[CRS_RULE], record, sizeof record);
    s[CRS_RULE].count++;
}

/* The rules of a type, or (call not NULL) the SYSCALL rules naming a call or one of its group. */
static inline uint32_t made_list(struct made_section *list, const struct made_table *made, uint8_t type,
                                 const struct crs_syscall_info *call, const struct crs_syscall_info *calls, size_t count)
{
    uint32_t places[MADE_RULES], n = 0, at = list->size;

    for (uint32_t i = 0; i < made->rules; i++) {
        const struct made_rule *rule = &made->rule[i];
        int group = CRS_GROUP_NONE, here = rule->type == type;

        for (size_t k = 0; here && call != NULL && k < count; k++)
            if (strcmp(calls[k].name, rule->call) == 0)
                group = calls[k].group;
        if (here && call != NULL)
            here = strcmp(rule->call, call->name) == 0 ||
                   (group != CRS_GROUP_NONE && group == call->group && made->translation == 0);
        if (here)
            places[n++] = i;
    }
    if (n == 0)
        return 0;
    made_word(list, RUN_MARK | n);
    for (uint32_t i = 0; i < n; i++)
        made_word(list, places[i]);
    list->count++;
    return at;
}

static inline uint8_t made_op(const struct made_table *made, const struct crs_syscall_info *call)
{
    static const struct {
        const char *name;
        uint8_t op;
    } guide[] = {{"open", OP_READ}, {"read", OP_READ}, {"write", OP_WRITE}, {"connect", OP_CONNECT},
                 {"accept", OP_ACCEPT}, {"accept4", OP_ACCEPT}, {"execve", OP_EXEC}, {"execveat", OP_EXEC}};

    if (made->translation == 0)
        return call->op;
    for (size_t i = 0; i < sizeof guide / sizeof guide[0]; i++)
        if (strcmp(guide[i].name, call->name) == 0)
            return guide[i].op;
    return OP_OTHER;
}

static inline void made_row(struct made_section *s, const struct made_table *made, const struct crs_syscall_info *call,
                            const struct crs_syscall_info *calls, size_t count)
{
    uint8_t row[SYSC_SIZE] = {OP_ABSENT};

    s[CRS_SYSC].count++;
    if (call != NULL) {
        row[SYSC_OP] = made_op(made, call);
        row[SYSC_BITS] = row[SYSC_OP] <= OP_LINK || row[SYSC_OP] == OP_EXEC ? SYSC_EACCES : 0;
        row[SYSC_DEFAULTS + PART_READ] = row[SYSC_DEFAULTS + PART_WRITE] = made->file;
        row[SYSC_DEFAULTS + PART_OUTBOUND] = row[SYSC_DEFAULTS + PART_INBOUND] = made->network;
        row[SYSC_DEFAULTS + PART_CALL] = row[SYSC_OP] == OP_EXEC ? made->execute : (uint8_t)CRS_ALLOW;
        put32(row + SYSC_FLAGS_MASK, call->flags_mask);
        put32(row + SYSC_FLAGS_VALUE, call->flags_value);
        put32(row + SYSC_NAMED, made_list(&s[CRS_LIST], made, CRS_RULE_SYSCALL, call, calls, count));
        put32(row + SYSC_NAME, made_string(&s[CRS_STRS], call->name));
    }
    made_add(&s[CRS_SYSC], row, sizeof row);
}

static inline uint32_t made_checksum(const uint8_t *bytes, uint32_t size)
{
    uint32_t crc = UINT32_MAX;

    for (uint32_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static inline uint8_t *made_join(const uint8_t header[HEADER_SIZE], struct made_section *s, uint32_t *size)
{
    static const char tags[CRS_SECTIONS][5] = {
        "SYSC", "RULE", "MTCH", "PORT", "LITS", "LIST", "TAGS", "STRS", [CRS_LIMT] = "LIMT",
    };
    uint32_t at = HEADER_SIZE + CRS_SECTIONS * ENTRY_SIZE;
    uint8_t *bytes;

    for (int i = 0; i < CRS_SECTIONS; i++)
        at += (s[i].size + 7) & ~7u;
    bytes = calloc(1, *size = at);
    memcpy(bytes, header, HEADER_SIZE);
    at = HEADER_SIZE + CRS_SECTIONS * ENTRY_SIZE;
    for (uint32_t i = 0; i < CRS_SECTIONS; i++) {
        uint8_t *entry = bytes + HEADER_SIZE + i * ENTRY_SIZE;

        memcpy(entry, tags[i], 4);
        put32(entry + 4, at);
        put32(entry + 8, s[i].size);
        put32(entry + 12, s[i].count);
        if (s[i].size > 0)
            memcpy(bytes + at, s[i].bytes, s[i].size);
        at += (s[i].size + 7) & ~7u;
        free(s[i].bytes);
    }
    put32(bytes + HEADER_TOTAL, *size);
    put32(bytes + HEADER_CRC, made_checksum(bytes, *size));
    return bytes;
}

static inline void made_limit(struct made_section *s, const struct made_limit *limit)
{
    made_word(&s[CRS_LIMT], limit->kind);
    made_word(&s[CRS_LIMT], limit->number);
    made_word(&s[CRS_LIMT], limit->kind == CRS_LIMIT_PROGRAM ? made_string(&s[CRS_STRS], limit->program) : (uint32_t)limit->nr);
    s[CRS_LIMT].count++;
}

/* The bytes of the table, to be freed. */
static inline uint8_t *made_bytes(const struct made_table *made, uint32_t *size)
{
    const struct crs_syscall_info *calls = made->arch == CRS_ARCH_X86_64 ? crs_syscalls_x86_64 : crs_syscalls_aarch64;
    size_t count = made->arch == CRS_ARCH_X86_64 ? CRS_SYSCALLS_X86_64 : CRS_SYSCALLS_AARCH64;
    struct made_section s[CRS_SECTIONS] = {0};
    uint8_t header[HEADER_SIZE] = "CRSTABLE";
    int last = calls[count - 1].nr;

    made_word(&s[CRS_STRS], 0);
    made_word(&s[CRS_STRS], 0);
    s[CRS_STRS].count = 1;
    made_word(&s[CRS_LIST], 0);
    made_word(&s[CRS_TAGS], 0);
    header[HEADER_MAJOR] = 1;
    header[HEADER_ARCH] = made->arch;
    header[HEADER_MODE] = made->mode;
    header[HEADER_LOG] = made->log;
    header[HEADER_TRANSLATION] = made->translation;
    header[HEADER_NETWORK] = made->network;
    header[HEADER_FILE] = made->file;
    header[HEADER_EXECUTE] = made->execute;
    header[HEADER_UNREADABLE] = CRS_DENY;
    put32(header + HEADER_RULES, made->rules);
    put32(header + HEADER_SECTIONS, CRS_SECTIONS);
    memset(header + HEADER_DIGEST, 0xab, 32);
    put32(header + HEADER_ID, made_string(&s[CRS_STRS], made->id));
    put32(header + HEADER_NAME, made_string(&s[CRS_STRS], made->name == NULL ? "made" : made->name));
    for (uint32_t i = 0; i < made->rules; i++)
        made_rule(s, &made->rule[i], i);
    for (uint8_t type = 0; type < 4; type++)
        put32(header + HEADER_TYPED + 4 * type, made_list(&s[CRS_LIST], made, type, NULL, NULL, 0));
    put32(header + HEADER_CALLS, (uint32_t)last + 1);
    for (int nr = 0; nr <= last; nr++)
        made_row(s, made, crs_syscall_find(calls, count, nr), calls, count);
    for (int i = 0; i < 2; i++)
        made_row(s, made, &crs_library_calls[i], calls, count);
    for (uint32_t i = 0; i < made->limits; i++)
        made_limit(s, &made->limit[i]);
    return made_join(header, s, size);
}

#endif
