package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;

import io.crs.policy.compile.TableLayout.Section;
import java.nio.charset.StandardCharsets;

/** The bytes of a table and where its sections are. Places in the bytes are given as offsets from their start. */
final class TableView {
    final byte[] bytes;
    private final int[] offsets = new int[Section.values().length];
    private final int[] sizes = new int[Section.values().length];
    private final int[] counts = new int[Section.values().length];

    TableView(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The view of a table that is known to be sound. */
    static TableView of(byte[] table) {
        TableView view = new TableView(table);
        for (int i = 0; i < view.header32(TableLayout.HEADER_SECTIONS); i++) {
            int entry = TableLayout.HEADER_SIZE + i * TableLayout.ENTRY_SIZE;
            for (Section section : Section.values()) {
                if (section.tag == i32(table, entry)) {
                    view.set(section, i32(table, entry + 4), i32(table, entry + 8), i32(table, entry + 12));
                }
            }
        }
        return view;
    }

    void set(Section section, int offset, int size, int count) {
        offsets[section.place] = offset;
        sizes[section.place] = size;
        counts[section.place] = count;
    }

    boolean has(Section section) {
        return offsets[section.place] != 0;
    }

    int offset(Section section) {
        return offsets[section.place];
    }

    int size(Section section) {
        return sizes[section.place];
    }

    int count(Section section) {
        return counts[section.place];
    }

    int header32(int field) {
        return i32(bytes, field);
    }

    /** Whether there is an index. */
    boolean isIndexed() {
        return has(Section.INDX);
    }

    int kernelCalls() {
        return header32(TableLayout.HEADER_CALLS);
    }

    /** Where a call's row is. */
    int row(int place) {
        return offset(Section.SYSC) + place * TableLayout.SYSC_SIZE;
    }

    /** Where a rule is. */
    int rule(int place) {
        return offset(Section.RULE) + place * TableLayout.RULE_SIZE;
    }

    /** Where a matcher is; the reference is not 0. */
    int matcher(int reference) {
        return offset(Section.MTCH) + (reference - 1) * TableLayout.MTCH_SIZE;
    }

    /** Where a limit is. */
    int limit(int place) {
        return offset(Section.LIMT) + place * TableLayout.LIMT_SIZE;
    }

    /** Where the bytes of a string begin. */
    int string(int reference) {
        return offset(Section.STRS) + reference + Integer.BYTES;
    }

    /** The number of bytes of a string. */
    int stringLength(int reference) {
        return i32(bytes, offset(Section.STRS) + reference);
    }

    String text(int reference) {
        return new String(bytes, string(reference), stringLength(reference), StandardCharsets.UTF_8);
    }

    /** The number of elements of a run. */
    int runLength(Section section, int reference) {
        return reference == 0 ? 0 : i32(bytes, offset(section) + reference) & ~TableLayout.RUN_MARK;
    }

    /** An element of a run. */
    int runElement(Section section, int reference, int i) {
        return i32(bytes, offset(section) + reference + Integer.BYTES * (i + 1));
    }
}
