package io.crs.policy;

import static io.crs.policy.Codecs.textOrInteger;

import io.crs.syscall.Arch;
import io.crs.syscall.OperationClass;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** The rules that one rule of a Layered Insight policy becomes, in its JSON form. */
final class LayeredInsightRule {
    private enum Kind {
        FILE,
        WRITE,
        EXECUTION,
        LISTENER,
        NETWORK,
        SYSCALL,
        SYSCALLGROUP
    }

    private enum Verb {
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
    private static final Field<List<Rule>, Kind> TYPE =
            required("RuleType", Codecs.text().as(LayeredInsightRule::kind, Kind::name));
    private static final Field<List<Rule>, Glob> PROGRAM = Field.onlyRead("Program", GLOB);
    private static final Field<List<Rule>, PortPattern> LOCAL_PORT = Field.onlyRead("ListeningPort", PORTS);
    private static final Field<List<Rule>, AddressPattern> ADDRESS = Field.onlyRead(
            "ListeningAddr",
            Codecs.text().as(AddressPattern::of, AddressPattern::text).checked(Rule.NetworkRule::checkAddress));
    private static final Field<List<Rule>, String> PROTOCOL = Field.onlyRead("Protocol", textOrInteger());
    private static final Field<List<Rule>, PortPattern> REMOTE_PORT = Field.onlyRead("RemotePort", PORTS);
    private static final Field<List<Rule>, List<Syscall>> SYSCALL =
            Field.onlyRead("Syscall", textOrInteger().as(LayeredInsightRule::syscalls, Object::toString));
    private static final List<Field<List<Rule>, String>> ARGUMENTS = List.of(
            Field.onlyRead("Arg1", textOrInteger()),
            Field.onlyRead("Arg2", textOrInteger()),
            Field.onlyRead("Arg3", textOrInteger()));
    private static final Field<List<Rule>, Glob> FILE = Field.onlyRead("File", GLOB);
    private static final Field<List<Rule>, Verb> ACTION =
            required("Action", Codecs.text().as(LayeredInsightRule::verb, Verb::name));
    private static final Field<List<Rule>, String> CREATED = Field.onlyRead("DateCreated", Codecs.text());
    private static final Field<List<Rule>, String> UPDATED = Field.onlyRead("DateUpdated", Codecs.text());

    /** The fields that say what a rule of each kind is about; others are left out with a warning. */
    private static final Map<Kind, List<Field<List<Rule>, ?>>> OF_KIND = ofKind();

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
            LayeredInsightRule::check,
            values -> new LayeredInsightRule(values).rules());

    private final ObjectCodec.Values values;
    private final List<Rule> rules = new ArrayList<>();

    private LayeredInsightRule(ObjectCodec.Values values) {
        this.values = values;
    }

    private static <V> Field<List<Rule>, V> required(String name, Codec<V> codec) {
        return new Field<>(name, true, codec, rules -> Optional.empty());
    }

    private static Map<Kind, List<Field<List<Rule>, ?>>> ofKind() {
        List<Field<List<Rule>, ?>> ofCall =
                List.of(SYSCALL, FILE, ARGUMENTS.get(0), ARGUMENTS.get(1), ARGUMENTS.get(2));
        return new EnumMap<>(Map.of(
                Kind.FILE, List.of(FILE),
                Kind.WRITE, List.of(FILE),
                Kind.EXECUTION, List.of(FILE, ARGUMENTS.get(0)),
                Kind.LISTENER, List.of(LOCAL_PORT, ADDRESS),
                Kind.NETWORK, List.of(LOCAL_PORT, ADDRESS, REMOTE_PORT, SYSCALL),
                Kind.SYSCALL, ofCall,
                Kind.SYSCALLGROUP, ofCall));
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

    private static void check(ObjectCodec.Values values, JsonCursor in) {
        Optional<Kind> kind = values.get(TYPE);
        kind.ifPresent(known -> warnOfUnused(known, values, in));
        values.get(ACTION).filter(verb -> !verb.isPlain()).ifPresent(verb -> {
            if (kind.isPresent() && kind.get() != Kind.FILE) {
                in.problem(ACTION.name(), "only a file rule is readonly or readwrite; write allow or deny");
            }
        });
        kind.ifPresent(known -> {
            switch (known) {
                case FILE -> checkFile(values, in);
                case EXECUTION -> checkExecution(values, in);
                case NETWORK -> checkNetwork(values, in);
                case LISTENER -> checkListener(values, in);
                case SYSCALL, SYSCALLGROUP -> checkSyscall(values, in);
                case WRITE -> {}
            }
        });
    }

    private static void warnOfUnused(Kind kind, ObjectCodec.Values values, JsonCursor in) {
        List<Field<List<Rule>, ?>> used = OF_KIND.getOrDefault(kind, List.of());
        List<Field<List<Rule>, ?>> about = new ArrayList<>(List.of(LOCAL_PORT, ADDRESS, PROTOCOL, REMOTE_PORT));
        about.addAll(List.of(SYSCALL, FILE));
        about.addAll(ARGUMENTS);
        for (Field<List<Rule>, ?> field : about) {
            boolean says = values.get(field)
                    .filter(value -> !List.of("", "*", "0", "-1", "[]")
                            .contains(value.toString().strip()))
                    .isPresent();
            if (says && !used.contains(field)) {
                in.warning(field.name(), "left out: it has no part in a rule of type " + lower(kind));
            }
        }
        for (Field<List<Rule>, String> date : List.of(CREATED, UPDATED)) {
            values.get(date)
                    .filter(text -> !text.isBlank())
                    .ifPresent(text -> in.warning(date.name(), "left out: a rule has no times here"));
        }
    }

    private static void checkFile(ObjectCodec.Values values, JsonCursor in) {
        if (values.get(ACTION).equals(Optional.of(Verb.ALLOW))) {
            in.warning(ACTION.name(), "taken as allowing to read; to allow writing too, write readwrite");
        }
    }

    private static void checkExecution(ObjectCodec.Values values, JsonCursor in) {
        Optional<Glob> file = values.get(FILE).filter(glob -> !glob.isAny());
        Optional<String> argument = values.get(ARGUMENTS.get(0)).filter(text -> !text.isBlank());
        if (file.isPresent() && argument.isPresent()) {
            in.warning(ARGUMENTS.get(0).name(), "left out: File says what is executed");
        } else if (file.isEmpty() && argument.isEmpty()) {
            in.warning(TYPE.name(), "nothing says what is executed: the rule is about all that Program executes");
        }
        argument.ifPresent(text -> checkArgument(syscall("execve"), 0, text, in));
    }

    private static void checkNetwork(ObjectCodec.Values values, JsonCursor in) {
        for (Syscall named : values.get(SYSCALL).orElse(List.of())) {
            switch (named.operation()) {
                case CONNECT, SEND, ACCEPT -> {}
                default ->
                    in.problem(
                            SYSCALL.name(),
                            named.name() + " is no call of a network rule; write connect or accept, or a syscall rule");
            }
        }
        boolean inbound = isInbound(values);
        boolean remote = values.get(REMOTE_PORT).filter(port -> !port.isAny()).isPresent();
        boolean local = values.get(LOCAL_PORT).filter(port -> !port.isAny()).isPresent();
        if (inbound && remote) {
            in.warning(REMOTE_PORT.name(), "left out: an inbound rule asks for the container's own port");
        } else if (!inbound && remote && local) {
            in.warning(LOCAL_PORT.name(), "left out: an outbound rule asks for the port of the other end");
        } else if (!inbound && local) {
            in.warning(LOCAL_PORT.name(), "taken as the port of the other end: the rule is about going out");
        }
        if (values.get(ADDRESS).filter(address -> !address.isAny()).isPresent()) {
            in.warning(ADDRESS.name(), "taken as the address of the other end");
        }
    }

    private static void checkListener(ObjectCodec.Values values, JsonCursor in) {
        if (values.get(ADDRESS).filter(address -> !address.isAny()).isPresent()) {
            in.warning(
                    ADDRESS.name(), "kept for bind; an inbound rule asks for the other end's address, and takes any");
        }
    }

    private static void checkSyscall(ObjectCodec.Values values, JsonCursor in) {
        List<Syscall> named = values.get(SYSCALL).orElse(List.of());
        if (named.isEmpty() && !(values.wasThere(SYSCALL) && values.get(SYSCALL).isEmpty())) {
            in.problem(SYSCALL.name(), "a rule of this type names a call, by number or name");
        }
        Optional<Glob> file = values.get(FILE).filter(glob -> !glob.isAny());
        if (file.isPresent()
                && values.get(ARGUMENTS.get(0)).filter(text -> !text.isBlank()).isPresent()) {
            in.warning(ARGUMENTS.get(0).name(), "left out: File says the same argument");
        }
        for (Syscall call : named) {
            misnamed(call).ifPresent(text -> in.warning(SYSCALL.name(), text));
            List<String> arguments = arguments(values);
            for (int i = 0; i < arguments.size(); i++) {
                checkArgument(call, i, arguments.get(i), in);
            }
        }
    }

    private static void checkArgument(Syscall syscall, int place, String text, JsonCursor in) {
        in.enter(ARGUMENTS.get(place).name());
        in.attempt(() -> {
            Rule.SyscallRule.checkArgument(syscall, place, text);
            return true;
        });
        in.leave();
    }

    private static String lower(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static boolean isInbound(ObjectCodec.Values values) {
        List<Syscall> named = values.get(SYSCALL).orElse(List.of());
        return !named.isEmpty() && named.stream().allMatch(call -> call.operation() == OperationClass.ACCEPT);
    }

    /** The arguments of a rule about a call; its file is the first. */
    private static List<String> arguments(ObjectCodec.Values values) {
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
