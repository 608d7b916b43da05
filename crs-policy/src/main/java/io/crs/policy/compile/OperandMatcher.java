package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.i64;
import static io.crs.policy.compile.LittleEndian.u16;
import static io.crs.policy.compile.LittleEndian.u8;
import static io.crs.policy.compile.TableLayout.MTCH_A;
import static io.crs.policy.compile.TableLayout.MTCH_B;
import static io.crs.policy.compile.TableLayout.MTCH_HIGH;
import static io.crs.policy.compile.TableLayout.MTCH_LOW;
import static io.crs.policy.compile.TableLayout.RULE_OPERANDS;

import io.crs.policy.Action;
import io.crs.policy.RuleType;
import io.crs.policy.compile.TableLayout.Section;
import java.util.Arrays;

/** Whether the program and the operands of a rule match a call. What is not known matches only the reference 0, any. */
final class OperandMatcher {
    private static final int ALLOW = Codes.ACTIONS.of(Action.ALLOW);

    private static final RuleType[] RULE_TYPES = RuleType.values();

    private final TableView view;
    private final byte[] bytes;
    private final GlobBytes globs;

    OperandMatcher(TableView view) {
        this.view = view;
        this.bytes = view.bytes;
        this.globs = new GlobBytes(view);
    }

    boolean program(int rule, CallFields call) {
        int reference = i32(bytes, rule + TableLayout.RULE_PROGRAM);
        return program(reference, (u8(bytes, rule + TableLayout.RULE_BITS) & TableLayout.FOLLOW_CHILDREN) != 0, call);
    }

    /** Whether a glob (0: any) matches a name of the call's program, or of an ancestor's where these count. */
    boolean program(int reference, boolean followsChildren, CallFields call) {
        return reference == 0
                || anyMatches(view.matcher(reference), call, CallFields.PROGRAM, call.programs)
                || (followsChildren && anyMatches(view.matcher(reference), call, CallFields.ANCESTOR, call.ancestors));
    }

    private boolean anyMatches(int matcher, CallFields call, int first, int n) {
        for (int slot = first; slot < first + n; slot++) {
            if (globs.matches(matcher, call.text(slot), call.length(slot))) {
                return true;
            }
        }
        return false;
    }

    /** All operands of a rule; {@code requested} says which file a part is about, if it is about one. */
    boolean operands(int rule, int requested, CallFields call) {
        return switch (RULE_TYPES[u8(bytes, rule + TableLayout.RULE_TYPE)]) {
            case READ, WRITE -> path(rule, i32(bytes, rule + RULE_OPERANDS), requested, call);
            case NETWORK_OUTBOUND -> network(rule, call.port, call);
            case NETWORK_INBOUND -> network(rule, call.localPort, call);
            case SYSCALL -> syscall(rule, call);
        };
    }

    private boolean network(int rule, int port, CallFields call) {
        return port(i32(bytes, rule + RULE_OPERANDS + 4), port) && address(i32(bytes, rule + RULE_OPERANDS), call);
    }

    private boolean syscall(int rule, CallFields call) {
        return (call.findings.flags & i32(bytes, rule + TableLayout.RULE_FLAGS_MASK))
                        == i32(bytes, rule + TableLayout.RULE_FLAGS_VALUE)
                && operand(rule, 0, call)
                && operand(rule, 1, call)
                && operand(rule, 2, call);
    }

    /** A rule that allows must not be reached by another name of the file; the others look at both names. */
    private boolean path(int rule, int reference, int requested, CallFields call) {
        if (reference == 0) {
            return true;
        }
        int matcher = view.matcher(reference);
        int resolved = call.resolvedOf(requested);
        return matches(matcher, resolved, call)
                || (requested != resolved && !allows(rule) && matches(matcher, requested, call));
    }

    private boolean matches(int matcher, int slot, CallFields call) {
        return slot >= 0 && call.length(slot) >= 0 && globs.matches(matcher, call.text(slot), call.length(slot));
    }

    private boolean allows(int rule) {
        return u8(bytes, rule + TableLayout.RULE_ACTION) == ALLOW;
    }

    /** Whether the file of a rule is, or may be, below path 1. */
    boolean reachesBelow(int rule, CallFields call) {
        int reference = i32(bytes, rule + RULE_OPERANDS);
        int resolved = call.resolvedOf(CallFields.REQUESTED);
        return reference != 0
                && (reachesBelow(reference, resolved, call)
                        || (!allows(rule) && reachesBelow(reference, CallFields.REQUESTED, call)));
    }

    private boolean reachesBelow(int reference, int slot, CallFields call) {
        int matcher = view.matcher(reference);
        return call.length(slot) > 0
                && (call.directory != null
                        ? globs.reachesBelow(matcher, call.text(slot), call.length(slot))
                        : globs.namesBelow(matcher, call.text(slot), call.length(slot)));
    }

    /** Whether the file of a rule is all that is below path 1. */
    boolean coversBelow(int rule, CallFields call) {
        int reference = i32(bytes, rule + RULE_OPERANDS);
        return reference == 0
                || covers(reference, call.resolvedOf(CallFields.REQUESTED), call)
                || (!allows(rule) && covers(reference, CallFields.REQUESTED, call));
    }

    private boolean covers(int reference, int slot, CallFields call) {
        return call.length(slot) > 0 && globs.coversBelow(view.matcher(reference), call.text(slot), call.length(slot));
    }

    /** An operand of a SYSCALL rule. */
    private boolean operand(int rule, int i, CallFields call) {
        int reference = i32(bytes, rule + RULE_OPERANDS + 4 * i);
        return switch (u8(bytes, rule + TableLayout.RULE_ROLES + i)) {
            case TableLayout.ROLE_PATH -> path(rule, reference, CallFields.REQUESTED, call);
            case TableLayout.ROLE_NEW_PATH -> path(rule, reference, CallFields.NEW_REQUESTED, call);
            case TableLayout.ROLE_PORT -> port(reference, call.port);
            case TableLayout.ROLE_LOCAL_PORT -> port(reference, call.localPort);
            case TableLayout.ROLE_ADDRESS -> address(reference, call);
            case TableLayout.ROLE_NAME -> name(reference, call);
            case TableLayout.ROLE_INTEGER -> integer(reference, i, call);
            default -> true;
        };
    }

    private boolean name(int reference, CallFields call) {
        int slot = call.length(CallFields.NAME) >= 0 ? CallFields.NAME : call.addressText();
        return matches(view.matcher(reference), slot, call);
    }

    private boolean integer(int reference, int i, CallFields call) {
        int matcher = view.matcher(reference);
        return call.knows(i)
                && (call.arguments[i] & i64(bytes, matcher + TableLayout.MTCH_MASK))
                        == i64(bytes, matcher + TableLayout.MTCH_VALUE);
    }

    private boolean port(int reference, int port) {
        if (reference == 0) {
            return true;
        }
        if (port < 0) {
            return false;
        }
        int matcher = view.matcher(reference);
        int low = i32(bytes, matcher + MTCH_A);
        int high = low + i32(bytes, matcher + MTCH_B);
        while (low < high) {
            int middle = low + (high - low) / 2;
            int range = view.offset(Section.PORT) + middle * TableLayout.PORT_SIZE;
            if (port < u16(bytes, range)) {
                high = middle;
            } else if (port > u16(bytes, range + 2)) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    private boolean address(int reference, CallFields call) {
        if (reference == 0) {
            return true;
        }
        int matcher = view.matcher(reference);
        if (u8(bytes, matcher + TableLayout.MTCH_KIND) != TableLayout.MATCH_RANGE) {
            return matches(matcher, call.addressText(), call);
        }
        CallAddress address = call.address;
        return address.length() == u8(bytes, matcher + TableLayout.MTCH_SHAPE)
                && compare(address, matcher + MTCH_LOW) >= 0
                && compare(address, matcher + MTCH_HIGH) <= 0;
    }

    private int compare(CallAddress address, int bound) {
        return Arrays.compareUnsigned(address.bytes(), 0, address.length(), bytes, bound, bound + address.length());
    }
}
