package io.crs.cli;

import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.compile.DecisionTable;
import io.crs.policy.compile.TableStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs policy compile}: the decision table of a policy. */
@Command(
        name = "compile",
        description = "Compiles a policy to the decision table an agent carries, and says how large it is.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs policy compile policy.json -o table",
            "  crs policy compile policy.json -o table --arch aarch64 --log-mode ALL --json",
            "  crs policy compile policy.json -o table --dump"
        })
final class CompileCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(paramLabel = "FILE", description = "The policy, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "TABLE",
            required = true,
            description = "Where the table is written.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path output;

    @Mixin
    private final CompileSettings settings = new CompileSettings();

    @Option(names = "--dump", description = "Also list the table as a firewall lists its rules.")
    private boolean dump;

    CompileCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        Policy policy = PolicyFile.read(file, terminal);
        DecisionTable table = PolicyFile.compile(policy, settings.options(LogMode.POLICY_MONITOR_DENY));
        OutputFile.write(output, table.bytes());
        TableStatistics size = table.statistics();
        if (root.json()) {
            terminal.print(json(table, size));
            return ExitCode.DONE;
        }
        terminal.print(
                output + ": " + size.bytes() + " bytes for " + table.arch().id() + ", " + size.calls()
                        + " calls of which " + size.decidedCalls() + " are decided, " + size.rules() + " rules, "
                        + size.matchers() + " patterns, " + size.states() + " states");
        if (dump) {
            terminal.print(table.dump().stripTrailing());
        }
        return ExitCode.DONE;
    }

    private String json(DecisionTable table, TableStatistics size) {
        return Json.line(Json.object(
                "table", output,
                "arch", table.arch().id(),
                "translation", table.translation(),
                "logBits", table.logBits(),
                "size", size.bytes(),
                "calls", size.calls(),
                "decidedCalls", size.decidedCalls(),
                "rules", size.rules(),
                "patterns", size.matchers(),
                "states", size.states(),
                "dump", dump ? table.dump().lines().toList() : null));
    }
}
