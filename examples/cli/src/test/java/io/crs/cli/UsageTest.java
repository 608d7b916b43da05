package io.crs.cli;

import static io.crs.cli.Shell.crs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.cli.Shell.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class UsageTest {
    private static final Terminal NOWHERE = new Terminal(
            new ByteArrayInputStream(new byte[0]),
            OutputStream.nullOutputStream(),
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
            false);

    /** Every command there is, each as the words that call it. */
    private static List<List<String>> commands() {
        List<List<String>> all = new ArrayList<>();
        collect(CrsCommand.line(NOWHERE, new CrsCommand()), List.of(), all);
        return all;
    }

    private static void collect(CommandLine line, List<String> words, List<List<String>> all) {
        all.add(words);
        line.getSubcommands().forEach((name, sub) -> {
            List<String> more = new ArrayList<>(words);
            more.add(name);
            collect(sub, more, all);
        });
    }

    private static String[] with(List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void everyCommandExplainsItself() {
        for (List<String> words : commands()) {
            Outcome outcome = crs(with(words, "--help"));
            assertEquals(ExitCode.DONE, outcome.exit(), words + outcome.err());
            assertTrue(outcome.out().startsWith("Usage: crs " + String.join(" ", words)), outcome.out());
            assertEquals("", outcome.err());
        }
    }

    @Test
    void onlyTheCommandAskedForIsMade() {
        for (List<String> words : commands()) {
            CommandLine line = CrsCommand.line(NOWHERE, new CrsCommand(), with(words, "--no-such-option"));
            for (String word : words) {
                assertEquals(Set.of(word), line.getSubcommands().keySet(), words.toString());
                line = line.getSubcommands().get(word);
            }
        }
    }

    @Test
    void optionsOfAllCommandsMayComeBeforeTheCommand() {
        Outcome outcome = crs("--debug", "--json", "policy", "templates");
        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertTrue(outcome.out().startsWith("{\"templates\":["), outcome.out());
    }

    @Test
    void helpNamesAllCommandsWhateverComesBehindIt() {
        assertEquals(crs("--help").out(), crs("--help", "image").out());
        assertEquals(
                crs("policy", "--help").out(), crs("policy", "--help", "lint").out());
    }

    @Test
    void everyCommandThatDoesSomethingShowsExamplesOfItself() {
        for (List<String> words : commands()) {
            boolean group = words.isEmpty() || words.equals(List.of("policy")) || words.equals(List.of("image"));
            String help = crs(with(words, "--help")).out();
            assertEquals(!group, help.contains("Examples:"), words.toString());
            if (!group) {
                assertTrue(
                        help.substring(help.indexOf("Examples:")).contains("  crs " + String.join(" ", words)), help);
            }
        }
    }

    @Test
    void everyCommandRefusesAnOptionItDoesNotKnowAndSaysWhereHelpIs() {
        for (List<String> words : commands()) {
            Outcome outcome = crs(with(words, "--frobnicate"));
            assertEquals(ExitCode.INVALID, outcome.exit(), words.toString());
            assertEquals("", outcome.out());
            String command = words.isEmpty() ? "crs" : "crs " + String.join(" ", words);
            assertTrue(outcome.err().contains("Try '" + command + " --help'."), outcome.err());
        }
    }

    @Test
    void namesTheSubcommandThatIsMissingOrUnknown() {
        Outcome missing = crs();
        assertEquals(ExitCode.INVALID, missing.exit());
        assertTrue(missing.err().contains("a subcommand is missing"), missing.err());
        Outcome unknown = crs("sycalls");
        assertEquals(ExitCode.INVALID, unknown.exit());
        assertTrue(unknown.err().contains("sycalls"), unknown.err());
        assertTrue(unknown.err().contains("did you mean syscalls"), unknown.err());
        String below = crs("policy", "vaidate", "policy.json").err();
        assertTrue(below.startsWith("crs: crs policy has no command \"vaidate\"\n"), below);
    }

    @Test
    void showsAStackTraceOnlyWhenAsked() {
        assertFalse(crs("syscalls", "nonexistent").err().contains("\tat "));
        assertTrue(crs("--debug", "syscalls", "nonexistent").err().contains("\tat "));
        assertTrue(crs("syscalls", "nonexistent", "--debug").err().contains("\tat "));
    }

    private static Outcome printingTo(OutputStream out) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                NOWHERE.in(),
                new java.io.BufferedOutputStream(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int exit = CrsCommand.run(terminal, "syscalls");
        return new Outcome(exit, "", err.toString(StandardCharsets.UTF_8));
    }

    private static OutputStream failingWith(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }

    @Test
    void aFullDiskIsNotTakenForSuccess() {
        Outcome outcome = printingTo(failingWith("No space left on device"));
        assertEquals(ExitCode.FAILED, outcome.exit());
        assertEquals("crs: standard output: No space left on device\n", outcome.err());
    }

    @Test
    void aReaderThatWentAwayIsNoNews() {
        Outcome outcome = printingTo(failingWith("Broken pipe"));
        assertEquals(ExitCode.FAILED, outcome.exit());
        assertEquals("", outcome.err());
    }
}
