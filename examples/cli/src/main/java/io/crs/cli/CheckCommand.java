package io.crs.cli;

import io.crs.agent.HookProvider;
import io.crs.agent.Platform;
import io.crs.image.inspect.Compatibility;
import io.crs.image.inspect.Compatibility.EntryPoint;
import io.crs.image.inspect.Compatibility.Libc;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.location.ImageLocation;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs image check}: the verdict on an image. */
@Command(
        name = "check",
        description = "Says whether an image can be instrumented, how well that is known, and why.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs image check nginx:1.27",
            "  crs image check docker://registry.example/team/app:1 --platform linux/arm64",
            "  crs image check docker-archive:nginx.tar --json"
        })
final class CheckCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(
            paramLabel = "IMAGE",
            converter = ImageCommand.LocationConverter.class,
            description = ImageCommand.PLACES + ".")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private ImageLocation image;

    @Option(
            names = "--platform",
            paramLabel = "P",
            converter = PlatformConverter.class,
            description = "The platform, such as linux/arm64, where there are several; this host's if not given.")
    private @Nullable Platform platform;

    @Mixin
    private final RegistryOptions registry;

    @Mixin
    private final CacheOptions cache = new CacheOptions();

    CheckCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.registry = new RegistryOptions(terminal);
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        try (registry) {
            return run();
        }
    }

    private int run() throws IOException, Refusal {
        ImageLocation source = registry.reach(image);
        terminal.progress("reading " + image);
        Instrumenter instrumenter = Instrumenter.builder()
                .agents(HookProvider.of(HookProvider.installed()))
                .cache(cache.open())
                .build();
        Compatibility verdict =
                platform == null ? instrumenter.check(source) : instrumenter.check(source.read(platform));
        if (root.json()) {
            terminal.print(verdict.toJson());
        } else {
            show(verdict);
        }
        return verdict.instrumentable() ? ExitCode.DONE : ExitCode.NO;
    }

    private void show(Compatibility verdict) throws IOException {
        terminal.print(
                (verdict.instrumentable() ? "can be instrumented: " : "cannot be instrumented: ") + verdict.level());
        terminal.print("  architecture  " + verdict.architecture());
        terminal.print("  system        "
                + words(List.of(verdict.os().id(), verdict.os().version())));
        Libc libc = verdict.libc();
        terminal.print(
                "  C library     " + words(List.of(Optional.of(libc.kind()), libc.version(), libc.packageVersion())));
        terminal.print("  entry point   "
                + verdict.entryPoint().map(CheckCommand::words).orElse("-"));
        list("because", verdict.reasons());
        list("not seen by library hooks", verdict.blindSpots());
        list(
                "evidence",
                verdict.evidence().stream()
                        .map(each -> each.what() + ": " + each.path() + " in " + each.layer())
                        .toList());
    }

    private static String words(EntryPoint entry) {
        return words(List.of(Optional.of(entry.path()), entry.kind()));
    }

    private static String words(List<Optional<String>> parts) {
        String words = parts.stream().flatMap(Optional::stream).collect(Collectors.joining(" "));
        return words.isEmpty() ? "-" : words;
    }

    private void list(String heading, List<String> items) throws IOException {
        if (!items.isEmpty()) {
            terminal.print("  " + heading + ":");
            for (String item : items) {
                terminal.print("    " + item);
            }
        }
    }
}
