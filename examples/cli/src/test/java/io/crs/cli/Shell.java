package io.crs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the command inside this JVM, with streams in memory. */
final class Shell {
    /** What a command left: its exit code, and what it printed. */
    record Outcome(int exit, String out, String err) {
        /** Standard output as one JSON document, which must be all there is on it. */
        JsonNode json() throws IOException {
            return new ObjectMapper()
                    .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(out);
        }

        List<String> lines() {
            return out.lines().toList();
        }
    }

    private Shell() {}

    static Outcome crs(String... arguments) {
        return crsWith("", arguments);
    }

    static Outcome crsWith(String input, String... arguments) {
        return crsWith(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    static Outcome crsWith(byte[] input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(input), out, new PrintStream(err, true, StandardCharsets.UTF_8), false);
        int exit = CrsCommand.run(terminal, arguments);
        return new Outcome(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
