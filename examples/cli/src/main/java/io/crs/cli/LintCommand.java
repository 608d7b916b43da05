package io.crs.cli;

import io.crs.engine.Crs;
import io.crs.image.location.ImageLocation;
import io.crs.policy.Policy;
import io.crs.policy.analyze.LintReport;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.PolicyLint;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs policy lint}: what is likely wrong with a policy that is valid. */
@Command(
        name = "lint",
        description =
                "Finds what is likely wrong with a policy: rules that never decide, with proof, rules that are too"
                        + " broad, misnamed or not portable; and, with an image, what its files make of the rules.",
        footerHeading = "%nExamples:%n",
        footer = {"  crs policy lint policy.json", "  crs policy lint policy.json --image oci:app:1 --json"})
final class LintCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(paramLabel = "POLICY", description = "The policy, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String file;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            converter = ImageCommand.LocationConverter.class,
            description = "The image the policy is for.")
    private @Nullable ImageLocation image;

    @Mixin
    private final ArchOption arch = new ArchOption();

    @Mixin
    private final RegistryOptions registry;

    LintCommand(Terminal terminal, CrsCommand root) {
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
        Policy policy = PolicyFile.read(file, terminal);
        LintReport report = report(policy);
        if (root.json()) {
            terminal.print(report.toJson());
        } else {
            print(policy, report);
        }
        return report.findings().isEmpty() ? ExitCode.DONE : ExitCode.NO;
    }

    private LintReport report(Policy policy) throws IOException, Refusal {
        if (image == null) {
            return PolicyLint.of(policy, arch.orHost());
        }
        terminal.progress("reading " + image);
        ImageLocation source = registry.reach(image);
        Optional<Arch> given = arch.given();
        return given.isPresent()
                ? Crs.standard().lint(policy, source, given.get())
                : Crs.standard().lint(policy, source);
    }

    private void print(Policy policy, LintReport report) throws IOException {
        for (Finding finding : report.findings()) {
            terminal.print(finding.kind() + " " + (finding.pointer().isEmpty() ? "the policy" : finding.pointer())
                    + ": " + finding.message());
            if (finding.witness().isPresent()) {
                terminal.print("    for example " + finding.witness().get().toJson(report.arch()));
            }
        }
        terminal.print("\"" + policy.name() + "\": " + report.findings().size() + " findings in "
                + policy.rules().size() + " rules"
                + (report.undecided() == 0 ? "" : "; not decided for " + report.undecided() + " rules"));
    }
}
