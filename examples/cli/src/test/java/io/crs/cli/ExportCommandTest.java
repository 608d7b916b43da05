package io.crs.cli;

import static io.crs.cli.Shell.crs;
import static io.crs.cli.Shell.crsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crs.cli.Shell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportCommandTest {
    @TempDir
    Path folder;

    private String policy;

    @BeforeEach
    void writePolicy() throws IOException {
        policy = folder.resolve("policy.json").toString();
        Files.writeString(
                Path.of(policy), crs("policy", "templates", "container-escape").out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"seccomp", "falco", "tetragon", "kubearmor", "apparmor", "network-policy"})
    void everyRuleHasAMarkInEveryLanguage(String target) throws IOException {
        Outcome outcome = crs("policy", "export", policy, "--to", target, "--arch", "x86_64", "--json");

        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        JsonNode rules = new ObjectMapper().readTree(Path.of(policy).toFile()).get("rules");
        for (int i = 0; i < rules.size(); i++) {
            JsonNode mark = outcome.json().get("marks").get(i);
            assertEquals(i, mark.get("index").asInt());
            assertTrue(
                    "EXACT".equals(mark.get("fidelity").asText())
                            || !mark.get("reason").asText().isEmpty(),
                    mark.toString());
        }
    }

    @Test
    void theDocumentIsWrittenWholeAndTheMarksAreSaidBesideIt() throws IOException {
        Path file = folder.resolve("seccomp.json");

        Outcome outcome = crs("policy", "export", policy, "--to", "seccomp", "--arch", "x86_64", "-o", file.toString());

        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertEquals("", outcome.out());
        assertTrue(new ObjectMapper().readTree(file.toFile()).has("syscalls"));
        assertTrue(outcome.err().contains("/rules/0"), outcome.err());
    }

    @Test
    void anUnknownSystemIsNamedWithTheKnownOnes() {
        Outcome outcome = crs("policy", "export", policy, "--to", "selinux");

        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.err().contains("network-policy"), outcome.err());
    }

    @Test
    void aLabelThatIsNoneIsRefused() {
        Outcome outcome = crs("policy", "export", policy, "--to", "kubearmor", "--label", "app=a b\nx: y");

        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.err().contains("label"), outcome.err());
    }

    @Test
    void anInvalidPolicyIsRefusedWithItsProblems() throws IOException {
        Outcome outcome = crsWith("{}", "policy", "export", "-", "--to", "falco", "--json");

        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.json().has("problems"), outcome.out());
    }
}
