package io.crs.policy.analyze;

import com.fasterxml.jackson.core.JsonGenerator;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What two policies decide differently, each difference with a call that shows it. Immutable.
 *
 * <p>A decision is its action, whether it is enforced, whether the call is blocked, and whether it is a hit; which rule
 * decided does not count. File names are taken to be absolute, as an agent gives them.
 *
 * @param arch the architecture looked at
 * @param equivalent whether it is proven that both policies decide every call alike
 * @param added the rules that only the policy after has, as they are written
 * @param removed the rules that only the policy before has, as they are written
 * @param differences calls with different decisions, a few for each changed rule and at most 100
 * @param undecided of how many changed rules, or kinds of calls where a default differs, it would take too long to tell
 */
public record PolicyDiff(
        Arch arch,
        boolean equivalent,
        List<RulePlace> added,
        List<RulePlace> removed,
        List<Difference> differences,
        int undecided) {
    /**
     * A rule in its policy.
     *
     * @param pointer where it is, as a JSON pointer: {@code /rules/3}
     * @param name its name
     */
    public record RulePlace(String pointer, String name) {}

    /**
     * A call that two policies decide differently.
     *
     * @param witness the call
     * @param before the decision of the policy before
     * @param after the decision of the policy after
     */
    public record Difference(Call witness, Decision before, Decision after) {}

    /** Copies the lists. */
    public PolicyDiff {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        differences = List.copyOf(differences);
    }

    /** What differs on an architecture. */
    public static PolicyDiff between(Policy before, Policy after, Arch arch) {
        DiffSearch.Result result = DiffSearch.between(before, after, arch);
        return new PolicyDiff(
                arch,
                result.differences().isEmpty() && result.undecided() == 0,
                beyond(after, before),
                beyond(before, after),
                result.differences(),
                result.undecided());
    }

    /** The rules of a policy that another does not have as often. */
    private static List<RulePlace> beyond(Policy policy, Policy other) {
        Map<Rule, Integer> left = new HashMap<>();
        other.rules().forEach(rule -> left.merge(rule, 1, Integer::sum));
        List<RulePlace> beyond = new ArrayList<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (left.merge(rule, -1, Integer::sum) < 0) {
                beyond.add(new RulePlace(PolicyLint.pointer(i), rule.name()));
            }
        }
        return beyond;
    }

    /** Whether two decisions on one call count as different. */
    static boolean differ(Decision one, Decision other) {
        return one.action() != other.action()
                || one.enforced() != other.enforced()
                || one.blocked() != other.blocked()
                || isHit(one) != isHit(other);
    }

    private static boolean isHit(Decision decision) {
        return !decision.isDefault() || decision.action() != Action.ALLOW;
    }

    /**
     * The differences in one line of JSON: {@code {"equivalent":false,"added":[{"pointer","name"}],"removed":[],
     * "differences":[{"witness":{…},"before":{…},"after":{…}}],"undecided":0}}; witnesses as {@link Call#toJson},
     * decisions as {@link Decision#toJson}.
     */
    public String toJson() {
        return JsonText.object(out -> {
            out.writeBooleanField("equivalent", equivalent);
            write(out, "added", added);
            write(out, "removed", removed);
            out.writeArrayFieldStart("differences");
            for (Difference difference : differences) {
                out.writeStartObject();
                out.writeFieldName("witness");
                out.writeRawValue(difference.witness().toJson(arch));
                out.writeFieldName("before");
                out.writeRawValue(difference.before().toJson());
                out.writeFieldName("after");
                out.writeRawValue(difference.after().toJson());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeNumberField("undecided", undecided);
        });
    }

    private static void write(JsonGenerator out, String field, List<RulePlace> rules) throws IOException {
        out.writeArrayFieldStart(field);
        for (RulePlace rule : rules) {
            out.writeStartObject();
            out.writeStringField("pointer", rule.pointer());
            out.writeStringField("name", rule.name());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
