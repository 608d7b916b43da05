package io.crs.cli;

import io.crs.policy.Policy;
import io.crs.policy.export.Export;
import io.crs.policy.export.ExportOptions;
import io.crs.policy.export.ExportTarget;
import io.crs.policy.export.RuleMark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs policy export}: a policy in the language of another system. */
@Command(
        name = "export",
        description =
                "Writes a policy in the language of another system, and says of every rule on standard error how much"
                        + " of it that system can keep: exact, over, under or unsupported.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs policy export policy.json --to seccomp -o seccomp.json",
            "  crs policy export policy.json --to kubearmor --label app=web | kubectl apply -f -",
            "  crs policy export policy.json --to falco --json"
        })
final class ExportCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(paramLabel = "POLICY", description = "The policy, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String file;

    @Option(
            names = "--to",
            paramLabel = "SYSTEM",
            required = true,
            converter = TargetChoice.class,
            completionCandidates = TargetChoice.class,
            description = "The system: ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private ExportTarget target;

    @Mixin
    private final ArchOption arch = new ArchOption();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The object's name; made of the policy's if not given.")
    private String name = "";

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "A label of the pods it is for, in Kubernetes; may be given often; all pods if not given.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the document is written; standard output if not given.")
    private @Nullable Path output;

    ExportCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        Policy policy = PolicyFile.read(file, terminal);
        Export export = export(policy);
        if (output != null) {
            OutputFile.write(output, export.document().getBytes(StandardCharsets.UTF_8));
        }
        if (root.json()) {
            terminal.print(export.toJson());
            return ExitCode.DONE;
        }
        if (output == null) {
            terminal.print(export.document().stripTrailing());
        }
        for (RuleMark mark : export.marks()) {
            terminal.say(mark.fidelity().name().toLowerCase(Locale.ROOT) + ": "
                    + (mark.index() < 0 ? mark.rule() : "/rules/" + mark.index() + " \"" + mark.rule() + "\"")
                    + (mark.reason().isEmpty() ? "" : ": " + mark.reason()));
        }
        return ExitCode.DONE;
    }

    private Export export(Policy policy) throws Refusal {
        try {
            return Export.to(target, policy, new ExportOptions(arch.orHost(), name, labels));
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static final class TargetChoice extends Choice<ExportTarget> {
        TargetChoice() {
            super(ExportTarget.class);
        }
    }
}
