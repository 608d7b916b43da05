package io.crs.cli;

import java.util.List;
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

    /** The command with the subcommands that arguments beginning with its own name can be about. */
    static CommandLine line(Terminal terminal, CrsCommand root, List<String> args) {
        return new Subcommands()
                .add("validate", () -> new ValidateCommand(terminal, root))
                .add("compile", () -> new CompileCommand(terminal, root))
                .add("decide", () -> new DecideCommand(terminal))
                .add("explain", () -> new ExplainCommand(terminal, root))
                .add("lint", () -> new LintCommand(terminal, root))
                .add("diff", () -> new DiffCommand(terminal, root))
                .add("replay", () -> new ReplayCommand(terminal, root))
                .add("learn", () -> new LearnCommand(terminal, root))
                .add("export", () -> new ExportCommand(terminal, root))
                .add("import", () -> new ImportCommand(terminal))
                .add("templates", () -> new TemplatesCommand(terminal, root))
                .of(new PolicyCommand(), Subcommands.afterName(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing");
    }
}
