package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u16;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableLayout.HEADER_SIZE;
import static io.crs.policy.compile.TableLayout.MTCH_A;
import static io.crs.policy.compile.TableLayout.MTCH_B;

import io.crs.policy.RuleType;
import io.crs.policy.compile.TableLayout.Section;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The check of bytes that say they are a decision table: every reference, once, in time linear in their number, so that
 * nothing after need check any. It refuses exactly what the agent's own check refuses.
 */
final class TableCheck {
    private static final int ANY_GLOB = 1 << TableLayout.MATCH_GLOB;
    private static final int ANY_ADDRESS = (1 << TableLayout.MATCH_RANGE) | (1 << TableLayout.MATCH_ADDRESS_GLOB);
    private static final int ANY_PORTS = 1 << TableLayout.MATCH_PORTS;

    /** The kinds of matchers that fit each role, by the role's code. */
    private static final int[] KINDS_OF_ROLE = {
        0,
        ANY_GLOB,
        ANY_GLOB,
        ANY_PORTS,
        ANY_PORTS,
        ANY_ADDRESS,
        1 << TableLayout.MATCH_NAME_GLOB,
        1 << TableLayout.MATCH_INTEGER
    };

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
        check.directory();
        // In this order: each looks only at what was checked before it, or at the type of a rule that is there.
        check.strings();
        check.runs(Section.LIST);
        check.runs(Section.TAGS);
        check.matchers();
        check.rules();
        check.calls();
        check.rest();
        return check.view;
    }

    private static InvalidTableException refusal(String where, long number, String what) {
        return new InvalidTableException(where + " " + number + ": " + what);
    }

    private static InvalidTableException refusal(Section section, long number, String what) {
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

    private boolean isString(int reference) {
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

    private int ruleType(int place) {
        return u8(bytes, view.rule(place) + TableLayout.RULE_TYPE);
    }

    private boolean isRun(Section section, int reference) {
        return reference == 0
                || (reference % 4 == 0
                        && reference > 0
                        && reference < view.size(section)
                        && i32(bytes, view.offset(section) + reference) < 0);
    }

    /** All rules of a list are of one type, the first one's. */
    private boolean isList(int reference, RuleType type) {
        return reference == 0
                || (isRun(Section.LIST, reference)
                        && view.runLength(Section.LIST, reference) > 0
                        && ruleType(view.runElement(Section.LIST, reference, 0)) == Codes.RULE_TYPES.of(type));
    }

    private boolean isMatcher(int reference, int kinds) {
        return reference == 0
                || (reference > 0
                        && reference <= view.count(Section.MTCH)
                        && ((kinds >> u8(bytes, view.matcher(reference) + TableLayout.MTCH_KIND)) & 1) != 0);
    }

    private void matchers() throws InvalidTableException {
        for (int i = 0; i < view.count(Section.MTCH); i++) {
            int at = view.matcher(i + 1);
            int shape = u8(bytes, at + TableLayout.MTCH_SHAPE);
            switch (u8(bytes, at + TableLayout.MTCH_KIND)) {
                case TableLayout.MATCH_GLOB, TableLayout.MATCH_ADDRESS_GLOB, TableLayout.MATCH_NAME_GLOB -> {
                    if (shape < TableLayout.GLOB_LITERAL || shape > TableLayout.GLOB_PATTERN) {
                        throw refusal(Section.MTCH, i, "no such shape of a glob");
                    }
                    if (!isPattern(i32(bytes, at + MTCH_A)) || !isPattern(i32(bytes, at + MTCH_B))) {
                        throw refusal(Section.MTCH, i, "its pattern is no string of at most 4096 bytes");
                    }
                }
                case TableLayout.MATCH_INTEGER -> {}
                case TableLayout.MATCH_PORTS -> {
                    long first = Integer.toUnsignedLong(i32(bytes, at + MTCH_A));
                    long n = Integer.toUnsignedLong(i32(bytes, at + MTCH_B));
                    if (n > TableLayout.MAX_PORTS || first + n > view.count(Section.PORT)) {
                        throw refusal(Section.MTCH, i, "its ports are not in PORT, or more than 4096");
                    }
                }
                case TableLayout.MATCH_RANGE -> {
                    if (shape != 4 && shape != 16) {
                        throw refusal(Section.MTCH, i, "an address is 4 or 16 bytes long");
                    }
                }
                default -> throw refusal(Section.MTCH, i, "no such kind");
            }
        }
    }

    private boolean isPattern(int reference) {
        return isString(reference) && view.stringLength(reference) <= TableLayout.MAX_PATTERN;
    }

    private void rules() throws InvalidTableException {
        int last = 0;
        for (int i = 0; i < view.count(Section.RULE); i++) {
            int at = view.rule(i);
            int severity = u8(bytes, at + TableLayout.RULE_SEVERITY);
            if (!Codes.RULE_TYPES.has(ruleType(i))
                    || !Codes.ACTIONS.has(u8(bytes, at + TableLayout.RULE_ACTION))
                    || (severity > 10 && severity != TableLayout.NO_SEVERITY)) {
                throw refusal(Section.RULE, i, "no such type, action or severity");
            }
            int index = i32(bytes, at + TableLayout.RULE_INDEX);
            if (index < last || index >= view.header32(TableLayout.HEADER_RULES)) {
                throw refusal(Section.RULE, i, "its place in the policy is out of order");
            }
            last = index;
            if (!isMatcher(i32(bytes, at + TableLayout.RULE_PROGRAM), ANY_GLOB)) {
                throw refusal(Section.RULE, i, "its program is no glob of the table");
            }
            if (!hasOperands(at)) {
                throw refusal(Section.RULE, i, "an operand is no matcher of the kind it needs");
            }
            if (!isString(i32(bytes, at + TableLayout.RULE_NAME))
                    || !isString(i32(bytes, at + TableLayout.RULE_ID))
                    || !isString(i32(bytes, at + TableLayout.RULE_MESSAGE))
                    || !isRun(Section.TAGS, i32(bytes, at + TableLayout.RULE_TAGS))) {
                throw refusal(Section.RULE, i, "a text is no string of the table");
            }
        }
    }

    private boolean hasOperands(int rule) {
        int[] operands = new int[TableLayout.OPERANDS];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = i32(bytes, rule + TableLayout.RULE_OPERANDS + 4 * i);
        }
        return switch (Codes.RULE_TYPES.at(u8(bytes, rule + TableLayout.RULE_TYPE))) {
            case READ, WRITE -> isMatcher(operands[0], ANY_GLOB) && operands[1] == 0 && operands[2] == 0;
            case NETWORK_OUTBOUND, NETWORK_INBOUND ->
                isMatcher(operands[0], ANY_ADDRESS) && isMatcher(operands[1], ANY_PORTS) && operands[2] == 0;
            case SYSCALL -> {
                boolean sound = true;
                for (int i = 0; i < operands.length; i++) {
                    int role = u8(bytes, rule + TableLayout.RULE_ROLES + i);
                    sound &= role < KINDS_OF_ROLE.length
                            && (role == TableLayout.ROLE_ANY) == (operands[i] == 0)
                            && isMatcher(operands[i], KINDS_OF_ROLE[role]);
                }
                yield sound;
            }
        };
    }

    private void calls() throws InvalidTableException {
        int count = view.count(Section.SYSC);
        if (count < 2 || view.kernelCalls() != count - 2) {
            throw refusal(Section.SYSC, count, "rows: not one a number and two");
        }
        for (int i = 0; i < count; i++) {
            int at = view.row(i);
            int operation = u8(bytes, at + TableLayout.SYSC_OP);
            if (operation == TableLayout.OP_ABSENT) {
                continue;
            }
            if (!Codes.OPERATIONS.has(operation)) {
                throw refusal(Section.SYSC, i, "no such operation");
            }
            for (int part = 0; part < TableLayout.PARTS; part++) {
                if (!Codes.ACTIONS.has(u8(bytes, at + TableLayout.SYSC_DEFAULTS + part))) {
                    throw refusal(Section.SYSC, i, "no such default action");
                }
            }
            if (!isList(i32(bytes, at + TableLayout.SYSC_NAMED), RuleType.SYSCALL)) {
                throw refusal(Section.SYSC, i, "its rules are no list of SYSCALL rules");
            }
            if (!isString(i32(bytes, at + TableLayout.SYSC_NAME))) {
                throw refusal(Section.SYSC, i, "its name is no string of the table");
            }
        }
    }

    private void rest() throws InvalidTableException {
        for (int i = 0; i < TableLayout.PART_CALL; i++) {
            int field = TableLayout.HEADER_TYPED + 4 * i;
            if (!isList(view.header32(field), Codes.RULE_TYPES.at(i))) {
                throw refusal("byte", field, "no list of rules of that type");
            }
        }
        for (int i = 0; i < view.count(Section.LITS); i++) {
            if (!isString(i32(bytes, view.offset(Section.LITS) + i * TableLayout.LITS_SIZE))) {
                throw refusal(Section.LITS, i, "its path is no string of the table");
            }
        }
        if (!isString(view.header32(TableLayout.HEADER_ID)) || !isString(view.header32(TableLayout.HEADER_NAME))) {
            throw refusal("byte", TableLayout.HEADER_ID, "the policy's id or name is no string of the table");
        }
    }
}
