package io.crs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crs.cli.Shell.Outcome;
import io.crs.host.SelfTest;
import io.crs.host.SelfTestReport;
import io.crs.host.SelfTestRow;
import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.Policy;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code crs selftest} with the real jar, the real agent and the program that tries to get past it. */
class SelfTestIT {
    private static final Path LIMITS = Path.of("../../docs/limits.md");

    /** Of each kind one that works on every host, with what the policy says of it. */
    private static final List<String> SOME = List.of(
            "A-static",
            "B1-link",
            "C1-open-wronly",
            "C4-unlink",
            "D1-open",
            "E1-copy",
            "E1-dot",
            "E3-script",
            "F-connect",
            "F1-sendto",
            "F4-unix");

    @TempDir
    Path folder;

    private Outcome crs(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of("../../tools/crs").toAbsolutePath().normalize().toString());
        command.add("selftest");
        command.addAll(List.of(arguments));
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x")); // other users try too
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("TMPDIR", temporary.toString());
        Process process = builder.start();
        if (!process.waitFor(20, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        int exit = process.waitFor();
        String[] left = temporary.toFile().list();
        assertEquals(0, left == null ? -1 : left.length, "files of the self-test are left");
        return new Outcome(exit, Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    private static List<String> rows(JsonNode report, String result, boolean limit) {
        return StreamSupport.stream(report.at("/rows").spliterator(), false)
                .filter(row -> row.get("result").asText().equals(result)
                        && row.get("limit").asBoolean() == limit)
                .map(JsonNode::toString)
                .toList();
    }

    @Test
    void everyPromiseIsKeptOnThisHost() throws Exception {
        Outcome outcome = crs("--json");

        JsonNode report = new ObjectMapper().readTree(outcome.out());
        assertEquals(List.of(), rows(report, "NOT_HELD", false), outcome.err());
        assertEquals(0, outcome.exit(), outcome.err());
        int held = report.at("/summary/held").asInt();
        assertTrue(held > 300, () -> held + " rows are too few: " + rows(report, "NOT_APPLICABLE", false));
        assertFalse(report.at("/host/kernel").asText().isEmpty());
    }

    @Test
    void aPolicyThatAllowsEverythingIsFoundOut() throws Exception {
        Policy allowing = Policy.named("all").build();
        byte[] table = DecisionTable.compile(allowing, Arch.host()).bytes();

        SelfTestReport report = SelfTest.with(policy -> table).only(SOME).run(row -> {});

        assertTrue(report.broken().size() >= SOME.size(), report.rows().toString());
        assertEquals(List.of(), held(report));
    }

    @Test
    void aPolicyThatForbidsTooMuchIsFoundOut() throws Exception {
        Policy forbidding =
                Policy.named("none").defaults(Category.FILE, Action.DENY).build();
        byte[] table = DecisionTable.compile(forbidding, Arch.host()).bytes();

        SelfTestReport report = SelfTest.with(policy -> table)
                .only(List.of("B1-link", "D12-exec", "D12-rename", "D12-watched"))
                .run(row -> {});

        assertTrue(report.broken().size() >= 4, report.rows().toString());
        assertEquals(List.of(), held(report));
    }

    private static List<SelfTestRow> held(SelfTestReport report) {
        return report.rows().stream()
                .filter(row -> row.result() == SelfTestRow.Result.HELD)
                .toList();
    }

    @Test
    void printsAMatrixForPeople() throws Exception {
        Outcome outcome = crs("--only", "B1-link,C6-stat");

        assertEquals(0, outcome.exit(), outcome.err());
        List<String> lines = outcome.lines();
        assertTrue(lines.stream().anyMatch(line -> line.matches("HELD +B1-link .*")), outcome.out());
        assertTrue(lines.stream().anyMatch(line -> line.matches("LIMIT +C6-stat .*")), outcome.out());
        assertTrue(lines.get(lines.size() - 1).matches("\\d+ held, 0 not held, \\d+ documented limits, .*"));
    }

    @Test
    void refusesRowsThereAreNot() throws Exception {
        assertEquals(2, crs("--only", "Z9").exit());
        assertEquals(2, crs("--only", "a b").exit());
    }

    @Test
    void everyLimitIsDocumented() throws Exception {
        Path target = folder.resolve("mount");
        assertEquals(0, crs("--to", target.toString()).exit());
        assertEquals(2, crs("--to", target.toString()).exit(), "the folder is not empty");
        Process listing = new ProcessBuilder(target.resolve("crs-selftest").toString(), "--list").start();
        List<String> limits = listing.inputReader()
                .lines()
                .filter(line -> line.contains("\tlimit: "))
                .map(line -> line.substring(0, line.indexOf('\t')))
                .toList();
        assertEquals(0, listing.waitFor());
        assertFalse(limits.isEmpty());

        String documented = Files.readString(LIMITS);
        List<String> missing = limits.stream()
                .filter(id -> !documented.contains("`" + id + "`"))
                .toList();
        assertEquals(List.of(), missing);
    }
}
