package io.crs.policy.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What Falco does under a file of rules, straight from the YAML: it reports, and stops nothing. The fields are those of its
 * page of supported fields; of which calls they are known, that of fs.path.
 */
final class FalcoSimulator implements Simulator {
    /** The descriptor of the stream socket that was connected before, to the address and port below; others are of datagrams. */
    static final long CONNECTED_STREAM = 8;

    static final String PEER = "10.0.0.1";
    static final int PEER_PORT = 80;

    private static final Set<String> PATHS = Set.of(
            "open",
            "openat",
            "openat2",
            "mkdir",
            "mkdirat",
            "rmdir",
            "unlink",
            "unlinkat",
            "chmod",
            "fchmod",
            "fchmodat",
            "chown",
            "fchown",
            "lchown",
            "fchownat",
            "umount2");
    private static final Set<String> PAIRS =
            Set.of("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mount");

    private final Map<String, Predicate<FalcoCompiler.Event>> macros = new HashMap<>();
    private final Map<String, Predicate<FalcoCompiler.Event>> rules = new HashMap<>();

    FalcoSimulator(String document) {
        for (JsonNode item : YamlReader.documents(document).get(0)) {
            if (item.has("macro")) {
                macros.put(item.get("macro").asText(), FalcoCompiler.compile(condition(item), macros));
            } else if (item.has("rule")) {
                rules.put(item.get("rule").asText(), FalcoCompiler.compile(condition(item), macros));
            }
        }
    }

    private static String condition(JsonNode item) {
        return item.get("condition").asText();
    }

    @Override
    public Action effect(Call call) {
        FalcoCompiler.Event event = field -> field(field, call);
        return rules.values().stream().anyMatch(rule -> rule.test(event)) ? Action.MONITOR : Action.ALLOW;
    }

    static boolean isIn(String block, String address) {
        return IpAddress.parse(address)
                .filter(AddressPattern.of(block)::matches)
                .isPresent();
    }

    static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static Optional<String> field(String field, Call call) {
        String name = call.syscall().name();
        return switch (field) {
            case "container.id" -> Optional.of("0123456789ab");
            case "evt.type" -> Optional.of(name);
            case "evt.is_open_read" -> flag(call, (FileAccess.flags(call) & 1) == 0);
            case "evt.is_open_write" -> flag(call, (FileAccess.flags(call) & 3) != 0);
            case "fs.path.name" -> PATHS.contains(name) ? call.path().requested() : Optional.empty();
            // Of a link, the source is the name that is made.
            case "fs.path.source" -> PAIRS.contains(name) ? names(call).get(0) : Optional.empty();
            case "fs.path.target" -> PAIRS.contains(name) ? names(call).get(1) : Optional.empty();
            case "proc.exepath" -> FileAccess.executes(call) ? call.path().resolved() : call.program();
            case "fd.type" -> address(call).map(address -> address.isIpv4() ? "ipv4" : "ipv6");
            case "fd.l4proto" -> isNetwork(call) ? Optional.of(isStream(call) ? "tcp" : "udp") : Optional.empty();
            case "fd.rip", "fd.rnet" -> address(call).map(IpAddress::toString);
            case "fd.rport" -> address(call).map(address -> "" + port(call));
            case "fd.lport" ->
                call.localPort().isPresent() ? Optional.of("" + call.localPort().getAsInt()) : Optional.empty();
            default -> throw new AssertionError(field);
        };
    }

    private static List<Optional<String>> names(Call call) {
        Optional<String> first = call.path().requested();
        Optional<String> second = call.newPath().requested();
        return call.syscall().name().startsWith("link") ? List.of(second, first) : List.of(first, second);
    }

    private static Optional<String> flag(Call call, boolean set) {
        return switch (call.syscall().name()) {
            case "open", "openat", "openat2", "open_by_handle_at" -> Optional.of(Boolean.toString(set));
            default -> Optional.empty();
        };
    }

    private static boolean isNetwork(Call call) {
        return switch (call.syscall().operation()) {
            case CONNECT, SEND, ACCEPT -> true;
            default -> false;
        };
    }

    private static boolean isStream(Call call) {
        return switch (call.syscall().operation()) {
            case SEND ->
                call.address() instanceof Endpoint.None && call.args().get(0).orElse(0) == CONNECTED_STREAM;
            default -> true;
        };
    }

    /** The other end of the socket, be it in the call or not. */
    private static Optional<IpAddress> address(Call call) {
        if (isNetwork(call) && call.address() instanceof Endpoint.None) {
            return IpAddress.parse(PEER);
        }
        return isNetwork(call) && call.address() instanceof Endpoint.Inet inet
                ? Optional.of(inet.address())
                : Optional.empty();
    }

    private static int port(Call call) {
        return call.address() instanceof Endpoint.None ? PEER_PORT : call.port().orElseThrow();
    }
}
