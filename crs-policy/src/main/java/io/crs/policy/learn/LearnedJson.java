package io.crs.policy.learn;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Writes what was learned as JSON. */
final class LearnedJson {
    private final JsonGenerator out;

    private LearnedJson(JsonGenerator out) {
        this.out = out;
    }

    static String write(LearnedPolicy learned) {
        return write(json -> json.learned(learned));
    }

    static String write(Drift drift) {
        return write(json -> json.drift(drift));
    }

    private interface Writing {
        void to(LearnedJson json) throws IOException;
    }

    private static String write(Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            writing.to(new LearnedJson(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void learned(LearnedPolicy learned) throws IOException {
        out.writeStartObject();
        out.writeFieldName("policy");
        // The document is laid out for people; a text in it holds no line end, so what follows one is layout.
        out.writeRawValue(learned.policy().toJson().replaceAll("\\n *", ""));
        out.writeArrayFieldStart("evidence");
        for (Evidence evidence : learned.evidence()) {
            out.writeStartObject();
            out.writeStringField("rule", evidence.rule());
            out.writeNumberField("count", evidence.count());
            out.writeStringField("first", evidence.first().toString());
            out.writeStringField("last", evidence.last().toString());
            out.writeNumberField("runs", evidence.runs());
            out.writeEndObject();
        }
        out.writeEndArray();
        share("heldOutRecall", learned.heldOutRecall());
        share("breadth", learned.breadth());
        out.writeArrayFieldStart("notLearned");
        for (NotLearned left : learned.notLearned()) {
            out.writeStartObject();
            out.writeStringField("what", left.what());
            out.writeStringField("reason", left.reason().name());
            out.writeNumberField("count", left.count());
            time("first", left.first());
            time("last", left.last());
            out.writeEndObject();
        }
        out.writeEndArray();
        heldOut(learned.heldOut());
        saturation(learned.saturation());
        out.writeEndObject();
    }

    private void heldOut(Optional<HeldOut> result) throws IOException {
        if (result.isEmpty()) {
            out.writeNullField("heldOut");
            return;
        }
        HeldOut heldOut = result.get();
        out.writeObjectFieldStart("heldOut");
        out.writeStringField("method", heldOut.method().name());
        out.writeNumberField("parts", heldOut.parts());
        out.writeNumberField("seen", heldOut.seen());
        out.writeNumberField("allowed", heldOut.allowed());
        out.writeNumberField("behaviours", heldOut.behaviours());
        out.writeNumberField("behavioursAllowed", heldOut.behavioursAllowed());
        out.writeArrayFieldStart("missed");
        for (String missed : heldOut.missed()) {
            out.writeString(missed);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void saturation(List<LearnedPolicy.Saturation> saturation) throws IOException {
        out.writeArrayFieldStart("saturation");
        for (LearnedPolicy.Saturation point : saturation) {
            out.writeStartObject();
            out.writeNumberField("observations", point.observations());
            out.writeNumberField("behaviours", point.behaviours());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void drift(Drift drift) throws IOException {
        out.writeStartObject();
        out.writeNumberField("observations", drift.observations());
        out.writeNumberField("covered", drift.covered());
        out.writeNumberField("denied", drift.denied());
        out.writeNumberField("unusable", drift.unusable());
        out.writeArrayFieldStart("newBehaviours");
        for (Drift.NewBehaviour behaviour : drift.newBehaviours()) {
            out.writeStartObject();
            out.writeStringField("what", behaviour.what());
            out.writeNumberField("count", behaviour.count());
            out.writeStringField("first", behaviour.first().time().toString());
            out.writeStringField("last", behaviour.last().toString());
            out.writeStringField("run", behaviour.first().run());
            out.writeFieldName("example");
            out.writeRawValue(behaviour.example());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeNumberField("others", drift.others());
        out.writeEndObject();
    }

    private void share(String name, OptionalDouble value) throws IOException {
        if (value.isPresent()) {
            out.writeNumberField(name, value.getAsDouble());
        } else {
            out.writeNullField(name);
        }
    }

    private void time(String name, Optional<Instant> time) throws IOException {
        if (time.isPresent()) {
            out.writeStringField(name, time.get().toString());
        } else {
            out.writeNullField(name);
        }
    }
}
