package io.crs.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code crs} command: asks for a subcommand, and names them. */
@Command(
        name = "crs",
        description = "Puts container images and process trees under a runtime policy.",
        mixinStandardHelpOptions = true,
        versionProvider = CrsCommand.Version.class)
public final class CrsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    /** Runs the command and ends the JVM with its exit code: 0 done, 1 no, 2 usage, 3 I/O. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new CrsCommand()).execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }

    /** The version in the manifest of the jar this class came from. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = CrsCommand.class.getPackage().getImplementationVersion();
            return new String[] {"crs " + (version == null ? "(not run from its jar)" : version)};
        }
    }
}
