package io.crs.policy.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import java.util.List;

/**
 * What KubeArmor does under its policies, straight from the YAML: its security policy specification for containers, and
 * its BPF enforcer where that is silent. With policies that only block and audit, what none matches goes through.
 */
final class KubeArmorSimulator implements Simulator {
    private final List<JsonNode> policies;

    KubeArmorSimulator(String document) {
        policies = YamlReader.documents(document).stream()
                .filter(policy -> !policy.isNull())
                .toList();
    }

    @Override
    public Action effect(Call call) {
        Action effect = Action.ALLOW;
        for (JsonNode policy : policies) {
            JsonNode spec = policy.get("spec");
            if (matches(spec, call)) {
                String action = spec.get("action").asText();
                // System calls are watched, whatever the action says.
                boolean blocks = action.equals("Block") && !spec.has("syscalls");
                if (!blocks && !action.equals("Audit") && !spec.has("syscalls")) {
                    throw new AssertionError(action);
                }
                effect = Simulator.stricter(effect, blocks ? Action.DENY : Action.MONITOR);
            }
        }
        return effect;
    }

    private static boolean matches(JsonNode spec, Call call) {
        boolean matches = false;
        if (spec.has("process") && FileAccess.executes(call)) {
            matches = path(spec.get("process"), call, new FileAccess(FileAccess.name(call), false, false), true);
        }
        if (spec.has("file")) {
            for (FileAccess access : FileAccess.of(call)) {
                matches |= path(spec.get("file"), call, access, false);
            }
        }
        for (JsonNode network : spec.path("network").path("matchProtocols")) {
            matches |= isNetwork(call) && network.get("protocol").asText().equals("tcp") && isFrom(network, call);
        }
        for (JsonNode syscalls : spec.path("syscalls").path("matchSyscalls")) {
            for (JsonNode name : syscalls.get("syscall")) {
                matches |= name.asText().equals(call.syscall().name()) && isFrom(syscalls, call);
            }
        }
        return matches;
    }

    private static boolean isNetwork(Call call) {
        return switch (call.syscall().operation()) {
            case CONNECT, ACCEPT, SEND -> call.address() instanceof Endpoint.Inet;
            default -> false;
        };
    }

    private static boolean path(JsonNode section, Call call, FileAccess access, boolean executes) {
        String path = access.path().length() > 1 && access.path().endsWith("/")
                ? access.path().substring(0, access.path().length() - 1)
                : access.path();
        boolean matches = false;
        for (JsonNode match : section.path("matchPaths")) {
            matches |= counts(match, access, executes)
                    && match.get("path").asText().equals(path)
                    && isFrom(match, call);
        }
        for (JsonNode match : section.path("matchDirectories")) {
            String folder = match.get("dir").asText();
            if (!folder.endsWith("/") || !match.get("recursive").asBoolean()) {
                throw new AssertionError(match);
            }
            matches |= counts(match, access, executes) && path.startsWith(folder) && isFrom(match, call);
        }
        for (JsonNode match : section.path("matchPatterns")) {
            if (match.has("fromSource")) {
                throw new AssertionError("a pattern has no source: " + match);
            }
            matches |= counts(match, access, executes)
                    && new AppArmorPattern(match.get("pattern").asText()).matches(access.path());
        }
        return matches;
    }

    private static boolean counts(JsonNode match, FileAccess access, boolean executes) {
        return executes
                || access.writes()
                || (access.reads() && !match.path("readOnly").asBoolean());
    }

    /** The source of what a process does is its executable; of an execution, that of the process's parent. */
    private static boolean isFrom(JsonNode match, Call call) {
        if (!match.has("fromSource")) {
            return true;
        }
        List<String> sources = FileAccess.executes(call)
                ? call.ancestors().stream().limit(1).toList()
                : call.program().stream().toList();
        boolean from = false;
        for (JsonNode source : match.get("fromSource")) {
            from |= sources.contains(source.get("path").asText());
        }
        return from;
    }
}
