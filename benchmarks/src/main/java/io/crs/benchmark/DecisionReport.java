package io.crs.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes a page of the raw results of {@code benchmarks/decisions}. */
public final class DecisionReport {
    private static final List<String> SIZES = List.of("10", "100", "1000", "10000");

    private final JsonNode jmh;
    private final JsonNode inC;
    private final Path folder;
    private final PrintStream out;

    private DecisionReport(Path folder, PrintStream out) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        this.jmh = mapper.readTree(folder.resolve("jmh.json").toFile());
        this.inC = mapper.readTree(folder.resolve("native.json").toFile());
        this.folder = folder;
        this.out = out;
    }

    /**
     * Prints the page.
     *
     * @param arguments the folder with the raw results; the machine, the commit and the load of the machine in words
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new DecisionReport(Path.of(arguments[0]), out).print(arguments[1], arguments[2], arguments[3]);
    }

    private void print(String machine, String commit, String load) throws IOException {
        out.println("# Decisions");
        out.println();
        out.println("Written by `benchmarks/decisions`; the raw figures are in `decisions.json`.");
        out.println();
        out.println("* machine: " + machine);
        out.println("* commit: " + commit);
        out.println("* load when it began: " + load);
        out.println();
        out.println("One decision about a path of 40 bytes, in nanoseconds (in C of processor time), with so many");
        out.println("rules for folders of which one matches: the mean (in C the median), and behind it the fastest of");
        out.println("the iterations, since whoever shares the processors may slow down all others. In brackets what a");
        out.println("decision leaves to the garbage collector, in bytes.");
        out.println();
        row("rules", SIZES);
        row("---", List.of("---:", "---:", "---:", "---:"));
        Map<String, String> sides = new LinkedHashMap<>();
        sides.put("table, in C", "");
        sides.put("table, call in a buffer", "DecisionBenchmark.table");
        sides.put("table, call as an object", "DecisionBenchmark.tableWithCall");
        sides.put("`startsWith` in turn", "DecisionBenchmark.linear");
        sides.put("cel-java, an expression a rule", "OtherEngineBenchmark.cel");
        sides.put("jCasbin, a line a rule", "OtherEngineBenchmark.casbin");
        sides.forEach((name, benchmark) -> row(
                name,
                SIZES.stream()
                        .map(rules -> benchmark.isEmpty() ? median(rules) : cell(benchmark, "rules", rules))
                        .toList()));
        out.println();
        out.println("Compiling 10,000 rules, in milliseconds in the same way, and the table that comes of it:");
        out.println();
        row("patterns", List.of("ms", "bytes", "states"));
        row("---", List.of("---:", "---:", "---:"));
        for (String line : Files.readAllLines(folder.resolve("sizes"))) {
            String[] words = line.split(" ", -1);
            if (words[1].equals("10000")) {
                row(words[0], List.of(cell("CompileBenchmark.compile", "patterns", words[0]), words[2], words[3]));
            }
        }
        out.println();
        out.println(
                "*prefixes* `/srv/tenants/00000/data/*`, *middles* `/srv/*/00000/*.conf`, *contained* `*/00000/*`.");
    }

    private void row(String first, List<String> cells) {
        out.println("| " + first + " | " + String.join(" | ", cells) + " |");
    }

    private String median(String rules) {
        return number(inC.path(rules).path("median").asDouble())
                + " / "
                + number(inC.path(rules).path("lowest").asDouble());
    }

    private String cell(String benchmark, String parameter, String value) {
        for (JsonNode result : jmh) {
            if (result.path("benchmark").asText().endsWith("." + benchmark)
                    && result.path("params").path(parameter).asText().equals(value)) {
                JsonNode metric = result.path("primaryMetric");
                String score = number(metric.path("score").asDouble()) + " / " + number(JmhRuns.lowest(metric));
                JsonNode garbage = result.path("secondaryMetrics").path("gc.alloc.rate.norm");
                boolean compiles = benchmark.startsWith("Compile");
                return garbage.isMissingNode() || compiles
                        ? score
                        : score + " (" + Math.round(garbage.path("score").asDouble()) + ")";
            }
        }
        return "–";
    }

    private static String number(double value) {
        return value < 100 ? String.format(Locale.ROOT, "%.1f", value) : String.format(Locale.ROOT, "%,.0f", value);
    }
}
