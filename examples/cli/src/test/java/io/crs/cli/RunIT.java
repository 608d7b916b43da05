package io.crs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crs.cli.Shell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code crs run} with the real jar and the real agent, started from another folder. */
class RunIT {
    @TempDir
    Path folder;

    private Path secret;
    private Path temporary;

    @BeforeEach
    void writePolicy() throws IOException {
        secret = Files.writeString(folder.resolve("secret"), "never to be seen");
        temporary = Files.createDirectory(folder.resolve("tmp"));
        Files.writeString(folder.resolve("policy.json"), """
                {"name": "secret", "policyMode": "ACTIVE", "defaultNetworkAction": "ALLOW",
                 "defaultFileAction": "ALLOW", "defaultExecuteAction": "ALLOW",
                 "rules": [{"name": "secret", "ruleType": "READ", "action": "DENY", "file": "%s"}]}
                """.formatted(secret));
    }

    private ProcessBuilder command(String... arguments) {
        return command(List.of(), arguments);
    }

    private ProcessBuilder command(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of("../../tools/crs").toAbsolutePath().normalize().toString());
        command.addAll(List.of("run", "--policy", "policy.json", "--events", "events.jsonl"));
        command.addAll(options);
        command.add("--");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("TMPDIR", temporary.toString());
        return builder;
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        return outcome(command(arguments).start());
    }

    private Outcome outcome(Process process) throws IOException, InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        int exit = process.waitFor();
        String[] left = temporary.toFile().list();
        assertEquals(0, left == null ? -1 : left.length, "files of the run are left");
        return new Outcome(exit, Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    /** That a program reads without asking is the agent's own test; here, that the option arrives. */
    @Test
    void fastEnforcementDeniesTheSame() throws Exception {
        Files.writeString(folder.resolve("file"), "read");
        String script = "echo $LD_PRELOAD; cat file file file file file file secret";
        Outcome outcome = outcome(
                command(List.of("--enforcement", "fast"), "sh", "-c", script).start());
        assertEquals(1, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("libcrs.so"), outcome.out());
        assertTrue(outcome.out().endsWith("read".repeat(6)), outcome.out());
        assertEquals(1, Files.readAllLines(folder.resolve("events.jsonl")).size());
    }

    @Test
    void deniesAndReportsAndLetsTheRestThrough() throws Exception {
        Outcome outcome = run("sh", "-c", "cat policy.json; cat secret; exit 7");
        assertEquals(7, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("\"policyMode\""), outcome.out());
        assertFalse(outcome.out().contains("never to be seen"), outcome.out());
        assertTrue(outcome.err().contains("Permission denied"), outcome.err());
        List<String> events = Files.readAllLines(folder.resolve("events.jsonl"));
        assertEquals(1, events.size(), events.toString());
        JsonNode event = new ObjectMapper().readTree(events.get(0));
        assertEquals("DENY", event.get("action").asText());
        assertEquals(secret.toRealPath().toString(), event.at("/object/path").asText());
        assertEquals("secret", event.at("/rule/name").asText());
    }

    @Test
    void givesTheStatusOfTheCommand() throws Exception {
        assertEquals(0, run("true").exit());
        assertEquals(127, run("/nonexistent/program").exit());
        assertEquals(126, run(secret.toString()).exit());
        assertEquals(137, run("sh", "-c", "kill -9 $$").exit());
    }

    @Test
    void handsSignalsOnToTheCommand() throws Exception {
        Path ready = folder.resolve("ready");
        Process process = command(
                        "sh", "-c", "trap 'echo ended; exit 9' TERM; touch ready; while :; do sleep 0.1; done")
                .start();
        for (int i = 0; i < 600 && !Files.exists(ready) && process.isAlive(); i++) {
            Thread.sleep(50);
        }
        assertTrue(Files.exists(ready));
        process.destroy();
        Outcome outcome = outcome(process);
        assertEquals(9, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("ended"), outcome.out());
    }
}
