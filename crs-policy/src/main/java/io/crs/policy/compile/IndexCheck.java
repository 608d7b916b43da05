package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.i64;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableCheck.refusal;

import io.crs.policy.compile.TableLayout.Section;

/**
 * The part of {@link TableCheck} that looks at the index. It makes sure that following it ends and stays within the
 * table; whether it leads to the right rule cannot be told without making it anew.
 */
final class IndexCheck {
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
        cells(Section.CELL);
        cells(Section.PCEL);
        groups();
        lists();
    }

    private int word(int place) {
        return i32(bytes, view.offset(Section.CLAS) + place * TableLayout.CLAS_SIZE);
    }

    private void classes() throws InvalidTableException {
        int count = view.count(Section.CLAS);
        if (count < TableLayout.CLAS_ARRAYS
                || word(TableLayout.CLAS_COUNT) <= 0
                || !isEdge(Section.PCEL, view.offset(Section.CLAS) + TableLayout.CLAS_ROOT * TableLayout.CLAS_SIZE)) {
            throw refusal(Section.CLAS, count, "words: no number of classes and first cell before the arrays");
        }
        for (int i = TableLayout.CLAS_ARRAYS; i < count; i++) {
            if (!check.isRun(Section.SETS, word(i))) {
                throw refusal(Section.CLAS, i, "refers to no set of groups");
            }
        }
    }

    private long cell(Section cells, int place) {
        return i64(bytes, view.offset(cells) + place * TableLayout.CELL_SIZE);
    }

    /**
     * Whether the cell at this place of the table can be followed: to an end, or to a node whose head is the same. What
     * is no head never equals one: {@link #cells} lets no other cell name the place behind its own, and no word of
     * bytes have the kind of a head.
     */
    private boolean isEdge(Section cells, int at) {
        long cell = i64(bytes, at);
        if (Automaton.kind(cell) == TableLayout.CELL_END) {
            return cell >>> TableLayout.CELL_COUNT_SHIFT <= 1 && isAccepted(cells, (int) cell);
        }
        long head = (cell & 0xFFFFFFFFL) - 1;
        return head >= 0 && head < view.count(cells) && cell(cells, (int) head) == cell;
    }

    private boolean isAccepted(Section cells, int accept) {
        if (cells == Section.PCEL) {
            return accept >= 0 && accept < word(TableLayout.CLAS_COUNT);
        }
        return accept < 0
                ? (accept & ~TableLayout.ONE_RULE) < view.count(Section.RULE)
                : check.isRun(Section.CAND, accept);
    }

    /** The nodes follow each other: a head, two cells, then a text, or edges. */
    private void cells(Section cells) throws InvalidTableException {
        int place = 0;
        while (place < view.count(cells)) {
            long head = cell(cells, place);
            int size = Automaton.size(head);
            if (size == 0 || (int) head != place + 1 || size > view.count(cells) - place) {
                throw refusal(cells, place, "no head of a node within the section");
            }
            if (!isNode(cells, place, head, size)) {
                throw refusal(cells, place, "no node that leads on");
            }
            place += size;
        }
    }

    private boolean isNode(Section cells, int place, long head, int size) {
        int kind = Automaton.kind(head);
        int rest = place + CellPool.HEAD;
        int words =
                switch (kind) {
                    case TableLayout.CELL_CHAIN -> size - CellPool.HEAD;
                    case TableLayout.CELL_SPARSE -> 1;
                    default -> 0;
                };
        for (int i = rest; i < rest + words; i++) {
            int kindOfWord = Automaton.kind(cell(cells, i));
            if (kindOfWord > TableLayout.CELL_END && kindOfWord <= TableLayout.CELL_SPARSE) {
                return false;
            }
        }
        for (int i = rest + words; i < place + size; i++) {
            if (!isInner(cells, i)) {
                return false;
            }
        }
        return isInner(cells, place + 1)
                && isInner(cells, place + 2)
                && isBase(cells, cell(cells, place + 2))
                && (kind == TableLayout.CELL_CHAIN || Automaton.kind(cell(cells, place + 1)) == TableLayout.CELL_END)
                && (kind != TableLayout.CELL_SPARSE || isPadded(cell(cells, rest), Automaton.count(head)));
    }

    /** Whether a cell within a node can be followed, and does not look like a head itself. */
    private boolean isInner(Section cells, int place) {
        long cell = cell(cells, place);
        return isEdge(cells, view.offset(cells) + place * TableLayout.CELL_SIZE)
                && (Automaton.kind(cell) == TableLayout.CELL_END || (int) cell != place + 1);
    }

    /** Whether a byte that is missed elsewhere is taken at this node, or the end is reached. */
    private boolean isBase(Section cells, long cell) {
        int kind = Automaton.kind(cell);
        return kind == TableLayout.CELL_END
                || (kind != TableLayout.CELL_CHAIN
                        && (int) cell + 1 < view.count(cells)
                        && cell(cells, (int) cell + 1) == cell);
    }

    /** Whether the places without an edge have the byte of the first edge, which is found before them. */
    private static boolean isPadded(long keys, int edges) {
        for (int i = edges; i < TableLayout.SPARSE_EDGES; i++) {
            if ((byte) (keys >>> (i * Byte.SIZE)) != (byte) keys) {
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
                    || !isAccepted(Section.CELL, i32(bytes, at + TableLayout.GRUP_RULES))
                    || !isEdge(Section.CELL, at + TableLayout.GRUP_ROOT)
                    || !isEdge(Section.CELL, at + TableLayout.GRUP_ROOT6)) {
                throw refusal(Section.GRUP, i, "no such kind, or it refers to nothing");
            }
            if (!RecordCheck.isMatcher(view, i32(bytes, at + TableLayout.GRUP_PROGRAM), 1 << TableLayout.MATCH_GLOB)) {
                throw refusal(Section.GRUP, i, "its program is no glob of the table");
            }
        }
    }

    private boolean isArray(int place) {
        return place == 0
                || (place >= TableLayout.CLAS_ARRAYS
                        && word(TableLayout.CLAS_COUNT) <= view.count(Section.CLAS) - place);
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
