package io.crs.cli;

import io.crs.policy.Policy;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code crs policy validate}: every problem of a policy document. */
@Command(
        name = "validate",
        description = "Checks a policy document and names everything that is wrong with it, each with where it is.",
        footerHeading = "%nExamples:%n",
        footer = {"  crs policy validate policy.json", "  crs policy validate --json - < policy.json"})
final class ValidateCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(paramLabel = "FILE", description = "The policy, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String file;

    ValidateCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        Policy policy = PolicyFile.read(file, terminal);
        terminal.print(
                root.json()
                        ? ErrorReport.problems(List.of())
                        : "\"" + policy.name() + "\" is valid: "
                                + policy.rules().size() + " rules, " + policy.mode());
        return ExitCode.DONE;
    }
}
