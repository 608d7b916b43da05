package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableLayout.MTCH_A;
import static io.crs.policy.compile.TableLayout.MTCH_B;

import io.crs.policy.RuleType;
import io.crs.policy.compile.TableLayout.Section;

/** The part of {@link TableCheck} that looks at records: matchers, rules, calls, limits, and what the header refers to. */
final class RecordCheck {
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

    private final SectionCheck check;
    private final TableView view;
    private final byte[] bytes;

    /** For a table whose sections, strings and runs are checked. */
    RecordCheck(SectionCheck check) {
        this.check = check;
        this.view = check.view();
        this.bytes = view.bytes;
    }

    void run() throws InvalidTableException {
        matchers();
        rules();
        calls();
        rest();
        limits();
    }

    /** All rules of a list are of one type, the first one's. */
    private boolean isList(int reference, RuleType type) {
        return reference == 0
                || (check.isRun(Section.LIST, reference)
                        && view.runLength(Section.LIST, reference) > 0
                        && check.ruleType(view.runElement(Section.LIST, reference, 0)) == Codes.RULE_TYPES.of(type));
    }

    /** Whether a reference is 0, or to a matcher of one of these kinds, a bit each. */
    static boolean isMatcher(TableView view, int reference, int kinds) {
        return reference == 0
                || (reference > 0
                        && reference <= view.count(Section.MTCH)
                        && ((kinds >> u8(view.bytes, view.matcher(reference) + TableLayout.MTCH_KIND)) & 1) != 0);
    }

    private void matchers() throws InvalidTableException {
        for (int i = 0; i < view.count(Section.MTCH); i++) {
            int at = view.matcher(i + 1);
            int shape = u8(bytes, at + TableLayout.MTCH_SHAPE);
            switch (u8(bytes, at + TableLayout.MTCH_KIND)) {
                case TableLayout.MATCH_GLOB, TableLayout.MATCH_ADDRESS_GLOB, TableLayout.MATCH_NAME_GLOB -> {
                    if (shape < TableLayout.GLOB_LITERAL || shape > TableLayout.GLOB_PATTERN) {
                        throw TableCheck.refusal(Section.MTCH, i, "no such shape of a glob");
                    }
                    if (!isPattern(i32(bytes, at + MTCH_A)) || !isPattern(i32(bytes, at + MTCH_B))) {
                        throw TableCheck.refusal(Section.MTCH, i, "its pattern is no string of at most 4096 bytes");
                    }
                }
                case TableLayout.MATCH_INTEGER -> {}
                case TableLayout.MATCH_PORTS -> {
                    long first = Integer.toUnsignedLong(i32(bytes, at + MTCH_A));
                    long n = Integer.toUnsignedLong(i32(bytes, at + MTCH_B));
                    if (n > TableLayout.MAX_PORTS || first + n > view.count(Section.PORT)) {
                        throw TableCheck.refusal(Section.MTCH, i, "its ports are not in PORT, or more than 4096");
                    }
                }
                case TableLayout.MATCH_RANGE -> {
                    if (shape != 4 && shape != 16) {
                        throw TableCheck.refusal(Section.MTCH, i, "an address is 4 or 16 bytes long");
                    }
                }
                default -> throw TableCheck.refusal(Section.MTCH, i, "no such kind");
            }
        }
    }

    private boolean isPattern(int reference) {
        return check.isString(reference) && view.stringLength(reference) <= TableLayout.MAX_PATTERN;
    }

    private void rules() throws InvalidTableException {
        int last = 0;
        for (int i = 0; i < view.count(Section.RULE); i++) {
            int at = view.rule(i);
            int severity = u8(bytes, at + TableLayout.RULE_SEVERITY);
            if (!Codes.RULE_TYPES.has(check.ruleType(i))
                    || !Codes.ACTIONS.has(u8(bytes, at + TableLayout.RULE_ACTION))
                    || (severity > 10 && severity != TableLayout.NO_SEVERITY)) {
                throw TableCheck.refusal(Section.RULE, i, "no such type, action or severity");
            }
            int index = i32(bytes, at + TableLayout.RULE_INDEX);
            if (index < last || index >= view.header32(TableLayout.HEADER_RULES)) {
                throw TableCheck.refusal(Section.RULE, i, "its place in the policy is out of order");
            }
            last = index;
            if (!isMatcher(view, i32(bytes, at + TableLayout.RULE_PROGRAM), ANY_GLOB)) {
                throw TableCheck.refusal(Section.RULE, i, "its program is no glob of the table");
            }
            if (!hasOperands(at)) {
                throw TableCheck.refusal(Section.RULE, i, "an operand is no matcher of the kind it needs");
            }
            if (!check.isString(i32(bytes, at + TableLayout.RULE_NAME))
                    || !check.isString(i32(bytes, at + TableLayout.RULE_ID))
                    || !check.isString(i32(bytes, at + TableLayout.RULE_MESSAGE))
                    || !check.isRun(Section.TAGS, i32(bytes, at + TableLayout.RULE_TAGS))) {
                throw TableCheck.refusal(Section.RULE, i, "a text is no string of the table");
            }
        }
    }

    private boolean hasOperands(int rule) {
        int[] operands = new int[TableLayout.OPERANDS];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = i32(bytes, rule + TableLayout.RULE_OPERANDS + 4 * i);
        }
        return switch (Codes.RULE_TYPES.at(u8(bytes, rule + TableLayout.RULE_TYPE))) {
            case READ, WRITE -> isMatcher(view, operands[0], ANY_GLOB) && operands[1] == 0 && operands[2] == 0;
            case NETWORK_OUTBOUND, NETWORK_INBOUND ->
                isMatcher(view, operands[0], ANY_ADDRESS)
                        && isMatcher(view, operands[1], ANY_PORTS)
                        && operands[2] == 0;
            case SYSCALL -> {
                boolean sound = true;
                for (int i = 0; i < operands.length; i++) {
                    int role = u8(bytes, rule + TableLayout.RULE_ROLES + i);
                    sound &= role < KINDS_OF_ROLE.length
                            && (role == TableLayout.ROLE_ANY) == (operands[i] == 0)
                            && isMatcher(view, operands[i], KINDS_OF_ROLE[role]);
                }
                yield sound;
            }
        };
    }

    private void calls() throws InvalidTableException {
        int count = view.count(Section.SYSC);
        if (count < 2 || view.kernelCalls() != count - 2) {
            throw TableCheck.refusal(Section.SYSC, count, "rows: not one a number and two");
        }
        for (int i = 0; i < count; i++) {
            int at = view.row(i);
            int operation = u8(bytes, at + TableLayout.SYSC_OP);
            if (operation == TableLayout.OP_ABSENT) {
                continue;
            }
            if (!Codes.OPERATIONS.has(operation)) {
                throw TableCheck.refusal(Section.SYSC, i, "no such operation");
            }
            for (int part = 0; part < TableLayout.PARTS; part++) {
                if (!Codes.ACTIONS.has(u8(bytes, at + TableLayout.SYSC_DEFAULTS + part))) {
                    throw TableCheck.refusal(Section.SYSC, i, "no such default action");
                }
            }
            if (!isList(i32(bytes, at + TableLayout.SYSC_NAMED), RuleType.SYSCALL)) {
                throw TableCheck.refusal(Section.SYSC, i, "its rules are no list of SYSCALL rules");
            }
            if (!check.isString(i32(bytes, at + TableLayout.SYSC_NAME))) {
                throw TableCheck.refusal(Section.SYSC, i, "its name is no string of the table");
            }
        }
    }

    private void rest() throws InvalidTableException {
        for (int i = 0; i < TableLayout.PART_CALL; i++) {
            int field = TableLayout.HEADER_TYPED + 4 * i;
            if (!isList(view.header32(field), Codes.RULE_TYPES.at(i))) {
                throw TableCheck.refusal("byte", field, "no list of rules of that type");
            }
        }
        for (int i = 0; i < view.count(Section.LITS); i++) {
            if (!check.isString(i32(bytes, view.offset(Section.LITS) + i * TableLayout.LITS_SIZE))) {
                throw TableCheck.refusal(Section.LITS, i, "its path is no string of the table");
            }
        }
        if (!check.isString(view.header32(TableLayout.HEADER_ID))
                || !check.isString(view.header32(TableLayout.HEADER_NAME))) {
            throw TableCheck.refusal(
                    "byte", TableLayout.HEADER_ID, "the policy's id or name is no string of the table");
        }
    }

    private void limits() throws InvalidTableException {
        for (int i = 0; i < view.count(Section.LIMT); i++) {
            int at = view.limit(i);
            int kind = u8(bytes, at + TableLayout.LIMT_KIND);
            boolean named = kind != TableLayout.LIMIT_PROGRAM || check.isString(i32(bytes, at + TableLayout.LIMT_WHAT));
            if (kind > TableLayout.LIMIT_PROGRAM || i32(bytes, at + TableLayout.LIMT_NUMBER) == 0 || !named) {
                throw TableCheck.refusal(Section.LIMT, i, "no such kind, no number, or no name");
            }
        }
    }
}
