package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.i64;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.compile.TableLayout.Section;

/** A record of GRUP: rules of one program that one kind of operand tells apart. */
final class RuleGroup {
    final int axis;
    /** Whether what the automaton accepts matches. */
    final boolean exact;
    /** Whether ancestors count for the program. */
    final boolean follows;
    /** The first rule. */
    final int first;
    /** A rule that matches whatever the operands are. */
    final int always;
    /** The program, where no class tells: MTCH. */
    final int program;
    /** The rules, where they are asked in turn. */
    final int rules;
    /** The cell an automaton begins with, and that for IPv6 addresses. */
    final long root;

    final long root6;

    private RuleGroup(byte[] bytes, int at) {
        int bits = u8(bytes, at + TableLayout.GRUP_BITS);
        axis = u8(bytes, at + TableLayout.GRUP_AXIS);
        exact = (bits & TableLayout.GRUP_EXACT) != 0;
        follows = (bits & TableLayout.GRUP_FOLLOW) != 0;
        first = i32(bytes, at + TableLayout.GRUP_FIRST);
        always = i32(bytes, at + TableLayout.GRUP_ALWAYS);
        program = i32(bytes, at + TableLayout.GRUP_PROGRAM);
        rules = i32(bytes, at + TableLayout.GRUP_RULES);
        root = i64(bytes, at + TableLayout.GRUP_ROOT);
        root6 = i64(bytes, at + TableLayout.GRUP_ROOT6);
    }

    /** All groups of a sound table. */
    static RuleGroup[] all(TableView view) {
        RuleGroup[] groups = new RuleGroup[view.count(Section.GRUP)];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = new RuleGroup(view.bytes, view.offset(Section.GRUP) + i * TableLayout.GRUP_SIZE);
        }
        return groups;
    }
}
