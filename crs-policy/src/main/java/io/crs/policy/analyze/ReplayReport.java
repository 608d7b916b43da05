package io.crs.policy.analyze;

import com.fasterxml.jackson.core.JsonGenerator;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.util.List;

/**
 * What a {@link Replay} has counted. Immutable.
 *
 * @param arch the architecture
 * @param events the calls that were decided
 * @param skipped the events that tell of no call that can be decided
 * @param newlyDenied the calls that are denied and were not
 * @param newlyAllowed the calls that were denied and are not
 * @param perRule the rules of the policy, each with the calls it decided
 * @param examples the first call of each kind of change, of which there are at most 200
 */
public record ReplayReport(
        Arch arch,
        long events,
        long skipped,
        long newlyDenied,
        long newlyAllowed,
        List<RuleHits> perRule,
        List<Example> examples) {
    /**
     * How often a rule decided.
     *
     * @param index its place in the policy
     * @param name its name
     * @param hits the calls it decided
     */
    public record RuleHits(int index, String name, long hits) {}

    /**
     * The first call that one rule, or a default, decides otherwise than before.
     *
     * @param call the call
     * @param before what was done, or what the other policy says
     * @param after what the policy says
     */
    public record Example(Call call, Action before, Decision after) {}

    /** Copies the lists. */
    public ReplayReport {
        perRule = List.copyOf(perRule);
        examples = List.copyOf(examples);
    }

    /**
     * The report in one line of JSON: {@code {"events":2,"skipped":0,"newlyDenied":1,"newlyAllowed":0,
     * "perRule":[{"index":0,"name":"…","hits":1}],"examples":[{"call":{…},"before":"ALLOW","after":{…}}]}}.
     */
    public String toJson() {
        return JsonText.object(out -> {
            out.writeNumberField("events", events);
            out.writeNumberField("skipped", skipped);
            out.writeNumberField("newlyDenied", newlyDenied);
            out.writeNumberField("newlyAllowed", newlyAllowed);
            out.writeArrayFieldStart("perRule");
            for (RuleHits rule : perRule) {
                out.writeStartObject();
                out.writeNumberField("index", rule.index());
                out.writeStringField("name", rule.name());
                out.writeNumberField("hits", rule.hits());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("examples");
            for (Example example : examples) {
                write(out, example);
            }
            out.writeEndArray();
        });
    }

    private void write(JsonGenerator out, Example example) throws IOException {
        out.writeStartObject();
        out.writeFieldName("call");
        out.writeRawValue(example.call().toJson(arch));
        out.writeStringField("before", example.before().name());
        out.writeFieldName("after");
        out.writeRawValue(example.after().toJson());
        out.writeEndObject();
    }
}
