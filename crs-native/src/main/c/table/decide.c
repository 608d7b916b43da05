/* The decision on a call: crs_decide. */
#include "index.h"

#include <errno.h>

#define O_PATH_FLAG 010000000u
#define O_TMPFILE_FLAG 020000000u /* the bit that is its own */
#define O_WRITES (0100u | 01000u | O_TMPFILE_FLAG) /* O_CREAT, O_TRUNC, O_TMPFILE */

/* The longest name of a folder in which a file without a name is decided on; in one with a longer name it is denied. */
enum { FOLDER_MAX = 8192 };

/* What is decided so far: the rule it is from, NO_RULE if it is a default, and on which path it fell. */
struct verdict {
    uint32_t rule;
    uint8_t action;
    uint8_t file_part;
};

/* The first rule of a list before limit that matches, else limit; where there is no index. */
static uint32_t first_in_turn(struct evaluation *e, uint32_t ref, const struct crs_path *path, uint32_t limit)
{
    const uint8_t *list = NULL;
    uint32_t n = table_run(e->t, CRS_LIST, ref, &list), i;

    for (i = 0; i < n; i++) {
        uint32_t place = load32(list + 4 * i);
        const uint8_t *rule = table_rule(e->t, place);

        if (place > limit)
            break;
        if (match_program(e, rule) && match_operands(e, rule, path))
            return place;
    }
    return limit;
}

/* The same; index: the list's place in INDX, -1 if it has none. */
static inline uint32_t first_of(struct evaluation *e, uint32_t ref, int index, const struct crs_path *path, uint32_t limit)
{
    return index >= 0 && table_indexed(e->t) ? index_first(e, (uint32_t)index, path, limit)
                                             : first_in_turn(e, ref, path, limit);
}

static uint32_t first_named(struct evaluation *e)
{
    uint32_t list = load32(e->row + SYSC_NAMED);
    int index = e->row[SYSC_INDEX];

    return list == 0 ? NO_RULE : first_of(e, list, index == 0 ? -1 : index, &e->c->path[0], NO_RULE);
}

/* The rule that decides a part: the first of its type, unless the SYSCALL rule stands before it. */
static inline uint32_t rule_of_part(struct evaluation *e, int kind, const struct crs_path *path)
{
    return e->t->typed[kind] == 0 ? e->named : first_of(e, e->t->typed[kind], kind, path, e->named);
}

/* Takes a part's verdict if it is stricter than what there is; then a rule before a default, then the earlier rule. */
static inline void consider(struct verdict *v, uint8_t action, uint32_t rule, uint8_t file_part)
{
    if (action < v->action || (action == v->action && rule > v->rule))
        return;
    if (action == v->action && rule == v->rule && v->file_part != 0)
        return;
    v->action = action;
    v->rule = rule;
    v->file_part = file_part;
}

/* Takes what a rule says of a part, or the default where there is none. */
static inline void take(struct evaluation *e, struct verdict *v, int kind, uint32_t rule, uint8_t file_part)
{
    consider(v, rule == NO_RULE ? e->row[SYSC_DEFAULTS + kind] : table_rule(e->t, rule)[RULE_ACTION], rule, file_part);
}

static inline void first_file(struct evaluation *e, struct verdict *v, int kind)
{
    take(e, v, kind, rule_of_part(e, kind, &e->c->path[0]), 1);
}

static void second_file(struct evaluation *e, struct verdict *v, int kind)
{
    take(e, v, kind, rule_of_part(e, kind, &e->c->path[1]), 2);
}

/* The call as a whole. The execution of a file that drifted may be denied where no rule says so. */
static void whole_call(struct evaluation *e, struct verdict *v)
{
    take(e, v, PART_CALL, e->named, 0);
    if (e->named == NO_RULE && e->row[SYSC_OP] == OP_EXEC && e->c->drift)
        consider(v, e->t->drift, NO_RULE, 0);
}

/* A part about the first file that counts only where a rule denies it. */
static void part_if_denied(struct evaluation *e, struct verdict *v, int kind)
{
    uint32_t rule = rule_of_part(e, kind, &e->c->path[0]);

    if (rule != NO_RULE && table_rule(e->t, rule)[RULE_ACTION] == CRS_DENY)
        consider(v, CRS_DENY, rule, 1);
}

/* What the kernel calls a file without a name: the folder, and # for the rest. */
static struct crs_str inside(struct crs_str folder, char name[FOLDER_MAX + 2])
{
    if (folder.s == NULL || folder.len == 0)
        return folder;
    memcpy(name, folder.s, folder.len);
    if (name[folder.len - 1] != '/')
        name[folder.len++] = '/';
    name[folder.len++] = '#';
    return (struct crs_str){name, folder.len};
}

/* O_TMPFILE makes a file in the folder. */
__attribute__((noinline)) static void tmpfile_parts(struct evaluation *e, struct verdict *v)
{
    const struct crs_path *folder = &e->c->path[0];
    char requested[FOLDER_MAX + 2], resolved[FOLDER_MAX + 2];
    struct crs_path file = {0};

    if (folder->requested.len > FOLDER_MAX || folder->resolved.len > FOLDER_MAX) {
        consider(v, CRS_DENY, NO_RULE, 1);
        return;
    }
    file.requested = inside(folder->requested, requested);
    file.resolved = inside(folder->resolved, resolved);
    take(e, v, PART_WRITE, rule_of_part(e, PART_WRITE, &file), 1);
    part_if_denied(e, v, PART_WRITE);
}

static void open_parts(struct evaluation *e, struct verdict *v)
{
    uint32_t access = e->flags & 3;

    if (e->flags & O_PATH_FLAG) {
        whole_call(e, v);
        return;
    }
    if (access != 1)
        first_file(e, v, PART_READ);
    if (e->flags & O_TMPFILE_FLAG)
        tmpfile_parts(e, v);
    else if (access != 0 || (e->flags & O_WRITES))
        first_file(e, v, PART_WRITE);
}

enum { BELOW_NOTHING = 0, BELOW_NAMED = 1, BELOW_COVERED = 2 };

static int below_name(const struct evaluation *e, const struct crs_glob *glob, struct crs_str name)
{
    int reached;

    if (name.s == NULL || name.len == 0)
        return BELOW_NOTHING;
    /* The root's slash is that of what is below it. */
    if (name.s[name.len - 1] == '/')
        name.len--;
    reached = e->c->directory == CRS_DIRECTORY_YES ? crs_glob_reaches_below(glob, name)
                                                   : crs_glob_names_below(glob, name);
    return (reached ? BELOW_NAMED : 0) | (crs_glob_covers_below(glob, name) ? BELOW_COVERED : 0);
}

static int below_path(struct evaluation *e, uint32_t ref, uint8_t action)
{
    const struct crs_path *path = &e->c->path[0];
    struct crs_glob glob;
    uint32_t i;
    int found;

    if (ref == 0)
        return BELOW_COVERED;
    glob = table_glob(e->t, table_matcher(e->t, ref));
    found = below_name(e, &glob, match_resolved(path));
    if (action == CRS_ALLOW)
        return found;
    found |= below_name(e, &glob, path->requested);
    for (i = 0; i < path->aliases; i++)
        found |= below_name(e, &glob, path->alias[i]);
    return found;
}

/* Renaming a folder renames what is below: the rules for that have a say, until one covers all of it. */
static void parts_below(struct evaluation *e, struct verdict *v)
{
    const uint8_t *list = NULL;
    uint32_t n = table_run(e->t, CRS_LIST, e->t->typed[PART_WRITE], &list), i;

    if (e->c->directory == CRS_DIRECTORY_NO)
        return;
    for (i = 0; i < n; i++) {
        uint32_t place = load32(list + 4 * i);
        const uint8_t *rule = table_rule(e->t, place);
        int found;

        if (place > e->named)
            return;
        if (!match_program(e, rule))
            continue;
        found = below_path(e, load32(rule + RULE_OPERANDS), rule[RULE_ACTION]);
        if (found & BELOW_NAMED)
            consider(v, rule[RULE_ACTION], place, 1);
        if (found & BELOW_COVERED)
            return;
    }
}

static void network_part(struct evaluation *e, struct verdict *v, int kind)
{
    int other = e->c->addr_kind == CRS_ADDR_OTHER
        || (e->row[SYSC_OP] == OP_SEND && e->c->addr_kind == CRS_ADDR_NONE);

    if (other)
        whole_call(e, v);
    else
        take(e, v, kind, rule_of_part(e, kind, &e->c->path[0]), 0);
}

__attribute__((noinline)) static void parts_of_others(struct evaluation *e, struct verdict *v)
{
    switch (e->row[SYSC_OP]) {
    case OP_READ:
        first_file(e, v, PART_READ);
        break;
    case OP_WRITE:
        first_file(e, v, PART_WRITE);
        break;
    case OP_RENAME:
        first_file(e, v, PART_WRITE);
        second_file(e, v, PART_WRITE);
        parts_below(e, v);
        break;
    case OP_LINK:
        first_file(e, v, PART_WRITE);
        second_file(e, v, PART_WRITE);
        /* A second name is a way to read the file. */
        part_if_denied(e, v, PART_READ);
        break;
    case OP_CONNECT:
    case OP_SEND:
        network_part(e, v, PART_OUTBOUND);
        break;
    case OP_ACCEPT:
        network_part(e, v, PART_INBOUND);
        break;
    default:
        whole_call(e, v);
        break;
    }
}

/* By action; CRS_ALLOW, CRS_MONITOR, CRS_DENY. */
static const uint8_t LOG_BITS[] = {CRS_LOG_ALLOW, CRS_LOG_MONITOR, CRS_LOG_DENY};

static inline void conclude(const struct crs_table *t, uint8_t bits, uint8_t action, uint32_t rule, struct crs_decision *d)
{
    uint8_t log = bits & (SYSC_NO_EVENTS | SYSC_SKIPPED) ? 0 : t->log_mode;

    d->action = action;
    d->enforced = t->mode == CRS_ACTIVE;
    d->blocked = d->enforced && action == CRS_DENY;
    d->err = !d->blocked ? 0 : bits & SYSC_EACCES ? EACCES : EPERM;
    d->events = log & CRS_LOG_BEHAVIOR ? CRS_EVENT_BEHAVIOR : 0;
    if ((rule != NO_RULE || action != CRS_ALLOW) && (log & LOG_BITS[action]))
        d->events |= CRS_EVENT_STANDARD;
    d->is_default = rule == NO_RULE;
    d->rule = -1;
    d->rule_index = -1;
    if (rule != NO_RULE) {
        d->rule = (int32_t)rule;
        d->rule_index = (int32_t)load32(table_rule(t, rule) + RULE_INDEX);
    }
}

struct crs_decision table_decision(const struct crs_table *t, uint8_t bits, uint8_t action, uint32_t rule)
{
    struct crs_decision d = {0};

    conclude(t, bits, action, rule, &d);
    return d;
}

/* The verdict on a call the policy has a say in. */
static void evaluate(struct evaluation *e, struct verdict *v)
{
    e->flags = (e->c->flags & ~load32(e->row + SYSC_FLAGS_MASK)) | load32(e->row + SYSC_FLAGS_VALUE);
    e->text_length = 0;
    e->classes = 0;
    e->address.length = 0;
    if (e->c->addr_kind == CRS_ADDR_INET || e->c->addr_kind == CRS_ADDR_INET6)
        e->address = crs_address_of(e->c);
    e->named = first_named(e);
    /* Most calls that are decided open a file. */
    if (e->row[SYSC_OP] == OP_OPEN)
        open_parts(e, v);
    else
        parts_of_others(e, v);
}

void crs_decide(const struct crs_table *t, const struct crs_call *c, struct crs_decision *out)
{
    const uint8_t *row = table_row(t, c->nr);
    uint8_t bits = row == NULL ? 0 : row[SYSC_BITS];
    struct verdict v = {NO_RULE, CRS_ALLOW, 0};
    struct evaluation e;

    /* Not all of it is set: the text of an address is only made where it is needed. */
    e.t = t;
    e.c = c;
    e.row = row;
    if (row != NULL && t->mode != CRS_INACTIVE && !(bits & SYSC_SKIPPED))
        evaluate(&e, &v);
    out->file_part = v.file_part;
    conclude(t, bits, v.action, v.rule, out);
}
