/* The check of a decision table: every reference, once, so that nothing after need check any. */
#include "table_check.h"

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
    {"CELL", TAG('C', 'E', 'L', 'L'), CELL_SIZE},
    {"PCEL", TAG('P', 'C', 'E', 'L'), CELL_SIZE},
    {"CAND", TAG('C', 'A', 'N', 'D'), 0},
    {"SETS", TAG('S', 'E', 'T', 'S'), 0},
    {"GRUP", TAG('G', 'R', 'U', 'P'), GRUP_SIZE},
    {"INDX", TAG('I', 'N', 'D', 'X'), INDX_SIZE},
    {"CLAS", TAG('C', 'L', 'A', 'S'), CLAS_SIZE},
    {"LIMT", TAG('L', 'I', 'M', 'T'), LIMT_SIZE},
};

static char *append(char *to, const char *end, const char *text)
{
    while (*text != '\0' && to < end)
        *to++ = *text++;
    return to;
}

/* Writes "where number: what" for the caller to return. */
int check_refuse(struct crs_table *t, const char *where, uint32_t number, const char *what)
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

int check_string_at(const struct crs_table *t, uint32_t ref)
{
    const struct crs_section *s = &t->section[CRS_STRS];

    if (ref % 4 != 0 || ref > s->size || s->size - ref < 5)
        return 0;
    return load32(s->at + ref) <= s->size - ref - 5 && s->at[ref + 4 + load32(s->at + ref)] == '\0';
}

/* Only the first word of a run has its highest bit set, as walk_runs has made sure. */
int check_run_at(const struct crs_table *t, int section, uint32_t ref)
{
    const struct crs_section *s = &t->section[section];

    if (ref == 0)
        return 1;
    return ref % 4 == 0 && ref < s->size && (load32(s->at + ref) & RUN_MARK);
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
        return check_refuse(t, "byte", 0, "not a decision table");
    if (load16(b + HEADER_MAJOR) != 1) {
        check_refuse(t, "major version", load16(b + HEADER_MAJOR), "only 1 is understood");
        return -ENOTSUP;
    }
    if (len > CRS_TABLE_MAX || load32(b + HEADER_TOTAL) != len)
        return check_refuse(t, "size", load32(b + HEADER_TOTAL), "not the number of bytes there are, or beyond 64 MiB");
    t->size = (uint32_t)len;
    if (checksum(b, t->size) != load32(b + HEADER_CRC))
        return check_refuse(t, "byte", HEADER_CRC, "the checksum is wrong");
    if (b[HEADER_ARCH] != CRS_ARCH_X86_64 && b[HEADER_ARCH] != CRS_ARCH_AARCH64)
        return check_refuse(t, "byte", HEADER_ARCH, "no such value");
    for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (b[limits[i][0]] > limits[i][1])
            return check_refuse(t, "byte", limits[i][0], "no such value");
    return 0;
}

/* The index is there as a whole or not at all. */
static int check_presence(struct crs_table *t)
{
    uint32_t needed = CRS_SECTIONS_NEEDED, s;

    for (s = CRS_SECTIONS_NEEDED; s < CRS_SECTIONS_INDEXED; s++)
        if (t->section[s].at != NULL)
            needed = CRS_SECTIONS_INDEXED;
    for (s = 0; s < needed; s++)
        if (t->section[s].at == NULL)
            return check_refuse(t, SECTIONS[s].name, 0, "the section is missing");
    return 0;
}

static int check_directory(struct crs_table *t)
{
    uint32_t n = load32(t->bytes + HEADER_SECTIONS), i, s, end;

    if (n > ENTRIES_MAX || HEADER_SIZE + n * ENTRY_SIZE > t->size)
        return check_refuse(t, "byte", HEADER_SECTIONS, "more sections than there can be");
    end = HEADER_SIZE + n * ENTRY_SIZE;
    for (i = 0; i < n; i++) {
        const uint8_t *entry = t->bytes + HEADER_SIZE + i * ENTRY_SIZE;
        uint32_t offset = load32(entry + 4), size = load32(entry + 8), count = load32(entry + 12);

        if (offset % 8 != 0 || offset < end || offset > t->size || size > t->size - offset)
            return check_refuse(t, "section", i, "lies outside of the table or over another section");
        end = offset + size;
        for (s = 0; s < CRS_SECTIONS && SECTIONS[s].tag != load32(entry); s++)
            ;
        if (s == CRS_SECTIONS)
            continue;
        if (t->section[s].at != NULL)
            return check_refuse(t, SECTIONS[s].name, i, "stands here twice");
        if (SECTIONS[s].record != 0 && (uint64_t)count * SECTIONS[s].record != size)
            return check_refuse(t, SECTIONS[s].name, count, "records do not fill the section");
        t->section[s] = (struct crs_section){t->bytes + offset, size, count};
    }
    return check_presence(t);
}

static int check_strings(struct crs_table *t)
{
    const struct crs_section *s = &t->section[CRS_STRS];
    uint32_t at = 0, n = 0;

    for (; at < s->size; n++) {
        if (!check_string_at(t, at))
            return check_refuse(t, "STRS", at, "no string, ended by NUL, within the section");
        at += (load32(s->at + at) + 4 + 1 + 3) & ~3u;
    }
    if (n != s->count || n == 0 || load32(s->at) != 0)
        return check_refuse(t, "STRS", n, "strings: not as many as announced, or the first is not empty");
    return 0;
}

/* An element of a run; i is its place in it. */
static int check_element(struct crs_table *t, int section, const uint8_t *element, uint32_t i)
{
    uint32_t value = load32(element), at = (uint32_t)(element - t->section[section].at), before;

    if (section == CRS_TAGS ? value == 0 || !check_string_at(t, value)
                            : value >= t->section[section == CRS_SETS ? CRS_GRUP : CRS_RULE].count)
        return check_refuse(t, SECTIONS[section].name, at, "refers to nothing");
    if (i == 0 || section == CRS_TAGS || section == CRS_SETS)
        return 0;
    before = load32(element - 4);
    if (value <= before || table_rule(t, value)[RULE_TYPE] != table_rule(t, before)[RULE_TYPE])
        return check_refuse(t, SECTIONS[section].name, at, "rules out of order or of several types");
    return 0;
}

static int check_runs(struct crs_table *t, int section)
{
    const struct crs_section *s = &t->section[section];
    uint32_t at = 4, runs = 0, n, i;
    int err;

    /* The reference 0 is none, so the first word is no run. */
    if (s->size < 4 || s->size % 4 != 0 || load32(s->at) != 0)
        return check_refuse(t, SECTIONS[section].name, 0, "does not begin with a word of 0");
    for (; at < s->size; at += 4 + 4 * n, runs++) {
        n = load32(s->at + at) & ~RUN_MARK;
        if (!(load32(s->at + at) & RUN_MARK) || n > (s->size - at) / 4 - 1 || (n == 0 && section == CRS_CAND))
            return check_refuse(t, SECTIONS[section].name, at, "no run within the section");
        for (i = 0; i < n; i++)
            if ((err = check_element(t, section, s->at + at + 4 + 4 * i, i)) < 0)
                return err;
    }
    if (runs != s->count)
        return check_refuse(t, SECTIONS[section].name, runs, "runs: not as many as announced");
    return 0;
}

static int check_limits(struct crs_table *t)
{
    const struct crs_section *s = &t->section[CRS_LIMT];

    for (uint32_t i = 0; i < s->count; i++) {
        const uint8_t *limit = s->at + (size_t)i * LIMT_SIZE;

        if (limit[LIMT_KIND] > CRS_LIMIT_PROGRAM || load32(limit + LIMT_NUMBER) == 0 ||
            (limit[LIMT_KIND] == CRS_LIMIT_PROGRAM && !check_string_at(t, load32(limit + LIMT_WHAT))))
            return check_refuse(t, "LIMT", i, "no such kind, no number, or no name");
    }
    return 0;
}

int table_check(struct crs_table *t, size_t len)
{
    int err;

    if ((err = check_header(t, len)) < 0 || (err = check_directory(t)) < 0)
        return err;
    t->policy_rules = load32(t->bytes + HEADER_RULES);
    if (t->policy_rules > INT32_MAX)
        return check_refuse(t, "byte", HEADER_RULES, "more rules than there can be");
    /* In this order: each looks only at what was checked before it, or at the type byte of a rule that is there. */
    if ((err = check_strings(t)) < 0 || (err = check_runs(t, CRS_LIST)) < 0 || (err = check_runs(t, CRS_TAGS)) < 0)
        return err;
    if (table_indexed(t) && ((err = check_runs(t, CRS_CAND)) < 0 || (err = check_runs(t, CRS_SETS)) < 0))
        return err;
    if ((err = check_records(t)) < 0 || (err = check_limits(t)) < 0)
        return err;
    return table_indexed(t) ? check_index(t) : 0;
}
