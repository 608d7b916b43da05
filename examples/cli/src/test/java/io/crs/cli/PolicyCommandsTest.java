package io.crs.cli;

import static io.crs.cli.Shell.crs;
import static io.crs.cli.Shell.crsWith;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.cli.Shell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCommandsTest {
    private static final String NO_SHADOW = """
            {"name": "no-shadow", "policyMode": "ACTIVE", "defaultNetworkAction": "ALLOW", "defaultFileAction": "ALLOW",
             "defaultExecuteAction": "ALLOW",
             "rules": [{"name": "shadow", "ruleType": "READ", "action": "DENY", "file": "/etc/shadow"}]}
            """;
    private static final String READ_SHADOW =
            "{\"syscall\":\"openat\",\"program\":\"/usr/bin/cat\",\"filename\":\"/etc/shadow\"}\n";

    @TempDir
    Path folder;

    private String policy;
    private String table;

    @BeforeEach
    void writePolicy() throws IOException {
        policy = Files.writeString(folder.resolve("policy.json"), NO_SHADOW).toString();
        table = folder.resolve("table").toString();
    }

    @Test
    void namesEveryProblemWithItsPlace() throws IOException {
        String broken = "{\"nmae\":\"x\",\"rules\":[{\"name\":\"r\",\"ruleType\":\"READ\",\"action\":\"FORBID\"}]}";
        Outcome outcome = crsWith(broken, "policy", "validate", "-", "--json");
        assertEquals(ExitCode.INVALID, outcome.exit());
        List<String> pointers = outcome.json().get("problems").findValuesAsText("pointer");
        assertTrue(pointers.containsAll(List.of("/nmae", "/rules/0/action", "/policyMode")), pointers.toString());
        for (String pointer : pointers) {
            assertTrue(outcome.err().contains(pointer), outcome.err());
        }
        assertEquals("", crsWith(broken, "policy", "validate", "-").out());
    }

    @Test
    void acceptsAValidPolicy() throws IOException {
        Outcome outcome = crs("policy", "validate", policy);
        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("no-shadow"), outcome.out());
        assertEquals(
                0,
                crs("policy", "validate", policy, "--json")
                        .json()
                        .get("problems")
                        .size());
    }

    @Test
    void aFileThatIsNotThereIsAFailureByName() {
        for (String[] command : new String[][] {
            {"policy", "validate", "/nonexistent/p"},
            {"policy", "compile", "/nonexistent/p", "-o", table},
            {"policy", "decide", "/nonexistent/p"},
            {"run", "--policy", "/nonexistent/p", "--", "true"}
        }) {
            Outcome outcome = crs(command);
            assertEquals(ExitCode.FAILED, outcome.exit(), outcome.err());
            assertTrue(outcome.err().contains("/nonexistent/p: no such file"), outcome.err());
            assertEquals("", outcome.out());
        }
    }

    @Test
    void everyProblemOfACallIsReported() throws IOException {
        String call = "{\"syscal\":\"open\",\"drift\":1}";
        Outcome outcome = crs("policy", "explain", policy, "--call", call, "--json");
        assertEquals(ExitCode.INVALID, outcome.exit());
        assertEquals(
                List.of("/syscal", "/drift", "/syscall"),
                outcome.json().get("problems").findValuesAsText("pointer"));
        String error = crsWith(call + "\n", "policy", "decide", policy)
                .json()
                .get("error")
                .asText();
        assertTrue(error.contains("/syscal: ") && error.contains("; /drift: "), error);
    }

    @Test
    void aTableDecidesAsItsPolicyDoes() throws IOException {
        Outcome compiled = crs("policy", "compile", policy, "-o", table, "--arch", "x86_64", "--json");
        assertEquals(ExitCode.DONE, compiled.exit(), compiled.err());
        JsonNode json = compiled.json();
        assertEquals(Files.size(Path.of(table)), json.get("size").asLong());
        assertEquals(table, json.get("table").asText());
        String expected = crsWith(READ_SHADOW, "policy", "decide", policy, "--arch", "x86_64")
                .out();
        assertTrue(expected.contains("\"action\":\"DENY\"") && expected.contains("\"BEHAVIOR\""), expected);
        for (String engine : List.of("java", "native")) {
            Outcome outcome = crsWith(READ_SHADOW, "policy", "decide", table, "--engine", engine);
            assertEquals(expected, outcome.out(), outcome.err());
        }
        String hits = crsWith(READ_SHADOW, "policy", "decide", table, "--log-mode", "policy_deny")
                .out();
        assertTrue(hits.contains("\"events\":[\"STANDARD\"]"), hits);
    }

    @Test
    void listsTheTableWhenAsked() {
        Outcome outcome = crs("policy", "compile", policy, "-o", table, "--dump");
        assertTrue(outcome.out().contains("/etc/shadow"), outcome.out());
        assertFalse(crs("policy", "compile", policy, "-o", table).out().contains("/etc/shadow"));
    }

    @Test
    void aFailedCompileLeavesTheOldTableAndNothingElse() throws IOException {
        byte[] old = {1, 2, 3};
        Files.write(Path.of(table), old);
        Outcome outcome = crsWith("{}", "policy", "compile", "-", "-o", table);
        assertEquals(ExitCode.INVALID, outcome.exit());
        assertArrayEquals(old, Files.readAllBytes(Path.of(table)));
        assertEquals(
                ExitCode.FAILED,
                crs(
                                "policy",
                                "compile",
                                policy,
                                "-o",
                                folder.resolve("absent/table").toString())
                        .exit());
        assertEquals(
                ExitCode.FAILED,
                crs("policy", "compile", policy, "-o", folder.toString()).exit());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void aTableCannotBeAskedWhatOnlyItsPolicyKnows() {
        crs("policy", "compile", policy, "-o", table, "--arch", "aarch64");
        for (String[] options :
                new String[][] {{"--engine", "reference"}, {"--translation", "guide"}, {"--arch", "x86_64"}}) {
            Outcome outcome = crs("policy", "decide", table, options[0], options[1]);
            assertEquals(ExitCode.INVALID, outcome.exit(), options[0]);
            assertTrue(outcome.err().contains(table), outcome.err());
        }
    }

    @Test
    void aDamagedTableIsRefused() throws IOException {
        crs("policy", "compile", policy, "-o", table);
        byte[] bytes = Files.readAllBytes(Path.of(table));
        bytes[bytes.length / 2] ^= 1;
        Files.write(Path.of(table), bytes);
        Outcome outcome = crsWith(READ_SHADOW, "policy", "decide", table);
        assertEquals(ExitCode.INVALID, outcome.exit());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().contains("not a sound decision table"), outcome.err());
    }

    @Test
    void aBadLineGetsItsErrorInItsPlaceAndTheRestIsDecided() {
        String input = READ_SHADOW + "nonsense\n\n{\"syscall\":\"opnat\"}\n" + READ_SHADOW.stripTrailing();
        Outcome outcome = crsWith(input, "policy", "decide", policy, "--arch", "x86_64");
        assertEquals(ExitCode.INVALID, outcome.exit());
        List<String> lines = outcome.lines();
        assertEquals(5, lines.size(), outcome.out());
        for (int bad : new int[] {1, 2, 3}) {
            assertTrue(lines.get(bad).startsWith("{\"error\":\""), lines.get(bad));
        }
        assertTrue(lines.get(3).contains("openat"), lines.get(3));
        assertEquals(lines.get(0), lines.get(4));
    }

    @Test
    void aLineWithoutEndIsBounded() {
        String input = "x".repeat(3 * LineReader.LONGEST) + "\n" + READ_SHADOW;
        Outcome outcome = crsWith(input, "policy", "decide", policy);
        assertEquals(2, outcome.lines().size());
        assertTrue(outcome.lines().get(0).contains("longer than"), outcome.out());
        assertTrue(outcome.lines().get(1).contains("DENY"), outcome.out());
    }

    @Test
    void allEnginesGiveTheGoldenDecisions() throws IOException {
        List<Path> cases;
        try (Stream<Path> folders = Files.list(Path.of("../../crs-policy/src/test/resources/golden"))) {
            cases = folders.filter(Files::isDirectory).sorted().toList();
        }
        assertTrue(cases.size() > 20, cases.toString());
        for (Path golden : cases) {
            for (Decider.Engine engine : Decider.Engine.values()) {
                assertEquals(
                        Files.readString(golden.resolve("decisions.jsonl")),
                        decided(golden, engine),
                        golden.getFileName() + " by " + engine);
            }
        }
    }

    private static String decided(Path golden, Decider.Engine engine) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("policy", "decide", golden.resolve("policy.json").toString()));
        Path options = golden.resolve("options.properties");
        boolean arm = Files.exists(options) && Files.readString(options).contains("aarch64");
        command.addAll(List.of("--arch", arm ? "aarch64" : "x86_64"));
        command.addAll(List.of("--engine", engine.name().toLowerCase(Locale.ROOT)));
        Outcome outcome = crsWith(Files.readAllBytes(golden.resolve("calls.jsonl")), command.toArray(String[]::new));
        assertEquals(ExitCode.DONE, outcome.exit(), golden + outcome.err());
        return outcome.out();
    }

    @Test
    void explainsWhatDecides() throws IOException {
        Outcome outcome = crs("policy", "explain", policy, "--call", READ_SHADOW.strip(), "--json");
        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertEquals("shadow", outcome.json().at("/deciding/name").asText());
        String other = READ_SHADOW.strip().replace("shadow", "passwd");
        JsonNode json =
                crs("policy", "explain", policy, "--call", other, "--json").json();
        assertTrue(json.get("deciding").isNull());
        assertEquals("shadow", json.at("/others/0/name").asText());
        assertTrue(crs("policy", "explain", policy, "--call", other).out().contains("does not match"));
        Outcome bad = crs("policy", "explain", policy, "--call", "{}");
        assertEquals(ExitCode.INVALID, bad.exit());
        assertTrue(bad.err().startsWith("crs: --call is not a valid call"), bad.err());
    }

    @Test
    void runRefusesWhatItCannotDo() {
        Outcome fast = crs("run", "--policy", policy, "--enforcement", "faster", "--", "true");
        assertEquals(ExitCode.INVALID, fast.exit());
        assertTrue(fast.err().contains("--enforcement"), fast.err());
        Outcome broken = crsWith("{}", "run", "--policy", "-", "--", "true");
        assertEquals(ExitCode.INVALID, broken.exit());
        assertTrue(broken.err().contains("/name"), broken.err());
        Outcome nowhere = crs("run", "--policy", policy, "--events", "/nonexistent/events", "--", "true");
        assertEquals(ExitCode.FAILED, nowhere.exit());
        assertTrue(nowhere.err().contains("/nonexistent"), nowhere.err());
        assertEquals(ExitCode.INVALID, crs("run", "--policy", policy).exit());
    }
}
