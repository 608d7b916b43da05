package io.crs.cli;

import io.crs.image.location.ImageLocation;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code crs image}: what is done with images. */
@Command(
        name = "image",
        description = "Checks, instruments and restores container images.%n%nIMAGE, SOURCE and DESTINATION are" + " "
                + ImageCommand.PLACES + ".")
final class ImageCommand implements Runnable {
    /** How places of images are named. */
    static final String PLACES =
            "docker://registry/repository:tag, docker-daemon:NAME, oci:DIR[:tag], oci-archive:FILE[:tag] or"
                    + " docker-archive:FILE[:repository:tag]";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    /** The command with the subcommands that arguments beginning with its own name can be about. */
    static CommandLine line(Terminal terminal, CrsCommand root, List<String> args) {
        return new Subcommands()
                .add("check", () -> new CheckCommand(terminal, root))
                .add("instrument", () -> new InstrumentCommand(terminal, root))
                .add("restore", () -> new RestoreCommand(terminal, root))
                .of(new ImageCommand(), Subcommands.afterName(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }

    /** Reads the name of a location. */
    static final class LocationConverter implements ITypeConverter<ImageLocation> {
        @Override
        public ImageLocation convert(String value) {
            try {
                return ImageLocation.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
