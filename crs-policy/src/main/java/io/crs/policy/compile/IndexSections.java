package io.crs.policy.compile;

import io.crs.policy.compile.TableLayout.Section;
import java.util.Arrays;
import java.util.List;

/** The sections of an index while they are written. */
final class IndexSections {
    /** What the automata of a table may take, in bytes; beyond, rules are asked in turn. */
    private static final int ROOM = 24 << 20;

    private final NodePool.Texts texts = new NodePool.Texts();
    private final NodePool rules = new NodePool(texts);
    private final NodePool programs = new NodePool(texts);
    private final RunPool candidates = new RunPool();
    private final RunPool sets = new RunPool();
    private final SectionBytes groups = new SectionBytes();
    private final SectionBytes lists = new SectionBytes();
    private final SectionBytes classes = new SectionBytes();

    /** The automata of rules. */
    NodePool rules() {
        return rules;
    }

    /** The automaton of programs. */
    NodePool programs() {
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

    /** The reference of rules that can match. */
    int candidates(int[] places) {
        return candidates.put(asList(places));
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
        long taken = (long) rules.nodes().size()
                + rules.edges().size()
                + candidates.bytes().size();
        return Math.max(0, (ROOM - taken) / Integer.BYTES);
    }

    void addTo(TableAssembly assembly) {
        assembly.add(Section.NODE, rules.nodes())
                .add(Section.EDGE, rules.edges())
                .add(Section.PNOD, programs.nodes())
                .add(Section.PEDG, programs.edges())
                .add(Section.TEXT, texts.bytes())
                .add(Section.CAND, candidates.bytes(), candidates.count())
                .add(Section.SETS, sets.bytes(), sets.count())
                .add(Section.GRUP, groups)
                .add(Section.INDX, lists)
                .add(Section.CLAS, classes);
    }
}
