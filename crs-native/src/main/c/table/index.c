/* The index of a decision table: which rule of a list is the first that matches, without asking each. */
#include "index.h"

#include "automaton.h"

/*
 * The rules of a list are in groups: those of one program that one kind of operand tells apart. The groups of a program
 * are found by its class; the automaton of a group gives those of its rules, mostly one, that can match.
 */

/* The candidates there are behind what an automaton accepts: one rule, or a reference to several. */
static uint32_t candidates(const struct evaluation *e, uint32_t accepted)
{
    return accepted & ONE_RULE ? 1 : accepted == 0 ? 0 : load32(e->t->section[CRS_CAND].at + accepted) & ~RUN_MARK;
}

static uint32_t candidate(const struct evaluation *e, uint32_t accepted, uint32_t i)
{
    return accepted & ONE_RULE ? accepted & ~ONE_RULE : load32(e->t->section[CRS_CAND].at + accepted + 4 * (i + 1));
}

static uint32_t first_that_matches(struct evaluation *e, uint32_t accepted, const struct crs_path *path, uint32_t limit)
{
    uint32_t n = candidates(e, accepted), i;

    for (i = 0; i < n; i++) {
        uint32_t place = candidate(e, accepted, i);

        if (place >= limit)
            break;
        if (match_operands(e, table_rule(e->t, place), path))
            return place;
    }
    return limit;
}

/* The first candidate that does not allow, and so looks at every name of a file. */
static uint32_t first_strict(const struct evaluation *e, uint32_t accepted, uint32_t limit)
{
    uint32_t n = candidates(e, accepted), i;

    for (i = 0; i < n; i++) {
        uint32_t place = candidate(e, accepted, i);

        if (place >= limit)
            break;
        if (table_rule(e->t, place)[RULE_ACTION] != CRS_ALLOW)
            return place;
    }
    return limit;
}

static uint32_t accept(const struct evaluation *e, uint64_t root, struct crs_str text)
{
    return automaton_accept(e->t->section[CRS_CELL].at, root, text);
}

/* By what any node on the way of a name accepts. */
static uint32_t scan(struct evaluation *e, const uint8_t *group, const struct crs_path *path, struct crs_str name,
                     uint32_t limit)
{
    struct automaton_walk walk = {e->t->section[CRS_CELL].at, load64(group + GRUP_ROOT), (const uint8_t *)name.s,
                                  (const uint8_t *)name.s + name.len};
    uint32_t accepted;
    int over;

    do {
        accepted = automaton_next(&walk, &over);
        if (accepted != 0)
            limit = first_that_matches(e, accepted, path, limit);
    } while (!over);
    return limit;
}

/* By a name of the file that is not the one that was really opened. */
static uint32_t by_other_name(struct evaluation *e, const uint8_t *group, const struct crs_path *path,
                              struct crs_str name, uint32_t limit)
{
    return group[GRUP_BITS] & GRUP_EXACT ? first_strict(e, accept(e, load64(group + GRUP_ROOT), name), limit)
                                         : scan(e, group, path, name, limit);
}

static int equal(struct crs_str one, struct crs_str other)
{
    return one.len == other.len && (one.s == other.s || memcmp(one.s, other.s, one.len) == 0);
}

/* By the names of a file that are not the one that was really opened. */
static uint32_t by_other_names(struct evaluation *e, const uint8_t *group, const struct crs_path *path, uint32_t limit)
{
    uint32_t i;

    if (path->requested.s != NULL && path->resolved.s != NULL && !equal(path->requested, path->resolved))
        limit = by_other_name(e, group, path, path->requested, limit);
    for (i = 0; i < path->aliases; i++)
        limit = by_other_name(e, group, path, path->alias[i], limit);
    return limit;
}

static uint32_t by_path(struct evaluation *e, const uint8_t *group, const struct crs_path *path, uint32_t limit)
{
    struct crs_str resolved = path->resolved.s != NULL ? path->resolved : path->requested;
    uint32_t accepted;

    if (resolved.s != NULL && group[GRUP_BITS] & GRUP_EXACT) {
        accepted = accept(e, load64(group + GRUP_ROOT), resolved);
        /* Each candidate matches whatever else the call is. */
        if (accepted != 0 && candidate(e, accepted, 0) < limit)
            limit = candidate(e, accepted, 0);
    } else if (resolved.s != NULL) {
        limit = scan(e, group, path, resolved, limit);
    }
    return path->resolved.s == NULL && path->aliases == 0 ? limit : by_other_names(e, group, path, limit);
}

static uint32_t by_address(struct evaluation *e, const uint8_t *group, uint32_t limit)
{
    struct crs_str address = {(const char *)e->address.bytes, e->address.length};

    if (address.len == 0)
        return limit;
    return first_that_matches(e, accept(e, load64(group + (address.len == 4 ? GRUP_ROOT : GRUP_ROOT6)), address),
                              &e->c->path[0], limit);
}

static uint32_t by_port(struct evaluation *e, const uint8_t *group, int32_t port, uint32_t limit)
{
    char key[2] = {(char)(port >> 8), (char)port};

    if (port < 0)
        return limit;
    return first_that_matches(e, accept(e, load64(group + GRUP_ROOT), (struct crs_str){key, sizeof(key)}),
                              &e->c->path[0], limit);
}

static uint32_t first_in(struct evaluation *e, const uint8_t *group, const struct crs_path *path, uint32_t limit)
{
    switch (group[GRUP_AXIS]) {
    case AXIS_NEW_PATH:
        return by_path(e, group, &e->c->path[1], limit);
    case AXIS_ADDRESS:
        return by_address(e, group, limit);
    case AXIS_PORT:
        return by_port(e, group, e->c->port, limit);
    case AXIS_LOCAL_PORT:
        return by_port(e, group, e->c->local_port, limit);
    default:
        return first_that_matches(e, load32(group + GRUP_RULES), path, limit);
    }
}

/* Inlined, since this is the way of every decision; what is rarely asked on it is called. */
__attribute__((always_inline)) static inline uint32_t first_of_set(struct evaluation *e, uint32_t set,
                                                                   const struct crs_path *path, uint32_t limit)
{
    const uint8_t *places = NULL, *group;
    uint32_t n = table_run(e->t, CRS_SETS, set, &places), i, always;

    for (i = 0; i < n; i++) {
        group = e->t->section[CRS_GRUP].at + (size_t)load32(places + 4 * i) * GRUP_SIZE;
        if (load32(group + GRUP_FIRST) >= limit || load32(group + GRUP_FIRST) == GRUP_NO_RULE)
            continue;
        if (load32(group + GRUP_PROGRAM) != 0
            && !match_program_glob(e, load32(group + GRUP_PROGRAM), group[GRUP_BITS] & GRUP_FOLLOW))
            continue;
        always = load32(group + GRUP_ALWAYS);
        if (always < limit && always != GRUP_NO_RULE)
            limit = always;
        limit = group[GRUP_AXIS] == AXIS_PATH ? by_path(e, group, path, limit) : first_in(e, group, path, limit);
    }
    return limit;
}

static uint32_t class_word(const struct crs_table *t, uint32_t place)
{
    return load32(t->section[CRS_CLAS].at + (size_t)place * CLAS_SIZE);
}

static uint32_t class_of(const struct crs_table *t, struct crs_str program)
{
    if (program.s == NULL)
        return 0;
    return automaton_accept(t->section[CRS_PCEL].at, load64(t->section[CRS_CLAS].at + CLAS_ROOT * CLAS_SIZE), program);
}

static uint32_t first_of_programs(struct evaluation *e, uint32_t own, const struct crs_path *path, uint32_t limit)
{
    uint32_t i;

    for (; e->classes < e->c->programs; e->classes++)
        e->class[e->classes] = class_of(e->t, e->c->program[e->classes]);
    for (i = 0; i < e->c->programs; i++)
        limit = first_of_set(e, class_word(e->t, own + e->class[i]), path, limit);
    return limit;
}

static uint32_t first_of_ancestors(struct evaluation *e, uint32_t classes, const struct crs_path *path, uint32_t limit)
{
    uint32_t i;

    for (i = 0; i < e->c->ancestors; i++)
        limit = first_of_set(e, class_word(e->t, classes + class_of(e->t, e->c->ancestor[i])), path, limit);
    return limit;
}

uint32_t index_first(struct evaluation *e, uint32_t list, const struct crs_path *path, uint32_t limit)
{
    const uint8_t *index = e->t->section[CRS_INDX].at + (size_t)list * INDX_SIZE;
    uint32_t own = load32(index + INDX_OWN), ancestors = load32(index + INDX_ANCESTORS);

    limit = first_of_set(e, load32(index + INDX_ANY), path, limit);
    if (own != 0)
        limit = first_of_programs(e, own, path, limit);
    if (ancestors != 0)
        limit = first_of_ancestors(e, ancestors, path, limit);
    return limit;
}
