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

    static TableView check(byte[] bytes) throws InvalidTableException {
        TableCheck check = new TableCheck(bytes);
        check.header();
        SectionCheck sections = new SectionCheck(check.view);
        sections.run();
        new RecordCheck(sections).run();
        if (check.view.isIndexed()) {
            new IndexCheck(sections).run();
        }
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
}
