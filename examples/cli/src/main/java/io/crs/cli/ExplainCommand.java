package io.crs.cli;

import io.crs.policy.Call;
import io.crs.policy.InvalidCallException;
import io.crs.policy.Policy;
import io.crs.policy.Translation;
import io.crs.policy.analyze.Explanation;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs policy explain}: why a policy decides a call as it does. */
@Command(
        name = "explain",
        description =
                "Says why a policy decides a call as it does: the rule that decides, the rules it hides, and why each"
                        + " of the others does not match.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs policy explain policy.json \\",
            "    --call '{\"syscall\":\"openat\",\"program\":\"/usr/bin/cat\",\"filename\":\"/etc/shadow\"}'"
        })
final class ExplainCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(paramLabel = "FILE", description = "The policy, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String file;

    @Option(names = "--call", paramLabel = "JSON", required = true, description = "The call.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String call;

    @Mixin
    private final ArchOption arch = new ArchOption();

    @Option(
            names = "--translation",
            paramLabel = "T",
            description = "The calls READ, WRITE and NETWORK rules are about, in place of the policy's own choice:"
                    + " complete or guide.")
    private @Nullable Translation translation;

    ExplainCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        Arch chosen = arch.orHost();
        Policy policy = PolicyFile.read(file, terminal);
        if (translation != null) {
            policy = policy.toBuilder().translation(translation).build();
        }
        Explanation explanation = Explanation.of(policy, chosen, read(chosen));
        if (root.json()) {
            terminal.print(explanation.toJson());
        } else {
            for (String line : explanation.lines()) {
                terminal.print(line);
            }
        }
        return ExitCode.DONE;
    }

    private Call read(Arch chosen) throws Refusal {
        try {
            return Call.read(call, chosen);
        } catch (InvalidCallException e) {
            throw Refusal.invalid("--call is not a valid call", e.problems());
        }
    }
}
