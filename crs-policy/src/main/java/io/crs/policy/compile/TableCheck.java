package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u16;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableLayout.HEADER_SIZE;

import io.crs.policy.compile.TableLayout.Section;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The check of bytes that say they are a decision table: every reference, once, in time linear in their number, so that
 * nothing after need check any. It refuses exactly what the agent's own check refuses.
 */
final class TableCheck {
    private static final int HIGHEST_LOG_MODE = 15;

    /** Fields of the header that are one byte, with the codes they may have. */
    private static final List<Map.Entry<Integer, Codes<?>>> HEADER_CODES = List.of(
            Map.entry(TableLayout.HEADER_ARCH, Codes.ARCHES),
            Map.entry(TableLayout.HEADER_MODE, Codes.MODES),
            Map.entry(TableLayout.HEADER_TRANSLATION, Codes.TRANSLATIONS),
            Map.entry(TableLayout.HEADER_NETWORK, Codes.ACTIONS),
            Map.entry(TableLayout.HEADER_FILE, Codes.ACTIONS),
            Map.entry(TableLayout.HEADER_EXECUTE, Codes.ACTIONS),
            Map.entry(TableLayout.HEADER_DRIFT, Codes.ACTIONS),
            Map.entry(TableLayout.HEADER_DEFAULT_SCOPE, Codes.DEFAULT_SCOPES),
            Map.entry(TableLayout.HEADER_IGNORE_SCOPE, Codes.IGNORE_SCOPES),
            Map.entry(TableLayout.HEADER_UNREADABLE, Codes.ACTIONS),
            Map.entry(TableLayout.HEADER_FAIL, Codes.FAIL_MODES),
            Map.entry(TableLayout.HEADER_DEGRADED, Codes.ON_DEGRADED));

    private final byte[] bytes;
    private final TableView view;

    private TableCheck(byte[] bytes) {
        this.bytes = bytes;
        this.view = new TableView(bytes);
    }

    TableView view() {
        return view;
    }

    static TableView check(byte[] bytes) throws InvalidTableException {
        TableCheck check = new TableCheck(bytes);
        check.header();
        check.directory();
        // In this order: each looks only at what was checked before it, or at the type of a rule that is there.
        check.strings();
        check.runs(Section.LIST);
        check.runs(Section.TAGS);
        new RecordCheck(check).run();
        return check.view;
    }

    static InvalidTableException refusal(String where, long number, String what) {
        return new InvalidTableException(where + " " + number + ": " + what);
    }

    static InvalidTableException refusal(Section section, long number, String what) {
        return refusal(section.name(), number, what);
    }

    private void header() throws InvalidTableException {
        if (bytes.length < HEADER_SIZE
                || !Arrays.equals(bytes, 0, TableLayout.MAGIC.length, TableLayout.MAGIC, 0, TableLayout.MAGIC.length)) {
            throw refusal("byte", 0, "not a decision table");
        }
        int major = u16(bytes, TableLayout.HEADER_MAJOR);
        if (major != TableLayout.MAJOR) {
            throw refusal("major version", major, "only 1 is understood");
        }
        if (bytes.length > TableLayout.MAX_SIZE || i32(bytes, TableLayout.HEADER_TOTAL) != bytes.length) {
            throw refusal(
                    "size",
                    Integer.toUnsignedLong(i32(bytes, TableLayout.HEADER_TOTAL)),
                    "not the number of bytes there are, or beyond 64 MiB");
        }
        if (TableAssembly.checksum(bytes) != i32(bytes, TableLayout.HEADER_CRC)) {
            throw refusal("byte", TableLayout.HEADER_CRC, "the checksum is wrong");
        }
        for (Map.Entry<Integer, Codes<?>> field : HEADER_CODES) {
            if (!field.getValue().has(u8(bytes, field.getKey()))) {
                throw refusal("byte", field.getKey(), "no such value");
            }
        }
        if (u8(bytes, TableLayout.HEADER_LOG) > HIGHEST_LOG_MODE) {
            throw refusal("byte", TableLayout.HEADER_LOG, "no such value");
        }
        if (view.header32(TableLayout.HEADER_RULES) < 0) {
            throw refusal("byte", TableLayout.HEADER_RULES, "more rules than there can be");
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
            if (!view.has(section)) {
                throw refusal(section, 0, "the section is missing");
            }
        }
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
            if (i32(bytes, base + at) >= 0 || length > (size - at) / 4 - 1) {
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
        boolean sound = section == Section.TAGS
                ? value != 0 && isString(value)
                : value >= 0 && value < view.count(Section.RULE);
        if (!sound) {
            throw refusal(section, run + 4L * (i + 1), "refers to nothing");
        }
        if (section == Section.LIST && i > 0) {
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
