package io.crs.policy.compile;

import io.crs.policy.compile.TableLayout.Section;
import java.util.Arrays;
import java.util.List;

/** The sections of an index while they are written. */
final class IndexSections {
    /** What the automata of a table may take, in bytes; beyond, rules are asked in turn. */
    private static final int ROOM = 24 << 20;

    private final CellPool rules = new CellPool();
    private final CellPool programs = new CellPool();
    private final RunPool candidates = new RunPool();
    private final RunPool sets = new RunPool();
    private final SectionBytes groups = new SectionBytes();
    private final SectionBytes lists = new SectionBytes();
    private final SectionBytes classes = new SectionBytes();

    /** The automata of rules. */
    CellPool rules() {
        return rules;
    }

    /** The automaton of programs. */
    CellPool programs() {
        return programs;
    }

    SectionBytes groups() {
        return groups;
    }

    SectionBytes lists() {
        return lists;
    }

    SectionBytes classes() {
        return classes;
    }

    /** What stands for the rules that can match: one by its place, more by a reference. */
    int candidates(int[] places) {
        return places.length == 1 ? TableLayout.ONE_RULE | places[0] : candidates.put(asList(places));
    }

    /** The reference of a set of groups. */
    int set(List<Integer> places) {
        return sets.put(places);
    }

    private static List<Integer> asList(int[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    /** How many more words the automata may take. */
    long room() {
        long taken = (long) rules.cells().size() + candidates.bytes().size();
        return Math.max(0, (ROOM - taken) / Integer.BYTES);
    }

    void addTo(TableAssembly assembly) {
        assembly.add(Section.CELL, rules.cells())
                .add(Section.PCEL, programs.cells())
                .add(Section.CAND, candidates.bytes(), candidates.count())
                .add(Section.SETS, sets.bytes(), sets.count())
                .add(Section.GRUP, groups)
                .add(Section.INDX, lists)
                .add(Section.CLAS, classes);
    }
}
