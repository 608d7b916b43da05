package io.crs.policy.compile;

import static io.crs.policy.compile.Findings.NO_RULE;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableLayout.PART_CALL;
import static io.crs.policy.compile.TableLayout.PART_INBOUND;
import static io.crs.policy.compile.TableLayout.PART_OUTBOUND;
import static io.crs.policy.compile.TableLayout.PART_READ;
import static io.crs.policy.compile.TableLayout.PART_WRITE;

import io.crs.policy.Action;
import io.crs.policy.compile.TableLayout.Section;
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
    /** The bit that is O_TMPFILE's own. */
    private static final int O_TMPFILE = 020000000;
    /** O_CREAT, O_TRUNC, O_TMPFILE. */
    private static final int O_WRITES = 0100 | 01000 | O_TMPFILE;

    private static final int ALLOW = Codes.ACTIONS.of(Action.ALLOW);
    private static final int DENY = Codes.ACTIONS.of(Action.DENY);

    private final TableView view;
    private final byte[] bytes;
    private final OperandMatcher match;
    private final @Nullable RuleIndex index;
    /** The lists of the rules of a part's type. */
    private final int[] typed = new int[PART_CALL];
    /** Where the action of the first rule is. */
    private final int actions;

    TableEvaluator(TableView view, OperandMatcher match, @Nullable RuleIndex index) {
        this.view = view;
        this.bytes = view.bytes;
        this.match = match;
        this.index = index;
        this.actions = view.offset(Section.RULE) + TableLayout.RULE_ACTION;
        for (int part = 0; part < typed.length; part++) {
            typed[part] = view.header32(TableLayout.HEADER_TYPED + Integer.BYTES * part);
        }
    }

    /** Finds the action and the rule of a call with this row. */
    void evaluate(CallRow row, CallFields call) {
        Findings found = call.findings;
        found.action = ALLOW;
        found.rule = NO_RULE;
        found.flags = row.flags(call.flags);
        found.named = row.named == 0 ? NO_RULE : first(row.named, row.index, CallFields.REQUESTED, NO_RULE, call);
        switch (row.operation) {
            case OPEN -> open(row, call);
            case READ -> file(row, PART_READ, CallFields.REQUESTED, call);
            case WRITE -> file(row, PART_WRITE, CallFields.REQUESTED, call);
            case RENAME -> {
                file(row, PART_WRITE, CallFields.REQUESTED, call);
                file(row, PART_WRITE, CallFields.NEW_REQUESTED, call);
                below(call);
            }
            case LINK -> {
                file(row, PART_WRITE, CallFields.REQUESTED, call);
                file(row, PART_WRITE, CallFields.NEW_REQUESTED, call);
                // A second name is a way to read the file.
                ifDenied(PART_READ, call);
            }
            case CONNECT -> network(row, PART_OUTBOUND, isOther(call), call);
            case SEND -> network(row, PART_OUTBOUND, isOther(call) || hasNone(call), call);
            case ACCEPT -> network(row, PART_INBOUND, isOther(call), call);
            case EXEC -> execute(row, call);
            case NAME, NONE -> wholeCall(row, call);
        }
    }

    /** The first rule of a list before {@code limit} that matches; else {@code limit}. */
    private int first(int list, int place, int requested, int limit, CallFields call) {
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

    private void open(CallRow row, CallFields call) {
        int flags = call.findings.flags;
        if ((flags & O_PATH) != 0) {
            wholeCall(row, call);
            return;
        }
        if ((flags & 3) != 1) {
            file(row, PART_READ, CallFields.REQUESTED, call);
        }
        if ((flags & O_TMPFILE) != 0) {
            call.nameInside();
            file(row, PART_WRITE, CallFields.INSIDE_REQUESTED, call);
            ifDenied(PART_WRITE, call);
        } else if ((flags & 3) != 0 || (flags & O_WRITES) != 0) {
            file(row, PART_WRITE, CallFields.REQUESTED, call);
        }
    }

    private static boolean isOther(CallFields call) {
        return call.address.family() == CallAddress.Family.OTHER;
    }

    private static boolean hasNone(CallFields call) {
        return call.address.family() == CallAddress.Family.NONE;
    }

    private void network(CallRow row, int part, boolean unaddressed, CallFields call) {
        if (unaddressed) {
            wholeCall(row, call);
        } else {
            decide(row, part, rule(part, CallFields.REQUESTED, call), call);
        }
    }

    private void file(CallRow row, int part, int requested, CallFields call) {
        decide(row, part, rule(part, requested, call), call);
    }

    private int rule(int part, int requested, CallFields call) {
        int list = typed[part];
        return list == 0 ? call.findings.named : first(list, part, requested, call.findings.named, call);
    }

    private void wholeCall(CallRow row, CallFields call) {
        decide(row, PART_CALL, call.findings.named, call);
    }

    /** An execution; that of a file that drifted may be denied where no rule says so. */
    private void execute(CallRow row, CallFields call) {
        wholeCall(row, call);
        if (call.findings.named == NO_RULE && call.drift) {
            consider(u8(bytes, TableLayout.HEADER_DRIFT), NO_RULE, call.findings);
        }
    }

    /** A part about the first file that counts only where a rule denies it. */
    private void ifDenied(int part, CallFields call) {
        int place = rule(part, CallFields.REQUESTED, call);
        if (place != NO_RULE && actionOf(place) == DENY) {
            consider(DENY, place, call.findings);
        }
    }

    private void decide(CallRow row, int part, int place, CallFields call) {
        consider(place != NO_RULE ? actionOf(place) : row.defaultAction(part), place, call.findings);
    }

    /** Renaming a folder renames what is below: the rules for that have a say, until one covers all of it. */
    private void below(CallFields call) {
        if (Boolean.FALSE.equals(call.directory)) {
            return;
        }
        int list = typed[PART_WRITE];
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
        return u8(bytes, actions + place * TableLayout.RULE_SIZE);
    }

    /** Takes a part's verdict if it is stricter; then a rule before a default, then the earlier rule. */
    private static void consider(int verdict, int place, Findings found) {
        if (verdict > found.action || (verdict == found.action && place < found.rule)) {
            found.action = verdict;
            found.rule = place;
        }
    }
}
