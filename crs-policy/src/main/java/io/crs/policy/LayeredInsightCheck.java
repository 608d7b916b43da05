package io.crs.policy;

import io.crs.policy.LayeredInsightRule.Kind;
import io.crs.policy.LayeredInsightRule.Verb;
import io.crs.syscall.Syscall;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is wrong with a rule of a Layered Insight policy in its JSON form, and what of it is left out. */
final class LayeredInsightCheck {
    /** The fields that say what a rule of each kind is about; others are left out with a warning. */
    private static final Map<Kind, List<Field<List<Rule>, ?>>> OF_KIND = ofKind();

    static void check(ObjectCodec.Values values, JsonCursor in) {
        Optional<Kind> kind = values.get(LayeredInsightRule.TYPE);
        kind.ifPresent(known -> warnOfUnused(known, values, in));
        values.get(LayeredInsightRule.ACTION).filter(verb -> !verb.isPlain()).ifPresent(verb -> {
            if (kind.isPresent() && kind.get() != Kind.FILE) {
                in.problem(
                        LayeredInsightRule.ACTION.name(),
                        "only a file rule is readonly or readwrite; write allow or deny");
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
        List<Field<List<Rule>, ?>> about = new ArrayList<>(List.of(
                LayeredInsightRule.LOCAL_PORT,
                LayeredInsightRule.ADDRESS,
                LayeredInsightRule.PROTOCOL,
                LayeredInsightRule.REMOTE_PORT));
        about.addAll(List.of(LayeredInsightRule.SYSCALL, LayeredInsightRule.FILE));
        about.addAll(LayeredInsightRule.ARGUMENTS);
        for (Field<List<Rule>, ?> field : about) {
            boolean says = values.get(field)
                    .filter(value -> !List.of("", "*", "0", "-1", "[]")
                            .contains(value.toString().strip()))
                    .isPresent();
            if (says && !used.contains(field)) {
                in.warning(
                        field.name(), "left out: it has no part in a rule of type " + LayeredInsightRule.lower(kind));
            }
        }
        for (Field<List<Rule>, String> date : List.of(LayeredInsightRule.CREATED, LayeredInsightRule.UPDATED)) {
            values.get(date)
                    .filter(text -> !text.isBlank())
                    .ifPresent(text -> in.warning(date.name(), "left out: a rule has no times here"));
        }
    }

    private static void checkFile(ObjectCodec.Values values, JsonCursor in) {
        if (values.get(LayeredInsightRule.ACTION).equals(Optional.of(Verb.ALLOW))) {
            in.warning(
                    LayeredInsightRule.ACTION.name(),
                    "taken as allowing to read; to allow writing too, write readwrite");
        }
    }

    private static void checkExecution(ObjectCodec.Values values, JsonCursor in) {
        Optional<Glob> file = values.get(LayeredInsightRule.FILE).filter(glob -> !glob.isAny());
        Optional<String> argument =
                values.get(LayeredInsightRule.ARGUMENTS.get(0)).filter(text -> !text.isBlank());
        if (file.isPresent() && argument.isPresent()) {
            in.warning(LayeredInsightRule.ARGUMENTS.get(0).name(), "left out: File says what is executed");
        } else if (file.isEmpty() && argument.isEmpty()) {
            in.warning(
                    LayeredInsightRule.TYPE.name(),
                    "nothing says what is executed: the rule is about all that Program executes");
        }
        argument.ifPresent(text -> checkArgument(LayeredInsightRule.syscall("execve"), 0, text, in));
    }

    private static void checkNetwork(ObjectCodec.Values values, JsonCursor in) {
        for (Syscall named : values.get(LayeredInsightRule.SYSCALL).orElse(List.of())) {
            switch (named.operation()) {
                case CONNECT, SEND, ACCEPT -> {}
                default ->
                    in.problem(
                            LayeredInsightRule.SYSCALL.name(),
                            named.name() + " is no call of a network rule; write connect or accept, or a syscall rule");
            }
        }
        boolean inbound = LayeredInsightRule.isInbound(values);
        boolean remote = values.get(LayeredInsightRule.REMOTE_PORT)
                .filter(port -> !port.isAny())
                .isPresent();
        boolean local = values.get(LayeredInsightRule.LOCAL_PORT)
                .filter(port -> !port.isAny())
                .isPresent();
        if (inbound && remote) {
            in.warning(
                    LayeredInsightRule.REMOTE_PORT.name(),
                    "left out: an inbound rule asks for the container's own port");
        } else if (!inbound && remote && local) {
            in.warning(
                    LayeredInsightRule.LOCAL_PORT.name(),
                    "left out: an outbound rule asks for the port of the other end");
        } else if (!inbound && local) {
            in.warning(
                    LayeredInsightRule.LOCAL_PORT.name(),
                    "taken as the port of the other end: the rule is about going out");
        }
        if (values.get(LayeredInsightRule.ADDRESS)
                .filter(address -> !address.isAny())
                .isPresent()) {
            in.warning(LayeredInsightRule.ADDRESS.name(), "taken as the address of the other end");
        }
    }

    private static void checkListener(ObjectCodec.Values values, JsonCursor in) {
        if (values.get(LayeredInsightRule.ADDRESS)
                .filter(address -> !address.isAny())
                .isPresent()) {
            in.warning(
                    LayeredInsightRule.ADDRESS.name(),
                    "kept for bind; an inbound rule asks for the other end's address, and takes any");
        }
    }

    private static void checkSyscall(ObjectCodec.Values values, JsonCursor in) {
        List<Syscall> named = values.get(LayeredInsightRule.SYSCALL).orElse(List.of());
        if (named.isEmpty()
                && !(values.wasThere(LayeredInsightRule.SYSCALL)
                        && values.get(LayeredInsightRule.SYSCALL).isEmpty())) {
            in.problem(LayeredInsightRule.SYSCALL.name(), "a rule of this type names a call, by number or name");
        }
        Optional<Glob> file = values.get(LayeredInsightRule.FILE).filter(glob -> !glob.isAny());
        if (file.isPresent()
                && values.get(LayeredInsightRule.ARGUMENTS.get(0))
                        .filter(text -> !text.isBlank())
                        .isPresent()) {
            in.warning(LayeredInsightRule.ARGUMENTS.get(0).name(), "left out: File says the same argument");
        }
        for (Syscall call : named) {
            LayeredInsightRule.misnamed(call).ifPresent(text -> in.warning(LayeredInsightRule.SYSCALL.name(), text));
            List<String> arguments = LayeredInsightRule.arguments(values);
            for (int i = 0; i < arguments.size(); i++) {
                checkArgument(call, i, arguments.get(i), in);
            }
        }
    }

    private static void checkArgument(Syscall syscall, int place, String text, JsonCursor in) {
        in.enter(LayeredInsightRule.ARGUMENTS.get(place).name());
        in.attempt(() -> {
            Rule.SyscallRule.checkArgument(syscall, place, text);
            return true;
        });
        in.leave();
    }

    private static Map<Kind, List<Field<List<Rule>, ?>>> ofKind() {
        List<Field<List<Rule>, ?>> ofCall = List.of(
                LayeredInsightRule.SYSCALL,
                LayeredInsightRule.FILE,
                LayeredInsightRule.ARGUMENTS.get(0),
                LayeredInsightRule.ARGUMENTS.get(1),
                LayeredInsightRule.ARGUMENTS.get(2));
        return new EnumMap<>(Map.of(
                Kind.FILE, List.of(LayeredInsightRule.FILE),
                Kind.WRITE, List.of(LayeredInsightRule.FILE),
                Kind.EXECUTION, List.of(LayeredInsightRule.FILE, LayeredInsightRule.ARGUMENTS.get(0)),
                Kind.LISTENER, List.of(LayeredInsightRule.LOCAL_PORT, LayeredInsightRule.ADDRESS),
                Kind.NETWORK,
                        List.of(
                                LayeredInsightRule.LOCAL_PORT,
                                LayeredInsightRule.ADDRESS,
                                LayeredInsightRule.REMOTE_PORT,
                                LayeredInsightRule.SYSCALL),
                Kind.SYSCALL, ofCall,
                Kind.SYSCALLGROUP, ofCall));
    }

    private LayeredInsightCheck() {}
}
