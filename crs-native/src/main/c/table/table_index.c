/*
 * The check of a decision table's index: following it ends and stays within the table. Whether it leads to the right
 * rule cannot be told without making it anew.
 */
#include "table_check.h"

enum { EDGES_MAX = 256, LISTS_MIN = 4 };

static uint32_t word(const struct crs_table *t, uint32_t place)
{
    return load32(t->section[CRS_CLAS].at + (size_t)place * CLAS_SIZE);
}

static int check_classes(struct crs_table *t)
{
    uint32_t count = t->section[CRS_CLAS].count, i;

    if (count < CLAS_ARRAYS || word(t, CLAS_COUNT) == 0 || word(t, CLAS_COUNT) > INT32_MAX
        || word(t, CLAS_ROOT) >= t->section[CRS_PNOD].count)
        return check_refuse(t, "CLAS", count, "words: no number of classes and first node before the arrays");
    for (i = CLAS_ARRAYS; i < count; i++)
        if (!check_run_at(t, CRS_SETS, word(t, i)))
            return check_refuse(t, "CLAS", i, "refers to no set of groups");
    return 0;
}

static const uint8_t *node_at(const struct crs_table *t, int nodes, uint32_t place)
{
    return t->section[nodes].at + (size_t)place * NODE_SIZE;
}

static int valid_accept(const struct crs_table *t, int nodes, uint32_t accept)
{
    return nodes == CRS_PNOD ? accept < word(t, CLAS_COUNT) : check_run_at(t, CRS_CAND, accept);
}

/* Whether a byte that is missed elsewhere is taken at this node, or the end is reached. */
static int valid_base(const struct crs_table *t, int nodes, uint32_t place)
{
    const uint8_t *node;

    if (place >= t->section[nodes].count)
        return 0;
    node = node_at(t, nodes, place);
    return node[NODE_KIND] == NODE_END || (node[NODE_KIND] >= NODE_DENSE && load32(node + NODE_MISS) == place);
}

static int valid_chain(const struct crs_table *t, int nodes, const uint8_t *node)
{
    uint32_t len = load16(node + NODE_COUNT), text = load32(node + NODE_AT), size = t->section[CRS_TEXT].size;

    return len > 0 && len <= size && text <= size - len && load32(node + NODE_ACCEPT) < t->section[nodes].count
        && valid_base(t, nodes, load32(node + NODE_MISS));
}

/* edge: the first edge that no node before has */
static int valid_branch(const struct crs_table *t, int nodes, const uint8_t *node, uint32_t edge)
{
    const struct crs_section *edges = &t->section[nodes + 1];
    uint32_t n = load16(node + NODE_COUNT), i;

    if (n > EDGES_MAX || n > edges->count - edge || load32(node + NODE_AT) != edge
        || !valid_accept(t, nodes, load32(node + NODE_ACCEPT)) || !valid_base(t, nodes, load32(node + NODE_MISS)))
        return 0;
    for (i = edge; i < edge + n; i++) {
        uint32_t target = load32(edges->at + (size_t)i * EDGE_SIZE);

        if (node[NODE_KIND] == NODE_SPARSE)
            target &= EDGE_TARGET;
        if (target >= t->section[nodes].count)
            return 0;
    }
    return 1;
}

/* The section of edges comes behind that of the nodes. */
static int check_nodes(struct crs_table *t, int nodes, const char *name, const char *edges)
{
    uint32_t edge = 0, i;

    for (i = 0; i < t->section[nodes].count; i++) {
        const uint8_t *node = node_at(t, nodes, i);
        int sound = 0;

        if (node[NODE_KIND] == NODE_END)
            sound = valid_accept(t, nodes, load32(node + NODE_ACCEPT));
        else if (node[NODE_KIND] == NODE_CHAIN)
            sound = valid_chain(t, nodes, node);
        else if (node[NODE_KIND] <= NODE_SPARSE)
            sound = valid_branch(t, nodes, node, edge);
        if (!sound)
            return check_refuse(t, name, i, "no node that leads on");
        if (node[NODE_KIND] >= NODE_DENSE)
            edge += load16(node + NODE_COUNT);
    }
    if (edge != t->section[nodes + 1].count || t->section[nodes].count == 0)
        return check_refuse(t, edges, edge, "edges: not as many as the nodes have");
    return 0;
}

static int check_groups(struct crs_table *t)
{
    uint32_t nodes = t->section[CRS_NODE].count, i;

    for (i = 0; i < t->section[CRS_GRUP].count; i++) {
        const uint8_t *group = t->section[CRS_GRUP].at + (size_t)i * GRUP_SIZE;
        uint32_t always = load32(group + GRUP_ALWAYS);

        if (group[GRUP_AXIS] >= AXIS_COUNT || load32(group + GRUP_FIRST) > GRUP_NO_RULE || (always != GRUP_NO_RULE && always >= t->section[CRS_RULE].count)
            || !check_run_at(t, CRS_CAND, load32(group + GRUP_RULES)) || load32(group + GRUP_ROOT) >= nodes
            || load32(group + GRUP_ROOT6) >= nodes)
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

    if ((err = check_classes(t)) < 0 || (err = check_nodes(t, CRS_NODE, "NODE", "EDGE")) < 0
        || (err = check_nodes(t, CRS_PNOD, "PNOD", "PEDG")) < 0 || (err = check_groups(t)) < 0)
        return err;
    return check_lists(t);
}
