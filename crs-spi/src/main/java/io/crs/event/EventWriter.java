package io.crs.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Writes the fields of an event in their documented order. */
final class EventWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final JsonGenerator json;

    private EventWriter(JsonGenerator json) {
        this.json = json;
    }

    static String write(Event event) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            new EventWriter(json).event(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void event(Event event) throws IOException {
        EventHeader header = event.header();
        json.writeStartObject();
        json.writeNumberField("v", EventJson.VERSION);
        text("id", Optional.of(header.id()));
        json.writeNumberField("seq", header.seq());
        json.writeStringField("time", TIME.format(header.time()));
        json.writeStringField("type", event.type().name());
        if (event.call().isPresent()) {
            json.writeStringField("action", event.call().get().action().name());
            flag("enforced", event.call().get().enforced());
        }
        if (header.container().isPresent()) {
            container(header.container().get());
        }
        if (event.call().isPresent()) {
            call(event.call().get());
        }
        if (event instanceof Event.Gap gap) {
            number("count", gap.count());
            text("since", gap.since().map(EventWriter::time));
        }
        text("reason", event.reason());
        if (header.truncated()) {
            json.writeBooleanField("truncated", true);
        }
        number("lost", header.lost());
        json.writeEndObject();
    }

    private static String time(Instant time) {
        return TIME.format(time);
    }

    private void container(EventContainer container) throws IOException {
        json.writeObjectFieldStart("container");
        text("id", container.id());
        if (container.image().isPresent()) {
            EventContainer.Image image = container.image().get();
            json.writeObjectFieldStart("image");
            text("name", image.name());
            text("tag", image.tag());
            text("digest", image.digest());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void call(EventCall call) throws IOException {
        process(call.process());
        syscall(call.syscall());
        if (call.object().isPresent()) {
            object(call.object().get());
        }
        if (call.policy().isPresent()) {
            policy(call.policy().get());
        }
        if (call.rule().isPresent()) {
            rule(call.rule().get());
        }
        constant("via", call.via());
    }

    private void process(EventProcess process) throws IOException {
        json.writeObjectFieldStart("process");
        json.writeNumberField("pid", process.pid());
        number("ppid", process.ppid());
        bytes("exe", process.exe());
        bytes("exec", process.exec());
        number("uid", process.uid());
        json.writeEndObject();
    }

    private void syscall(EventSyscall syscall) throws IOException {
        json.writeObjectFieldStart("syscall");
        text("arch", Optional.of(syscall.arch()));
        json.writeNumberField("nr", syscall.nr());
        text("name", syscall.name());
        texts("args", syscall.args());
        text("errno", syscall.errno());
        json.writeEndObject();
    }

    private void object(EventObject object) throws IOException {
        json.writeObjectFieldStart("object");
        constant("kind", Optional.of(object.kind()));
        bytes("name", object.name());
        bytes("requested", object.requested());
        bytes("path", object.path());
        text("op", object.op());
        text("address", object.address());
        number("port", object.port());
        number("localPort", object.localPort());
        constant("direction", object.direction());
        json.writeEndObject();
    }

    private void policy(EventPolicy policy) throws IOException {
        json.writeObjectFieldStart("policy");
        text("id", policy.id());
        text("name", policy.name());
        text("digest", policy.digest());
        json.writeEndObject();
    }

    private void rule(EventRule rule) throws IOException {
        json.writeObjectFieldStart("rule");
        json.writeNumberField("index", rule.index());
        text("name", rule.name());
        number("severity", rule.severity());
        texts("tags", rule.tags());
        text("message", rule.message());
        json.writeEndObject();
    }

    private void text(String key, Optional<String> text) throws IOException {
        if (text.isPresent()) {
            json.writeStringField(key, JsonFields.wellFormed(text.get()));
        }
    }

    private void bytes(String key, Optional<EventText> text) throws IOException {
        text(key, text.map(EventText::text));
        text(key + "Base64", text.flatMap(EventText::base64));
    }

    private void texts(String key, List<String> texts) throws IOException {
        if (!texts.isEmpty()) {
            json.writeArrayFieldStart(key);
            for (String text : texts) {
                json.writeString(JsonFields.wellFormed(text));
            }
            json.writeEndArray();
        }
    }

    private void constant(String key, Optional<? extends Enum<?>> constant) throws IOException {
        text(key, constant.map(value -> value.name().toLowerCase(Locale.ROOT)));
    }

    private void flag(String key, Optional<Boolean> flag) throws IOException {
        if (flag.isPresent()) {
            json.writeBooleanField(key, flag.get());
        }
    }

    private void number(String key, OptionalLong number) throws IOException {
        if (number.isPresent()) {
            json.writeNumberField(key, number.getAsLong());
        }
    }

    private void number(String key, OptionalInt number) throws IOException {
        if (number.isPresent()) {
            json.writeNumberField(key, number.getAsInt());
        }
    }
}
