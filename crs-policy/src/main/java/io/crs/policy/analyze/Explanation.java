package io.crs.policy.analyze;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.Evaluation;
import io.crs.policy.LogMode;
import io.crs.policy.Mismatch;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Why a policy decides a call as it does: what each rule has to do with it. Immutable.
 *
 * @param call the call, as JSON
 * @param decision the decision
 * @param rules what each rule of the policy has to do with it, in order
 */
public record Explanation(String call, Decision decision, List<RuleReport> rules) {
    /** What a rule has to do with a decision. */
    public enum Role {
        /** It decided. */
        DECIDES,
        /** It decides a part of the call, and another part is stricter, or goes before it. */
        OVERRULED,
        /** It matches, and an earlier rule stands before it. */
        HIDDEN,
        /** It does not match. */
        NO_MATCH
    }

    /**
     * What one rule has to do with a decision.
     *
     * @param index its place in the policy, from 0
     * @param name its name
     * @param role what it has to do with it
     * @param by the rule that overrules or hides it, by its place; −1 if none does
     * @param mismatch why it does not match; present for {@link Role#NO_MATCH}
     */
    public record RuleReport(int index, String name, Role role, int by, Optional<Mismatch> mismatch) {}

    /** Copies the rules. */
    public Explanation {
        rules = List.copyOf(rules);
    }

    /**
     * Why a policy decides a call as it does.
     *
     * @throws IllegalArgumentException if the architecture lacks the call
     */
    public static Explanation of(Policy policy, Arch arch, Call call) {
        Evaluation evaluation = ReferenceEvaluator.of(policy, arch, LogMode.ALL).evaluate(call);
        List<Evaluation.Part> parts =
                evaluation.parts().stream().filter(Evaluation.Part::counts).toList();
        int deciding = evaluation.decision().ruleIndex();
        List<RuleReport> reports = new ArrayList<>();
        for (int i = 0; !parts.isEmpty() && i < policy.rules().size(); i++) {
            reports.add(report(i, policy.rules().get(i).name(), deciding, parts));
        }
        return new Explanation(call.toJson(arch), evaluation.decision(), reports);
    }

    private static RuleReport report(int index, String name, int deciding, List<Evaluation.Part> parts) {
        if (index == deciding) {
            return new RuleReport(index, name, Role.DECIDES, -1, Optional.empty());
        }
        if (parts.stream().anyMatch(part -> part.ruleIndex() == index)) {
            return new RuleReport(index, name, Role.OVERRULED, deciding, Optional.empty());
        }
        return parts.stream()
                .filter(part -> part.mismatches().get(index).isEmpty())
                .findFirst()
                .map(part -> new RuleReport(index, name, Role.HIDDEN, part.ruleIndex(), Optional.empty()))
                .orElseGet(() -> new RuleReport(index, name, Role.NO_MATCH, -1, closest(index, parts)));
    }

    /** The reason of the part that the rule came closest to. */
    private static Optional<Mismatch> closest(int index, List<Evaluation.Part> parts) {
        return parts.stream()
                .flatMap(part -> part.mismatches().get(index).stream())
                .max(Comparator.naturalOrder());
    }

    /** The rules with one role, in order. */
    public List<RuleReport> rules(Role role) {
        return rules.stream().filter(rule -> rule.role() == role).toList();
    }

    /** The explanation as lines for a person. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        String why = decision.rule()
                .map(name -> " by " + named(decision.ruleIndex(), name))
                .orElse(rules.isEmpty() ? ": nothing is evaluated" : ", since no rule decides");
        lines.add(decision.action() + why + (decision.enforced() ? "" : " (not enforced)"));
        for (RuleReport rule : rules) {
            String text = named(rule.index(), rule.name());
            switch (rule.role()) {
                case DECIDES -> {}
                case OVERRULED ->
                    lines.add(text + " matches a part of the call, but "
                            + (rule.by() < 0 ? "a default is stricter" : "rule " + rule.by() + " goes before it"));
                case HIDDEN -> lines.add(text + " matches, but is hidden by rule " + rule.by());
                case NO_MATCH ->
                    lines.add(text + " does not match: "
                            + rule.mismatch().map(Mismatch::text).orElse(""));
            }
        }
        return lines;
    }

    private static String named(int index, String name) {
        return "rule " + index + " \"" + name + "\"";
    }

    /**
     * The explanation in one line of JSON: {@code {"call":{…},"decision":{…},"deciding":{"index","name"} or null,
     * "overruled":[{"index","name","by"}],"hidden":[{"index","name","by"}],
     * "others":[{"index","name","why","message"}]}}; {@code by} is a rule's place, or −1 for a default.
     */
    public String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeFieldName("call");
        out.writeRawValue(call);
        out.writeFieldName("decision");
        out.writeRawValue(decision.toJson());
        out.writeFieldName("deciding");
        List<RuleReport> deciding = rules(Role.DECIDES);
        if (deciding.isEmpty()) {
            out.writeNull();
        } else {
            write(out, deciding.get(0));
        }
        write(out, "overruled", rules(Role.OVERRULED));
        write(out, "hidden", rules(Role.HIDDEN));
        write(out, "others", rules(Role.NO_MATCH));
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, String field, List<RuleReport> rules) throws IOException {
        out.writeArrayFieldStart(field);
        for (RuleReport rule : rules) {
            write(out, rule);
        }
        out.writeEndArray();
    }

    private static void write(JsonGenerator out, RuleReport rule) throws IOException {
        out.writeStartObject();
        out.writeNumberField("index", rule.index());
        out.writeStringField("name", rule.name());
        if (rule.role() == Role.OVERRULED || rule.role() == Role.HIDDEN) {
            out.writeNumberField("by", rule.by());
        }
        if (rule.mismatch().isPresent()) {
            out.writeStringField("why", rule.mismatch().get().name());
            out.writeStringField("message", rule.mismatch().get().text());
        }
        out.writeEndObject();
    }
}
