package io.crs.policy;

import static io.crs.policy.Codecs.textOrInteger;

import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** The rules that one rule of a Layered Insight policy becomes, in its JSON form. */
final class LayeredInsightRule {
    enum Kind {
        FILE,
        WRITE,
        EXECUTION,
        LISTENER,
        NETWORK,
        SYSCALL,
        SYSCALLGROUP
    }

    enum Verb {
        ALLOW(Action.ALLOW, Action.ALLOW),
        DENY(Action.DENY, Action.DENY),
        READONLY(Action.ALLOW, Action.DENY),
        READWRITE(Action.ALLOW, Action.ALLOW);

        private final Action reading;
        private final Action writing;

        Verb(Action reading, Action writing) {
            this.reading = reading;
            this.writing = writing;
        }

        boolean isPlain() {
            return this == ALLOW || this == DENY;
        }
    }

    private static final Codec<Glob> GLOB = Codecs.text().as(Glob::of, Glob::text);
    private static final Codec<PortPattern> PORTS = textOrInteger().as(PortPattern::of, PortPattern::text);

    private static final Field<List<Rule>, String> NAME = Field.onlyRead("Name", Codecs.text(RuleHeader.MAX_NAME));
    private static final Field<List<Rule>, Boolean> INACTIVE = Field.onlyRead("InActive", Codecs.flag());
    static final Field<List<Rule>, Kind> TYPE =
            required("RuleType", Codecs.text().as(LayeredInsightRule::kind, Kind::name));
    private static final Field<List<Rule>, Glob> PROGRAM = Field.onlyRead("Program", GLOB);
    static final Field<List<Rule>, PortPattern> LOCAL_PORT = Field.onlyRead("ListeningPort", PORTS);
    static final Field<List<Rule>, AddressPattern> ADDRESS = Field.onlyRead(
            "ListeningAddr",
            Codecs.text().as(AddressPattern::of, AddressPattern::text).checked(Rule.NetworkRule::checkAddress));
    static final Field<List<Rule>, String> PROTOCOL = Field.onlyRead("Protocol", textOrInteger());
    static final Field<List<Rule>, PortPattern> REMOTE_PORT = Field.onlyRead("RemotePort", PORTS);
    static final Field<List<Rule>, List<Syscall>> SYSCALL =
            Field.onlyRead("Syscall", textOrInteger().as(LayeredInsightRule::syscalls, Object::toString));
    static final List<Field<List<Rule>, String>> ARGUMENTS = List.of(
            Field.onlyRead("Arg1", textOrInteger()),
            Field.onlyRead("Arg2", textOrInteger()),
            Field.onlyRead("Arg3", textOrInteger()));
    static final Field<List<Rule>, Glob> FILE = Field.onlyRead("File", GLOB);
    static final Field<List<Rule>, Verb> ACTION =
            required("Action", Codecs.text().as(LayeredInsightRule::verb, Verb::name));
    static final Field<List<Rule>, String> CREATED = Field.onlyRead("DateCreated", Codecs.text());
    static final Field<List<Rule>, String> UPDATED = Field.onlyRead("DateUpdated", Codecs.text());

    static final Codec<List<Rule>> CODEC = new ObjectCodec<>(
            List.of(
                    NAME,
                    INACTIVE,
                    TYPE,
                    PROGRAM,
                    LOCAL_PORT,
                    ADDRESS,
                    PROTOCOL,
                    REMOTE_PORT,
                    SYSCALL,
                    ARGUMENTS.get(0),
                    ARGUMENTS.get(1),
                    ARGUMENTS.get(2),
                    FILE,
                    ACTION,
                    CREATED,
                    UPDATED),
            LayeredInsightCheck::check,
            values -> new LayeredInsightRule(values).rules());

    private final ObjectCodec.Values values;
    private final List<Rule> rules = new ArrayList<>();

    private LayeredInsightRule(ObjectCodec.Values values) {
        this.values = values;
    }

    private static <V> Field<List<Rule>, V> required(String name, Codec<V> codec) {
        return new Field<>(name, true, codec, rules -> Optional.empty());
    }

    private static Kind kind(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        if (upper.equals("JAVA")) {
            throw new IllegalArgumentException("rules about Java classes have no counterpart; take the rule out");
        }
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.name().equals(upper))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(Quoted.of(text)
                        + " is not known here, write one of file, write, execution, listener, network, syscall,"
                        + " syscallgroup"));
    }

    private static Verb verb(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        return Arrays.stream(Verb.values())
                .filter(verb -> verb.name().equals(upper))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        Quoted.of(text) + " is not known here, write allow, deny, readonly or readwrite"));
    }

    /** The call with a name, with a number of the user guide's Appendix A, or with one of x86_64. */
    static Syscall syscall(String text) {
        String bare = text.strip();
        if (!bare.matches("[0-9]{1,9}")) {
            return SyscallNames.find(bare);
        }
        int number = Integer.parseInt(bare);
        SyscallTable table = SyscallTable.standard();
        return table.findGuide(number)
                .or(() -> table.find(Arch.X86_64, number))
                .orElseThrow(() -> new IllegalArgumentException("no system call has the number " + number));
    }

    private static List<Syscall> syscalls(String text) {
        return text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .map(LayeredInsightRule::syscall)
                        .distinct()
                        .toList();
    }

    /** What to say about a call that the user guide names as another: its row 55. */
    static Optional<String> misnamed(Syscall syscall) {
        return syscall.guideName()
                .filter(name -> name.startsWith("sys_"))
                .map(name -> name.substring("sys_".length()))
                .filter(name -> SyscallTable.standard()
                        .find(name)
                        .filter(other -> !other.equals(syscall))
                        .isPresent())
                .map(name -> "sys_" + name + " is the guide's name of " + syscall.name() + "; for the call " + name
                        + " write " + name);
    }

    static String lower(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    static boolean isInbound(ObjectCodec.Values values) {
        List<Syscall> named = values.get(SYSCALL).orElse(List.of());
        return !named.isEmpty() && named.stream().allMatch(call -> call.operation() == OperationClass.ACCEPT);
    }

    /** The arguments of a rule about a call; its file is the first. */
    static List<String> arguments(ObjectCodec.Values values) {
        Optional<String> file = values.get(FILE).filter(glob -> !glob.isAny()).map(Glob::text);
        return List.of(
                file.or(() -> values.get(ARGUMENTS.get(0))).orElse(""),
                values.get(ARGUMENTS.get(1)).orElse(""),
                values.get(ARGUMENTS.get(2)).orElse(""));
    }

    private List<Rule> rules() {
        Verb verb = values.require(ACTION);
        Glob file = values.get(FILE).orElse(Glob.ANY);
        PortPattern port = values.get(LOCAL_PORT).orElse(PortPattern.ANY);
        AddressPattern address = values.get(ADDRESS).orElseGet(() -> AddressPattern.of("*"));
        switch (values.require(TYPE)) {
            case FILE -> {
                add(header -> new Rule.FileRule(header, Rule.Access.READ, file), verb.reading, "");
                if (verb != Verb.ALLOW) {
                    add(header -> new Rule.FileRule(header, Rule.Access.WRITE, file), verb.writing, "writing");
                }
            }
            case WRITE -> add(header -> new Rule.FileRule(header, Rule.Access.WRITE, file), verb.writing, "");
            case EXECUTION -> add(syscall("execve"), List.of(arguments(values).get(0), "", ""), "");
            case LISTENER -> {
                add(
                        header -> new Rule.NetworkRule(header, Rule.Direction.INBOUND, AddressPattern.of("*"), port),
                        verb.reading,
                        "");
                add(syscall("bind"), List.of(port.text(), address.text(), ""), "binding");
            }
            case NETWORK -> addNetwork(port, address);
            case SYSCALL, SYSCALLGROUP -> {
                List<Syscall> named = values.require(SYSCALL);
                named.forEach(call -> add(call, arguments(values), named.size() > 1 ? call.name() : ""));
            }
        }
        return List.copyOf(rules);
    }

    private void addNetwork(PortPattern local, AddressPattern address) {
        Rule.Direction direction = isInbound(values) ? Rule.Direction.INBOUND : Rule.Direction.OUTBOUND;
        PortPattern remote = values.get(REMOTE_PORT).orElse(PortPattern.ANY);
        PortPattern port = direction == Rule.Direction.INBOUND || remote.isAny() ? local : remote;
        add(header -> new Rule.NetworkRule(header, direction, address, port), values.require(ACTION).reading, "");
    }

    private void add(Syscall syscall, List<String> arguments, String suffix) {
        add(
                header -> new Rule.SyscallRule(header, syscall, syscall.name(), arguments),
                values.require(ACTION).reading,
                suffix);
    }

    private void add(Function<RuleHeader, Rule> making, Action action, String suffix) {
        String given = values.get(NAME).filter(text -> !text.isBlank()).orElseGet(() -> lower(values.require(TYPE)));
        rules.add(making.apply(new RuleHeader(
                Optional.empty(),
                name(given, suffix),
                values.get(INACTIVE).orElse(false),
                values.get(PROGRAM).orElse(Glob.ANY),
                action,
                OptionalInt.empty(),
                List.of(),
                Optional.empty(),
                false)));
    }

    /** The name of one of the rules that one became. */
    private static String name(String given, String suffix) {
        String end = suffix.isEmpty() ? "" : " (" + suffix + ")";
        int most = RuleHeader.MAX_NAME - end.length();
        return given.codePointCount(0, given.length()) <= most
                ? given + end
                : given.substring(0, given.offsetByCodePoints(0, most)) + end;
    }
}
