package io.crs.benchmark.image;

import io.crs.benchmark.image.Measured.Heap;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Makes a page of the raw results of {@code benchmarks/images}. */
public final class ImagePage {
    static final Map<String, String> TASKS = inOrder(
            "same", "same repository",
            "new", "new repository, same registry",
            "other", "other registry",
            "layout", "layout in place",
            "archive", "docker-archive → docker-archive");

    private static final Map<String, String> TOOLS = inOrder(
            "append", "crs, append",
            "instrument", "crs, instrument",
            "instrument-cold", "crs, instrument `--no-cache`",
            "crane", "crane append",
            "umoci", "umoci raw add-layer",
            "skopeo", "skopeo copy",
            "jib-cold", "jib, caches empty",
            "jib-warm", "jib, layers in its cache",
            "bare", "the requests alone",
            "one-request", "one request by the JDK's client");

    private static final String NOTES = """
            The image has 6 layers and about 900 MiB, 1.5 times what they have compressed by gzip: a program of this
            machine with its libraries, and files made up. To it comes a layer of 1 MiB that nobody has seen before,
            from *same repository* to *docker-archive*: under another tag; in a repository that was not there; in
            another registry; in an OCI layout under another tag; from one archive of uncompressed layers to another.

            *append* is that and nothing else, as crane and jib do it, by a program of a few lines. *instrument* is the
            command: it decides whether the agent can run, lists the executables, compiles the policy, and adds the
            agent's layer, other ones each time since its settings differ. What is in the layers it knows from a command
            before (which keeps it by their digests), or, with `--no-cache`, reads all of them. skopeo adds nothing: it
            copies, which is what is to be paid where layers have to move. crs and crane are given the layer compressed,
            umoci and jib compress it themselves. Into another registry skopeo copies without its memory of where blobs
            are; into a new repository of the same registry with it. The command is started by `tools/crs` with its
            settings, *append* and jib with `-XX:+UseSerialGC`, all from an archive of their classes, which the JDK makes;
            *append* and what is said of the heap also with buffers of 512 KiB in the JDK's client, which the command sets.
            What takes long is measured once: `--no-cache`, and jib where it has to move layers. *The requests alone* are those of *append*, sent by a client that computes,
            verifies and looks for nothing: what they take is the registry's time. *One request* is a process that asks for
            the manifest by the JDK's HTTP client and ends. crane and umoci are processes everywhere, also where crs is
            measured in a JVM that runs already. All that was written is on the disk before anybody begins.
            """;

    private final Measured measured;
    private final PrintStream out;

    private ImagePage(Measured measured, PrintStream out) {
        this.measured = measured;
        this.out = out;
    }

    /**
     * Prints the page.
     *
     * @param arguments the folder with the raw results
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new ImagePage(Measured.read(Path.of(arguments[0])), out).print();
    }

    private void print() {
        out.println("# Images");
        out.println();
        out.println("Written by `benchmarks/images`, " + measured.about("rounds")
                + " rounds; the raw figures are in `images.txt`, those of JMH in `images.json`.");
        out.println();
        out.println("* machine: " + measured.about("machine"));
        out.println("* commit: " + measured.about("commit"));
        out.println("* load when it began: " + measured.about("load"));
        out.println("* " + measured.about("tools"));
        out.println();
        out.println(NOTES);
        out.println("## Against the targets");
        out.println();
        row("what", List.of("target", "figure", ""));
        row("---", List.of("---", "---", "---"));
        ImageTargets.of(measured).forEach(target -> row(target.what(), target.cells()));
        out.println();
        printProcesses();
        printInJvm();
        printRequests();
        printHeaps();
    }

    private void printProcesses() {
        out.println("## Whole processes");
        out.println();
        out.println(
                "Median of the rounds, from start to end, in seconds (least – greatest), and peak resident memory in MiB.");
        out.println();
        table((task, tool) -> measured.seconds(task, tool)
                .map(seconds -> number(seconds) + " (" + measured.spread(task, tool) + ") · "
                        + Math.round(measured.mebibytes(task, tool).orElse(0.0))));
    }

    private void printInJvm() {
        out.println("## In a running JVM");
        out.println();
        out.println("Median in milliseconds, by JMH; where layers have to be copied, of three single shots.");
        out.println();
        heading();
        for (String tool : List.of("append", "instrument", "jib", "bare")) {
            String name = tool.equals("jib") ? TOOLS.getOrDefault("jib-warm", tool) : TOOLS.getOrDefault(tool, tool);
            row(
                    name,
                    TASKS.keySet().stream()
                            .map(task -> measured.inJvm(task, tool)
                                    .map(seconds -> number(seconds * 1000))
                                    .orElse("–"))
                            .toList());
        }
        out.println();
    }

    private void printRequests() {
        out.println("## Requests and bytes");
        out.println();
        out.println(
                "Requests, and MiB sent and received with all headers, counted on the way to the registries in a run of");
        out.println("their own. Each request is in `images.txt`. jib also tries TLS first; that is not counted.");
        out.println();
        table((task, tool) -> measured.requests(task, tool)
                .map(all -> all.number() + " · " + mebibytes(all.sent()) + " ↑ · " + mebibytes(all.received()) + " ↓"));
    }

    private void printHeaps() {
        out.println("## Heap");
        out.println();
        out.println(
                "Instrumenting with `-Xmx64m` where nothing is known of the layers, in MiB: in use at most, garbage included · what a collection left");
        out.println("at most · peak resident memory of the process.");
        out.println();
        Map<String, List<String>> rows = new LinkedHashMap<>();
        List<String> columns = new ArrayList<>();
        for (Heap heap : measured.heaps()) {
            if (!columns.contains(heap.task())) {
                columns.add(heap.task());
            }
            rows.computeIfAbsent(heap.image() + " MiB", none -> new ArrayList<>())
                    .add(mebibytes(heap.most()) + " · " + mebibytes(heap.left()) + " · " + heap.kib() / 1024);
        }
        row(
                "image",
                columns.stream().map(task -> TASKS.getOrDefault(task, task)).toList());
        row("---", columns.stream().map(each -> "---:").toList());
        rows.forEach(this::row);
    }

    private interface Cell {
        Optional<String> of(String task, String tool);
    }

    private void table(Cell cell) {
        heading();
        TOOLS.forEach((tool, name) -> {
            List<String> cells = TASKS.keySet().stream()
                    .map(task -> cell.of(task, tool).orElse("–"))
                    .toList();
            if (cells.stream().anyMatch(text -> !text.equals("–"))) {
                row(name, cells);
            }
        });
        out.println();
    }

    private void heading() {
        row("", List.copyOf(TASKS.values()));
        row("---", TASKS.keySet().stream().map(each -> "---:").toList());
    }

    private void row(String first, List<String> cells) {
        out.println("| " + first + " | " + String.join(" | ", cells) + " |");
    }

    static String mebibytes(long bytes) {
        return number(bytes / 1048576.0);
    }

    static String number(double value) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 0.1 ? "%.2f" : "%.3f", value);
    }

    private static Map<String, String> inOrder(String... names) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i += 2) {
            map.put(names[i], names[i + 1]);
        }
        return map;
    }
}
