package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.compile.TableLayout.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The classes of programs: two programs are in one class if the same of the table's globs match them. Class 0 is that of
 * those that none matches. For each list, an array gives the groups of a class.
 */
final class ProgramClasses {
    /** The words that all arrays may take; the groups of further lists ask for the program themselves. */
    private static final int ROOM = 2 << 20;

    private final TableView view;
    private final IndexSections sections;
    private final Set<Integer> globs = new LinkedHashSet<>();
    /** The globs of each class, in the order of the classes. */
    private final List<int[]> members = new ArrayList<>();

    ProgramClasses(TableView view, IndexSections sections) {
        this.view = view;
        this.sections = sections;
        members.add(new int[0]);
        RuleAxes axes = new RuleAxes(view);
        for (int rule = 0; rule < view.count(Section.RULE); rule++) {
            int glob = i32(view.bytes, view.rule(rule) + TableLayout.RULE_PROGRAM);
            if (glob != 0 && axes.isWhole(glob)) {
                globs.add(glob);
            }
        }
        Optional<PatternAutomaton> automaton = automaton();
        if (automaton.isEmpty()) {
            globs.removeIf(this::hasStars);
            automaton = automaton();
        }
        if (automaton.isEmpty()) {
            globs.clear();
        }
        Map<Ints.Key, Integer> classes = new LinkedHashMap<>();
        long root = automaton
                .map(made -> made.write(sections.programs(), matching -> classOf(classes, matching)))
                .orElse(CellPool.DEAD);
        SectionBytes words = sections.classes();
        words.grow(TableLayout.CLAS_ARRAYS * TableLayout.CLAS_SIZE);
        words.put32(TableLayout.CLAS_COUNT * TableLayout.CLAS_SIZE, members.size());
        words.put64(TableLayout.CLAS_ROOT * TableLayout.CLAS_SIZE, root);
    }

    private boolean hasStars(int glob) {
        return u8(view.bytes, view.matcher(glob) + TableLayout.MTCH_SHAPE) == TableLayout.GLOB_PATTERN;
    }

    private Optional<PatternAutomaton> automaton() {
        PatternSet patterns = new PatternSet(view);
        globs.forEach(glob -> patterns.add(glob, glob));
        return patterns.all(sections.room());
    }

    private int classOf(Map<Ints.Key, Integer> classes, int[] matching) {
        if (matching.length == 0) {
            return 0;
        }
        return classes.computeIfAbsent(new Ints.Key(0, matching), key -> {
            members.add(matching);
            return members.size() - 1;
        });
    }

    /** Whether a list may still have arrays of its own. */
    boolean hasRoom() {
        return !globs.isEmpty() && sections.classes().size() / TableLayout.CLAS_SIZE + 2 * members.size() <= ROOM;
    }

    /** Whether a class tells if a glob matches. */
    boolean knows(int glob) {
        return globs.contains(glob);
    }

    /** Adds a list by its groups of any program, and of the programs of each glob, and gives its place. */
    int addList(List<Integer> any, Map<Integer, List<Integer>> own, Map<Integer, List<Integer>> ancestors) {
        SectionBytes lists = sections.lists();
        int at = lists.grow(TableLayout.INDX_SIZE);
        lists.put32(at + TableLayout.INDX_ANY, sections.set(any));
        lists.put32(at + TableLayout.INDX_OWN, addArray(own));
        lists.put32(at + TableLayout.INDX_ANCESTORS, addArray(ancestors));
        return at / TableLayout.INDX_SIZE;
    }

    private int addArray(Map<Integer, List<Integer>> groups) {
        if (groups.isEmpty()) {
            return 0;
        }
        int place = sections.classes().grow(TableLayout.CLAS_SIZE * members.size());
        for (int i = 0; i < members.size(); i++) {
            List<Integer> set = new ArrayList<>();
            for (int glob : members.get(i)) {
                set.addAll(groups.getOrDefault(glob, List.of()));
            }
            sections.classes().put32(place + TableLayout.CLAS_SIZE * i, sections.set(set));
        }
        return place / TableLayout.CLAS_SIZE;
    }
}
