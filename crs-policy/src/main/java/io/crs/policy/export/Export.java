package io.crs.policy.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.crs.policy.Action;
import io.crs.policy.IgnoreScope;
import io.crs.policy.Policy;
import io.crs.policy.Translation;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A policy in the language of another system, and how much of it each rule kept.
 *
 * <p>No rule is dropped in silence: each has a mark, as has each default that denies. Text from the policy is written
 * so that it cannot become anything but text; a name that the other language cannot hold makes its rule unsupported.
 * {@code docs/export.md} says what each system can do and what the marks assume. Immutable.
 *
 * @param target the system
 * @param document the text of its file
 * @param marks the marks: the rules in order, then the defaults that deny
 */
public record Export(ExportTarget target, String document, List<RuleMark> marks) {
    private static final String IGNORED = "calls that the policy leaves out as ignored count as well";
    private static final String LETTER = "the letter of the user guide is about other calls: some are missed, and some"
            + " that the policy leaves out count as well";

    /** Copies the marks. */
    public Export {
        marks = List.copyOf(marks);
    }

    /** A policy in the language of a system. */
    public static Export to(ExportTarget target, Policy policy, ExportOptions options) {
        Export export = plain(target, policy, options);
        boolean letter = policy.translation() == Translation.GUIDE;
        boolean ignores = policy.ignoreScope() == IgnoreScope.EVERYTHING
                && !policy.ignoredSyscalls().isEmpty();
        return target == ExportTarget.SECCOMP || (!letter && !ignores) ? export : export.blurred(policy);
    }

    /** Only a filter on calls can tell calls of one effect apart: elsewhere all of them count, and none without it. */
    private Export blurred(Policy policy) {
        boolean letter = policy.translation() == Translation.GUIDE;
        List<RuleMark> wide = marks.stream()
                .map(mark -> {
                    boolean acts =
                            mark.index() < 0 || policy.rules().get(mark.index()).action() != Action.ALLOW;
                    return acts ? mark.blurred(letter, letter ? LETTER : IGNORED) : mark;
                })
                .toList();
        return new Export(target, document, wide);
    }

    private static Export plain(ExportTarget target, Policy policy, ExportOptions options) {
        return switch (target) {
            case SECCOMP -> SeccompExport.of(policy, options);
            case NETWORK_POLICY -> NetworkPolicyExport.of(policy, options);
            case APPARMOR -> AppArmorExport.of(policy, options);
            case KUBEARMOR -> KubeArmorExport.of(policy, options);
            case TETRAGON -> TetragonExport.of(policy, options);
            case FALCO -> FalcoExport.of(policy, options);
        };
    }

    /** The marks with one fidelity. */
    public List<RuleMark> marks(Fidelity fidelity) {
        return marks.stream().filter(mark -> mark.fidelity() == fidelity).toList();
    }

    /** Target, document and marks as one JSON object in one line. */
    public String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("target", target.id());
            out.writeStringField("document", document);
            out.writeArrayFieldStart("marks");
            for (RuleMark mark : marks) {
                out.writeStartObject();
                out.writeNumberField("index", mark.index());
                out.writeStringField("rule", mark.rule());
                out.writeStringField("fidelity", mark.fidelity().name());
                out.writeStringField("reason", mark.reason());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
