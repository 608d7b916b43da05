package io.crs.cli;

import io.crs.policy.Decision;
import io.crs.policy.Policy;
import io.crs.policy.analyze.PolicyDiff;
import io.crs.policy.analyze.PolicyDiff.Difference;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code crs policy diff}: what two policies decide differently. */
@Command(
        name = "diff",
        description = "Says what two policies decide differently, each difference with a call that shows it, or that"
                + " they are proven to decide every call alike.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs policy diff before.json after.json",
            "  crs policy diff before.json after.json --arch aarch64 --json"
        })
final class DiffCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(index = "0", paramLabel = "A", description = "The policy before, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String before;

    @Parameters(index = "1", paramLabel = "B", description = "The policy after, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String after;

    @Mixin
    private final ArchOption arch = new ArchOption();

    DiffCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        if (before.equals(PolicyFile.STANDARD_INPUT) && after.equals(PolicyFile.STANDARD_INPUT)) {
            throw Refusal.invalid("standard input holds one policy, not two");
        }
        Policy one = PolicyFile.read(before, terminal);
        Policy other = PolicyFile.read(after, terminal);
        PolicyDiff diff = PolicyDiff.between(one, other, arch.orHost());
        if (root.json()) {
            terminal.print(diff.toJson());
        } else {
            print(diff);
        }
        return diff.differences().isEmpty() ? ExitCode.DONE : ExitCode.NO;
    }

    private void print(PolicyDiff diff) throws IOException {
        for (PolicyDiff.RulePlace rule : diff.removed()) {
            terminal.print("- " + rule.pointer() + " \"" + rule.name() + "\"");
        }
        for (PolicyDiff.RulePlace rule : diff.added()) {
            terminal.print("+ " + rule.pointer() + " \"" + rule.name() + "\"");
        }
        for (Difference difference : diff.differences()) {
            terminal.print(text(difference.before()) + " -> " + text(difference.after()) + ": "
                    + difference.witness().toJson(diff.arch()));
        }
        if (diff.undecided() > 0) {
            terminal.print("not decided for " + diff.undecided() + " kinds of calls");
        }
        terminal.print(
                diff.equivalent()
                        ? "both decide every call alike"
                        : diff.differences().size() + " calls are decided differently");
    }

    private static String text(Decision decision) {
        return decision.action()
                + decision.rule().map(rule -> " by \"" + rule + "\"").orElse(" by default")
                + (decision.enforced() ? "" : ", not enforced");
    }
}
