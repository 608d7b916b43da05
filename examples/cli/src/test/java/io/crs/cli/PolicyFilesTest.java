package io.crs.cli;

import static io.crs.cli.Shell.crs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.cli.Shell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person may name in place of the file that is wanted. */
class PolicyFilesTest {
    @TempDir
    Path folder;

    private String policy;
    private String table;

    @BeforeEach
    void writePolicy() throws IOException {
        policy = Files.writeString(
                        folder.resolve("policy.json"),
                        "{\"name\":\"p\",\"policyMode\":\"ACTIVE\",\"defaultNetworkAction\":\"ALLOW\","
                                + "\"defaultFileAction\":\"ALLOW\",\"defaultExecuteAction\":\"ALLOW\"}")
                .toString();
        table = folder.resolve("table").toString();
    }

    @Test
    void aFolderInPlaceOfAFileIsAFailureByName() {
        for (String[] command : new String[][] {
            {"policy", "validate", folder.toString()},
            {"policy", "decide", folder.toString()},
            {"policy", "diff", policy, folder.toString()},
            {"policy", "learn", folder.toString()},
            {"policy", "replay", policy, folder.toString()},
            {"policy", "import", folder.toString(), "--from", "layint-csv"}
        }) {
            Outcome outcome = crs(command);
            assertEquals(ExitCode.FAILED, outcome.exit(), outcome.err());
            assertTrue(outcome.err().contains(folder + ": is a folder"), outcome.err());
        }
    }

    @Test
    void aFolderThatIsNotThereIsNamedAndNotMade() {
        Path absent = folder.resolve("absent");
        Outcome outcome =
                crs("policy", "compile", policy, "-o", absent.resolve("table").toString());
        assertEquals(ExitCode.FAILED, outcome.exit());
        assertTrue(outcome.err().contains("there is no folder " + absent), outcome.err());
        assertFalse(outcome.err().contains(".tmp"), outcome.err());
        assertFalse(Files.exists(absent));
    }

    @Test
    void aFileThatCannotBeMadeIsNamed() {
        Outcome outcome = crs("policy", "compile", policy, "-o", "/proc/table");
        assertEquals(ExitCode.FAILED, outcome.exit());
        assertTrue(outcome.err().startsWith("crs: /proc/table: "), outcome.err());
    }

    @Test
    void aTableInPlaceOfAPolicyIsCalledOne() {
        crs("policy", "compile", policy, "-o", table);
        for (String command : List.of("validate", "lint")) {
            Outcome outcome = crs("policy", command, table);
            assertEquals(ExitCode.INVALID, outcome.exit());
            assertTrue(outcome.err().contains(table + " is a compiled table"), outcome.err());
        }
    }

    @Test
    void aTableThatIsNotSoundIsAProblem() throws IOException {
        crs("policy", "compile", policy, "-o", table);
        byte[] cut = Arrays.copyOf(Files.readAllBytes(Path.of(table)), 100);
        Files.write(Path.of(table), cut);
        JsonNode problems = crs("policy", "decide", table, "--json").json().get("problems");
        assertTrue(problems.get(0).get("message").asText().contains("not a sound decision table"), problems.toString());
    }
}
