package io.crs.cli;

import static io.crs.cli.Shell.crs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.cli.Shell.Outcome;
import io.crs.syscall.Arch;
import io.crs.syscall.SyscallTable;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SyscallsCommandTest {
    @Test
    void listsEveryCallOfAnArchitectureOnceWithTheLibraryCalls() throws IOException {
        for (Arch arch : Arch.values()) {
            JsonNode document = crs("syscalls", "--arch", arch.id(), "--json").json();
            assertEquals(arch.id(), document.get("arch").asText());
            Set<String> names = new HashSet<>();
            int numbers = 0;
            for (JsonNode call : document.get("syscalls")) {
                assertTrue(names.add(call.get("name").asText()));
                assertEquals(3, call.get("roles").size());
                numbers += call.get("number").isInt() ? 1 : 0;
            }
            assertEquals(SyscallTable.standard().on(arch).size(), numbers);
            assertTrue(names.containsAll(List.of("getaddrinfo", "getnameinfo")));
            assertEquals(numbers + 2, names.size());
        }
    }

    @Test
    void givesNumbersGuideNamesAndRoles() throws IOException {
        JsonNode call =
                crs("syscalls", "openat", "--arch", "x86_64", "--json").json().at("/syscalls/0");
        assertEquals(257, call.get("number").asInt());
        assertEquals("sys_openat", call.get("guideName").asText());
        assertEquals("OPEN", call.get("class").asText());
        assertEquals("filename", call.at("/roles/0").asText());
    }

    @Test
    void findsACallByAnyNameAndNumber() throws IOException {
        for (String name : List.of("execveat", "stub_execveat", "sys_execveat", "322")) {
            Outcome outcome = crs("syscalls", name, "--arch", "amd64", "--json");
            assertEquals("execveat", outcome.json().at("/syscalls/0/name").asText(), name);
        }
        assertEquals(
                "getaddrinfo",
                crs("syscalls", "499", "--json").json().at("/syscalls/0/name").asText());
    }

    @Test
    void alignsItsColumns() {
        Outcome outcome = crs("syscalls", "--arch", "x86_64");
        assertEquals(ExitCode.DONE, outcome.exit());
        List<String> lines = outcome.lines();
        int column = lines.get(0).indexOf("CLASS");
        assertTrue(column > 0, lines.get(0));
        for (String line : lines) {
            assertTrue(line.charAt(column - 1) == ' ' && line.charAt(column) != ' ', line);
        }
        assertTrue(lines.stream().anyMatch(line -> line.matches("257 +openat +257 +sys_openat +OPEN +filename .*")));
    }

    @Test
    void anUnknownCallIsRefusedWithTheNearestName() {
        Outcome outcome = crs("syscalls", "opnat", "--arch", "x86_64");
        assertEquals(ExitCode.INVALID, outcome.exit());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().contains("\"opnat\"") && outcome.err().contains("\"openat\""), outcome.err());
    }

    @Test
    void aCallOfAnotherArchitectureIsNotThereAndItsFormsAreNamed() {
        Outcome outcome = crs("syscalls", "open", "--arch", "aarch64");
        assertEquals(ExitCode.NO, outcome.exit());
        assertTrue(outcome.err().contains("openat"), outcome.err());
    }

    @Test
    void anUnknownArchitectureIsRefused() {
        Outcome outcome = crs("syscalls", "--arch", "vax");
        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.err().contains("vax") && outcome.err().contains("aarch64"), outcome.err());
    }
}
