package io.crs.policy.compile;

import static io.crs.policy.compile.Findings.NO_RULE;
import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableLayout.PART_CALL;
import static io.crs.policy.compile.TableLayout.PART_INBOUND;
import static io.crs.policy.compile.TableLayout.PART_OUTBOUND;
import static io.crs.policy.compile.TableLayout.PART_READ;
import static io.crs.policy.compile.TableLayout.PART_WRITE;

import io.crs.policy.Action;
import io.crs.policy.compile.TableLayout.Section;
import io.crs.syscall.OperationClass;
import org.jspecify.annotations.Nullable;

/**
 * The evaluation of calls: {@code decide.c} in Java, step by step.
 *
 * <p>A SYSCALL rule matches the call as a whole, so the first that matches is looked for once. Each part is then decided
 * by the first rule of its type that stands before that one, and the strictest part decides the call. Which rule is the
 * first is found by the table's index; without one, by asking the rules in turn. Immutable: what is found lies in the
 * call's buffer.
 */
final class TableEvaluator {
    private static final int O_PATH = 010000000;
    /** O_CREAT, O_TRUNC, and the bit of O_TMPFILE. */
    private static final int O_WRITES = 0100 | 01000 | 020000000;

    private static final int ALLOW = Codes.ACTIONS.of(Action.ALLOW);
    private static final int DENY = Codes.ACTIONS.of(Action.DENY);
    private static final OperationClass[] OPERATIONS = OperationClass.values();

    private final TableView view;
    private final byte[] bytes;
    private final OperandMatcher match;
    private final @Nullable RuleIndex index;

    TableEvaluator(TableView view, OperandMatcher match, @Nullable RuleIndex index) {
        this.view = view;
        this.bytes = view.bytes;
        this.match = match;
        this.index = index;
    }

    /** Finds the action and the rule of a call whose row is at this place. */
    void evaluate(int row, CallBuffer call) {
        Findings found = call.findings;
        found.row = row;
        found.action = ALLOW;
        found.rule = NO_RULE;
        found.flags = (call.flags() & ~i32(bytes, row + TableLayout.SYSC_FLAGS_MASK))
                | i32(bytes, row + TableLayout.SYSC_FLAGS_VALUE);
        found.named = firstNamed(row, call);
        OperationClass operation = OPERATIONS[u8(bytes, row + TableLayout.SYSC_OP)];
        switch (operation) {
            case OPEN -> open(call);
            case READ -> file(PART_READ, CallBuffer.REQUESTED, call);
            case WRITE -> file(PART_WRITE, CallBuffer.REQUESTED, call);
            case RENAME -> {
                file(PART_WRITE, CallBuffer.REQUESTED, call);
                file(PART_WRITE, CallBuffer.NEW_REQUESTED, call);
                below(call);
            }
            case LINK -> {
                file(PART_WRITE, CallBuffer.REQUESTED, call);
                file(PART_WRITE, CallBuffer.NEW_REQUESTED, call);
                linkSource(call);
            }
            case CONNECT -> network(PART_OUTBOUND, call.family() == CallBuffer.Family.OTHER, call);
            case SEND -> network(PART_OUTBOUND, isUnaddressed(call), call);
            case ACCEPT -> network(PART_INBOUND, call.family() == CallBuffer.Family.OTHER, call);
            case EXEC -> execute(call);
            case NAME, NONE -> wholeCall(call);
        }
    }

    private int firstNamed(int row, CallBuffer call) {
        int list = i32(bytes, row + TableLayout.SYSC_NAMED);
        if (list == 0) {
            return NO_RULE;
        }
        int ofRow = u8(bytes, row + TableLayout.SYSC_INDEX);
        return first(list, ofRow == 0 ? -1 : ofRow, CallBuffer.REQUESTED, NO_RULE, call);
    }

    /** The first rule of a list before {@code limit} that matches; else {@code limit}. */
    private int first(int list, int place, int requested, int limit, CallBuffer call) {
        if (index != null && place >= 0) {
            return index.first(place, requested, limit, call);
        }
        int n = view.runLength(Section.LIST, list);
        for (int i = 0; i < n; i++) {
            int rule = view.runElement(Section.LIST, list, i);
            if (rule > limit) {
                break;
            }
            int at = view.rule(rule);
            if (match.program(at, call) && match.operands(at, requested, call)) {
                return rule;
            }
        }
        return limit;
    }

    private void open(CallBuffer call) {
        int flags = call.findings.flags;
        if ((flags & O_PATH) != 0) {
            wholeCall(call);
            return;
        }
        if ((flags & 3) != 1) {
            file(PART_READ, CallBuffer.REQUESTED, call);
        }
        if ((flags & 3) != 0 || (flags & O_WRITES) != 0) {
            file(PART_WRITE, CallBuffer.REQUESTED, call);
        }
    }

    private static boolean isUnaddressed(CallBuffer call) {
        return call.family() == CallBuffer.Family.OTHER || call.family() == CallBuffer.Family.NONE;
    }

    private void network(int part, boolean other, CallBuffer call) {
        if (other) {
            wholeCall(call);
        } else {
            decide(part, rule(part, CallBuffer.REQUESTED, call), call);
        }
    }

    private void file(int part, int requested, CallBuffer call) {
        decide(part, rule(part, requested, call), call);
    }

    private int rule(int part, int requested, CallBuffer call) {
        int list = view.header32(TableLayout.HEADER_TYPED + Integer.BYTES * part);
        return list == 0 ? call.findings.named : first(list, part, requested, call.findings.named, call);
    }

    private void wholeCall(CallBuffer call) {
        decide(PART_CALL, call.findings.named, call);
    }

    /** An execution; that of a file that drifted may be denied where no rule says so. */
    private void execute(CallBuffer call) {
        wholeCall(call);
        if (call.findings.named == NO_RULE && call.drift()) {
            consider(u8(bytes, TableLayout.HEADER_DRIFT), NO_RULE, call.findings);
        }
    }

    /** A second name is a way to read the file, where a rule denies that. */
    private void linkSource(CallBuffer call) {
        int place = rule(PART_READ, CallBuffer.REQUESTED, call);
        if (place != NO_RULE && actionOf(place) == DENY) {
            consider(DENY, place, call.findings);
        }
    }

    private void decide(int part, int place, CallBuffer call) {
        int verdict =
                place != NO_RULE ? actionOf(place) : u8(bytes, call.findings.row + TableLayout.SYSC_DEFAULTS + part);
        consider(verdict, place, call.findings);
    }

    /** Renaming a folder renames what is below: the rules for that have a say, until one covers all of it. */
    private void below(CallBuffer call) {
        if (Boolean.FALSE.equals(call.directory())) {
            return;
        }
        int list = view.header32(TableLayout.HEADER_TYPED + Integer.BYTES * PART_WRITE);
        int n = view.runLength(Section.LIST, list);
        for (int i = 0; i < n; i++) {
            int place = view.runElement(Section.LIST, list, i);
            if (place > call.findings.named) {
                return;
            }
            int at = view.rule(place);
            if (match.program(at, call)) {
                if (match.reachesBelow(at, call)) {
                    consider(actionOf(place), place, call.findings);
                }
                if (match.coversBelow(at, call)) {
                    return;
                }
            }
        }
    }

    private int actionOf(int place) {
        return u8(bytes, view.rule(place) + TableLayout.RULE_ACTION);
    }

    /** Takes a part's verdict if it is stricter; then a rule before a default, then the earlier rule. */
    private static void consider(int verdict, int place, Findings found) {
        if (verdict > found.action || (verdict == found.action && place < found.rule)) {
            found.action = verdict;
            found.rule = place;
        }
    }
}
