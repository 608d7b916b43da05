package io.crs.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code crs policy}: what is done with policies alone. */
@Command(name = "policy", description = "Makes, checks, compiles and asks policies.")
final class PolicyCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    /** The command with its subcommands. */
    static CommandLine line(Terminal terminal, CrsCommand root) {
        return new CommandLine(new PolicyCommand())
                .addSubcommand(new ValidateCommand(terminal, root))
                .addSubcommand(new CompileCommand(terminal, root))
                .addSubcommand(new DecideCommand(terminal))
                .addSubcommand(new ExplainCommand(terminal, root))
                .addSubcommand(new LintCommand(terminal, root))
                .addSubcommand(new DiffCommand(terminal, root))
                .addSubcommand(new ReplayCommand(terminal, root))
                .addSubcommand(new LearnCommand(terminal, root))
                .addSubcommand(new ExportCommand(terminal, root))
                .addSubcommand(new ImportCommand(terminal))
                .addSubcommand(new TemplatesCommand(terminal, root));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }
}
