package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u16;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableCheck.refusal;

import io.crs.policy.compile.TableLayout.Section;

/**
 * The part of {@link TableCheck} that looks at the index. It makes sure that following it ends and stays within the
 * table; whether it leads to the right rule cannot be told without making it anew.
 */
final class IndexCheck {
    private static final int BYTES = 256;
    private static final int CLASSES_AT = 2;
    private static final int TYPED_LISTS = 4;

    private final SectionCheck check;
    private final TableView view;
    private final byte[] bytes;

    /** For a table all else of which is checked. */
    IndexCheck(SectionCheck check) {
        this.check = check;
        this.view = check.view();
        this.bytes = view.bytes;
    }

    void run() throws InvalidTableException {
        classes();
        nodes(Section.NODE, Section.EDGE);
        nodes(Section.PNOD, Section.PEDG);
        groups();
        lists();
    }

    private int word(int place) {
        return i32(bytes, view.offset(Section.CLAS) + place * TableLayout.CLAS_SIZE);
    }

    private void classes() throws InvalidTableException {
        int count = view.count(Section.CLAS);
        if (count < CLASSES_AT || word(0) <= 0 || !isNode(Section.PNOD, word(1))) {
            throw refusal(Section.CLAS, count, "words: no number of classes and first node before the arrays");
        }
        for (int i = CLASSES_AT; i < count; i++) {
            if (!check.isRun(Section.SETS, word(i))) {
                throw refusal(Section.CLAS, i, "refers to no set of groups");
            }
        }
    }

    private boolean isNode(Section nodes, int place) {
        return place >= 0 && place < view.count(nodes);
    }

    private void nodes(Section nodes, Section edges) throws InvalidTableException {
        int edge = 0;
        for (int i = 0; i < view.count(nodes); i++) {
            int at = view.offset(nodes) + i * TableLayout.NODE_SIZE;
            int kind = u8(bytes, at);
            boolean sound =
                    switch (kind) {
                        case TableLayout.NODE_END -> isAccepted(nodes, i32(bytes, at + TableLayout.NODE_ACCEPT));
                        case TableLayout.NODE_CHAIN -> isChain(nodes, at);
                        case TableLayout.NODE_DENSE, TableLayout.NODE_SPARSE -> isBranch(nodes, edges, i, edge);
                        default -> false;
                    };
            if (!sound) {
                throw refusal(nodes, i, "no node that leads on");
            }
            edge += kind >= TableLayout.NODE_DENSE ? u16(bytes, at + TableLayout.NODE_COUNT) : 0;
        }
        if (edge != view.count(edges) || view.count(nodes) == 0) {
            throw refusal(edges, edge, "edges: not as many as the nodes have");
        }
    }

    private boolean isAccepted(Section nodes, int accept) {
        return nodes == Section.PNOD ? accept >= 0 && accept < word(0) : check.isRun(Section.CAND, accept);
    }

    private boolean isChain(Section nodes, int at) {
        int length = u16(bytes, at + TableLayout.NODE_COUNT);
        int text = i32(bytes, at + TableLayout.NODE_AT);
        return length > 0
                && text >= 0
                && text <= view.size(Section.TEXT) - length
                && isNode(nodes, i32(bytes, at + TableLayout.NODE_ACCEPT))
                && isBase(nodes, i32(bytes, at + TableLayout.NODE_MISS));
    }

    /** Whether a byte that is missed elsewhere is taken at this node, or the end is reached. */
    private boolean isBase(Section nodes, int place) {
        if (!isNode(nodes, place)) {
            return false;
        }
        int at = view.offset(nodes) + place * TableLayout.NODE_SIZE;
        int kind = u8(bytes, at);
        return kind == TableLayout.NODE_END
                || (kind >= TableLayout.NODE_DENSE && i32(bytes, at + TableLayout.NODE_MISS) == place);
    }

    private boolean isBranch(Section nodes, Section edges, int place, int edge) {
        int at = view.offset(nodes) + place * TableLayout.NODE_SIZE;
        int n = u16(bytes, at + TableLayout.NODE_COUNT);
        if (n > BYTES
                || n > view.count(edges) - edge
                || i32(bytes, at + TableLayout.NODE_AT) != edge
                || !isAccepted(nodes, i32(bytes, at + TableLayout.NODE_ACCEPT))
                || !isBase(nodes, i32(bytes, at + TableLayout.NODE_MISS))) {
            return false;
        }
        boolean isSparse = u8(bytes, at) == TableLayout.NODE_SPARSE;
        for (int i = edge; i < edge + n; i++) {
            int word = i32(bytes, view.offset(edges) + i * TableLayout.EDGE_SIZE);
            if (!isNode(nodes, isSparse ? word & TableLayout.EDGE_TARGET : word)) {
                return false;
            }
        }
        return true;
    }

    private void groups() throws InvalidTableException {
        for (int i = 0; i < view.count(Section.GRUP); i++) {
            int at = view.offset(Section.GRUP) + i * TableLayout.GRUP_SIZE;
            int always = i32(bytes, at + TableLayout.GRUP_ALWAYS);
            if (u8(bytes, at + TableLayout.GRUP_AXIS) > TableLayout.AXIS_LOCAL_PORT
                    || i32(bytes, at + TableLayout.GRUP_FIRST) < 0
                    || always < 0
                    || (always != TableLayout.NO_RULE && always >= view.count(Section.RULE))
                    || !check.isRun(Section.CAND, i32(bytes, at + TableLayout.GRUP_RULES))
                    || !isNode(Section.NODE, i32(bytes, at + TableLayout.GRUP_ROOT))
                    || !isNode(Section.NODE, i32(bytes, at + TableLayout.GRUP_ROOT6))) {
                throw refusal(Section.GRUP, i, "no such kind, or it refers to nothing");
            }
            if (!RecordCheck.isMatcher(view, i32(bytes, at + TableLayout.GRUP_PROGRAM), 1 << TableLayout.MATCH_GLOB)) {
                throw refusal(Section.GRUP, i, "its program is no glob of the table");
            }
        }
    }

    private boolean isArray(int place) {
        return place == 0 || (place >= CLASSES_AT && word(0) <= view.count(Section.CLAS) - place);
    }

    private void lists() throws InvalidTableException {
        int count = view.count(Section.INDX);
        if (count < TYPED_LISTS) {
            throw refusal(Section.INDX, count, "lists: at least 4 are needed");
        }
        for (int i = 0; i < count; i++) {
            int at = view.offset(Section.INDX) + i * TableLayout.INDX_SIZE;
            if (!check.isRun(Section.SETS, i32(bytes, at + TableLayout.INDX_ANY))
                    || !isArray(i32(bytes, at + TableLayout.INDX_OWN))
                    || !isArray(i32(bytes, at + TableLayout.INDX_ANCESTORS))) {
                throw refusal(Section.INDX, i, "refers to nothing");
            }
        }
        for (int i = 0; i < view.count(Section.SYSC); i++) {
            if (u8(bytes, view.row(i) + TableLayout.SYSC_INDEX) >= count) {
                throw refusal(Section.SYSC, i, "its rules are no list of INDX");
            }
        }
    }
}
