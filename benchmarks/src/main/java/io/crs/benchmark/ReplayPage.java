package io.crs.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes the recording that {@code benchmarks/replay} replays, and a page of its raw results. */
public final class ReplayPage {
    private ReplayPage() {}

    /**
     * Writes the recording, or the page.
     *
     * @param arguments a folder and the number of lines; or the folder with the raw results, and the machine, the commit
     *     and the load of the machine in words
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        if (arguments.length > 2) {
            print(folder, arguments);
            return;
        }
        try (var out = Files.newOutputStream(folder.resolve("events.jsonl"));
                var buffered = new BufferedOutputStream(out)) {
            RecordedEvents.write(buffered, Integer.parseInt(arguments[1]));
        }
        Files.writeString(
                folder.resolve("policy.json"), RecordedEvents.policy(100).toJson());
    }

    private static void print(Path folder, String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("# Replay");
        out.println();
        out.println("Written by `benchmarks/replay`; the raw figures are in `replay.json`.");
        out.println();
        out.println("* machine: " + arguments[1]);
        out.println("* commit: " + arguments[2]);
        out.println("* load when it began: " + arguments[3]);
        out.println();
        List<String> command = Files.readAllLines(folder.resolve("command"));
        out.println("Events as agents with log mode ALL write them, " + command.get(0)
                + " bytes a line: 240 processes of 40");
        out.println("programs in 6 containers, one hit in twenty calls. The policy has 100 rules.");
        out.println();
        out.println("| | ns an event, mean / fastest iteration | events a second, so | bytes of garbage an event |");
        out.println("| --- | ---: | ---: | ---: |");
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("events", "event objects, replayed on all processors");
        rows.put("eventsOneByOne", "event objects, replayed one by one");
        rows.put("eventsAgainst", "event objects, replayed on all processors against another policy");
        rows.put("linesOneByOne", "lines, each read by itself");
        rows.put("lines", "lines, read on all processors");
        rows.put("linesReplayed", "lines, read on all processors and replayed");
        for (JsonNode result :
                new ObjectMapper().readTree(folder.resolve("jmh.json").toFile())) {
            String name = result.path("benchmark").asText().replaceFirst(".*\\.", "");
            double score = result.path("primaryMetric").path("score").asDouble();
            double lowest = JmhRuns.lowest(result.path("primaryMetric"));
            double garbage = result.path("secondaryMetrics")
                    .path("gc.alloc.rate.norm")
                    .path("score")
                    .asDouble();
            out.println(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f / %,.0f | %,.0f / %,.0f | %,.0f |",
                    rows.get(name),
                    score,
                    lowest,
                    1e9 / score,
                    1e9 / lowest,
                    garbage));
        }
        out.println();
        out.println("`crs policy replay` on a file of " + command.get(1) + " such lines, start of the JVM included: "
                + command.get(2) + " s, the fastest of three.");
    }
}
