package io.crs.event;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of lines in the plain form agents write: no key that is not known, no escapes, nothing missing. Of any
 * other line it makes none, and {@link EventReader} says what it is. For one thread.
 */
final class PlainReader {
    private static final Map<String, Event.Type> TYPES = constants(Event.Type.values(), true);
    private static final Map<String, Event.Action> ACTIONS = constants(Event.Action.values(), true);
    private static final Map<String, Event.Via> WAYS = constants(Event.Via.values(), false);
    private static final Map<String, EventObject.Kind> KINDS = constants(EventObject.Kind.values(), false);
    private static final Map<String, EventObject.Direction> DIRECTIONS =
            constants(EventObject.Direction.values(), false);

    private static final PlainObject.Keys LINE = PlainObject.Keys.of(
            "v",
            "id",
            "seq",
            "time",
            "type",
            "action",
            "enforced",
            "container",
            "process",
            "syscall",
            "object",
            "policy",
            "rule",
            "via",
            "count",
            "since",
            "reason",
            "truncated",
            "lost");
    private static final PlainObject.Keys CONTAINER = PlainObject.Keys.of("id", "image");
    private static final PlainObject.Keys IMAGE = PlainObject.Keys.of("name", "tag", "digest");
    private static final PlainObject.Keys PROCESS = PlainObject.Keys.of("pid", "ppid", "exe", "exec", "uid");
    private static final PlainObject.Keys SYSCALL = PlainObject.Keys.of("arch", "nr", "name", "args", "errno");
    private static final PlainObject.Keys OBJECT =
            PlainObject.Keys.of("kind", "name", "requested", "path", "op", "address", "port", "localPort", "direction");
    private static final PlainObject.Keys POLICY = PlainObject.Keys.of("id", "name", "digest");
    private static final PlainObject.Keys RULE = PlainObject.Keys.of("index", "name", "severity", "tags", "message");
    private final PlainJson json;
    private final PlainObject line;
    private final PlainObject container;
    private final PlainObject image;
    private final PlainObject process;
    private final PlainObject syscall;
    private final PlainObject object;
    private final PlainObject policy;
    private final PlainObject rule;
    private final PlainRepeats<Optional<EventContainer>> containers;
    private final PlainRepeats<EventProcess> processes;
    private final PlainRepeats<Optional<EventPolicy>> policies;
    private final PlainRepeats<Optional<EventRule>> rules;

    private PlainReader(int textBits, int objectBits) {
        json = new PlainJson(new PlainText.Recent(textBits));
        line = new PlainObject(json, LINE);
        container = new PlainObject(json, CONTAINER);
        image = new PlainObject(json, IMAGE);
        process = new PlainObject(json, PROCESS);
        syscall = new PlainObject(json, SYSCALL);
        object = new PlainObject(json, OBJECT);
        policy = new PlainObject(json, POLICY);
        rule = new PlainObject(json, RULE);
        containers = new PlainRepeats<>(json, objectBits);
        processes = new PlainRepeats<>(json, objectBits);
        policies = new PlainRepeats<>(json, objectBits);
        rules = new PlainRepeats<>(json, objectBits);
    }

    /** A reader of one line. */
    static PlainReader ofOneLine() {
        return new PlainReader(0, 0);
    }

    /** A reader of many lines, which remembers what comes again. */
    static PlainReader ofManyLines() {
        return new PlainReader(11, 8);
    }

    private static <E extends Enum<E>> Map<String, E> constants(E[] constants, boolean upper) {
        return Arrays.stream(constants)
                .collect(Collectors.toUnmodifiableMap(
                        each -> upper ? each.name() : each.name().toLowerCase(Locale.ROOT), Function.identity()));
    }

    /** The event that begins at a place and ends with the line, or with the bytes; null if it is not plain. */
    @Nullable
    Event read(byte[] bytes, int from, int to) {
        json.begin(bytes, from, to);
        PlainFields fields = new PlainFields();
        line.begin();
        for (String key = line.next(); key != null; key = line.next()) {
            field(fields, key);
        }
        return json.unsure() || !json.isAtEnd() ? null : fields.event();
    }

    /** Where the line of the last event ends. */
    int end() {
        return json.at();
    }

    private void field(PlainFields fields, String key) {
        switch (key) {
            case "v" -> {
                json.integer(EventJson.VERSION, EventJson.VERSION);
                fields.versioned = true;
            }
            case "id" -> fields.id = json.ownString();
            case "seq" -> fields.seq = json.integer(0, Long.MAX_VALUE);
            case "time" -> fields.time = json.time();
            case "type" -> fields.type = constant(TYPES);
            case "action" -> fields.action = constant(ACTIONS);
            case "enforced" -> fields.enforced = json.flag() ? Optional.of(true) : Optional.of(false);
            case "container" -> fields.container = containers.next(this::container);
            case "process" -> fields.process = processes.next(this::process);
            case "syscall" -> fields.syscall = syscall();
            case "object" -> fields.object = object();
            case "policy" -> fields.policy = policies.next(this::policy);
            case "rule" -> fields.rule = rules.next(this::rule);
            case "via" -> fields.via = Optional.ofNullable(constant(WAYS));
            case "count" -> fields.count = OptionalLong.of(json.integer(0, Long.MAX_VALUE));
            case "since" -> fields.since = Optional.of(json.time());
            case "reason" -> fields.reason = json.string().known();
            case "truncated" -> fields.truncated = json.flag();
            default -> fields.lost = OptionalLong.of(json.integer(0, Long.MAX_VALUE));
        }
    }

    private <E> @Nullable E constant(Map<String, E> constants) {
        E constant = constants.get(json.string().text());
        if (constant == null) {
            json.giveUp();
        }
        return constant;
    }

    private Optional<EventContainer> container() {
        Optional<String> id = Optional.empty();
        Optional<EventContainer.Image> of = Optional.empty();
        container.begin();
        for (String key = container.next(); key != null; key = container.next()) {
            if (key.equals("id")) {
                id = json.string().known();
            } else {
                of = image();
            }
        }
        if (id.isPresent() && id.get().length() > EventHeader.LONGEST_ID) {
            json.giveUp();
        }
        return Optional.of(new EventContainer(id, of));
    }

    private Optional<EventContainer.Image> image() {
        Optional<String> name = Optional.empty();
        Optional<String> tag = Optional.empty();
        Optional<String> digest = Optional.empty();
        image.begin();
        for (String key = image.next(); key != null; key = image.next()) {
            switch (key) {
                case "name" -> name = json.string().known();
                case "tag" -> tag = json.string().known();
                default -> digest = json.string().known();
            }
        }
        return Optional.of(new EventContainer.Image(name, tag, digest));
    }

    private EventProcess process() {
        long pid = -1;
        OptionalInt ppid = OptionalInt.empty();
        Optional<EventText> exe = Optional.empty();
        Optional<EventText> exec = Optional.empty();
        OptionalLong uid = OptionalLong.empty();
        process.begin();
        for (String key = process.next(); key != null; key = process.next()) {
            switch (key) {
                case "pid" -> pid = json.integer(0, Integer.MAX_VALUE);
                case "ppid" -> ppid = number(Integer.MAX_VALUE);
                case "exe" -> exe = json.string().name();
                case "exec" -> exec = json.string().name();
                default -> uid = OptionalLong.of(json.integer(0, EventReader.GREATEST_UID));
            }
        }
        if (pid < 0) {
            json.giveUp();
        }
        return new EventProcess((int) pid, ppid, exe, exec, uid);
    }

    private OptionalInt number(int max) {
        return OptionalInt.of((int) json.integer(0, max));
    }

    private EventSyscall syscall() {
        String arch = null;
        long nr = Long.MIN_VALUE;
        Optional<String> name = Optional.empty();
        List<String> args = List.of();
        Optional<String> errno = Optional.empty();
        syscall.begin();
        for (String key = syscall.next(); key != null; key = syscall.next()) {
            switch (key) {
                case "arch" -> arch = json.string().text();
                case "nr" -> nr = json.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
                case "name" -> name = json.string().known();
                case "args" -> args = json.strings();
                default -> errno = json.string().known();
            }
        }
        if (arch == null || nr == Long.MIN_VALUE) {
            json.giveUp();
        }
        return new EventSyscall(arch == null ? "" : arch, (int) nr, name, args, errno);
    }

    private Optional<EventObject> object() {
        EventObject.Kind kind = null;
        Optional<EventText> name = Optional.empty();
        Optional<EventText> requested = Optional.empty();
        Optional<EventText> path = Optional.empty();
        Optional<String> op = Optional.empty();
        Optional<String> address = Optional.empty();
        OptionalInt port = OptionalInt.empty();
        OptionalInt localPort = OptionalInt.empty();
        Optional<EventObject.Direction> direction = Optional.empty();
        object.begin();
        for (String key = object.next(); key != null; key = object.next()) {
            switch (key) {
                case "kind" -> kind = constant(KINDS);
                case "name" -> name = json.string().name();
                case "requested" -> requested = json.string().name();
                case "path" -> path = json.string().name();
                case "op" -> op = json.string().known();
                case "address" -> address = json.string().known();
                case "port" -> port = number(EventReader.GREATEST_PORT);
                case "localPort" -> localPort = number(EventReader.GREATEST_PORT);
                default -> direction = Optional.ofNullable(constant(DIRECTIONS));
            }
        }
        if (kind == null) {
            json.giveUp();
            return Optional.empty();
        }
        return Optional.of(new EventObject(kind, name, requested, path, op, address, port, localPort, direction));
    }

    private Optional<EventPolicy> policy() {
        Optional<String> id = Optional.empty();
        Optional<String> name = Optional.empty();
        Optional<String> digest = Optional.empty();
        policy.begin();
        for (String key = policy.next(); key != null; key = policy.next()) {
            switch (key) {
                case "id" -> id = json.string().known();
                case "name" -> name = json.string().known();
                default -> digest = json.string().known();
            }
        }
        return Optional.of(new EventPolicy(id, name, digest));
    }

    private Optional<EventRule> rule() {
        long index = -1;
        Optional<String> name = Optional.empty();
        OptionalInt severity = OptionalInt.empty();
        List<String> tags = List.of();
        Optional<String> message = Optional.empty();
        rule.begin();
        for (String key = rule.next(); key != null; key = rule.next()) {
            switch (key) {
                case "index" -> index = json.integer(0, Integer.MAX_VALUE);
                case "name" -> name = json.string().known();
                case "severity" -> severity = number(EventReader.GREATEST_SEVERITY);
                case "tags" -> tags = json.strings();
                default -> message = json.string().known();
            }
        }
        if (index < 0) {
            json.giveUp();
        }
        return Optional.of(new EventRule((int) index, name, severity, tags, message));
    }
}
