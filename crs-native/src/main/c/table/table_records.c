/* The check of the records of a decision table: matchers, rules, calls. */
#include "table_check.h"

static int valid_list(const struct crs_table *t, uint32_t ref, uint8_t type)
{
    const struct crs_section *s = &t->section[CRS_LIST];

    /* All rules of a list are of one type: the first one's. */
    return ref == 0
        || (check_run_at(t, CRS_LIST, ref) && load32(s->at + ref) != RUN_MARK
            && table_rule(t, load32(s->at + ref + 4))[RULE_TYPE] == type);
}

int check_matcher_at(const struct crs_table *t, uint32_t ref, unsigned kinds)
{
    return ref == 0 || (ref <= t->section[CRS_MTCH].count && (kinds >> table_matcher(t, ref)[MTCH_KIND] & 1));
}

static int check_glob(struct crs_table *t, uint32_t i, const uint8_t *m)
{
    uint32_t prefix = load32(m + MTCH_A), rest = load32(m + MTCH_B);

    if (m[MTCH_SHAPE] < CRS_GLOB_LITERAL || m[MTCH_SHAPE] > CRS_GLOB_PATTERN)
        return check_refuse(t, "MTCH", i, "no such shape of a glob");
    if (!check_string_at(t, prefix) || !check_string_at(t, rest) || table_string(t, prefix).len > PATTERN_MAX
        || table_string(t, rest).len > PATTERN_MAX)
        return check_refuse(t, "MTCH", i, "its pattern is no string of at most 4096 bytes");
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
                err = check_refuse(t, "MTCH", i, "its ports are not in PORT, or more than 4096");
            break;
        case MATCH_RANGE:
            if (m[MTCH_SHAPE] != 4 && m[MTCH_SHAPE] != 16)
                err = check_refuse(t, "MTCH", i, "an address is 4 or 16 bytes long");
            break;
        default:
            err = check_refuse(t, "MTCH", i, "no such kind");
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
        return check_matcher_at(t, operand[0], 1 << MATCH_GLOB) && operand[1] == 0 && operand[2] == 0;
    if (rule[RULE_TYPE] <= CRS_RULE_INBOUND)
        return check_matcher_at(t, operand[0], 1 << MATCH_RANGE | 1 << MATCH_ADDRESS_GLOB)
            && check_matcher_at(t, operand[1], 1 << MATCH_PORTS) && operand[2] == 0;
    for (i = 0; i < 3; i++) {
        uint8_t role = rule[RULE_ROLES + i];

        if (role >= ROLE_COUNT || (role == ROLE_ANY) != (operand[i] == 0)
            || !check_matcher_at(t, operand[i], kinds_of_role(role)))
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
            return check_refuse(t, "RULE", i, "no such type, action or severity");
        index = load32(rule + RULE_INDEX);
        if (index >= t->policy_rules || index < last)
            return check_refuse(t, "RULE", i, "its place in the policy is out of order");
        last = index;
        if (!check_matcher_at(t, load32(rule + RULE_PROGRAM), 1 << MATCH_GLOB))
            return check_refuse(t, "RULE", i, "its program is no glob of the table");
        if (!valid_operands(t, rule))
            return check_refuse(t, "RULE", i, "an operand is no matcher of the kind it needs");
        if (!check_string_at(t, load32(rule + RULE_NAME)) || !check_string_at(t, load32(rule + RULE_ID))
            || !check_string_at(t, load32(rule + RULE_MESSAGE)) || !check_run_at(t, CRS_TAGS, load32(rule + RULE_TAGS)))
            return check_refuse(t, "RULE", i, "a text is no string of the table");
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
        return check_refuse(t, "SYSC", t->section[CRS_SYSC].count, "rows: not one a number and two");
    for (i = 0; i < t->section[CRS_SYSC].count; i++) {
        const uint8_t *row = t->section[CRS_SYSC].at + (size_t)i * SYSC_SIZE;

        if (row[SYSC_OP] == OP_ABSENT)
            continue;
        if (row[SYSC_OP] >= OP_COUNT)
            return check_refuse(t, "SYSC", i, "no such operation");
        for (kind = 0; kind < PART_COUNT; kind++)
            if (row[SYSC_DEFAULTS + kind] > CRS_DENY)
                return check_refuse(t, "SYSC", i, "no such default action");
        if (!valid_list(t, load32(row + SYSC_NAMED), CRS_RULE_SYSCALL))
            return check_refuse(t, "SYSC", i, "its rules are no list of SYSCALL rules");
        if (!check_string_at(t, load32(row + SYSC_NAME)))
            return check_refuse(t, "SYSC", i, "its name is no string of the table");
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
            return check_refuse(t, "byte", HEADER_TYPED + 4 * i, "no list of rules of that type");
        if (t->typed[i] != 0)
            t->guards |= i <= CRS_RULE_WRITE ? CRS_GUARDS_FILES : CRS_GUARDS_NETWORK;
    }
    for (i = 0; i < t->section[CRS_LITS].count; i++)
        if (!check_string_at(t, load32(t->section[CRS_LITS].at + i * LITS_SIZE)))
            return check_refuse(t, "LITS", i, "its path is no string of the table");
    if (!check_string_at(t, load32(b + HEADER_ID)) || !check_string_at(t, load32(b + HEADER_NAME)))
        return check_refuse(t, "byte", HEADER_ID, "the policy's id or name is no string of the table");
    return 0;
}

int check_records(struct crs_table *t)
{
    int err;

    if ((err = check_matchers(t)) < 0 || (err = check_rules(t)) < 0 || (err = check_calls(t)) < 0)
        return err;
    return check_rest(t);
}
