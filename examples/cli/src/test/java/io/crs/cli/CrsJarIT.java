package io.crs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged jar, run as a user runs it. */
class CrsJarIT {
    @TempDir
    Path folder;

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

    @Test
    void startsFromAnArchiveOfItsClasses() throws Exception {
        Outcome outcome = run(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "JDK_JAVA_OPTIONS=-Xlog:class+load",
                "../../tools/crs",
                "--version"));
        assertTrue(outcome.out().contains("io.crs.cli.CrsCommand source: shared objects file (top)"), outcome.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"of a jar elsewhere", "no archive at all"})
    void doesWithoutAnArchiveThatDoesNotFit(String archive) throws Exception {
        Path target = Files.createDirectories(folder.resolve("examples/cli/target"));
        Path tools = Files.createDirectories(folder.resolve("tools"));
        Files.createSymbolicLink(target.resolve("lib"), Path.of("target", "lib").toRealPath());
        Files.copy(Path.of("target", "crs.jar"), target.resolve("crs.jar"), StandardCopyOption.COPY_ATTRIBUTES);
        Path crs = Files.copy(Path.of("../../tools/crs"), tools.resolve("crs"), StandardCopyOption.COPY_ATTRIBUTES);
        if (archive.equals("of a jar elsewhere")) {
            Files.copy(Path.of("target", "crs.jar.jsa"), target.resolve("crs.jar.jsa"));
        } else {
            Files.write(target.resolve("crs.jar.jsa"), new byte[5000]);
        }
        Outcome outcome = run(List.of(crs.toString(), "--version"));
        assertEquals(new Outcome(0, crs("--version").out(), ""), outcome);
    }

    private static Outcome crs(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.add("-jar");
        command.add(Path.of("target", "crs.jar").toString());
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Outcome run(List<String> command) throws IOException, InterruptedException {
        Path err = Path.of("target", "crs-it.err");
        Process process =
                new ProcessBuilder(command).redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out, Files.readString(err));
    }
}
