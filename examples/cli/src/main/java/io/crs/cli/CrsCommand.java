package io.crs.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code crs} command: asks for a subcommand, and names them. */
@Command(
        name = "crs",
        description = "Puts container images and process trees under a runtime policy.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:yes, or done",
            "1:the answer is no",
            "2:wrong usage, or invalid input",
            "3:files, an engine, a registry or the agent failed"
        },
        versionProvider = CrsCommand.Version.class)
public final class CrsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print the result as JSON, and nothing else, on standard output.")
    private boolean json;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where in the program an error came from.")
    private boolean debug;

    /** Runs the command and ends the JVM with its exit code: 0 done, 1 no, 2 usage, 3 I/O. */
    public static void main(String[] args) {
        System.exit(run(Terminal.ofProcess(), args));
    }

    /** Runs the command and returns its exit code. */
    static int run(Terminal terminal, String... args) {
        CrsCommand root = new CrsCommand();
        ErrorReport errors = new ErrorReport(terminal, root);
        int exit = line(terminal, root, args)
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .execute(args);
        try {
            terminal.flush();
            return exit;
        } catch (OutputLost e) {
            return errors.outputLost() ? exit : errors.failed(e);
        }
    }

    /** The command with the subcommands that the arguments can be about; with all of them if there are none. */
    static CommandLine line(Terminal terminal, CrsCommand root, String... args) {
        List<String> rest = Subcommands.afterOptions(List.of("--json", "--debug"), List.of(args));
        CommandLine line = new Subcommands()
                .add("syscalls", () -> new SyscallsCommand(terminal, root))
                .add("policy", () -> PolicyCommand.line(terminal, root, rest))
                .add("image", () -> ImageCommand.line(terminal, root, rest))
                .add("run", () -> runLine(new RunCommand(terminal)))
                .add("selftest", () -> new SelfTestCommand(terminal, root))
                .of(root, rest);
        return line.setOut(terminal.outWriter()).setErr(terminal.errWriter()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** Options end where the command to run begins: what follows belongs to it. */
    private static CommandLine runLine(RunCommand run) {
        CommandLine line = new CommandLine(run);
        line.getCommandSpec().parser().stopAtPositional(true);
        return line;
    }

    /** Whether the result is asked for as JSON. */
    boolean json() {
        return json;
    }

    /** Whether errors are to come with stack traces. */
    boolean debug() {
        return debug;
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
