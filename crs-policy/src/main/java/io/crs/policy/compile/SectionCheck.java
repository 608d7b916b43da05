package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableCheck.refusal;
import static io.crs.policy.compile.TableLayout.HEADER_SIZE;

import io.crs.policy.compile.TableLayout.Section;

/** The part of {@link TableCheck} that looks at the sections: where they are, and those of strings and runs. */
final class SectionCheck {
    private final TableView view;
    private final byte[] bytes;

    /** For a table whose header is checked. */
    SectionCheck(TableView view) {
        this.view = view;
        this.bytes = view.bytes;
    }

    TableView view() {
        return view;
    }

    void run() throws InvalidTableException {
        directory();
        // In this order: each looks only at what was checked before it, or at the type of a rule that is there.
        strings();
        runs(Section.LIST);
        runs(Section.TAGS);
        if (view.isIndexed()) {
            runs(Section.CAND);
            runs(Section.SETS);
        }
    }

    private void directory() throws InvalidTableException {
        int n = view.header32(TableLayout.HEADER_SECTIONS);
        if (n < 0 || n > TableLayout.MAX_SECTIONS || HEADER_SIZE + n * TableLayout.ENTRY_SIZE > bytes.length) {
            throw refusal("byte", TableLayout.HEADER_SECTIONS, "more sections than there can be");
        }
        long end = HEADER_SIZE + (long) n * TableLayout.ENTRY_SIZE;
        for (int i = 0; i < n; i++) {
            int entry = HEADER_SIZE + i * TableLayout.ENTRY_SIZE;
            long offset = Integer.toUnsignedLong(i32(bytes, entry + 4));
            long size = Integer.toUnsignedLong(i32(bytes, entry + 8));
            long count = Integer.toUnsignedLong(i32(bytes, entry + 12));
            if (offset % 8 != 0 || offset < end || size > bytes.length - offset) {
                throw refusal("section", i, "lies outside of the table or over another section");
            }
            end = offset + size;
            for (Section section : Section.values()) {
                if (section.tag == i32(bytes, entry)) {
                    place(section, i, (int) offset, (int) size, count);
                }
            }
        }
        for (Section section : Section.values()) {
            if (isNeeded(section) && !view.has(section)) {
                throw refusal(section, 0, "the section is missing");
            }
        }
    }

    /** An index is there as a whole or not at all. */
    private boolean isNeeded(Section section) {
        return section != Section.LIMT
                && (!Section.INDEX.contains(section) || Section.INDEX.stream().anyMatch(view::has));
    }

    private void place(Section section, int entry, int offset, int size, long count) throws InvalidTableException {
        if (view.has(section)) {
            throw refusal(section, entry, "stands here twice");
        }
        if (section.record != 0 && count * section.record != size) {
            throw refusal(section, count, "records do not fill the section");
        }
        // A run or a string takes 4 bytes at least, so a larger count is found wrong by the walk in any case.
        view.set(section, offset, size, (int) Math.min(count, Integer.MAX_VALUE));
    }

    boolean isString(int reference) {
        int size = view.size(Section.STRS);
        if (reference % 4 != 0 || reference < 0 || reference > size - 5) {
            return false;
        }
        int length = view.stringLength(reference);
        return length >= 0 && length <= size - reference - 5 && bytes[view.string(reference) + length] == 0;
    }

    private void strings() throws InvalidTableException {
        int n = 0;
        for (int at = 0; at < view.size(Section.STRS); n++) {
            if (!isString(at)) {
                throw refusal(Section.STRS, at, "no string, ended by NUL, within the section");
            }
            at += (view.stringLength(at) + 4 + 1 + 3) & ~3;
        }
        if (n != view.count(Section.STRS) || n == 0 || view.stringLength(0) != 0) {
            throw refusal(Section.STRS, n, "strings: not as many as announced, or the first is not empty");
        }
    }

    private void runs(Section section) throws InvalidTableException {
        int size = view.size(section);
        int base = view.offset(section);
        if (size < 4 || size % 4 != 0 || i32(bytes, base) != 0) {
            throw refusal(section, 0, "does not begin with a word of 0");
        }
        int runs = 0;
        for (int at = 4; at < size; runs++) {
            int length = view.runLength(section, at);
            boolean isEmpty = length == 0 && section == Section.CAND;
            if (i32(bytes, base + at) >= 0 || length > (size - at) / 4 - 1 || isEmpty) {
                throw refusal(section, at, "no run within the section");
            }
            for (int i = 0; i < length; i++) {
                element(section, at, i);
            }
            at += 4 + 4 * length;
        }
        if (runs != view.count(section)) {
            throw refusal(section, runs, "runs: not as many as announced");
        }
    }

    private void element(Section section, int run, int i) throws InvalidTableException {
        int value = view.runElement(section, run, i);
        boolean sound =
                switch (section) {
                    case TAGS -> value != 0 && isString(value);
                    case SETS -> value >= 0 && value < view.count(Section.GRUP);
                    default -> value >= 0 && value < view.count(Section.RULE);
                };
        if (!sound) {
            throw refusal(section, run + 4L * (i + 1), "refers to nothing");
        }
        if ((section == Section.LIST || section == Section.CAND) && i > 0) {
            int before = view.runElement(section, run, i - 1);
            if (value <= before || ruleType(value) != ruleType(before)) {
                throw refusal(section, run + 4L * (i + 1), "rules out of order or of several types");
            }
        }
    }

    int ruleType(int place) {
        return u8(bytes, view.rule(place) + TableLayout.RULE_TYPE);
    }

    boolean isRun(Section section, int reference) {
        return reference == 0
                || (reference % 4 == 0
                        && reference > 0
                        && reference < view.size(section)
                        && i32(bytes, view.offset(section) + reference) < 0);
    }
}
