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
import io.crs.policy.compile.TableLayout.Section;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Whether the program and the operands of a rule match a call. What is not known matches only the reference 0, any. */
final class OperandMatcher {
    private static final int ALLOW = Codes.ACTIONS.of(Action.ALLOW);

    private final TableView view;
    private final byte[] bytes;
    private final GlobBytes globs;
    private final CallBytes call;

    OperandMatcher(TableView view, CallBytes call) {
        this.view = view;
        this.bytes = view.bytes;
        this.globs = new GlobBytes(view);
        this.call = call;
    }

    boolean program(int rule) {
        int reference = i32(bytes, rule + TableLayout.RULE_PROGRAM);
        if (reference == 0) {
            return true;
        }
        int matcher = view.matcher(reference);
        return anyMatches(matcher, call.programs) || (followsChildren(rule) && anyMatches(matcher, call.ancestors()));
    }

    private boolean followsChildren(int rule) {
        return (u8(bytes, rule + TableLayout.RULE_BITS) & TableLayout.FOLLOW_CHILDREN) != 0;
    }

    private boolean anyMatches(int matcher, byte[][] names) {
        for (byte[] name : names) {
            if (globs.matches(matcher, name)) {
                return true;
            }
        }
        return false;
    }

    /** The file of a READ or WRITE rule against path 1 or 2. */
    boolean file(int rule, int path) {
        return path(rule, i32(bytes, rule + RULE_OPERANDS), path);
    }

    /** A rule that allows must not be reached by another name of the file; the others look at both names. */
    private boolean path(int rule, int reference, int path) {
        if (reference == 0) {
            return true;
        }
        int matcher = view.matcher(reference);
        byte[] resolved = path == 1 ? call.resolved : call.newResolved;
        byte[] requested = path == 1 ? call.requested : call.newRequested;
        return matches(matcher, resolved) || (!allows(rule) && requested != resolved && matches(matcher, requested));
    }

    private boolean matches(int matcher, byte @Nullable [] text) {
        return text != null && globs.matches(matcher, text);
    }

    private boolean allows(int rule) {
        return u8(bytes, rule + TableLayout.RULE_ACTION) == ALLOW;
    }

    /** Whether the file of a rule is, or may be, below path 1. */
    boolean reachesBelow(int rule) {
        int reference = i32(bytes, rule + RULE_OPERANDS);
        return reference != 0
                && (reachesBelow(reference, call.resolved)
                        || (!allows(rule) && reachesBelow(reference, call.requested)));
    }

    private boolean reachesBelow(int reference, byte @Nullable [] folder) {
        int matcher = view.matcher(reference);
        return folder != null
                && folder.length > 0
                && (call.call.directory().isPresent()
                        ? globs.reachesBelow(matcher, folder)
                        : globs.namesBelow(matcher, folder));
    }

    /** Whether the file of a rule is all that is below path 1. */
    boolean coversBelow(int rule) {
        int reference = i32(bytes, rule + RULE_OPERANDS);
        return reference == 0
                || covers(reference, call.resolved)
                || (!allows(rule) && covers(reference, call.requested));
    }

    private boolean covers(int reference, byte @Nullable [] folder) {
        return folder != null && folder.length > 0 && globs.coversBelow(view.matcher(reference), folder);
    }

    /** The address and port of a NETWORK rule. */
    boolean network(int rule, boolean inbound) {
        return port(i32(bytes, rule + RULE_OPERANDS + 4), inbound ? call.call.localPort() : call.call.port())
                && address(i32(bytes, rule + RULE_OPERANDS));
    }

    /** An operand of a SYSCALL rule. */
    boolean operand(int rule, int i) {
        int reference = i32(bytes, rule + RULE_OPERANDS + 4 * i);
        return switch (u8(bytes, rule + TableLayout.RULE_ROLES + i)) {
            case TableLayout.ROLE_PATH -> path(rule, reference, 1);
            case TableLayout.ROLE_NEW_PATH -> path(rule, reference, 2);
            case TableLayout.ROLE_PORT -> port(reference, call.call.port());
            case TableLayout.ROLE_LOCAL_PORT -> port(reference, call.call.localPort());
            case TableLayout.ROLE_ADDRESS -> address(reference);
            case TableLayout.ROLE_NAME -> matches(view.matcher(reference), call.name());
            case TableLayout.ROLE_INTEGER -> integer(reference, call.call.args().get(i));
            default -> true;
        };
    }

    private boolean integer(int reference, OptionalLong argument) {
        int matcher = view.matcher(reference);
        return argument.isPresent()
                && (argument.getAsLong() & i64(bytes, matcher + TableLayout.MTCH_MASK))
                        == i64(bytes, matcher + TableLayout.MTCH_VALUE);
    }

    private boolean port(int reference, OptionalInt port) {
        if (reference == 0) {
            return true;
        }
        if (port.isEmpty()) {
            return false;
        }
        int matcher = view.matcher(reference);
        int low = i32(bytes, matcher + MTCH_A);
        int high = low + i32(bytes, matcher + MTCH_B);
        while (low < high) {
            int middle = low + (high - low) / 2;
            int range = view.offset(Section.PORT) + middle * TableLayout.PORT_SIZE;
            if (port.getAsInt() < u16(bytes, range)) {
                high = middle;
            } else if (port.getAsInt() > u16(bytes, range + 2)) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    private boolean address(int reference) {
        if (reference == 0) {
            return true;
        }
        int matcher = view.matcher(reference);
        if (u8(bytes, matcher + TableLayout.MTCH_KIND) != TableLayout.MATCH_RANGE) {
            return matches(matcher, call.addressText());
        }
        byte[] address = call.address;
        return address != null
                && address.length == u8(bytes, matcher + TableLayout.MTCH_SHAPE)
                && compare(address, matcher + MTCH_LOW) >= 0
                && compare(address, matcher + MTCH_HIGH) <= 0;
    }

    private int compare(byte[] address, int bound) {
        return Arrays.compareUnsigned(address, 0, address.length, bytes, bound, bound + address.length);
    }
}
