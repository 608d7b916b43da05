package io.crs.policy;

import static io.crs.policy.Codecs.textOrInteger;

import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON form of a {@link Rule}. */
final class RuleForm {
    private static final Codec<Glob> GLOB = Codecs.text().as(Glob::of, Glob::text);
    private static final Codec<String> SYSCALL_NAME = Codecs.text().checked(SyscallNames::check);

    private static final Field<Rule, String> ID = Field.optional("id", Codecs.name(RuleHeader.MAX_LABEL), Rule::id);
    private static final Field<Rule, String> NAME =
            Field.required("name", Codecs.name(RuleHeader.MAX_NAME), Rule::name);
    private static final Field<Rule, Boolean> INACTIVE = Field.usual("inactive", Codecs.flag(), false, Rule::inactive);
    private static final Field<Rule, RuleType> TYPE =
            Field.required("ruleType", Codecs.word(RuleType.values()), Rule::type);
    private static final Field<Rule, Glob> PROGRAM = Field.usual("program", GLOB, Glob.ANY, Rule::program);
    private static final Field<Rule, Glob> FILE =
            Field.optional("file", GLOB, of(Rule.FileRule.class, Rule.FileRule::file, Glob.ANY));
    private static final Field<Rule, AddressPattern> ADDRESS = Field.optional(
            "ipAddress",
            textOrInteger().as(AddressPattern::of, AddressPattern::text).checked(Rule.NetworkRule::checkAddress),
            of(Rule.NetworkRule.class, Rule.NetworkRule::address, null));
    private static final Field<Rule, PortPattern> PORT = Field.optional(
            "port",
            textOrInteger().as(PortPattern::of, PortPattern::text),
            of(Rule.NetworkRule.class, Rule.NetworkRule::port, PortPattern.ANY));
    private static final Field<Rule, String> SYSCALL =
            Field.optional("syscall", SYSCALL_NAME, of(Rule.SyscallRule.class, Rule.SyscallRule::syscallText, null));
    private static final List<Field<Rule, String>> ARGUMENTS = List.of(argument(1), argument(2), argument(3));
    private static final Field<Rule, Action> ACTION =
            Field.required("action", Codecs.word(Action.values()), Rule::action);
    private static final Field<Rule, Integer> SEVERITY = Field.optional(
            "severity",
            Codecs.integer(0, RuleHeader.MAX_SEVERITY),
            rule -> rule.severity().isPresent() ? Optional.of(rule.severity().getAsInt()) : Optional.empty());
    private static final Field<Rule, List<String>> TAGS = Field.usual(
            "tags", Codecs.list(Codecs.name(RuleHeader.MAX_LABEL), RuleHeader.MAX_TAGS), List.of(), Rule::tags);
    private static final Field<Rule, String> MESSAGE =
            Field.optional("message", Codecs.text(RuleHeader.MAX_MESSAGE), Rule::message);
    private static final Field<Rule, Boolean> FOLLOW_CHILDREN =
            Field.usual("followChildren", Codecs.flag(), false, Rule::followChildren);

    /** The fields that belong to each type of rule alone. */
    private static final Map<RuleType, List<Field<Rule, ?>>> OF_TYPE = ofType();

    static final Codec<Rule> CODEC = new ObjectCodec<>(fields(), RuleForm::check, RuleForm::make);

    private RuleForm() {}

    private static List<Field<Rule, ?>> fields() {
        List<Field<Rule, ?>> fields = new ArrayList<>(List.of(ID, NAME, INACTIVE, TYPE, PROGRAM));
        fields.addAll(List.of(FILE, ADDRESS, PORT, SYSCALL));
        fields.addAll(ARGUMENTS);
        fields.addAll(List.of(ACTION, SEVERITY, TAGS, MESSAGE, FOLLOW_CHILDREN));
        return fields;
    }

    private static Map<RuleType, List<Field<Rule, ?>>> ofType() {
        Map<RuleType, List<Field<Rule, ?>>> fields = new EnumMap<>(RuleType.class);
        fields.put(RuleType.READ, List.of(FILE));
        fields.put(RuleType.WRITE, List.of(FILE));
        fields.put(RuleType.NETWORK_OUTBOUND, List.of(ADDRESS, PORT));
        fields.put(RuleType.NETWORK_INBOUND, List.of(ADDRESS, PORT));
        List<Field<Rule, ?>> ofSyscall = new ArrayList<>(List.of(SYSCALL));
        ofSyscall.addAll(ARGUMENTS);
        fields.put(RuleType.SYSCALL, List.copyOf(ofSyscall));
        return fields;
    }

    private static <R extends Rule, V> Function<Rule, Optional<V>> of(
            Class<R> type, Function<R, V> get, @Nullable V usual) {
        return rule -> Optional.of(rule)
                .filter(type::isInstance)
                .map(type::cast)
                .map(get)
                .filter(value -> !value.equals(usual));
    }

    private static Field<Rule, String> argument(int number) {
        return Field.optional(
                "arg" + number,
                textOrInteger(),
                of(Rule.SyscallRule.class, rule -> rule.arguments().get(number - 1), ""));
    }

    private static void check(ObjectCodec.Values values, JsonCursor in) {
        values.get(ID).ifPresent(id -> {
            in.enter(ID.name());
            in.unique("rule id", id);
            in.leave();
        });
        values.get(TYPE).ifPresent(type -> checkFields(type, values, in));
        values.get(SYSCALL).map(SyscallNames::find).ifPresent(syscall -> checkArguments(syscall, values, in));
    }

    private static void checkFields(RuleType type, ObjectCodec.Values values, JsonCursor in) {
        List<Field<Rule, ?>> own = OF_TYPE.getOrDefault(type, List.of());
        OF_TYPE.values().stream()
                .flatMap(List::stream)
                .distinct()
                .filter(field -> !own.contains(field) && values.wasThere(field))
                .forEach(field -> in.problem(
                        field.name(),
                        Quoted.of(field.name()) + " is no field of a " + type + " rule, which has "
                                + Codecs.names(own)));
        Field<Rule, ?> first = own.get(0);
        if (!first.equals(FILE) && !values.wasThere(first)) {
            in.problem(first.name(), "the field " + Quoted.of(first.name()) + " is required in a " + type + " rule");
        }
    }

    private static void checkArguments(Syscall syscall, ObjectCodec.Values values, JsonCursor in) {
        for (int i = 0; i < ARGUMENTS.size(); i++) {
            int argument = i;
            Field<Rule, String> field = ARGUMENTS.get(i);
            values.get(field).ifPresent(text -> {
                in.enter(field.name());
                in.attempt(() -> {
                    Rule.SyscallRule.checkArgument(syscall, argument, text);
                    return true;
                });
                in.leave();
            });
        }
    }

    private static Rule make(ObjectCodec.Values values) {
        Optional<Integer> severity = values.get(SEVERITY);
        RuleHeader header = new RuleHeader(
                values.get(ID),
                values.require(NAME),
                values.get(INACTIVE).orElse(false),
                values.get(PROGRAM).orElse(Glob.ANY),
                values.require(ACTION),
                severity.isPresent() ? OptionalInt.of(severity.get()) : OptionalInt.empty(),
                values.get(TAGS).orElse(List.of()),
                values.get(MESSAGE),
                values.get(FOLLOW_CHILDREN).orElse(false));
        return switch (values.require(TYPE)) {
            case READ -> file(header, Rule.Access.READ, values);
            case WRITE -> file(header, Rule.Access.WRITE, values);
            case NETWORK_OUTBOUND -> network(header, Rule.Direction.OUTBOUND, values);
            case NETWORK_INBOUND -> network(header, Rule.Direction.INBOUND, values);
            case SYSCALL -> syscall(header, values);
        };
    }

    private static Rule file(RuleHeader header, Rule.Access access, ObjectCodec.Values values) {
        return new Rule.FileRule(header, access, values.get(FILE).orElse(Glob.ANY));
    }

    private static Rule network(RuleHeader header, Rule.Direction direction, ObjectCodec.Values values) {
        return new Rule.NetworkRule(
                header, direction, values.require(ADDRESS), values.get(PORT).orElse(PortPattern.ANY));
    }

    private static Rule syscall(RuleHeader header, ObjectCodec.Values values) {
        String name = values.require(SYSCALL);
        List<String> arguments =
                ARGUMENTS.stream().map(field -> values.get(field).orElse("")).toList();
        return new Rule.SyscallRule(header, SyscallTable.standard().find(name).orElseThrow(), name, arguments);
    }
}
