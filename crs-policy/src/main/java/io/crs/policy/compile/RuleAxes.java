package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableLayout.AXIS_ADDRESS;
import static io.crs.policy.compile.TableLayout.AXIS_LOCAL_PORT;
import static io.crs.policy.compile.TableLayout.AXIS_NEW_PATH;
import static io.crs.policy.compile.TableLayout.AXIS_PATH;
import static io.crs.policy.compile.TableLayout.AXIS_PORT;
import static io.crs.policy.compile.TableLayout.AXIS_WALK;

/** By which operand an index tells a rule from others. */
final class RuleAxes {
    /** A rule that matches whatever the operands are. */
    static final int ALWAYS = -1;

    /**
     * An operand.
     *
     * @param axis what it is compared with, as {@link TableLayout} numbers it, or {@link #ALWAYS}
     * @param matcher the reference of its matcher; 0 where there is none
     * @param exact whether the rule matches whenever the automaton of this operand says so
     */
    record Axis(int axis, int matcher, boolean exact) {}

    private static final Axis MATCHES_ALWAYS = new Axis(ALWAYS, 0, true);
    private static final Axis ASKED = new Axis(AXIS_WALK, 0, false);

    private final TableView view;
    private final byte[] bytes;

    RuleAxes(TableView view) {
        this.view = view;
        this.bytes = view.bytes;
    }

    /** The operand of the rule at this place. */
    Axis of(int rule) {
        int at = view.rule(rule);
        int first = operand(at, 0);
        int second = operand(at, 1);
        return switch (Codes.RULE_TYPES.at(u8(bytes, at + TableLayout.RULE_TYPE))) {
            case READ, WRITE -> first == 0 ? MATCHES_ALWAYS : new Axis(AXIS_PATH, first, isWhole(first));
            case NETWORK_OUTBOUND -> network(first, second, AXIS_PORT);
            case NETWORK_INBOUND -> network(first, second, AXIS_LOCAL_PORT);
            case SYSCALL -> syscall(at);
        };
    }

    private Axis network(int address, int port, int portAxis) {
        if (address == 0) {
            return port == 0 ? MATCHES_ALWAYS : new Axis(portAxis, port, true);
        }
        return kind(address) == TableLayout.MATCH_RANGE ? new Axis(AXIS_ADDRESS, address, port == 0) : ASKED;
    }

    private Axis syscall(int rule) {
        boolean alone = i32(bytes, rule + TableLayout.RULE_FLAGS_MASK) == 0;
        int operands = 0;
        Axis found = ASKED;
        for (int i = TableLayout.OPERANDS - 1; i >= 0; i--) {
            int matcher = operand(rule, i);
            if (matcher != 0) {
                operands++;
                Axis axis = syscall(u8(bytes, rule + TableLayout.RULE_ROLES + i), matcher);
                found = axis.axis() == AXIS_WALK ? found : axis;
            }
        }
        if (operands == 0) {
            return alone ? MATCHES_ALWAYS : ASKED;
        }
        return new Axis(found.axis(), found.matcher(), found.exact() && alone && operands == 1);
    }

    private Axis syscall(int role, int matcher) {
        return switch (role) {
            case TableLayout.ROLE_PATH -> new Axis(AXIS_PATH, matcher, isWhole(matcher));
            case TableLayout.ROLE_NEW_PATH -> new Axis(AXIS_NEW_PATH, matcher, isWhole(matcher));
            case TableLayout.ROLE_PORT -> new Axis(AXIS_PORT, matcher, true);
            case TableLayout.ROLE_LOCAL_PORT -> new Axis(AXIS_LOCAL_PORT, matcher, true);
            case TableLayout.ROLE_ADDRESS ->
                kind(matcher) == TableLayout.MATCH_RANGE ? new Axis(AXIS_ADDRESS, matcher, true) : ASKED;
            default -> ASKED;
        };
    }

    private int operand(int rule, int i) {
        return i32(bytes, rule + TableLayout.RULE_OPERANDS + Integer.BYTES * i);
    }

    private int kind(int matcher) {
        return u8(bytes, view.matcher(matcher) + TableLayout.MTCH_KIND);
    }

    /** Whether an automaton of bytes can hold the whole glob: a {@code ?} takes code points. */
    boolean isWhole(int glob) {
        int matcher = view.matcher(glob);
        if (u8(bytes, matcher + TableLayout.MTCH_SHAPE) != TableLayout.GLOB_PATTERN) {
            return true;
        }
        int rest = i32(bytes, matcher + TableLayout.MTCH_B);
        int end = view.string(rest) + view.stringLength(rest);
        for (int at = view.string(rest); at < end; at++) {
            if (bytes[at] == '?') {
                return false;
            }
            at += bytes[at] == '\\' ? 1 : 0;
        }
        return true;
    }
}
