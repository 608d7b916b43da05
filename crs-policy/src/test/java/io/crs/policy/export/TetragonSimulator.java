package io.crs.policy.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import java.util.ArrayList;
import java.util.List;

/** What Tetragon does under a TracingPolicy, straight from the YAML, as its documentation of hooks and selectors says. */
final class TetragonSimulator implements Simulator {
    private static final int READS = 4;
    private static final int WRITES = 2;

    private final List<JsonNode> hooks = new ArrayList<>();

    TetragonSimulator(String document) {
        JsonNode spec = YamlReader.documents(document).get(0).get("spec");
        spec.path("kprobes").forEach(hooks::add);
        spec.path("lsmhooks").forEach(hooks::add);
    }

    @Override
    public Action effect(Call call) {
        Action effect = Action.ALLOW;
        for (JsonNode hook : hooks) {
            if (isReached(hook, call)) {
                effect = Simulator.stricter(effect, effect(hook, call));
            }
        }
        return effect;
    }

    private static boolean isReached(JsonNode hook, Call call) {
        if (hook.has("hook")) {
            return hook.get("hook").asText().equals("bprm_check_security") && FileAccess.executes(call);
        }
        String name = hook.get("call").asText();
        if (hook.get("syscall").asBoolean()) {
            return name.equals("sys_" + call.syscall().name());
        }
        return switch (name) {
            case "security_file_permission" -> mask(call) != 0;
            case "tcp_connect" -> call.syscall().name().equals("connect") && call.address() instanceof Endpoint.Inet;
            default -> throw new AssertionError(hook);
        };
    }

    /** What the kernel asks as a descriptor is read or written; opening one does not come here. */
    private static int mask(Call call) {
        return switch (call.syscall().name()) {
            case "read", "pread64", "readv" -> READS;
            case "write", "pwrite64", "writev" -> WRITES;
            default -> 0;
        };
    }

    private static Action effect(JsonNode hook, Call call) {
        JsonNode selectors = hook.get("selectors");
        if (selectors.size() > 5) {
            throw new AssertionError("a hook has at most five selectors");
        }
        for (JsonNode selector : selectors) {
            boolean matches = true;
            for (JsonNode binary : selector.path("matchBinaries")) {
                matches &= isBinary(binary, call);
            }
            for (JsonNode argument : selector.path("matchArgs")) {
                matches &= isArgument(hook, argument, call);
            }
            if (matches) {
                JsonNode action = selector.get("matchActions").get(0);
                return action.get("action").asText().equals("Override")
                                && action.get("argError").asInt() < 0
                        ? Action.DENY
                        : Action.MONITOR;
            }
        }
        return Action.ALLOW;
    }

    private static boolean isBinary(JsonNode binary, Call call) {
        List<String> programs = new ArrayList<>(call.program().stream().toList());
        String operator = binary.get("operator").asText();
        if (binary.path("followChildren").asBoolean()) {
            if (!operator.equals("In")) {
                throw new AssertionError("only In follows children: " + binary);
            }
            programs.addAll(call.ancestors());
        }
        return programs.stream()
                .anyMatch(program -> isText(operator.equals("In") ? "Equal" : operator, binary, program));
    }

    private static boolean isText(String operator, JsonNode match, String text) {
        boolean matches = false;
        for (JsonNode value : match.get("values")) {
            matches |= switch (operator) {
                case "Equal" -> text.equals(value.asText());
                case "Prefix" -> text.startsWith(value.asText());
                case "Postfix" -> text.endsWith(value.asText());
                default -> throw new AssertionError(match);
            };
        }
        return matches;
    }

    private static boolean isArgument(JsonNode hook, JsonNode match, Call call) {
        int index = match.get("index").asInt();
        String type = "";
        for (JsonNode argument : hook.path("args")) {
            type = argument.get("index").asInt() == index ? argument.get("type").asText() : type;
        }
        String operator = match.get("operator").asText();
        return switch (type) {
            case "file", "linux_binprm" ->
                isText(operator, match, call.path().resolved().orElse(""));
            case "int" -> isText(operator, match, Integer.toString(mask(call)));
            case "uint32" ->
                isText(operator, match, Long.toString(call.args().get(index).orElseThrow() & 0xFFFFFFFFL));
            case "uint64" ->
                isText(
                        operator,
                        match,
                        Long.toUnsignedString(call.args().get(index).orElseThrow()));
            case "sock" -> isSocket(operator, match, call);
            default -> throw new AssertionError(hook);
        };
    }

    private static boolean isSocket(String operator, JsonNode match, Call call) {
        boolean matches = false;
        for (JsonNode value : match.get("values")) {
            matches |= switch (operator) {
                case "DAddr" ->
                    call.address() instanceof Endpoint.Inet inet
                            && AddressPattern.of(value.asText()).matches(inet.address());
                case "DPort" -> isPort(value.asText().split(":"), call.port().orElse(-1));
                default -> throw new AssertionError(match);
            };
        }
        return matches;
    }

    private static boolean isPort(String[] ends, int port) {
        return Integer.parseInt(ends[0]) <= port && port <= Integer.parseInt(ends[ends.length - 1]);
    }
}
