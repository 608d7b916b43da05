/*
 * The check of a decision table's index: following it ends and stays within the table. Whether it leads to the right
 * rule cannot be told without making it anew.
 */
#include "table_check.h"

enum { EDGES_MAX = 256, LISTS_MIN = 4 };

static int valid_edge(const struct crs_table *t, int cells, uint64_t cell);

static uint32_t word(const struct crs_table *t, uint32_t place)
{
    return load32(t->section[CRS_CLAS].at + (size_t)place * CLAS_SIZE);
}

static int check_classes(struct crs_table *t)
{
    uint32_t count = t->section[CRS_CLAS].count, i;

    if (count < CLAS_ARRAYS || word(t, CLAS_COUNT) == 0 || word(t, CLAS_COUNT) > INT32_MAX
        || !valid_edge(t, CRS_PCEL, load64(t->section[CRS_CLAS].at + CLAS_ROOT * CLAS_SIZE)))
        return check_refuse(t, "CLAS", count, "words: no number of classes and first cell before the arrays");
    for (i = CLAS_ARRAYS; i < count; i++)
        if (!check_run_at(t, CRS_SETS, word(t, i)))
            return check_refuse(t, "CLAS", i, "refers to no set of groups");
    return 0;
}

static uint64_t cell_at(const struct crs_table *t, int cells, uint32_t place)
{
    return load64(t->section[cells].at + (size_t)place * CELL_SIZE);
}

static int valid_accept(const struct crs_table *t, int cells, uint32_t accept)
{
    if (cells == CRS_PCEL)
        return accept < word(t, CLAS_COUNT);
    return accept & ONE_RULE ? (accept & ~ONE_RULE) < t->section[CRS_RULE].count : check_run_at(t, CRS_CAND, accept);
}

/*
 * Whether a cell can be followed: to an end, or to a node whose head is the same. What is no head never equals one:
 * check_cells lets no other cell name the place behind its own, and no word of bytes have the kind of a head.
 */
static int valid_edge(const struct crs_table *t, int cells, uint64_t cell)
{
    uint32_t head = (uint32_t)cell - 1;

    if (cell_kind(cell) == CELL_END)
        return cell >> 32 <= 1 && valid_accept(t, cells, (uint32_t)cell);
    return head < t->section[cells].count && cell_at(t, cells, head) == cell;
}

/* Whether a cell within a node can be followed, and does not look like a head itself. */
static int valid_inner(const struct crs_table *t, int cells, uint32_t place)
{
    uint64_t cell = cell_at(t, cells, place);

    return valid_edge(t, cells, cell) && (cell_kind(cell) == CELL_END || (uint32_t)cell != place + 1);
}

/* Whether a byte that is missed elsewhere is taken at this node, or the end is reached. */
static int valid_base(const struct crs_table *t, int cells, uint64_t cell)
{
    uint32_t miss = (uint32_t)cell + 1;

    if (cell_kind(cell) == CELL_END)
        return 1;
    return cell_kind(cell) != CELL_CHAIN && miss < t->section[cells].count && cell_at(t, cells, miss) == cell;
}

/* Whether the places without an edge have the byte of the first edge, which is found before them. */
static int padded(uint64_t keys, uint32_t edges)
{
    for (; edges < SPARSE_EDGES; edges++)
        if ((uint8_t)(keys >> 8 * edges) != (uint8_t)keys)
            return 0;
    return 1;
}

/* The number of cells of a node with this head, 0 if it can be none; *words: how many of them are bytes. */
static uint32_t node_size(uint64_t head, uint32_t *words)
{
    uint32_t n = cell_count(head);

    *words = 0;
    switch (cell_kind(head)) {
    case CELL_CHAIN:
        *words = (n + 7) / 8;
        return n == 0 ? 0 : NODE_HEAD + *words;
    case CELL_DENSE:
        return n > EDGES_MAX ? 0 : NODE_HEAD + n;
    case CELL_SPARSE:
        *words = 1;
        return n == 0 || n > SPARSE_EDGES ? 0 : NODE_HEAD + 1 + n;
    default:
        return 0;
    }
}

static int valid_node(const struct crs_table *t, int cells, uint32_t place, uint32_t size, uint32_t words)
{
    uint64_t head = cell_at(t, cells, place);
    uint32_t rest = place + NODE_HEAD, i, kind;

    for (i = rest; i < rest + words; i++) {
        kind = cell_kind(cell_at(t, cells, i));
        if (kind > CELL_END && kind <= CELL_SPARSE)
            return 0;
    }
    for (; i < place + size; i++)
        if (!valid_inner(t, cells, i))
            return 0;
    if (!valid_inner(t, cells, place + 1) || !valid_inner(t, cells, place + 2)
        || !valid_base(t, cells, cell_at(t, cells, place + 2)))
        return 0;
    if (cell_kind(head) != CELL_CHAIN && cell_kind(cell_at(t, cells, place + 1)) != CELL_END)
        return 0;
    return cell_kind(head) != CELL_SPARSE || padded(cell_at(t, cells, rest), cell_count(head));
}

/* The nodes follow each other: a head, two cells, then a text, or edges. */
static int check_cells(struct crs_table *t, int cells, const char *name)
{
    uint32_t count = t->section[cells].count, place, size, words;

    for (place = 0; place < count; place += size) {
        uint64_t head = cell_at(t, cells, place);

        size = node_size(head, &words);
        if (size == 0 || (uint32_t)head != place + 1 || size > count - place)
            return check_refuse(t, name, place, "no head of a node within the section");
        if (!valid_node(t, cells, place, size, words))
            return check_refuse(t, name, place, "no node that leads on");
    }
    return 0;
}

static int check_groups(struct crs_table *t)
{
    uint32_t i;

    for (i = 0; i < t->section[CRS_GRUP].count; i++) {
        const uint8_t *group = t->section[CRS_GRUP].at + (size_t)i * GRUP_SIZE;
        uint32_t always = load32(group + GRUP_ALWAYS);

        if (group[GRUP_AXIS] >= AXIS_COUNT || load32(group + GRUP_FIRST) > GRUP_NO_RULE
            || (always != GRUP_NO_RULE && always >= t->section[CRS_RULE].count)
            || !valid_accept(t, CRS_CELL, load32(group + GRUP_RULES))
            || !valid_edge(t, CRS_CELL, load64(group + GRUP_ROOT))
            || !valid_edge(t, CRS_CELL, load64(group + GRUP_ROOT6)))
            return check_refuse(t, "GRUP", i, "no such kind, or it refers to nothing");
        if (!check_matcher_at(t, load32(group + GRUP_PROGRAM), 1 << MATCH_GLOB))
            return check_refuse(t, "GRUP", i, "its program is no glob of the table");
    }
    return 0;
}

static int valid_array(const struct crs_table *t, uint32_t place)
{
    uint32_t count = t->section[CRS_CLAS].count;

    return place == 0 || (place >= CLAS_ARRAYS && place <= count && word(t, CLAS_COUNT) <= count - place);
}

static int check_lists(struct crs_table *t)
{
    uint32_t count = t->section[CRS_INDX].count, i;

    if (count < LISTS_MIN)
        return check_refuse(t, "INDX", count, "lists: at least 4 are needed");
    for (i = 0; i < count; i++) {
        const uint8_t *index = t->section[CRS_INDX].at + (size_t)i * INDX_SIZE;

        if (!check_run_at(t, CRS_SETS, load32(index + INDX_ANY)) || !valid_array(t, load32(index + INDX_OWN))
            || !valid_array(t, load32(index + INDX_ANCESTORS)))
            return check_refuse(t, "INDX", i, "refers to nothing");
    }
    for (i = 0; i < t->section[CRS_SYSC].count; i++)
        if (t->section[CRS_SYSC].at[(size_t)i * SYSC_SIZE + SYSC_INDEX] >= count)
            return check_refuse(t, "SYSC", i, "its rules are no list of INDX");
    return 0;
}

int check_index(struct crs_table *t)
{
    int err;

    if ((err = check_classes(t)) < 0 || (err = check_cells(t, CRS_CELL, "CELL")) < 0
        || (err = check_cells(t, CRS_PCEL, "PCEL")) < 0 || (err = check_groups(t)) < 0)
        return err;
    return check_lists(t);
}
