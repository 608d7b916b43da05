package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.i64;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.Action;
import io.crs.policy.compile.TableLayout.Section;
import java.util.Arrays;

/**
 * The index of a table: which rule of a list is the first that matches, without asking each.
 *
 * <p>The rules of a list are in groups: those of one program that one kind of operand tells apart. The groups of a
 * program are found by its class; the automaton of a group gives those of its rules, mostly one, that can match.
 */
final class RuleIndex {
    private static final int ALLOW = Codes.ACTIONS.of(Action.ALLOW);

    private final TableView view;
    private final byte[] bytes;
    private final OperandMatcher match;
    private final Automaton rules;
    private final Automaton programs;
    private final RuleGroup[] groups;
    private final RuleList[] lists;
    private final int classes;
    private final int candidates;

    RuleIndex(TableView view, OperandMatcher match) {
        this.view = view;
        this.bytes = view.bytes;
        this.match = match;
        this.rules = new Automaton(view, Section.CELL);
        this.programs = new Automaton(view, Section.PCEL);
        this.groups = RuleGroup.all(view);
        this.classes = view.offset(Section.CLAS);
        this.candidates = view.offset(Section.CAND);
        this.lists = new RuleList[view.count(Section.INDX)];
        Arrays.setAll(lists, i -> new RuleList(view.offset(Section.INDX) + i * TableLayout.INDX_SIZE));
    }

    /** A record of INDX: the groups of any program, and where the arrays of groups by class of program are; 0 nowhere. */
    private final class RuleList {
        final RuleGroup[] any;
        final int own;
        final int ancestors;

        RuleList(int at) {
            any = groups(i32(bytes, at + TableLayout.INDX_ANY));
            own = i32(bytes, at + TableLayout.INDX_OWN);
            ancestors = i32(bytes, at + TableLayout.INDX_ANCESTORS);
        }
    }

    private RuleGroup[] groups(int set) {
        RuleGroup[] some = new RuleGroup[view.runLength(Section.SETS, set)];
        Arrays.setAll(some, i -> groups[view.runElement(Section.SETS, set, i)]);
        return some;
    }

    /** The first rule before {@code limit} of the list with this place in INDX that matches; else {@code limit}. */
    int first(int place, int requested, int limit, CallFields call) {
        RuleList list = lists[place];
        int best = limit;
        for (RuleGroup group : list.any) {
            best = firstOf(group, requested, best, call);
        }
        if (list.own != 0) {
            best = firstOf(list.own, CallFields.PROGRAM, call.programs, requested, best, call);
        }
        return list.ancestors == 0
                ? best
                : firstOf(list.ancestors, CallFields.ANCESTOR, call.ancestors, requested, best, call);
    }

    /** Of the groups that the classes of some programs have. */
    private int firstOf(int sets, int slot, int n, int requested, int limit, CallFields call) {
        int best = limit;
        for (int i = slot; i < slot + n; i++) {
            int set = i32(bytes, classes + (sets + programClass(i, call)) * TableLayout.CLAS_SIZE);
            int size = view.runLength(Section.SETS, set);
            for (int k = 0; k < size; k++) {
                best = firstOf(groups[view.runElement(Section.SETS, set, k)], requested, best, call);
            }
        }
        return best;
    }

    private int programClass(int slot, CallFields call) {
        int known = call.findings.programClass(this, slot);
        if (known < 0) {
            known = programs.accept(
                    i64(bytes, classes + TableLayout.CLAS_ROOT * TableLayout.CLAS_SIZE),
                    call.text(slot),
                    call.length(slot));
            call.findings.programClass(slot, known);
        }
        return known;
    }

    private int firstOf(RuleGroup group, int requested, int limit, CallFields call) {
        if (group.first >= limit || (group.program != 0 && !match.program(group.program, group.follows, call))) {
            return limit;
        }
        int best = Math.min(limit, group.always);
        return switch (group.axis) {
            case TableLayout.AXIS_PATH -> byPath(group, requested, best, call);
            case TableLayout.AXIS_NEW_PATH -> byPath(group, CallFields.NEW_REQUESTED, best, call);
            case TableLayout.AXIS_ADDRESS -> byAddress(group, best, call);
            case TableLayout.AXIS_PORT -> byPort(group.root, call.port, best, call);
            case TableLayout.AXIS_LOCAL_PORT -> byPort(group.root, call.localPort, best, call);
            default -> firstThatMatches(group.rules, requested, best, call);
        };
    }

    private int byPath(RuleGroup group, int requested, int limit, CallFields call) {
        int resolved = call.resolvedOf(requested);
        int best = limit;
        if (call.length(resolved) >= 0) {
            best = group.exact
                    ? firstBefore(rules.accept(group.root, call.text(resolved), call.length(resolved)), best)
                    : rules.scan(group.root, call.text(resolved), call.length(resolved), this, requested, best, call);
        }
        return requested == resolved || call.length(requested) < 0 ? best : byOtherName(group, requested, best, call);
    }

    /** By the name that was asked for, where that is not the name that was reached. */
    private int byOtherName(RuleGroup group, int requested, int limit, CallFields call) {
        byte[] text = call.text(requested);
        int length = call.length(requested);
        return group.exact
                ? firstStrictBefore(rules.accept(group.root, text, length), limit)
                : rules.scan(group.root, text, length, this, requested, limit, call);
    }

    private int byAddress(RuleGroup group, int limit, CallFields call) {
        CallAddress address = call.address;
        if (address.length() == 0) {
            return limit;
        }
        long root = address.length() == CallAddress.IPV4 ? group.root : group.root6;
        int found = rules.accept(root, address.bytes(), address.length());
        return firstThatMatches(found, CallFields.REQUESTED, limit, call);
    }

    private int byPort(long root, int port, int limit, CallFields call) {
        if (port < 0) {
            return limit;
        }
        int found = rules.accept(root, call.findings.key(port), Short.BYTES);
        return firstThatMatches(found, CallFields.REQUESTED, limit, call);
    }

    /** The first candidate: each matches whatever else the call is. */
    private int firstBefore(int accepted, int limit) {
        return accepted == 0 ? limit : Math.min(limit, candidate(accepted, 0));
    }

    /** The number of candidates: what an automaton accepts is one rule, or refers to several. */
    private int candidates(int accepted) {
        return accepted > 0 ? view.runLength(Section.CAND, accepted) : accepted >>> (Integer.SIZE - 1);
    }

    private int candidate(int accepted, int i) {
        return accepted < 0
                ? accepted & ~TableLayout.ONE_RULE
                : i32(bytes, candidates + accepted + Integer.BYTES * (i + 1));
    }

    /** The first candidate that does not allow, and so looks at every name of a file. */
    private int firstStrictBefore(int accepted, int limit) {
        int n = candidates(accepted);
        for (int i = 0; i < n; i++) {
            int rule = candidate(accepted, i);
            if (rule >= limit) {
                break;
            }
            if (u8(bytes, view.rule(rule) + TableLayout.RULE_ACTION) != ALLOW) {
                return rule;
            }
        }
        return limit;
    }

    int firstThatMatches(int accepted, int requested, int limit, CallFields call) {
        int n = candidates(accepted);
        for (int i = 0; i < n; i++) {
            int rule = candidate(accepted, i);
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
