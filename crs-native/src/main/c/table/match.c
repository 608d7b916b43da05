/* Whether the operands of a rule match a call. */
#include "match.h"

struct crs_str match_resolved(const struct crs_path *path)
{
    return path->resolved.s != NULL ? path->resolved : path->requested;
}

/* A rule that allows must not be reached by another name of the file; the others look at every name. */
int match_path(struct evaluation *e, uint32_t ref, const struct crs_path *path, uint8_t action)
{
    struct crs_str resolved = match_resolved(path);
    struct crs_glob glob;
    uint32_t i;

    if (ref == 0)
        return 1;
    glob = table_glob(e->t, table_matcher(e->t, ref));
    if (resolved.s != NULL && crs_glob_match(&glob, resolved))
        return 1;
    if (action == CRS_ALLOW)
        return 0;
    if (path->requested.s != NULL && crs_glob_match(&glob, path->requested))
        return 1;
    for (i = 0; i < path->aliases; i++)
        if (crs_glob_match(&glob, path->alias[i]))
            return 1;
    return 0;
}

int match_program(struct evaluation *e, const uint8_t *rule)
{
    return match_program_glob(e, load32(rule + RULE_PROGRAM), rule[RULE_BITS] & RULE_FOLLOW_CHILDREN);
}

int match_program_glob(struct evaluation *e, uint32_t ref, int follow)
{
    struct crs_glob glob;
    uint32_t i;

    if (ref == 0)
        return 1;
    glob = table_glob(e->t, table_matcher(e->t, ref));
    for (i = 0; i < e->c->programs; i++)
        if (e->c->program[i].s != NULL && crs_glob_match(&glob, e->c->program[i]))
            return 1;
    if (!follow)
        return 0;
    for (i = 0; i < e->c->ancestors; i++)
        if (e->c->ancestor[i].s != NULL && crs_glob_match(&glob, e->c->ancestor[i]))
            return 1;
    return 0;
}

int match_port(struct evaluation *e, uint32_t ref, int32_t port)
{
    const uint8_t *matcher, *range;
    uint32_t low, high;

    if (ref == 0)
        return 1;
    if (port < 0)
        return 0;
    matcher = table_matcher(e->t, ref);
    low = load32(matcher + MTCH_A);
    high = low + load32(matcher + MTCH_B);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        range = e->t->section[CRS_PORT].at + (size_t)middle * PORT_SIZE;
        if (port < load16(range))
            high = middle;
        else if (port > load16(range + 2))
            low = middle + 1;
        else
            return 1;
    }
    return 0;
}

/* The address as text: of the call's own family, or what an address of another family looks like; s NULL: none. */
static struct crs_str address_text(struct evaluation *e)
{
    if (e->c->addr_kind == CRS_ADDR_OTHER)
        return e->c->addr_text;
    if (e->address.length == 0)
        return (struct crs_str){NULL, 0};
    if (e->text_length == 0)
        e->text_length = crs_address_text(&e->address, e->text);
    return (struct crs_str){e->text, e->text_length};
}

int match_address(struct evaluation *e, uint32_t ref)
{
    const uint8_t *matcher;
    struct crs_str text;
    struct crs_glob glob;

    if (ref == 0)
        return 1;
    matcher = table_matcher(e->t, ref);
    if (matcher[MTCH_KIND] == MATCH_RANGE)
        return matcher[MTCH_SHAPE] == e->address.length
            && memcmp(e->address.bytes, matcher + MTCH_LOW, e->address.length) >= 0
            && memcmp(e->address.bytes, matcher + MTCH_HIGH, e->address.length) <= 0;
    text = address_text(e);
    glob = table_glob(e->t, matcher);
    return text.s != NULL && crs_glob_match(&glob, text);
}

static int match_name(struct evaluation *e, uint32_t ref)
{
    struct crs_str name = e->c->name.s != NULL ? e->c->name : address_text(e);
    struct crs_glob glob = table_glob(e->t, table_matcher(e->t, ref));

    return name.s != NULL && crs_glob_match(&glob, name);
}

static int match_integer(struct evaluation *e, uint32_t ref, uint32_t argument)
{
    const uint8_t *matcher = table_matcher(e->t, ref);

    return (e->c->arg_known >> argument & 1)
        && (e->c->arg[argument] & load64(matcher + MTCH_MASK)) == load64(matcher + MTCH_VALUE);
}

static int match_operand(struct evaluation *e, const uint8_t *rule, uint32_t i)
{
    uint32_t ref = load32(rule + RULE_OPERANDS + 4 * i);

    switch (rule[RULE_ROLES + i]) {
    case ROLE_PATH:
        return match_path(e, ref, &e->c->path[0], rule[RULE_ACTION]);
    case ROLE_NEW_PATH:
        return match_path(e, ref, &e->c->path[1], rule[RULE_ACTION]);
    case ROLE_PORT:
        return match_port(e, ref, e->c->port);
    case ROLE_LOCAL_PORT:
        return match_port(e, ref, e->c->local_port);
    case ROLE_ADDRESS:
        return match_address(e, ref);
    case ROLE_NAME:
        return match_name(e, ref);
    case ROLE_INTEGER:
        return match_integer(e, ref, i);
    default:
        return 1;
    }
}

int match_operands(struct evaluation *e, const uint8_t *rule, const struct crs_path *path)
{
    uint32_t first = load32(rule + RULE_OPERANDS), second = load32(rule + RULE_OPERANDS + 4);

    switch (rule[RULE_TYPE]) {
    case CRS_RULE_READ:
    case CRS_RULE_WRITE:
        return match_path(e, first, path, rule[RULE_ACTION]);
    case CRS_RULE_OUTBOUND:
        return match_port(e, second, e->c->port) && match_address(e, first);
    case CRS_RULE_INBOUND:
        return match_port(e, second, e->c->local_port) && match_address(e, first);
    default:
        return (e->flags & load32(rule + RULE_FLAGS_MASK)) == load32(rule + RULE_FLAGS_VALUE)
            && match_operand(e, rule, 0) && match_operand(e, rule, 1) && match_operand(e, rule, 2);
    }
}
