/* The check of a decision table: every reference, once, so that nothing after need check any. */
#include "table_layout.h"

#include <errno.h>

#define TAG(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* In the order of the enum in table.h. record: bytes of a record, 0: the section is walked. */
static const struct {
    char name[5];
    uint32_t tag, record;
} SECTIONS[CRS_SECTIONS] = {
    {"SYSC", TAG('S', 'Y', 'S', 'C'), SYSC_SIZE},
    {"RULE", TAG('R', 'U', 'L', 'E'), RULE_SIZE},
    {"MTCH", TAG('M', 'T', 'C', 'H'), MTCH_SIZE},
    {"PORT", TAG('P', 'O', 'R', 'T'), PORT_SIZE},
    {"LITS", TAG('L', 'I', 'T', 'S'), LITS_SIZE},
    {"LIST", TAG('L', 'I', 'S', 'T'), 0},
    {"TAGS", TAG('T', 'A', 'G', 'S'), 0},
    {"STRS", TAG('S', 'T', 'R', 'S'), 0},
};

static char *append(char *to, const char *end, const char *text)
{
    while (*text != '\0' && to < end)
        *to++ = *text++;
    return to;
}

/* Writes "where number: what" for the caller to return. */
static int refuse(struct crs_table *t, const char *where, uint32_t number, const char *what)
{
    char *to = t->error, *end = t->error + sizeof(t->error) - 1;
    char digits[11], *digit = digits + sizeof(digits) - 1;

    *digit = '\0';
    do
        *--digit = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    to = append(to, end, where);
    to = append(to, end, " ");
    to = append(to, end, digit);
    to = append(to, end, ": ");
    to = append(to, end, what);
    *to = '\0';
    return -EINVAL;
}

/* CRC-32 as in zip and Ethernet, the four bytes of the field itself taken as 0. */
static uint32_t checksum(const uint8_t *bytes, uint32_t size)
{
    uint32_t step[256], crc = UINT32_MAX, i, bit;

    for (i = 0; i < 256; i++) {
        step[i] = i;
        for (bit = 0; bit < 8; bit++)
            step[i] = step[i] >> 1 ^ (step[i] & 1 ? 0xedb88320u : 0);
    }
    for (i = 0; i < size; i++) {
        uint8_t byte = i - HEADER_CRC < 4 ? 0 : bytes[i];

        crc = crc >> 8 ^ step[(crc ^ byte) & 0xff];
    }
    return ~crc;
}

static int valid_string(const struct crs_table *t, uint32_t ref)
{
    const struct crs_section *s = &t->section[CRS_STRS];

    if (ref % 4 != 0 || ref > s->size || s->size - ref < 5)
        return 0;
    return load32(s->at + ref) <= s->size - ref - 5 && s->at[ref + 4 + load32(s->at + ref)] == '\0';
}

/* Only the first word of a run has its highest bit set, as walk_runs has made sure. */
static int valid_run(const struct crs_table *t, int section, uint32_t ref)
{
    const struct crs_section *s = &t->section[section];

    if (ref == 0)
        return 1;
    return ref % 4 == 0 && ref < s->size && (load32(s->at + ref) & RUN_MARK);
}

static int valid_list(const struct crs_table *t, uint32_t ref, uint8_t type)
{
    const struct crs_section *s = &t->section[CRS_LIST];

    /* All rules of a list are of one type: the first one's. */
    return ref == 0
        || (valid_run(t, CRS_LIST, ref) && load32(s->at + ref) != RUN_MARK
            && table_rule(t, load32(s->at + ref + 4))[RULE_TYPE] == type);
}

/* kinds: one bit a kind of matcher */
static int valid_matcher(const struct crs_table *t, uint32_t ref, unsigned kinds)
{
    return ref == 0 || (ref <= t->section[CRS_MTCH].count && (kinds >> table_matcher(t, ref)[MTCH_KIND] & 1));
}

static int check_header(struct crs_table *t, size_t len)
{
    const uint8_t *b = t->bytes;
    static const uint8_t limits[][2] = {
        {HEADER_MODE, CRS_ACTIVE},  {HEADER_LOG, 15},           {HEADER_TRANSLATION, 1}, {HEADER_NETWORK, CRS_DENY},
        {HEADER_FILE, CRS_DENY},    {HEADER_EXECUTE, CRS_DENY}, {HEADER_DRIFT, CRS_DENY}, {HEADER_DEFAULT_SCOPE, 1},
        {HEADER_IGNORE_SCOPE, 1},   {HEADER_UNREADABLE, CRS_DENY}, {HEADER_FAIL, 1},     {HEADER_DEGRADED, 1},
    };
    size_t i;

    if (len < HEADER_SIZE || memcmp(b, "CRSTABLE", 8) != 0)
        return refuse(t, "byte", 0, "not a decision table");
    if (load16(b + HEADER_MAJOR) != 1) {
        refuse(t, "major version", load16(b + HEADER_MAJOR), "only 1 is understood");
        return -ENOTSUP;
    }
    if (len > CRS_TABLE_MAX || load32(b + HEADER_TOTAL) != len)
        return refuse(t, "size", load32(b + HEADER_TOTAL), "not the number of bytes there are, or beyond 64 MiB");
    t->size = (uint32_t)len;
    if (checksum(b, t->size) != load32(b + HEADER_CRC))
        return refuse(t, "byte", HEADER_CRC, "the checksum is wrong");
    if (b[HEADER_ARCH] != CRS_ARCH_X86_64 && b[HEADER_ARCH] != CRS_ARCH_AARCH64)
        return refuse(t, "byte", HEADER_ARCH, "unknown architecture");
    for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (b[limits[i][0]] > limits[i][1])
            return refuse(t, "byte", limits[i][0], "no such value");
    return 0;
}

static int check_directory(struct crs_table *t)
{
    uint32_t n = load32(t->bytes + HEADER_SECTIONS), i, s, end;

    if (n > ENTRIES_MAX || HEADER_SIZE + n * ENTRY_SIZE > t->size)
        return refuse(t, "byte", HEADER_SECTIONS, "more sections than there can be");
    end = HEADER_SIZE + n * ENTRY_SIZE;
    for (i = 0; i < n; i++) {
        const uint8_t *entry = t->bytes + HEADER_SIZE + i * ENTRY_SIZE;
        uint32_t offset = load32(entry + 4), size = load32(entry + 8), count = load32(entry + 12);

        if (offset % 8 != 0 || offset < end || offset > t->size || size > t->size - offset)
            return refuse(t, "section", i, "lies outside of the table or over another section");
        end = offset + size;
        for (s = 0; s < CRS_SECTIONS && SECTIONS[s].tag != load32(entry); s++)
            ;
        if (s == CRS_SECTIONS)
            continue;
        if (t->section[s].at != NULL)
            return refuse(t, SECTIONS[s].name, i, "stands here twice");
        if (SECTIONS[s].record != 0 && (uint64_t)count * SECTIONS[s].record != size)
            return refuse(t, SECTIONS[s].name, count, "records do not fill the section");
        t->section[s] = (struct crs_section){t->bytes + offset, size, count};
    }
    for (s = 0; s < CRS_SECTIONS; s++)
        if (t->section[s].at == NULL)
            return refuse(t, SECTIONS[s].name, 0, "the section is missing");
    return 0;
}

static int check_strings(struct crs_table *t)
{
    const struct crs_section *s = &t->section[CRS_STRS];
    uint32_t at = 0, n = 0;

    for (; at < s->size; n++) {
        if (!valid_string(t, at))
            return refuse(t, "STRS", at, "no string, ended by NUL, within the section");
        at += (load32(s->at + at) + 4 + 1 + 3) & ~3u;
    }
    if (n != s->count || n == 0 || load32(s->at) != 0)
        return refuse(t, "STRS", n, "strings: not as many as announced, or the first is not empty");
    return 0;
}

static int check_runs(struct crs_table *t, int section)
{
    const struct crs_section *s = &t->section[section];
    uint32_t at = 4, runs = 0, n, i;

    /* The reference 0 is none, so the first word is no run. */
    if (s->size < 4 || s->size % 4 != 0 || load32(s->at) != 0)
        return refuse(t, SECTIONS[section].name, 0, "does not begin with a word of 0");
    for (; at < s->size; at += 4 + 4 * n, runs++) {
        n = load32(s->at + at) & ~RUN_MARK;
        if (!(load32(s->at + at) & RUN_MARK) || n > (s->size - at) / 4 - 1)
            return refuse(t, SECTIONS[section].name, at, "no run within the section");
        for (i = 0; i < n; i++) {
            const uint8_t *element = s->at + at + 4 + 4 * i;
            uint32_t value = load32(element);

            if (section == CRS_TAGS ? value == 0 || !valid_string(t, value) : value >= t->section[CRS_RULE].count)
                return refuse(t, SECTIONS[section].name, at + 4 + 4 * i, "refers to nothing");
            if (section == CRS_LIST && i > 0
                && (value <= load32(element - 4)
                    || table_rule(t, value)[RULE_TYPE] != table_rule(t, load32(element - 4))[RULE_TYPE]))
                return refuse(t, "LIST", at + 4 + 4 * i, "rules out of order or of several types");
        }
    }
    if (runs != s->count)
        return refuse(t, SECTIONS[section].name, runs, "runs: not as many as announced");
    return 0;
}

static int check_glob(struct crs_table *t, uint32_t i, const uint8_t *m)
{
    uint32_t prefix = load32(m + MTCH_A), rest = load32(m + MTCH_B);

    if (m[MTCH_SHAPE] < CRS_GLOB_LITERAL || m[MTCH_SHAPE] > CRS_GLOB_PATTERN)
        return refuse(t, "MTCH", i, "no such shape of a glob");
    if (!valid_string(t, prefix) || !valid_string(t, rest) || table_string(t, prefix).len > PATTERN_MAX
        || table_string(t, rest).len > PATTERN_MAX)
        return refuse(t, "MTCH", i, "its pattern is no string of at most 4096 bytes");
    return 0;
}

static int check_matchers(struct crs_table *t)
{
    uint32_t i;

    for (i = 0; i < t->section[CRS_MTCH].count; i++) {
        const uint8_t *m = table_matcher(t, i + 1);
        uint32_t first = load32(m + MTCH_A), n = load32(m + MTCH_B);
        int err = 0;

        switch (m[MTCH_KIND]) {
        case MATCH_GLOB:
        case MATCH_ADDRESS_GLOB:
        case MATCH_NAME_GLOB:
            err = check_glob(t, i, m);
            break;
        case MATCH_INTEGER:
            break;
        case MATCH_PORTS:
            if (n > PORTS_MAX || first > t->section[CRS_PORT].count || n > t->section[CRS_PORT].count - first)
                err = refuse(t, "MTCH", i, "its ports are not in PORT, or more than 4096");
            break;
        case MATCH_RANGE:
            if (m[MTCH_SHAPE] != 4 && m[MTCH_SHAPE] != 16)
                err = refuse(t, "MTCH", i, "an address is 4 or 16 bytes long");
            break;
        default:
            err = refuse(t, "MTCH", i, "no such kind");
        }
        if (err < 0)
            return err;
    }
    return 0;
}

/* The kinds of matchers that fit a role of a SYSCALL rule. */
static unsigned kinds_of_role(uint8_t role)
{
    static const uint8_t kinds[ROLE_COUNT] = {
        [ROLE_PATH] = 1 << MATCH_GLOB,         [ROLE_NEW_PATH] = 1 << MATCH_GLOB,
        [ROLE_PORT] = 1 << MATCH_PORTS,        [ROLE_LOCAL_PORT] = 1 << MATCH_PORTS,
        [ROLE_ADDRESS] = 1 << MATCH_RANGE | 1 << MATCH_ADDRESS_GLOB,
        [ROLE_NAME] = 1 << MATCH_NAME_GLOB,    [ROLE_INTEGER] = 1 << MATCH_INTEGER,
    };

    return kinds[role];
}

static int valid_operands(const struct crs_table *t, const uint8_t *rule)
{
    uint32_t operand[3], i;

    for (i = 0; i < 3; i++)
        operand[i] = load32(rule + RULE_OPERANDS + 4 * i);
    if (rule[RULE_TYPE] <= CRS_RULE_WRITE)
        return valid_matcher(t, operand[0], 1 << MATCH_GLOB) && operand[1] == 0 && operand[2] == 0;
    if (rule[RULE_TYPE] <= CRS_RULE_INBOUND)
        return valid_matcher(t, operand[0], 1 << MATCH_RANGE | 1 << MATCH_ADDRESS_GLOB)
            && valid_matcher(t, operand[1], 1 << MATCH_PORTS) && operand[2] == 0;
    for (i = 0; i < 3; i++) {
        uint8_t role = rule[RULE_ROLES + i];

        if (role >= ROLE_COUNT || (role == ROLE_ANY) != (operand[i] == 0)
            || !valid_matcher(t, operand[i], kinds_of_role(role)))
            return 0;
    }
    return 1;
}

static int check_rules(struct crs_table *t)
{
    uint32_t i, index, last = 0;

    for (i = 0; i < t->section[CRS_RULE].count; i++) {
        const uint8_t *rule = table_rule(t, i);

        if (rule[RULE_TYPE] > CRS_RULE_SYSCALL || rule[RULE_ACTION] > CRS_DENY
            || (rule[RULE_SEVERITY] > 10 && rule[RULE_SEVERITY] != CRS_SEVERITY_NONE))
            return refuse(t, "RULE", i, "no such type, action or severity");
        index = load32(rule + RULE_INDEX);
        if (index >= t->policy_rules || index < last)
            return refuse(t, "RULE", i, "its place in the policy is out of order");
        last = index;
        if (!valid_matcher(t, load32(rule + RULE_PROGRAM), 1 << MATCH_GLOB))
            return refuse(t, "RULE", i, "its program is no glob of the table");
        if (!valid_operands(t, rule))
            return refuse(t, "RULE", i, "an operand is no matcher of the kind it needs");
        if (!valid_string(t, load32(rule + RULE_NAME)) || !valid_string(t, load32(rule + RULE_ID))
            || !valid_string(t, load32(rule + RULE_MESSAGE)) || !valid_run(t, CRS_TAGS, load32(rule + RULE_TAGS)))
            return refuse(t, "RULE", i, "a text is no string of the table");
    }
    return 0;
}

static void note_guards(struct crs_table *t, const uint8_t *row)
{
    static const uint8_t guards[OP_COUNT] = {
        [OP_OPEN] = CRS_GUARDS_FILES,      [OP_READ] = CRS_GUARDS_FILES,    [OP_WRITE] = CRS_GUARDS_FILES,
        [OP_RENAME] = CRS_GUARDS_FILES,    [OP_LINK] = CRS_GUARDS_FILES,    [OP_CONNECT] = CRS_GUARDS_NETWORK,
        [OP_SEND] = CRS_GUARDS_NETWORK,    [OP_ACCEPT] = CRS_GUARDS_NETWORK, [OP_EXEC] = CRS_GUARDS_EXEC,
    };
    int kind, named = load32(row + SYSC_NAMED) != 0;

    for (kind = 0; kind < PART_COUNT; kind++)
        named |= row[SYSC_DEFAULTS + kind] != CRS_ALLOW;
    if (named)
        t->guards |= guards[row[SYSC_OP]];
}

static int check_calls(struct crs_table *t)
{
    uint32_t i, kind;

    t->kernel_calls = load32(t->bytes + HEADER_CALLS);
    if (t->section[CRS_SYSC].count < 2 || t->kernel_calls != t->section[CRS_SYSC].count - 2)
        return refuse(t, "SYSC", t->section[CRS_SYSC].count, "rows: not one a number and two");
    for (i = 0; i < t->section[CRS_SYSC].count; i++) {
        const uint8_t *row = t->section[CRS_SYSC].at + (size_t)i * SYSC_SIZE;

        if (row[SYSC_OP] == OP_ABSENT)
            continue;
        if (row[SYSC_OP] >= OP_COUNT)
            return refuse(t, "SYSC", i, "no such operation");
        for (kind = 0; kind < PART_COUNT; kind++)
            if (row[SYSC_DEFAULTS + kind] > CRS_DENY)
                return refuse(t, "SYSC", i, "no such default action");
        if (!valid_list(t, load32(row + SYSC_NAMED), CRS_RULE_SYSCALL))
            return refuse(t, "SYSC", i, "its rules are no list of SYSCALL rules");
        if (!valid_string(t, load32(row + SYSC_NAME)))
            return refuse(t, "SYSC", i, "its name is no string of the table");
        note_guards(t, row);
    }
    return 0;
}

static int check_rest(struct crs_table *t)
{
    const uint8_t *b = t->bytes;
    uint32_t i;

    for (i = 0; i < 4; i++) {
        t->typed[i] = load32(b + HEADER_TYPED + 4 * i);
        if (!valid_list(t, t->typed[i], (uint8_t)i))
            return refuse(t, "byte", HEADER_TYPED + 4 * i, "no list of rules of that type");
        if (t->typed[i] != 0)
            t->guards |= i <= CRS_RULE_WRITE ? CRS_GUARDS_FILES : CRS_GUARDS_NETWORK;
    }
    for (i = 0; i < t->section[CRS_LITS].count; i++)
        if (!valid_string(t, load32(t->section[CRS_LITS].at + i * LITS_SIZE)))
            return refuse(t, "LITS", i, "its path is no string of the table");
    if (!valid_string(t, load32(b + HEADER_ID)) || !valid_string(t, load32(b + HEADER_NAME)))
        return refuse(t, "byte", HEADER_ID, "the policy's id or name is no string of the table");
    return 0;
}

int table_check(struct crs_table *t, size_t len)
{
    int err;

    if ((err = check_header(t, len)) < 0 || (err = check_directory(t)) < 0)
        return err;
    t->policy_rules = load32(t->bytes + HEADER_RULES);
    if (t->policy_rules > INT32_MAX)
        return refuse(t, "byte", HEADER_RULES, "more rules than there can be");
    /* In this order: each looks only at what was checked before it, or at the type byte of a rule that is there. */
    if ((err = check_strings(t)) < 0 || (err = check_runs(t, CRS_LIST)) < 0 || (err = check_runs(t, CRS_TAGS)) < 0
        || (err = check_matchers(t)) < 0 || (err = check_rules(t)) < 0 || (err = check_calls(t)) < 0)
        return err;
    return check_rest(t);
}
