package io.crs.cli;

import io.crs.agent.Platform;
import io.crs.image.Manifest;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.instrument.NotInstrumentableException;
import io.crs.image.location.ImageLocation;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs image restore}: the image an instrumented one was made from. */
@Command(
        name = "restore",
        description = "Writes the image that an instrumented one was made from, out of the instrumented image alone.",
        footerHeading = "%nExamples:%n",
        footer = {"  crs image restore oci:nginx:1.27-layered oci:nginx:1.27"})
final class RestoreCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            converter = ImageCommand.LocationConverter.class,
            description = "The instrumented image: " + ImageCommand.PLACES + ".")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private ImageLocation source;

    @Parameters(
            index = "1",
            paramLabel = "DESTINATION",
            converter = ImageCommand.LocationConverter.class,
            description = "Where the original image goes.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private ImageLocation destination;

    @Option(
            names = "--platform",
            paramLabel = "P",
            converter = PlatformConverter.class,
            description = "The platform, such as linux/arm64, where there are several; all if not given.")
    private @Nullable Platform platform;

    @Mixin
    private final RegistryOptions registry;

    RestoreCommand(Terminal terminal, CrsCommand root) {
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
        ImageLocation given = registry.reach(source);
        Manifest original = original(platform == null ? given.readAll() : given.read(platform));
        terminal.progress("writing " + destination);
        registry.reach(destination).write(original);
        terminal.print(
                root.json()
                        ? Json.line(Json.object(
                                "source", source,
                                "destination", destination,
                                "digest", original.digest()))
                        : destination + " " + original.digest());
        return ExitCode.DONE;
    }

    private Manifest original(Manifest image) throws IOException, Refusal {
        try {
            return Instrumenter.restore(image);
        } catch (NotInstrumentableException e) {
            throw Refusal.no(source + " cannot be restored", e.reasons());
        }
    }
}
