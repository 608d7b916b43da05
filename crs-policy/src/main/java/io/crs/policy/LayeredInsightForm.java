package io.crs.policy;

import static io.crs.policy.Codecs.textOrInteger;

import com.fasterxml.jackson.core.JsonGenerator;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of a policy in Layered Insight's runtime API, for reading only. Where the two models differ the import
 * is the stricter one and says so in a warning.
 */
final class LayeredInsightForm {
    private static final String UNNAMED = "Imported policy";
    private static final String ID_FORM = "[0-9a-fA-F]{24}";
    private static final int MAX_SYSCALLS = SyscallTable.standard().all().size();

    private static final Codec<Action> DEFAULT = Codecs.text().as(LayeredInsightForm::action, Action::name);
    private static final Codec<Integer> COUNT = Codecs.integer(0, Integer.MAX_VALUE);
    private static final Codec<Syscall> SYSCALL = textOrInteger().as(LayeredInsightRule::syscall, Syscall::name);

    private static final Field<Policy, String> ID = Field.onlyRead("Id", Codecs.text());
    private static final Field<Policy, String> NAME = Field.onlyRead("Name", Codecs.text());
    private static final Field<Policy, String> DESCRIPTION = Field.onlyRead("Description", Codecs.text());
    private static final Field<Policy, String> USER = Field.onlyRead("User_Id", Codecs.text());
    private static final Field<Policy, String> GROUP = Field.onlyRead("Group_Id", Codecs.text());
    private static final Field<Policy, String> SCHEMA = Field.onlyRead("SchemaVersion", Codecs.text());
    private static final Field<Policy, Action> FILE_ACTION = Field.onlyRead("DefaultFileAction", DEFAULT);
    private static final Field<Policy, Action> NETWORK_ACTION = Field.onlyRead("DefaultNetworkAction", DEFAULT);
    private static final Field<Policy, Action> PROGRAM_ACTION = Field.onlyRead("DefaultProgramAction", DEFAULT);
    private static final Field<Policy, Boolean> SUSPEND = Field.onlyRead("Suspend", Codecs.flag());
    private static final Field<Policy, List<List<Rule>>> RULES =
            Field.onlyRead("Rules", Codecs.list(LayeredInsightRule.CODEC, Policy.MAX_RULES));
    private static final Field<Policy, List<Syscall>> IGNORED =
            Field.onlyRead("IgnoredSyscalls", Codecs.list(SYSCALL, MAX_SYSCALLS));
    private static final Field<Policy, String> CREATED = Field.onlyRead("DateCreated", Codecs.text());
    private static final Field<Policy, String> UPDATED = Field.onlyRead("DateUpdated", Codecs.text());

    private static final Field<Limits, Integer> MAX_PROCESSES = Field.onlyRead("MaxNumProc", COUNT);
    private static final Field<Limits, Integer> MAX_LIFE = Field.onlyRead("MaxProcLife", COUNT);
    private static final Field<Limits, List<Map.Entry<Syscall, Integer>>> SYSCALLS =
            Field.onlyRead("Syscalls", Codecs.listOrOne(limit("SyscallName", SYSCALL), Limits.MAX_ENTRIES));
    private static final Field<Limits, List<Map.Entry<String, Integer>>> PROCESSES = Field.onlyRead(
            "Processes",
            Codecs.listOrOne(limit("ProcessName", Codecs.text().checked(Limits::checkProgram)), Limits.MAX_ENTRIES));
    private static final Field<Policy, Limits> LIMITS = Field.onlyRead(
            "Limits",
            new ObjectCodec<>(
                    List.of(MAX_PROCESSES, MAX_LIFE, SYSCALLS, PROCESSES),
                    (values, in) -> {},
                    LayeredInsightForm::limits));

    private static final ObjectCodec<Policy> POLICY = new ObjectCodec<>(
            List.of(
                    ID,
                    NAME,
                    DESCRIPTION,
                    USER,
                    GROUP,
                    SCHEMA,
                    FILE_ACTION,
                    NETWORK_ACTION,
                    PROGRAM_ACTION,
                    SUSPEND,
                    LIMITS,
                    RULES,
                    IGNORED,
                    CREATED,
                    UPDATED),
            LayeredInsightForm::warn,
            LayeredInsightForm::make);

    static final Codec<ImportedPolicy> CODEC = new Codec<>() {
        @Override
        public @Nullable ImportedPolicy read(JsonCursor in) throws IOException {
            Policy policy = POLICY.read(in);
            return policy == null ? null : new ImportedPolicy(policy, in.warnings());
        }

        @Override
        public void write(JsonGenerator out, ImportedPolicy value) {
            throw new UnsupportedOperationException("this form is only read");
        }
    };

    private LayeredInsightForm() {}

    private static Action action(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "allow" -> Action.ALLOW;
            case "deny" -> Action.DENY;
            default -> throw new IllegalArgumentException(Quoted.of(text) + " is not known here, write allow or deny");
        };
    }

    private static <K> Codec<Map.Entry<K, Integer>> limit(String keyName, Codec<K> keys) {
        Field<Map.Entry<K, Integer>, K> key = new Field<>(keyName, true, keys, entry -> Optional.empty());
        Field<Map.Entry<K, Integer>, Integer> rate = Field.onlyRead("RatePerSec", COUNT);
        return new ObjectCodec<>(
                List.of(key, rate),
                (values, in) -> {},
                values -> Map.entry(values.require(key), values.get(rate).orElse(0)));
    }

    private static Limits limits(ObjectCodec.Values values) {
        return new Limits(
                values.get(MAX_PROCESSES).orElse(0),
                values.get(MAX_LIFE).orElse(0),
                map(values.get(SYSCALLS).orElse(List.of()), Syscall::name),
                map(values.get(PROCESSES).orElse(List.of()), Function.identity()));
    }

    private static <K> Map<K, Integer> map(List<Map.Entry<K, Integer>> entries, Function<K, String> name) {
        Map<K, Integer> map = new HashMap<>();
        for (Map.Entry<K, Integer> entry : entries) {
            if (map.put(entry.getKey(), entry.getValue()) != null) {
                throw new IllegalArgumentException(Quoted.of(name.apply(entry.getKey())) + " has two limits");
            }
        }
        return map;
    }

    private static void warn(ObjectCodec.Values values, JsonCursor in) {
        if (values.get(NAME).filter(name -> !name.isBlank()).isEmpty()) {
            in.warning(NAME.name(), "the policy has no name; it is called " + Quoted.of(UNNAMED));
        }
        values.get(ID)
                .filter(id -> !id.matches(ID_FORM))
                .ifPresent(id ->
                        in.warning(ID.name(), Quoted.of(id) + " is left out: an id has 24 hexadecimal digits here"));
        values.get(DESCRIPTION)
                .filter(text -> !shorten(text).equals(text))
                .ifPresent(text -> in.warning(
                        DESCRIPTION.name(), "cut to the " + Policy.MAX_DESCRIPTION + " characters a description has"));
        for (Field<Policy, String> owner : List.of(USER, GROUP)) {
            values.get(owner)
                    .filter(text -> !text.isBlank())
                    .ifPresent(text -> in.warning(owner.name(), "left out: a policy has no owner here"));
        }
        for (Field<Policy, Action> action : List.of(FILE_ACTION, NETWORK_ACTION, PROGRAM_ACTION)) {
            if (!values.wasThere(action)) {
                in.warning(action.name(), "missing; taken as allow");
            }
        }
        for (Field<Policy, String> date : List.of(CREATED, UPDATED)) {
            values.get(date)
                    .filter(text -> time(text).isEmpty())
                    .ifPresent(
                            text -> in.warning(date.name(), Quoted.of(text) + " is left out: it is no ISO 8601 time"));
        }
    }

    private static String shorten(String text) {
        return text.codePointCount(0, text.length()) <= Policy.MAX_DESCRIPTION
                ? text
                : text.substring(0, text.offsetByCodePoints(0, Policy.MAX_DESCRIPTION));
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Identifiers.time(Instant.parse(text)));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Policy make(ObjectCodec.Values values) {
        List<Syscall> ignored = values.get(IGNORED).orElse(List.of());
        PolicyBuilder policy = Policy.named(
                        values.get(NAME).filter(name -> !name.isBlank()).orElse(UNNAMED))
                .description(shorten(values.get(DESCRIPTION).orElse("")))
                .mode(values.get(SUSPEND).orElse(false) ? PolicyMode.INACTIVE : PolicyMode.ACTIVE)
                .defaults(Category.FILE, values.get(FILE_ACTION).orElse(Action.ALLOW))
                .defaults(Category.NETWORK, values.get(NETWORK_ACTION).orElse(Action.ALLOW))
                .defaults(Category.EXECUTE, values.get(PROGRAM_ACTION).orElse(Action.ALLOW))
                .ignoreAll(ignored)
                // The list went before all rules there.
                .ignoreScope(ignored.isEmpty() ? IgnoreScope.EVENTS : IgnoreScope.EVERYTHING)
                .limits(values.get(LIMITS).orElse(Limits.NONE))
                .rules(values.get(RULES).orElse(List.of()).stream()
                        .flatMap(List::stream)
                        .toList());
        values.get(ID).filter(id -> id.matches(ID_FORM)).ifPresent(policy::id);
        values.get(CREATED).flatMap(LayeredInsightForm::time).ifPresent(policy::created);
        values.get(UPDATED).flatMap(LayeredInsightForm::time).ifPresent(policy::updated);
        return policy.build();
    }
}
