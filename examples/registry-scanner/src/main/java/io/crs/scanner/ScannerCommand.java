package io.crs.scanner;

import io.crs.agent.Platform;
import io.crs.cli.CacheOptions;
import io.crs.cli.ExitCode;
import io.crs.cli.Refusal;
import io.crs.cli.RegistryOptions;
import io.crs.cli.Terminal;
import io.crs.file.ReplacedFile;
import io.crs.image.inspect.FactCache;
import io.crs.image.registry.RegistryAccess;
import io.crs.scanner.Finding.Outcome;
import io.crs.scanner.Scan.Scanned;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code registry-scanner} command: which images of a registry can be instrumented, and why others cannot. */
@Command(
        name = "registry-scanner",
        description = "Checks all images of registries and repositories without running or unpacking any of them.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every image can be instrumented",
            "1:some cannot",
            "2:wrong usage",
            "3:some could not be checked"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  registry-scanner registry.example:5000",
            "  registry-scanner registry.example/team/app registry.example/team/web:1.2",
            "  registry-scanner --list images.txt --format sarif --output scan.sarif"
        })
public final class ScannerCommand implements Callable<Integer> {
    /** The form of the report. */
    enum Format {
        /** For people. */
        TABLE,
        /** For programs. */
        JSON,
        /** For tools that show findings. */
        SARIF
    }

    private final Terminal terminal;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "A registry's host (all it has), a repository (all its tags) or an image.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--list", paramLabel = "FILE", description = "A file with names, one a line; # begins a comment.")
    private @Nullable Path list;

    @Option(
            names = "--format",
            paramLabel = "F",
            description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
    private Format format = Format.TABLE;

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the report goes, when it is complete; standard output if not given.")
    private @Nullable Path output;

    @Option(
            names = "--platform",
            paramLabel = "P",
            description = "One platform, such as linux/arm64; all if not given.")
    private @Nullable String platform;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "Images checked at once; ${DEFAULT-VALUE} if not given.")
    private int parallel = 4;

    @Mixin
    private final RegistryOptions registry;

    @Mixin
    private final CacheOptions cache = new CacheOptions();

    ScannerCommand(Terminal terminal) {
        this.terminal = terminal;
        this.registry = new RegistryOptions(terminal.quiet());
    }

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(run(Terminal.ofProcess(), args));
    }

    /** Runs the command and returns its exit code. */
    static int run(Terminal terminal, String... args) {
        return new CommandLine(new ScannerCommand(terminal))
                .setOut(terminal.outWriter())
                .setErr(terminal.errWriter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    String message = e.getMessage() == null ? e.toString() : e.getMessage();
                    terminal.err()
                            .println("registry-scanner: "
                                    + (e instanceof NoSuchFileException ? message + ": no such file" : message));
                    return e instanceof Refusal refusal
                            ? refusal.exitCode()
                            : e instanceof IOException ? ExitCode.FAILED : ExitCode.INVALID;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws IOException, Refusal {
        try (registry) {
            return scan();
        }
    }

    private int scan() throws IOException, Refusal {
        List<String> all = all();
        Optional<Platform> wanted = wanted();
        if (parallel < 1 || parallel > 64) {
            throw Refusal.invalid("--parallel: from 1 to 64 there can be");
        }
        RegistryAccess access = registry.access();
        FactCache facts = cache.open();
        Summary summary = new Summary();
        if (output == null) {
            scan(new Scanned(access, facts, wanted), all, report(writer(terminal.out())), summary);
        } else {
            ReplacedFile.write(
                    output, out -> scan(new Scanned(access, facts, wanted), all, report(writer(out)), summary));
        }
        if (output != null || format != Format.TABLE) {
            terminal.err().println("registry-scanner: " + summary);
        }
        return summary.count(Outcome.FAILED) > 0
                ? ExitCode.FAILED
                : summary.count(Outcome.NO) > 0 ? ExitCode.NO : ExitCode.DONE;
    }

    private List<String> all() throws IOException, Refusal {
        List<String> all = new ArrayList<>(names);
        if (list != null) {
            for (String line : Files.readAllLines(list)) {
                String name = line.replaceFirst("#.*", "").strip();
                if (!name.isEmpty()) {
                    all.add(name);
                }
            }
        }
        if (all.isEmpty()) {
            throw Refusal.invalid("nothing to scan: name a registry, a repository or an image, or give --list");
        }
        for (String name : all) {
            try {
                Targets.check(name);
            } catch (IllegalArgumentException e) {
                throw Refusal.invalid("\"" + name + "\": " + e.getMessage());
            }
        }
        return all;
    }

    private Optional<Platform> wanted() throws Refusal {
        try {
            return platform == null || platform.equals("all")
                    ? Optional.empty()
                    : Optional.of(Platform.parse(platform));
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("--platform: " + e.getMessage());
        }
    }

    private Report report(Writer out) throws IOException {
        if (json) {
            format = Format.JSON;
        }
        return switch (format) {
            case TABLE -> new TableReport(out);
            case JSON -> new JsonReport(out);
            case SARIF -> new SarifReport(out, version());
        };
    }

    private static Writer writer(OutputStream out) {
        return new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    }

    private static String version() {
        String version = ScannerCommand.class.getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }

    private void scan(Scanned scanned, List<String> all, Report report, Summary summary) throws IOException {
        try (Scan scan = new Scan(scanned, parallel, finding -> {
            summary.add(finding);
            report.add(finding);
            if (terminal.interactive() && output != null) {
                terminal.err().print("\rregistry-scanner: " + summary + "  ");
                terminal.err().flush();
            }
        })) {
            Targets targets = new Targets(scanned.access(), scan);
            for (String name : all) {
                targets.visit(name);
            }
            scan.finish();
        }
        report.end(summary);
    }
}
