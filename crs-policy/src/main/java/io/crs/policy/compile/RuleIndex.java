package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.Action;
import io.crs.policy.compile.TableLayout.Section;

/**
 * The index of a table: which rule of a list is the first that matches, without asking each.
 *
 * <p>The rules of a list are in groups: those of one program that one kind of operand tells apart. The groups of a
 * program are found by its class; the automaton of a group gives those of its rules, mostly one, that can match.
 */
final class RuleIndex {
    private static final int ALLOW = Codes.ACTIONS.of(Action.ALLOW);
    private static final int IPV4 = 4;

    private final TableView view;
    private final byte[] bytes;
    private final OperandMatcher match;
    private final Automaton rules;
    private final Automaton programs;
    private final int groups;
    private final int lists;
    private final int classes;

    RuleIndex(TableView view, OperandMatcher match) {
        this.view = view;
        this.bytes = view.bytes;
        this.match = match;
        this.rules = new Automaton(view, Section.NODE, Section.EDGE);
        this.programs = new Automaton(view, Section.PNOD, Section.PEDG);
        this.groups = view.offset(Section.GRUP);
        this.lists = view.offset(Section.INDX);
        this.classes = view.offset(Section.CLAS);
    }

    /** The first rule before {@code limit} of the list with this place in INDX that matches; else {@code limit}. */
    int first(int list, int requested, int limit, CallBuffer call) {
        int at = lists + list * TableLayout.INDX_SIZE;
        int best = firstOf(i32(bytes, at + TableLayout.INDX_ANY), requested, limit, call);
        int own = i32(bytes, at + TableLayout.INDX_OWN);
        if (own != 0) {
            best = firstOf(own, CallBuffer.PROGRAM, call.programs(), requested, best, call);
        }
        int ancestors = i32(bytes, at + TableLayout.INDX_ANCESTORS);
        return ancestors == 0 ? best : firstOf(ancestors, CallBuffer.ANCESTOR, call.ancestors(), requested, best, call);
    }

    /** Of the groups that the classes of some programs have. */
    private int firstOf(int sets, int slot, int n, int requested, int limit, CallBuffer call) {
        int best = limit;
        for (int i = slot; i < slot + n; i++) {
            int set = i32(bytes, classes + (sets + programClass(i, call)) * TableLayout.CLAS_SIZE);
            best = firstOf(set, requested, best, call);
        }
        return best;
    }

    private int programClass(int slot, CallBuffer call) {
        int known = call.findings.programClass(this, slot);
        if (known < 0) {
            known = programs.accept(i32(bytes, classes + TableLayout.CLAS_SIZE), call.text(slot), call.length(slot));
            call.findings.programClass(slot, known);
        }
        return known;
    }

    private int firstOf(int set, int requested, int limit, CallBuffer call) {
        int best = limit;
        int n = view.runLength(Section.SETS, set);
        for (int i = 0; i < n; i++) {
            int group = groups + view.runElement(Section.SETS, set, i) * TableLayout.GRUP_SIZE;
            if (i32(bytes, group + TableLayout.GRUP_FIRST) < best && isOf(group, call)) {
                best = Math.min(best, i32(bytes, group + TableLayout.GRUP_ALWAYS));
                best = firstIn(group, requested, best, call);
            }
        }
        return best;
    }

    private boolean isOf(int group, CallBuffer call) {
        boolean follows = (u8(bytes, group + TableLayout.GRUP_BITS) & TableLayout.GRUP_FOLLOW) != 0;
        return match.program(i32(bytes, group + TableLayout.GRUP_PROGRAM), follows, call);
    }

    private int firstIn(int group, int requested, int limit, CallBuffer call) {
        int root = i32(bytes, group + TableLayout.GRUP_ROOT);
        return switch (u8(bytes, group + TableLayout.GRUP_AXIS)) {
            case TableLayout.AXIS_PATH -> byPath(group, root, requested, limit, call);
            case TableLayout.AXIS_NEW_PATH -> byPath(group, root, CallBuffer.NEW_REQUESTED, limit, call);
            case TableLayout.AXIS_ADDRESS -> byAddress(group, limit, call);
            case TableLayout.AXIS_PORT -> byPort(root, call.port(), limit, call);
            case TableLayout.AXIS_LOCAL_PORT -> byPort(root, call.localPort(), limit, call);
            default -> firstThatMatches(i32(bytes, group + TableLayout.GRUP_RULES), requested, limit, call);
        };
    }

    private int byPath(int group, int root, int requested, int limit, CallBuffer call) {
        boolean exact = (u8(bytes, group + TableLayout.GRUP_BITS) & TableLayout.GRUP_EXACT) != 0;
        int resolved = call.resolvedOf(requested);
        int best = limit;
        if (call.length(resolved) >= 0) {
            best = exact
                    ? firstBefore(rules.accept(root, call.text(resolved), call.length(resolved)), best)
                    : rules.scan(root, call.text(resolved), call.length(resolved), this, requested, best, call);
        }
        if (requested != resolved && call.length(requested) >= 0) {
            best = exact
                    ? firstStrictBefore(rules.accept(root, call.text(requested), call.length(requested)), best)
                    : rules.scan(root, call.text(requested), call.length(requested), this, requested, best, call);
        }
        return best;
    }

    private int byAddress(int group, int limit, CallBuffer call) {
        byte[] address = call.address();
        if (address.length == 0) {
            return limit;
        }
        int root = i32(bytes, group + (address.length == IPV4 ? TableLayout.GRUP_ROOT : TableLayout.GRUP_ROOT6));
        return firstThatMatches(rules.accept(root, address, address.length), CallBuffer.REQUESTED, limit, call);
    }

    private int byPort(int root, int port, int limit, CallBuffer call) {
        if (port < 0) {
            return limit;
        }
        int found = rules.accept(root, call.findings.key(port), Short.BYTES);
        return firstThatMatches(found, CallBuffer.REQUESTED, limit, call);
    }

    /** The first candidate: each matches whatever else the call is. */
    private int firstBefore(int candidates, int limit) {
        return candidates == 0 ? limit : Math.min(limit, view.runElement(Section.CAND, candidates, 0));
    }

    /** The first candidate that does not allow, and so looks at every name of a file. */
    private int firstStrictBefore(int candidates, int limit) {
        int n = view.runLength(Section.CAND, candidates);
        for (int i = 0; i < n; i++) {
            int rule = view.runElement(Section.CAND, candidates, i);
            if (rule >= limit) {
                break;
            }
            if (u8(bytes, view.rule(rule) + TableLayout.RULE_ACTION) != ALLOW) {
                return rule;
            }
        }
        return limit;
    }

    int firstThatMatches(int candidates, int requested, int limit, CallBuffer call) {
        int n = view.runLength(Section.CAND, candidates);
        for (int i = 0; i < n; i++) {
            int rule = view.runElement(Section.CAND, candidates, i);
            if (rule >= limit) {
                break;
            }
            if (match.operands(view.rule(rule), requested, call)) {
                return rule;
            }
        }
        return limit;
    }
}
