package io.crs.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a policy says about one call.
 *
 * @param action the action
 * @param enforced whether it is done, and not only reported; true in ACTIVE policies
 * @param blocked whether the call fails
 * @param rule the name of the rule that decided; empty if none did
 * @param ruleIndex the place of that rule in the policy, from 0; −1 if none did
 * @param isDefault whether no rule decided
 * @param standardEvent whether there is an event for the hit
 * @param behaviorEvent whether there is an event for the call as such
 */
public record Decision(
        Action action,
        boolean enforced,
        boolean blocked,
        Optional<String> rule,
        int ruleIndex,
        boolean isDefault,
        boolean standardEvent,
        boolean behaviorEvent) {
    private static final List<Field<Decision, ?>> FIELDS = List.of(
            Field.required("action", Codecs.word(Action.values()), Decision::action),
            Field.required("enforced", Codecs.flag(), Decision::enforced),
            Field.required("blocked", Codecs.flag(), Decision::blocked),
            Field.required("rule", Codecs.nullable(Codecs.text()), Decision::rule),
            Field.required("ruleIndex", Codecs.integer(-1, Integer.MAX_VALUE), Decision::ruleIndex),
            Field.required("default", Codecs.flag(), Decision::isDefault),
            Field.required("events", Codecs.list(Codecs.text(), 2), Decision::events));

    /**
     * The decision in one line of JSON, such as {@code {"action":"DENY","enforced":true,"blocked":true,
     * "rule":"passwd","ruleIndex":0,"default":false,"events":["STANDARD","BEHAVIOR"]}}; {@code rule} is null if no rule
     * decided.
     */
    public String toJson() {
        return JsonDocument.writeLine(out -> ObjectCodec.write(out, FIELDS, this));
    }

    private List<String> events() {
        List<String> events = new ArrayList<>();
        if (standardEvent) {
            events.add("STANDARD");
        }
        if (behaviorEvent) {
            events.add("BEHAVIOR");
        }
        return events;
    }
}
