package io.crs.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Optional;

/** Makes events of the fields of a line. */
final class EventReader {
    static final long GREATEST_UID = 0xFFFFFFFFL;
    static final int GREATEST_PORT = 0xFFFF;
    static final int GREATEST_SEVERITY = 10;

    private EventReader() {}

    static Event read(JsonFields line) throws EventFormatException {
        long version = line.integer("v", Long.MAX_VALUE).orElseThrow(() -> line.missing("v"));
        if (version != EventJson.VERSION) {
            throw line.wrong("v", "is " + version + ": this reads version " + EventJson.VERSION);
        }
        EventHeader header = header(line);
        Event.Type type = line.constant("type", Event.Type.class, true).orElseThrow(() -> line.missing("type"));
        Optional<String> reason = line.text("reason");
        return switch (type) {
            case STANDARD, BEHAVIOR -> new Event.Call(header, type, call(line), reason);
            case ALERT -> new Event.Alert(header, hasCall(line) ? Optional.of(call(line)) : Optional.empty(), reason);
            case GAP -> new Event.Gap(header, line.integer("count", Long.MAX_VALUE), time(line, "since"), reason);
            case HEALTH -> new Event.Health(header, reason);
        };
    }

    private static boolean hasCall(JsonFields line) throws EventFormatException {
        return line.object("process").isPresent() || line.object("syscall").isPresent();
    }

    private static EventHeader header(JsonFields line) throws EventFormatException {
        String id = line.text("id").orElseThrow(() -> line.missing("id"));
        if (id.isBlank() || id.length() > EventHeader.LONGEST_ID) {
            throw line.wrong("id", "does not have 1 to " + EventHeader.LONGEST_ID + " characters");
        }
        return new EventHeader(
                id,
                line.integer("seq", Long.MAX_VALUE).orElseThrow(() -> line.missing("seq")),
                time(line, "time").orElseThrow(() -> line.missing("time")),
                container(line),
                line.integer("lost", Long.MAX_VALUE),
                line.flag("truncated").orElse(false));
    }

    private static Optional<Instant> time(JsonFields fields, String key) throws EventFormatException {
        Optional<String> text = fields.text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Instant time = null;
        try {
            time = OffsetDateTime.parse(text.get()).toInstant();
        } catch (DateTimeException e) {
            throw fields.wrong(key, "is not a time such as 2026-11-21T19:20:33.123456Z");
        }
        if (!EventHeader.isWritable(time)) {
            throw fields.wrong(key, "is not in the years 0 to 9999");
        }
        return Optional.of(time);
    }

    private static Optional<EventContainer> container(JsonFields line) throws EventFormatException {
        Optional<JsonFields> container = line.object("container");
        if (container.isEmpty()) {
            return Optional.empty();
        }
        Optional<JsonFields> image = container.get().object("image");
        Optional<String> id = container.get().text("id");
        if (id.orElse("").length() > EventHeader.LONGEST_ID) {
            throw container.get().wrong("id", "has more than " + EventHeader.LONGEST_ID + " characters");
        }
        return Optional.of(
                new EventContainer(id, image.isEmpty() ? Optional.empty() : Optional.of(image(image.get()))));
    }

    private static EventContainer.Image image(JsonFields image) throws EventFormatException {
        return new EventContainer.Image(image.text("name"), image.text("tag"), image.text("digest"));
    }

    private static EventCall call(JsonFields line) throws EventFormatException {
        return new EventCall(
                line.constant("action", Event.Action.class, true).orElseThrow(() -> line.missing("action")),
                line.flag("enforced"),
                process(line.object("process").orElseThrow(() -> line.missing("process"))),
                syscall(line.object("syscall").orElseThrow(() -> line.missing("syscall"))),
                object(line),
                policy(line),
                rule(line),
                line.constant("via", Event.Via.class, false));
    }

    private static EventProcess process(JsonFields process) throws EventFormatException {
        return new EventProcess(
                process.number("pid", Integer.MAX_VALUE).orElseThrow(() -> process.missing("pid")),
                process.number("ppid", Integer.MAX_VALUE),
                text(process, "exe"),
                text(process, "exec"),
                process.integer("uid", GREATEST_UID));
    }

    private static EventSyscall syscall(JsonFields syscall) throws EventFormatException {
        return new EventSyscall(
                syscall.text("arch").orElseThrow(() -> syscall.missing("arch")),
                number(syscall),
                syscall.text("name"),
                syscall.texts("args"),
                syscall.text("errno"));
    }

    /** A program may ask for any number, also one below zero: its event must not be turned away for that. */
    private static int number(JsonFields syscall) throws EventFormatException {
        return (int)
                syscall.integer("nr", Integer.MIN_VALUE, Integer.MAX_VALUE).orElseThrow(() -> syscall.missing("nr"));
    }

    private static Optional<EventObject> object(JsonFields line) throws EventFormatException {
        Optional<JsonFields> found = line.object("object");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        JsonFields object = found.get();
        return Optional.of(new EventObject(
                object.constant("kind", EventObject.Kind.class, false).orElseThrow(() -> object.missing("kind")),
                text(object, "name"),
                text(object, "requested"),
                text(object, "path"),
                object.text("op"),
                object.text("address"),
                object.number("port", GREATEST_PORT),
                object.number("localPort", GREATEST_PORT),
                object.constant("direction", EventObject.Direction.class, false)));
    }

    private static Optional<EventPolicy> policy(JsonFields line) throws EventFormatException {
        Optional<JsonFields> policy = line.object("policy");
        return policy.isEmpty()
                ? Optional.empty()
                : Optional.of(new EventPolicy(
                        policy.get().text("id"),
                        policy.get().text("name"),
                        policy.get().text("digest")));
    }

    private static Optional<EventRule> rule(JsonFields line) throws EventFormatException {
        Optional<JsonFields> found = line.object("rule");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        JsonFields rule = found.get();
        return Optional.of(new EventRule(
                rule.number("index", Integer.MAX_VALUE).orElseThrow(() -> rule.missing("index")),
                rule.text("name"),
                rule.number("severity", GREATEST_SEVERITY),
                rule.texts("tags"),
                rule.text("message")));
    }

    private static Optional<EventText> text(JsonFields fields, String key) throws EventFormatException {
        Optional<String> text = fields.text(key);
        Optional<String> base64 = fields.text(key + "Base64");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (base64.isPresent() && !isBase64(base64.get())) {
            throw fields.wrong(key + "Base64", "is not base 64");
        }
        return Optional.of(new EventText(text.get(), base64));
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
