package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableLayout.PART_CALL;
import static io.crs.policy.compile.TableLayout.PART_INBOUND;
import static io.crs.policy.compile.TableLayout.PART_OUTBOUND;
import static io.crs.policy.compile.TableLayout.PART_READ;
import static io.crs.policy.compile.TableLayout.PART_WRITE;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.compile.TableLayout.Section;
import io.crs.syscall.OperationClass;

/**
 * The evaluation of one call: {@code decide.c} in Java, step by step.
 *
 * <p>A SYSCALL rule matches the call as a whole, so the first that matches is looked for once. Each part is then decided
 * by the first rule of its type that stands before that one, and the strictest part decides the call.
 */
final class TableEvaluator {
    private static final int NO_RULE = Integer.MAX_VALUE;
    private static final int O_PATH = 010000000;
    /** O_CREAT, O_TRUNC, and the bit of O_TMPFILE. */
    private static final int O_WRITES = 0100 | 01000 | 020000000;

    private static final int ALLOW = Codes.ACTIONS.of(Action.ALLOW);
    private static final int DENY = Codes.ACTIONS.of(Action.DENY);

    private final TableView view;
    private final byte[] bytes;
    private final OperandMatcher match;
    private final Call call;
    private final int row;
    private final OperationClass operation;
    private final int named;

    private int action = ALLOW;
    private int rule = NO_RULE;

    private TableEvaluator(TableView view, int row, Call call) {
        this.view = view;
        this.bytes = view.bytes;
        this.call = call;
        this.row = row;
        this.match = new OperandMatcher(view, new CallBytes(call));
        this.operation = Codes.OPERATIONS.at(u8(bytes, row + TableLayout.SYSC_OP));
        this.named = firstNamed();
    }

    /** The action and the rule of a call whose row is at this place: {@link #action} and {@link #rule}. */
    static TableEvaluator evaluate(TableView view, int row, Call call) {
        TableEvaluator evaluator = new TableEvaluator(view, row, call);
        evaluator.parts();
        return evaluator;
    }

    /** The code of the action. */
    int action() {
        return action;
    }

    /** The place of the rule that decided; −1 if none did. */
    int rule() {
        return rule == NO_RULE ? -1 : rule;
    }

    private int flags() {
        return (call.flags() & ~i32(bytes, row + TableLayout.SYSC_FLAGS_MASK))
                | i32(bytes, row + TableLayout.SYSC_FLAGS_VALUE);
    }

    private int firstNamed() {
        int list = i32(bytes, row + TableLayout.SYSC_NAMED);
        int n = view.runLength(Section.LIST, list);
        int flags = flags();
        for (int i = 0; i < n; i++) {
            int place = view.runElement(Section.LIST, list, i);
            int at = view.rule(place);
            if ((flags & i32(bytes, at + TableLayout.RULE_FLAGS_MASK)) == i32(bytes, at + TableLayout.RULE_FLAGS_VALUE)
                    && match.program(at)
                    && match.operand(at, 0)
                    && match.operand(at, 1)
                    && match.operand(at, 2)) {
                return place;
            }
        }
        return NO_RULE;
    }

    private void parts() {
        switch (operation) {
            case OPEN -> open();
            case READ -> file(PART_READ, 1);
            case WRITE -> file(PART_WRITE, 1);
            case RENAME -> {
                file(PART_WRITE, 1);
                file(PART_WRITE, 2);
                below();
            }
            case LINK -> {
                file(PART_WRITE, 1);
                file(PART_WRITE, 2);
                linkSource();
            }
            case CONNECT, SEND -> network(PART_OUTBOUND);
            case ACCEPT -> network(PART_INBOUND);
            case EXEC, NAME, NONE -> wholeCall();
        }
    }

    private void open() {
        int flags = flags();
        if ((flags & O_PATH) != 0) {
            wholeCall();
            return;
        }
        if ((flags & 3) != 1) {
            file(PART_READ, 1);
        }
        if ((flags & 3) != 0 || (flags & O_WRITES) != 0) {
            file(PART_WRITE, 1);
        }
    }

    private void network(int part) {
        boolean other = call.address() instanceof Endpoint.Other
                || (operation == OperationClass.SEND && call.address() instanceof Endpoint.None);
        if (other) {
            wholeCall();
        } else {
            decide(part, networkRule(part));
        }
    }

    private void file(int part, int path) {
        decide(part, fileRule(part, path));
    }

    private void wholeCall() {
        decide(PART_CALL, named);
    }

    /** A second name is a way to read the file, where a rule denies that. */
    private void linkSource() {
        int place = fileRule(PART_READ, 1);
        if (place != NO_RULE && actionOf(place) == DENY) {
            consider(DENY, place);
        }
    }

    private int fileRule(int part, int path) {
        int list = view.header32(TableLayout.HEADER_TYPED + 4 * part);
        int n = view.runLength(Section.LIST, list);
        for (int i = 0; i < n; i++) {
            int place = view.runElement(Section.LIST, list, i);
            if (place > named) {
                break;
            }
            int at = view.rule(place);
            if (match.program(at) && match.file(at, path)) {
                return place;
            }
        }
        return named;
    }

    private int networkRule(int part) {
        int list = view.header32(TableLayout.HEADER_TYPED + 4 * part);
        int n = view.runLength(Section.LIST, list);
        for (int i = 0; i < n; i++) {
            int place = view.runElement(Section.LIST, list, i);
            if (place > named) {
                break;
            }
            int at = view.rule(place);
            if (match.program(at) && match.network(at, part == PART_INBOUND)) {
                return place;
            }
        }
        return named;
    }

    private void decide(int part, int place) {
        int verdict = place != NO_RULE ? actionOf(place) : u8(bytes, row + TableLayout.SYSC_DEFAULTS + part);
        if (place == NO_RULE && operation == OperationClass.EXEC && call.drift()) {
            verdict = Math.max(verdict, u8(bytes, TableLayout.HEADER_DRIFT));
        }
        consider(verdict, place);
    }

    /** Renaming a folder renames what is below: the rules for that have a say, until one covers all of it. */
    private void below() {
        if (call.directory().isPresent() && !call.directory().get()) {
            return;
        }
        int list = view.header32(TableLayout.HEADER_TYPED + 4 * PART_WRITE);
        int n = view.runLength(Section.LIST, list);
        for (int i = 0; i < n; i++) {
            int place = view.runElement(Section.LIST, list, i);
            if (place > named) {
                return;
            }
            int at = view.rule(place);
            if (match.program(at)) {
                if (match.reachesBelow(at)) {
                    consider(actionOf(place), place);
                }
                if (match.coversBelow(at)) {
                    return;
                }
            }
        }
    }

    private int actionOf(int place) {
        return u8(bytes, view.rule(place) + TableLayout.RULE_ACTION);
    }

    /** Takes a part's verdict if it is stricter; then a rule before a default, then the earlier rule. */
    private void consider(int verdict, int place) {
        if (verdict > action || (verdict == action && place < rule)) {
            action = verdict;
            rule = place;
        }
    }
}
