package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.compile.TableLayout.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the index of a table that has none yet, from nothing but the table.
 *
 * <p>The rules of each list are put into groups: those of one program that one operand tells apart. Where that operand
 * has an automaton, it gives the rules of the group that can match; where that would grow too large, or there is no
 * such operand, the rules of the group are asked in turn.
 */
final class IndexCompiler {
    /** Shorter lists of SYSCALL rules are asked in turn. */
    private static final int FEW = 4;

    /** A row has one byte for the place of its list. */
    private static final int MAX_LISTS = 256;

    private final TableView view;
    private final byte[] bytes;
    private final RuleAxes axes;
    private final IndexSections sections = new IndexSections();
    private final GroupWriter groups;
    private final ProgramClasses programs;
    private final Map<Integer, Integer> places = new LinkedHashMap<>();

    /** A glob of programs, 0 for any, and whether ancestors count. */
    private record Programs(int program, boolean follows) {}

    IndexCompiler(TableView view) {
        this.view = view;
        this.bytes = view.bytes;
        this.axes = new RuleAxes(view);
        this.groups = new GroupWriter(view, axes, sections);
        this.programs = new ProgramClasses(view, sections);
    }

    /** Adds the index to the sections of the table. */
    void addTo(TableAssembly assembly, SectionBytes calls) {
        for (int part = 0; part < TableLayout.PART_CALL; part++) {
            addList(view.header32(TableLayout.HEADER_TYPED + Integer.BYTES * part));
        }
        for (int row = 0; row < view.count(Section.SYSC); row++) {
            int list = i32(bytes, view.row(row) + TableLayout.SYSC_NAMED);
            if (u8(bytes, view.row(row)) != TableLayout.OP_ABSENT
                    && view.runLength(Section.LIST, list) > FEW
                    && (places.containsKey(list) || places.size() + TableLayout.PART_CALL < MAX_LISTS)) {
                int place = places.computeIfAbsent(list, this::addList);
                calls.put8(row * TableLayout.SYSC_SIZE + TableLayout.SYSC_INDEX, place);
            }
        }
        sections.addTo(assembly);
    }

    /** Adds the groups of a list and gives its place. */
    private int addList(int list) {
        Map<Programs, List<Integer>> byProgram = new LinkedHashMap<>();
        int n = view.runLength(Section.LIST, list);
        for (int i = 0; i < n; i++) {
            int rule = view.runElement(Section.LIST, list, i);
            int at = view.rule(rule);
            int program = i32(bytes, at + TableLayout.RULE_PROGRAM);
            boolean follows =
                    program != 0 && (u8(bytes, at + TableLayout.RULE_BITS) & TableLayout.FOLLOW_CHILDREN) != 0;
            byProgram
                    .computeIfAbsent(new Programs(program, follows), key -> new ArrayList<>())
                    .add(rule);
            if (program == 0 && axes.of(rule).axis() == RuleAxes.ALWAYS) {
                // It matches every call, so that no rule behind it is ever asked.
                break;
            }
        }
        List<Integer> any = new ArrayList<>();
        Map<Integer, List<Integer>> own = new LinkedHashMap<>();
        Map<Integer, List<Integer>> ancestors = new LinkedHashMap<>();
        boolean hasRoom = programs.hasRoom();
        byProgram.forEach((key, rules) -> {
            boolean classed = key.program() != 0 && hasRoom && programs.knows(key.program());
            List<Integer> made = groups.write(rules, classed ? 0 : key.program(), key.follows());
            if (!classed) {
                any.addAll(made);
                return;
            }
            own.computeIfAbsent(key.program(), program -> new ArrayList<>()).addAll(made);
            if (key.follows()) {
                ancestors
                        .computeIfAbsent(key.program(), program -> new ArrayList<>())
                        .addAll(made);
            }
        });
        return programs.addList(any, own, ancestors);
    }
}
