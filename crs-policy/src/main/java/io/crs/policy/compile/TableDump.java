package io.crs.policy.compile;

import static io.crs.policy.compile.LittleEndian.i32;
import static io.crs.policy.compile.LittleEndian.u8;

import io.crs.policy.Limits;
import io.crs.policy.compile.TableLayout.Section;
import io.crs.syscall.OperationClass;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Writes a table for people. */
final class TableDump {
    private static final String ROW = "%5s %-7s %-16s %-24s %-40s %s\n";

    private static final int LONGEST_NAMES = 200;

    private final TableView view;
    private final byte[] bytes;
    private final MatcherText matchers;
    private final StringBuilder out = new StringBuilder();

    private TableDump(TableView view) {
        this.view = view;
        this.bytes = view.bytes;
        this.matchers = new MatcherText(view);
    }

    static String of(TableView view) {
        TableDump dump = new TableDump(view);
        dump.header();
        dump.rules();
        return dump.out.toString();
    }

    static TableStatistics statistics(TableView view) {
        int calls = 0;
        int decided = 0;
        for (int i = 0; i < view.count(Section.SYSC); i++) {
            int row = view.row(i);
            if (u8(view.bytes, row) != TableLayout.OP_ABSENT) {
                calls++;
                decided += isDecided(view, row) ? 1 : 0;
            }
        }
        return new TableStatistics(
                view.bytes.length,
                calls,
                decided,
                view.count(Section.RULE),
                view.count(Section.MTCH),
                view.count(Section.STRS),
                Automaton.nodes(view, Section.CELL) + Automaton.nodes(view, Section.PCEL));
    }

    private static boolean isDecided(TableView view, int row) {
        boolean decided = i32(view.bytes, row + TableLayout.SYSC_NAMED) != 0;
        OperationClass operation = Codes.OPERATIONS.at(u8(view.bytes, row + TableLayout.SYSC_OP));
        for (int part = 0; part < TableLayout.PARTS; part++) {
            boolean has = ((Operations.partsWithDefault(operation) >> part) & 1) != 0;
            decided |= u8(view.bytes, row + TableLayout.SYSC_DEFAULTS + part) != 0;
            decided |= has
                    && part < TableLayout.PART_CALL
                    && view.header32(TableLayout.HEADER_TYPED + Integer.BYTES * part) != 0;
        }
        return decided;
    }

    private String action(int field) {
        return Codes.ACTIONS.at(u8(bytes, field)).name();
    }

    private void header() {
        out.append(String.format(
                Locale.ROOT,
                "policy   %s\n",
                MatcherText.printable(view.text(view.header32(TableLayout.HEADER_NAME)))));
        out.append(String.format(
                Locale.ROOT,
                "table    %s, %s, %s, log mode %d\n",
                Codes.ARCHES.at(u8(bytes, TableLayout.HEADER_ARCH)).id(),
                Codes.TRANSLATIONS.at(u8(bytes, TableLayout.HEADER_TRANSLATION)),
                Codes.MODES.at(u8(bytes, TableLayout.HEADER_MODE)),
                u8(bytes, TableLayout.HEADER_LOG)));
        TableStatistics size = statistics(view);
        out.append(String.format(
                Locale.ROOT,
                "size     %d bytes, %d of %d rules, %d matchers, %d of %d calls\n",
                size.bytes(),
                size.rules(),
                view.header32(TableLayout.HEADER_RULES),
                size.matchers(),
                size.decidedCalls(),
                size.calls()));
        limits(TableLimits.of(view));
        out.append(String.format(
                Locale.ROOT,
                "defaults network %s, file %s, execute %s, drift %s\n\n",
                action(TableLayout.HEADER_NETWORK),
                action(TableLayout.HEADER_FILE),
                action(TableLayout.HEADER_EXECUTE),
                action(TableLayout.HEADER_DRIFT)));
    }

    private void limits(Limits limits) {
        limit(limits.maxProcesses(), "processes");
        limit(limits.maxProcessLifetime(), "seconds of a process");
        limits.syscallsPerSecond().forEach((call, number) -> limit(number, call.name() + " a second"));
        limits.maxProcessesByName()
                .forEach((name, number) -> limit(number, "processes of " + MatcherText.printable(name)));
    }

    private void limit(int number, String what) {
        if (number > 0) {
            out.append(String.format(Locale.ROOT, "limit    %d %s\n", number, what));
        }
    }

    private void rules() {
        Map<Integer, String> calls = callsOfRules();
        out.append(String.format(Locale.ROOT, ROW, "#", "ACTION", "TYPE", "PROGRAM", "MATCH", "RULE"));
        for (int place = 0; place < view.count(Section.RULE); place++) {
            int rule = view.rule(place);
            boolean follows = (u8(bytes, rule + TableLayout.RULE_BITS) & TableLayout.FOLLOW_CHILDREN) != 0;
            out.append(String.format(
                    Locale.ROOT,
                    ROW,
                    i32(bytes, rule + TableLayout.RULE_INDEX),
                    action(rule + TableLayout.RULE_ACTION),
                    Codes.RULE_TYPES.at(u8(bytes, rule + TableLayout.RULE_TYPE)),
                    matchers.of(i32(bytes, rule + TableLayout.RULE_PROGRAM)) + (follows ? " +children" : ""),
                    match(rule, calls.getOrDefault(place, "")),
                    MatcherText.printable(view.text(i32(bytes, rule + TableLayout.RULE_NAME)))));
        }
    }

    private String match(int rule, String calls) {
        int first = i32(bytes, rule + TableLayout.RULE_OPERANDS);
        int second = i32(bytes, rule + TableLayout.RULE_OPERANDS + Integer.BYTES);
        return switch (Codes.RULE_TYPES.at(u8(bytes, rule + TableLayout.RULE_TYPE))) {
            case READ, WRITE -> matchers.of(first);
            case NETWORK_OUTBOUND, NETWORK_INBOUND ->
                matchers.of(first) + (second == 0 ? "" : " port " + matchers.of(second));
            case SYSCALL -> {
                StringJoiner match = new StringJoiner(" ");
                match.add(calls);
                for (int i = 0; i < TableLayout.OPERANDS; i++) {
                    int operand = i32(bytes, rule + TableLayout.RULE_OPERANDS + Integer.BYTES * i);
                    if (operand != 0) {
                        match.add("arg" + (i + 1) + "=" + matchers.of(operand));
                    }
                }
                yield match.toString();
            }
        };
    }

    /** The names of the calls that each SYSCALL rule is asked for, by its place. */
    private Map<Integer, String> callsOfRules() {
        Map<Integer, String> ofLists = new TreeMap<>();
        for (int i = 0; i < view.count(Section.SYSC); i++) {
            int row = view.row(i);
            if (u8(bytes, row + TableLayout.SYSC_OP) != TableLayout.OP_ABSENT) {
                String name = MatcherText.printable(view.text(i32(bytes, row + TableLayout.SYSC_NAME)));
                ofLists.merge(i32(bytes, row + TableLayout.SYSC_NAMED), name, TableDump::join);
            }
        }
        Map<Integer, String> ofRules = new HashMap<>();
        ofLists.forEach((list, names) -> {
            for (int i = 0; i < view.runLength(Section.LIST, list); i++) {
                ofRules.merge(view.runElement(Section.LIST, list, i), names, TableDump::join);
            }
        });
        return ofRules;
    }

    private static String join(String names, String more) {
        return names.length() > LONGEST_NAMES ? names : names + "," + more;
    }
}
