package io.crs.policy.export;

import io.crs.policy.Action;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The export to Falco rules: each rule becomes a macro that says what it matches, and each that denies or monitors a rule
 * that reports what no earlier one matched.
 */
final class FalcoExport {
    /** Falco puts macros in the place of their names; with more rules than this the conditions would grow too long. */
    private static final int MAX_RULES = 500;

    private static final String ENGINE = "0.31.0";
    private static final String OUTPUT =
            "process=%proc.exepath parent=%proc.pexepath command=%proc.cmdline file=%fs.path.name"
                    + " connection=%fd.name call=%evt.type container=%container.id image=%container.image.repository";

    private final Policy policy;
    private final String name;
    private final String macro;
    private final List<RuleMark> marks = new ArrayList<>();
    private final List<Object> items = new ArrayList<>();
    private final Map<RuleType, String> seen = new EnumMap<>(RuleType.class);
    private final Exceptions exceptions;
    /** The rules that have a macro, and those whose macro says just what they match. */
    private final BitSet written = new BitSet();

    private final BitSet exact = new BitSet();
    private int macros;

    private FalcoExport(Policy policy, ExportOptions options) {
        this.policy = policy;
        exceptions = new Exceptions(policy);
        name = options.name().isEmpty() ? ResourceName.of(policy.name()) : options.name();
        macro = "crs_" + name.replace('-', '_') + "_";
    }

    static Export of(Policy policy, ExportOptions options) {
        FalcoExport export = new FalcoExport(policy, options);
        export.items.add(Map.of("required_engine_version", ENGINE));
        for (int i = 0; i < policy.rules().size(); i++) {
            export.add(i, policy.rules().get(i));
        }
        export.marks.addAll(DenyingDefaults.unsupported(policy, "only what rules name is reported"));
        return new Export(ExportTarget.FALCO, Yaml.write(export.items), export.marks);
    }

    private void mark(int index, Fidelity fidelity, String reason) {
        marks.add(new RuleMark(index, policy.rules().get(index).name(), fidelity, reason));
    }

    private void add(int index, Rule rule) {
        if (policy.mode() == PolicyMode.INACTIVE || rule.inactive()) {
            mark(index, Fidelity.EXACT, "inactive: it decides nothing");
            return;
        }
        FalcoCondition known = macros < MAX_RULES
                ? FalcoCondition.of(rule)
                : FalcoCondition.unsupported("more than " + MAX_RULES + " rules are not written");
        if (!known.isSupported()) {
            mark(index, Fidelity.UNSUPPORTED, known.reason());
            return;
        }
        macros++;
        written.set(index);
        String own = macro + "r" + index;
        items.add(macro(own, known.text()));
        if (rule.action() != Action.ALLOW) {
            items.add(rule(index, rule, own));
        }
        remember(rule, own);
        if (known.fidelity() == Fidelity.EXACT) {
            exact.set(index);
        }
        mark(index, rule, known);
    }

    private void mark(int index, Rule rule, FalcoCondition known) {
        List<String> reasons = new ArrayList<>();
        Fidelity fidelity = known.fidelity();
        if (rule.action() == Action.ALLOW) {
            mark(index, Fidelity.EXACT, "nothing is stopped, and what it lets through is not reported by later rules");
            return;
        }
        if (rule.action() == Action.DENY && policy.mode() == PolicyMode.ACTIVE) {
            fidelity = Fidelity.UNDER;
            reasons.add("Falco reports a call, and does not stop it");
        }
        if (!known.reason().isEmpty()) {
            reasons.add(known.reason());
        }
        if (exceptions.hasOne(index, earlier -> isBlurred(earlier, rule))) {
            fidelity = Fidelity.UNDER;
            reasons.add("an earlier rule is an exception that Falco knows in part: some calls are missed, some of its"
                    + " calls are reported as well");
        }
        mark(index, fidelity, String.join("; ", reasons));
    }

    /** Whether an earlier rule takes other calls from a rule than it should. Of one type, both miss the same calls. */
    private boolean isBlurred(int earlier, Rule rule) {
        Rule before = policy.rules().get(earlier);
        boolean alike = before.type() == rule.type() && before.type() != RuleType.SYSCALL;
        return before.action() == Action.ALLOW && !exact.get(earlier) && !(alike && written.get(earlier));
    }

    private static Map<String, Object> macro(String name, String condition) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("macro", name);
        item.put("condition", condition);
        return item;
    }

    /** Later rules of the type, or of all types, do not report what this one matches. */
    private void remember(Rule rule, String own) {
        List<RuleType> types =
                rule.type() == RuleType.SYSCALL ? List.of(RuleType.values()) : List.of(rule.type(), RuleType.SYSCALL);
        for (RuleType type : types) {
            String before = seen.get(type);
            if (before == null) {
                seen.put(type, own);
            } else {
                String next = own + "_or_before_" + type.name().toLowerCase(Locale.ROOT);
                items.add(macro(next, before + " or " + own));
                seen.put(type, next);
            }
        }
    }

    private Map<String, Object> rule(int index, Rule rule, String own) {
        String before = seen.get(rule.type());
        String label = label(rule.name());
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("rule", "CRS " + name + " " + index + " " + label);
        item.put("desc", label(rule.message().orElse(rule.name())));
        item.put("condition", "container.id != host and " + own + (before == null ? "" : " and not (" + before + ")"));
        item.put("output", "CRS " + name + " rule " + index + " (" + label + ") " + rule.action() + " | " + OUTPUT);
        item.put("priority", priority(rule));
        item.put("tags", rule.tags().stream().map(FalcoExport::label).toList());
        return item;
    }

    /** A text without what Falco would take for a field or for syntax. */
    private static String label(String text) {
        String plain = text.replaceAll("[^A-Za-z0-9 ._:/-]", "_");
        return plain.substring(0, Math.min(plain.length(), 200));
    }

    private static String priority(Rule rule) {
        int severity = rule.severity().orElse(rule.action() == Action.DENY ? 6 : 4);
        return severity >= 9
                ? "CRITICAL"
                : severity >= 7 ? "ERROR" : severity >= 5 ? "WARNING" : severity >= 3 ? "NOTICE" : "INFORMATIONAL";
    }
}
