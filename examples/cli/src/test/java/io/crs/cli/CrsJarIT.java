package io.crs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The packaged jar, run as a user runs it. */
class CrsJarIT {
    record Outcome(int exit, String out, String err) {}

    @Test
    void printsItsVersion() throws Exception {
        Outcome outcome = crs("--version");
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(outcome.out().matches("crs \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R"), outcome.out());
    }

    @Test
    void describesItself() throws Exception {
        Outcome outcome = crs("--help");
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(outcome.out().startsWith("Usage: crs "), outcome.out());
    }

    @Test
    void refusesAnUnknownSubcommand() throws Exception {
        Outcome outcome = crs("frobnicate");
        assertEquals(2, outcome.exit());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().contains("frobnicate"), outcome.err());
    }

    @Test
    void readsArgumentsAsUtf8WithoutALocale() throws Exception {
        String command = "unset LANG LC_ALL LC_CTYPE; exec ../../tools/crs policy validate $'\\303\\251.json'";
        Outcome outcome = run(List.of("bash", "-c", command));
        assertEquals(3, outcome.exit());
        assertTrue(outcome.err().contains("é.json: no such file"), outcome.err());
    }

    @Test
    void decidesNothingWhereStandardInputIsClosed() throws Exception {
        Path policy = Files.writeString(
                Path.of("target", "crs-it.json"),
                "{\"name\":\"p\",\"policyMode\":\"ACTIVE\",\"defaultNetworkAction\":\"ALLOW\","
                        + "\"defaultFileAction\":\"ALLOW\",\"defaultExecuteAction\":\"ALLOW\"}");
        Outcome outcome =
                run(List.of("bash", "-c", "exec ../../tools/crs policy decide \"$0\" <&-", policy.toString()));
        assertEquals(new Outcome(0, "", ""), outcome);
    }

    private static Outcome crs(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-jar");
        command.add(Path.of("target", "crs.jar").toString());
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static Outcome run(List<String> command) throws IOException, InterruptedException {
        Path err = Path.of("target", "crs-it.err");
        Process process =
                new ProcessBuilder(command).redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out, Files.readString(err));
    }
}
