package io.crs.policy.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crs.policy.Action;
import io.crs.syscall.SyscallTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What a seccomp profile does to a call, straight from its JSON; it holds the profile to what makes its order not count. */
final class SeccompInterpreter {
    private final List<JsonNode> entries = new ArrayList<>();

    SeccompInterpreter(String profile) {
        try {
            JsonNode root = new ObjectMapper().readTree(profile);
            assertEquals("SCMP_ACT_ALLOW", root.get("defaultAction").asText());
            root.get("syscalls").forEach(entries::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (JsonNode entry : entries) {
            entry.get("names")
                    .forEach(name -> assertTrue(
                            SyscallTable.standard().find(name.asText()).isPresent(), name::asText));
        }
    }

    int entries() {
        return entries.size();
    }

    /** The action for a call with these registers. */
    Action decide(String call, long[] registers) {
        List<JsonNode> matching = entries.stream()
                .filter(entry -> names(entry).contains(call) && matches(entry, registers))
                .toList();
        assertTrue(matching.size() <= 1, () -> call + " is in the reach of two entries: " + matching);
        if (matching.isEmpty()) {
            return Action.ALLOW;
        }
        return switch (matching.get(0).get("action").asText()) {
            case "SCMP_ACT_ERRNO" -> Action.DENY;
            case "SCMP_ACT_LOG" -> Action.MONITOR;
            default -> throw new AssertionError(matching.get(0));
        };
    }

    private static List<String> names(JsonNode entry) {
        List<String> names = new ArrayList<>();
        entry.get("names").forEach(name -> names.add(name.asText()));
        return names;
    }

    private static boolean matches(JsonNode entry, long[] registers) {
        List<Integer> seen = new ArrayList<>();
        boolean matches = true;
        for (JsonNode arg : entry.path("args")) {
            int index = arg.get("index").asInt();
            assertTrue(!seen.contains(index), "a runtime takes two conditions on one register for alternatives");
            seen.add(index);
            long value = Long.parseUnsignedLong(arg.get("value").asText());
            matches &= switch (arg.get("op").asText()) {
                case "SCMP_CMP_EQ" -> registers[index] == value;
                case "SCMP_CMP_MASKED_EQ" ->
                    (registers[index] & value)
                            == Long.parseUnsignedLong(arg.get("valueTwo").asText());
                default -> throw new AssertionError(arg);
            };
        }
        return matches;
    }
}
