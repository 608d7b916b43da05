package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u16;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.Action;
import io.crs.policy.compile.RuleAxes.Axis;
import io.crs.policy.compile.TableLayout.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the groups of the rules of one list that have one program. */
final class GroupWriter {
    private static final int ALLOW = Codes.ACTIONS.of(Action.ALLOW);
    private static final int IPV4 = 4;
    private static final int IPV6 = 16;

    private final TableView view;
    private final byte[] bytes;
    private final RuleAxes axes;
    private final IndexSections sections;

    /** The rules that one operand tells apart; exact only for paths. */
    private record Kind(int axis, boolean exact) {}

    private record Roots(long first, long second) {
        static final Roots NONE = new Roots(CellPool.DEAD, CellPool.DEAD);
    }

    GroupWriter(TableView view, RuleAxes axes, IndexSections sections) {
        this.view = view;
        this.bytes = view.bytes;
        this.axes = axes;
        this.sections = sections;
    }

    /**
     * Adds the groups of rules and gives their places.
     *
     * @param program the glob a group asks for itself, where no class of programs leads to it; else 0
     */
    List<Integer> write(List<Integer> rules, int program, boolean follows) {
        Map<Kind, List<Integer>> byKind = new LinkedHashMap<>();
        int always = TableLayout.NO_RULE;
        for (int rule : rules) {
            Axis axis = axes.of(rule);
            if (axis.axis() == RuleAxes.ALWAYS) {
                always = rule;
                break;
            }
            boolean isPath = axis.axis() == TableLayout.AXIS_PATH || axis.axis() == TableLayout.AXIS_NEW_PATH;
            byKind.computeIfAbsent(new Kind(axis.axis(), isPath && axis.exact()), key -> new ArrayList<>())
                    .add(rule);
        }
        List<Group> groups = new ArrayList<>();
        byKind.forEach((kind, ofKind) -> groups.addAll(groups(kind, ofKind)));
        if (groups.isEmpty()) {
            groups.add(new Group(new Kind(TableLayout.AXIS_WALK, false), List.of(), Roots.NONE));
        }
        List<Integer> places = new ArrayList<>();
        for (Group group : groups) {
            places.add(write(group, always, program, follows));
            always = TableLayout.NO_RULE;
        }
        return places;
    }

    private record Group(Kind kind, List<Integer> rules, Roots roots) {}

    private int write(Group group, int always, int program, boolean follows) {
        int at = sections.groups().grow(TableLayout.GRUP_SIZE);
        SectionBytes out = sections.groups();
        boolean walks = group.kind().axis() == TableLayout.AXIS_WALK;
        out.put8(at + TableLayout.GRUP_AXIS, group.kind().axis());
        out.put8(
                at + TableLayout.GRUP_BITS,
                (group.kind().exact() ? TableLayout.GRUP_EXACT : 0) | (follows ? TableLayout.GRUP_FOLLOW : 0));
        int first = group.rules().isEmpty()
                ? always
                : Math.min(always, group.rules().get(0));
        out.put32(at + TableLayout.GRUP_FIRST, first);
        out.put32(at + TableLayout.GRUP_ALWAYS, always);
        out.put32(at + TableLayout.GRUP_PROGRAM, program);
        out.put32(
                at + TableLayout.GRUP_RULES,
                walks
                        ? sections.candidates(
                                group.rules().stream().mapToInt(rule -> rule).toArray())
                        : 0);
        out.put64(at + TableLayout.GRUP_ROOT, group.roots().first());
        out.put64(at + TableLayout.GRUP_ROOT6, group.roots().second());
        return at / TableLayout.GRUP_SIZE;
    }

    /** The groups of rules of a kind: one, unless their automaton would grow too large. */
    private List<Group> groups(Kind kind, List<Integer> rules) {
        if (kind.axis() == TableLayout.AXIS_WALK) {
            return List.of(new Group(kind, rules, Roots.NONE));
        }
        Optional<Roots> roots =
                switch (kind.axis()) {
                    case TableLayout.AXIS_ADDRESS -> addresses(rules);
                    case TableLayout.AXIS_PORT, TableLayout.AXIS_LOCAL_PORT -> ports(rules);
                    default -> kind.exact() ? paths(rules) : pieces(rules);
                };
        if (roots.isPresent()) {
            return List.of(new Group(kind, rules, roots.get()));
        }
        return kind.exact() ? withoutStars(kind, rules) : groups(new Kind(TableLayout.AXIS_WALK, false), rules);
    }

    /** The same rules, those with a star in the middle looked for by a piece. */
    private List<Group> withoutStars(Kind kind, List<Integer> rules) {
        Map<Boolean, List<Integer>> byShape = new LinkedHashMap<>();
        for (int rule : rules) {
            int matcher = view.matcher(axes.of(rule).matcher());
            boolean hasStars = u8(bytes, matcher + TableLayout.MTCH_SHAPE) == TableLayout.GLOB_PATTERN;
            byShape.computeIfAbsent(hasStars, key -> new ArrayList<>()).add(rule);
        }
        boolean nothingLeftOut = !byShape.containsKey(true);
        List<Group> groups = new ArrayList<>();
        byShape.forEach(
                (hasStars, some) -> groups.addAll(groups(new Kind(kind.axis(), !hasStars && !nothingLeftOut), some)));
        return groups;
    }

    private boolean allows(int rule) {
        return u8(bytes, view.rule(rule) + TableLayout.RULE_ACTION) == ALLOW;
    }

    private Optional<Roots> paths(List<Integer> rules) {
        PatternSet patterns = new PatternSet(view);
        rules.forEach(rule -> patterns.add(axes.of(rule).matcher(), rule));
        return patterns.first(this::allows, sections.room()).map(this::written);
    }

    /** Rules that are looked for by a piece of plain text each, wherever it stands. */
    private Optional<Roots> pieces(List<Integer> rules) {
        PatternPieces pieces = new PatternPieces(view);
        rules.forEach(rule -> pieces.count(axes.of(rule).matcher()));
        PatternSet patterns = new PatternSet(view);
        rules.forEach(rule -> patterns.add(pieces.rarest(axes.of(rule).matcher()), rule));
        return patterns.all(sections.room()).map(this::written);
    }

    private Roots written(PatternAutomaton automaton) {
        return new Roots(automaton.write(sections.rules(), sections::candidates), CellPool.DEAD);
    }

    private Optional<Roots> addresses(List<Integer> rules) {
        List<KeyAutomaton.Range> ranges4 = new ArrayList<>();
        List<KeyAutomaton.Range> ranges6 = new ArrayList<>();
        for (int rule : rules) {
            Axis axis = axes.of(rule);
            int matcher = view.matcher(axis.matcher());
            int length = u8(bytes, matcher + TableLayout.MTCH_SHAPE);
            byte[] low = slice(matcher + TableLayout.MTCH_LOW, length);
            byte[] high = slice(matcher + TableLayout.MTCH_HIGH, length);
            (length == IPV4 ? ranges4 : ranges6).add(new KeyAutomaton.Range(low, high, rule, axis.exact()));
        }
        return keys(ranges4, IPV4).flatMap(root4 -> keys(ranges6, IPV6).map(root6 -> new Roots(root4, root6)));
    }

    private byte[] slice(int from, int length) {
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    private Optional<Roots> ports(List<Integer> rules) {
        List<KeyAutomaton.Range> ranges = new ArrayList<>();
        for (int rule : rules) {
            Axis axis = axes.of(rule);
            int matcher = view.matcher(axis.matcher());
            int first = view.offset(Section.PORT) + i32(bytes, matcher + TableLayout.MTCH_A) * TableLayout.PORT_SIZE;
            for (int i = 0; i < i32(bytes, matcher + TableLayout.MTCH_B); i++) {
                int at = first + i * TableLayout.PORT_SIZE;
                ranges.add(new KeyAutomaton.Range(
                        port(u16(bytes, at)), port(u16(bytes, at + Short.BYTES)), rule, axis.exact()));
            }
        }
        return keys(ranges, Short.BYTES).map(root -> new Roots(root, CellPool.DEAD));
    }

    private static byte[] port(int number) {
        return new byte[] {(byte) (number >> Byte.SIZE), (byte) number};
    }

    private Optional<Long> keys(List<KeyAutomaton.Range> ranges, int length) {
        long limit = KeyAutomaton.limit(ranges.size(), length, sections.room());
        return KeyAutomaton.write(ranges, length, sections.rules(), sections::candidates, limit);
    }
}
