/* What the filter asks: how much of a call has to be known to decide it. */
#include "table_layout.h"

#include <errno.h>

enum { ON_PROGRAM = 1, ON_REGISTERS = 2, ON_MEMORY = 4 };

/* The candidates of a part in order: two lists, merged. */
struct candidates {
    const uint8_t *typed, *named;
    uint32_t typed_left, named_left;
};

static struct candidates candidates_of(const struct crs_table *t, const uint8_t *row, int kind)
{
    struct candidates c = {0};

    c.named_left = table_run(t, CRS_LIST, load32(row + SYSC_NAMED), &c.named);
    if (kind != PART_CALL)
        c.typed_left = table_run(t, CRS_LIST, t->typed[kind], &c.typed);
    return c;
}

/* The next candidate, NO_RULE after the last. */
static uint32_t next(struct candidates *c)
{
    uint32_t typed = c->typed_left == 0 ? NO_RULE : load32(c->typed);
    uint32_t named = c->named_left == 0 ? NO_RULE : load32(c->named);

    if (typed < named) {
        c->typed += 4;
        c->typed_left--;
        return typed;
    }
    if (named != NO_RULE) {
        c->named += 4;
        c->named_left--;
    }
    return named;
}

/* What it depends on whether the rule matches a call of this row (0: it always does), -1 if it never does. */
static int depends(const uint8_t *row, const uint8_t *rule)
{
    uint32_t mask = load32(rule + RULE_FLAGS_MASK), fixed = load32(row + SYSC_FLAGS_MASK), i;
    int on = load32(rule + RULE_PROGRAM) == 0 ? 0 : ON_PROGRAM;

    if ((mask & fixed) != mask)
        on |= ON_MEMORY;
    else if ((load32(row + SYSC_FLAGS_VALUE) & mask) != load32(rule + RULE_FLAGS_VALUE))
        return -1;
    for (i = 0; i < 3; i++)
        if (load32(rule + RULE_OPERANDS + 4 * i) != 0)
            on |= rule[RULE_ROLES + i] == ROLE_INTEGER ? ON_REGISTERS : ON_MEMORY;
    return on;
}

static struct crs_decision verdict(const struct crs_table *t, const uint8_t *row, uint8_t action, uint32_t rule)
{
    return table_decision(t, row[SYSC_BITS], action, rule);
}

/* All verdicts a call may get. */
struct survey {
    const struct crs_table *t;
    const uint8_t *row;
    struct crs_decision first;
    int some;    /* first is set */
    int several; /* there are others that can be told from it */
    int on;      /* what decides between them: ON_… */
};

static void note(struct survey *s, uint8_t action, uint32_t rule)
{
    struct crs_decision d = verdict(s->t, s->row, action, rule);

    if (!s->some) {
        s->first = d;
        s->some = 1;
        return;
    }
    if (d.err != s->first.err || d.events != s->first.events)
        s->several = 1;
    /* Which rule it was is only seen in an event. */
    if (d.events != 0 && (d.rule_index != s->first.rule_index || d.action != s->first.action))
        s->several = 1;
}

static void survey_part(struct survey *s, int kind)
{
    struct candidates c = candidates_of(s->t, s->row, kind);
    uint8_t action = s->row[SYSC_DEFAULTS + kind];
    uint32_t place;

    while ((place = next(&c)) != NO_RULE) {
        const uint8_t *rule = table_rule(s->t, place);
        int on = depends(s->row, rule);

        if (on < 0)
            continue;
        note(s, rule[RULE_ACTION], place);
        if (on == 0)
            return;
        s->on |= on;
    }
    note(s, action, NO_RULE);
    if (s->row[SYSC_OP] == OP_EXEC && s->t->drift > action) {
        note(s, s->t->drift, NO_RULE);
        s->on |= ON_MEMORY;
    }
}

static void survey_call(struct survey *s)
{
    switch (s->row[SYSC_OP]) {
    case OP_OPEN:
        survey_part(s, PART_READ);
        survey_part(s, PART_WRITE);
        survey_part(s, PART_CALL);
        s->on |= ON_MEMORY;
        break;
    case OP_READ:
        survey_part(s, PART_READ);
        break;
    case OP_WRITE:
    case OP_RENAME:
        survey_part(s, PART_WRITE);
        break;
    case OP_LINK:
        survey_part(s, PART_WRITE);
        survey_part(s, PART_READ);
        s->on |= ON_MEMORY;
        break;
    case OP_CONNECT:
    case OP_SEND:
        survey_part(s, PART_OUTBOUND);
        survey_part(s, PART_CALL);
        s->on |= ON_MEMORY;
        break;
    case OP_ACCEPT:
        survey_part(s, PART_INBOUND);
        survey_part(s, PART_CALL);
        s->on |= ON_MEMORY;
        break;
    default:
        survey_part(s, PART_CALL);
        break;
    }
}

enum crs_need crs_table_need(const struct crs_table *t, int nr, int *program_dependent, struct crs_decision *constant)
{
    struct survey s = {.t = t, .row = table_row(t, nr)};
    struct crs_call unknown = {.nr = nr, .port = -1, .local_port = -1};

    *program_dependent = 0;
    crs_decide(t, &unknown, constant);
    if (s.row == NULL || (s.row[SYSC_OP] == OP_OTHER && load32(s.row + SYSC_NAMED) == 0)) {
        constant->events = 0;
        return CRS_NEED_NOTHING;
    }
    if (t->mode != CRS_INACTIVE && !(s.row[SYSC_BITS] & SYSC_SKIPPED))
        survey_call(&s);
    if (!s.several)
        return constant->blocked || constant->events != 0 ? CRS_NEED_CONSTANT : CRS_NEED_NOTHING;
    *program_dependent = (s.on & ON_PROGRAM) != 0;
    return s.on & ON_MEMORY ? CRS_NEED_MEMORY : CRS_NEED_REGISTERS;
}

static void fill_test(const struct crs_table *t, const uint8_t *row, uint32_t place, struct crs_integer_test *out)
{
    const uint8_t *rule = table_rule(t, place), *matcher;
    uint32_t i;

    out->program_dependent = load32(rule + RULE_PROGRAM) != 0;
    for (i = 0; i < 3; i++) {
        if (rule[RULE_ROLES + i] != ROLE_INTEGER)
            continue;
        matcher = table_matcher(t, load32(rule + RULE_OPERANDS + 4 * i));
        out->args |= (uint8_t)(1u << i);
        out->mask[i] = load64(matcher + MTCH_MASK);
        out->value[i] = load64(matcher + MTCH_VALUE);
    }
    out->decision = verdict(t, row, rule[RULE_ACTION], place);
}

int crs_table_test(const struct crs_table *t, int nr, uint32_t i, struct crs_integer_test *out)
{
    static const uint8_t kinds[OP_COUNT] = {
        [OP_READ] = PART_READ, [OP_WRITE] = PART_WRITE, [OP_RENAME] = PART_WRITE,
        [OP_EXEC] = PART_CALL, [OP_NAME] = PART_CALL,   [OP_OTHER] = PART_CALL,
    };
    const uint8_t *row = table_row(t, nr);
    struct candidates c;
    struct crs_decision constant;
    uint32_t place, seen = 0;
    int on = 1, program;

    memset(out, 0, sizeof(*out));
    if (crs_table_need(t, nr, &program, &constant) != CRS_NEED_REGISTERS)
        return -ENOENT;
    c = candidates_of(t, row, kinds[row[SYSC_OP]]);
    while (on != 0 && (place = next(&c)) != NO_RULE) {
        on = depends(row, table_rule(t, place));
        if (on < 0)
            continue;
        if (seen++ == i) {
            fill_test(t, row, place, out);
            return 0;
        }
    }
    if (on == 0 || seen != i)
        return -ENOENT;
    out->decision = verdict(t, row, row[SYSC_DEFAULTS + kinds[row[SYSC_OP]]], NO_RULE);
    return 0;
}

int crs_table_names(const struct crs_table *t, int nr)
{
    const uint8_t *row = table_row(t, nr);

    return row != NULL && load32(row + SYSC_NAMED) != 0;
}
