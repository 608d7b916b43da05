package io.crs.benchmark.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code benchmarks/images} measured, read from its folder. */
final class Measured {
    private final Map<String, String> about = new HashMap<>();
    private final Map<String, List<Double>> seconds = new HashMap<>();
    private final Map<String, List<Double>> mebibytes = new HashMap<>();
    private final Map<String, Requests> requests = new HashMap<>();
    private final Map<String, Double> inJvm = new HashMap<>();
    private final Map<String, Heap> heaps = new LinkedHashMap<>();

    private Measured() {}

    /** Requests of one tool at one task, and the bytes that they and their answers had. */
    record Requests(int number, long sent, long received) {
        Requests plus(Requests other) {
            return new Requests(number + other.number, sent + other.sent, received + other.received);
        }
    }

    /** Bytes of heap in use at most, and after a collection at most, and the most memory of the process in KiB. */
    record Heap(String image, String task, long most, long left, long kib) {}

    static Measured read(Path folder) throws IOException {
        Measured measured = new Measured();
        for (String line : Files.readAllLines(folder.resolve("about"))) {
            measured.about.put(line.replaceFirst(" .*", ""), line.replaceFirst("^[^ ]* ", ""));
        }
        for (String line : Files.readAllLines(folder.resolve("raw"))) {
            measured.add(line.split(" ", -1));
        }
        for (String task : ImagePage.TASKS.keySet()) {
            for (JsonNode result : new ObjectMapper()
                    .readTree(folder.resolve("jmh-" + task + ".json").toFile())) {
                measured.add(task, result);
            }
        }
        return measured;
    }

    private void add(String[] words) {
        switch (words[0]) {
            case "time" -> {
                String key = words[2] + " " + words[3];
                seconds.computeIfAbsent(key, none -> new ArrayList<>()).add(Long.parseLong(words[4]) / 1e6);
                mebibytes.computeIfAbsent(key, none -> new ArrayList<>()).add(Long.parseLong(words[5]) / 1024.0);
            }
            case "request" -> {
                if (!words[6].equals("-")) {
                    requests.merge(
                            words[1] + " " + words[2],
                            new Requests(1, Long.parseLong(words[4]), Long.parseLong(words[5])),
                            Requests::plus);
                }
            }
            case "heap" ->
                heaps.put(
                        words[1] + " " + words[2],
                        new Heap(
                                words[1],
                                words[2],
                                Long.parseLong(words[3]),
                                Long.parseLong(words[4]),
                                Long.parseLong(words[5])));
            default -> throw new IllegalArgumentException(String.join(" ", words));
        }
    }

    /** Of the samples the middle one, of single shots the middle of them. */
    private void add(String task, JsonNode result) {
        String benchmark = result.path("benchmark").asText().replaceFirst(".*\\.", "");
        JsonNode metric = result.path("primaryMetric");
        double micros = metric.path("scorePercentiles").path("50.0").asDouble();
        inJvm.put(task + " " + benchmark.replaceFirst("AndCopy$", ""), micros / 1e6);
    }

    String about(String what) {
        return about.getOrDefault(what, "unknown");
    }

    /** Seconds of a whole process, the median of all rounds. */
    Optional<Double> seconds(String task, String tool) {
        return median(seconds.get(task + " " + tool));
    }

    /** Peak resident memory of a whole process in MiB, the median of all rounds. */
    Optional<Double> mebibytes(String task, String tool) {
        return median(mebibytes.get(task + " " + tool));
    }

    /** The least and the greatest of the rounds. */
    String spread(String task, String tool) {
        List<Double> all = seconds.getOrDefault(task + " " + tool, List.of());
        return all.stream()
                .sorted()
                .findFirst()
                .map(least -> ImagePage.number(least) + " – "
                        + ImagePage.number(
                                all.stream().mapToDouble(each -> each).max().orElse(least)))
                .orElse("");
    }

    Optional<Requests> requests(String task, String tool) {
        return Optional.ofNullable(requests.get(task + " " + tool));
    }

    /** Seconds in a JVM that runs already, the median. */
    Optional<Double> inJvm(String task, String tool) {
        return Optional.ofNullable(inJvm.get(task + " " + tool));
    }

    List<Heap> heaps() {
        return List.copyOf(heaps.values());
    }

    private static Optional<Double> median(@Nullable List<Double> figures) {
        if (figures == null) {
            return Optional.empty();
        }
        List<Double> sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return Optional.of(
                sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
    }
}
