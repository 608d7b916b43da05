package io.crs.cli;

import io.crs.event.Event;
import io.crs.event.EventFormatException;
import io.crs.event.EventLines;
import io.crs.policy.Policy;
import io.crs.policy.analyze.Replay;
import io.crs.policy.analyze.ReplayReport;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs policy replay}: what a policy would have done with what happened. */
@Command(
        name = "replay",
        description = "Asks a policy about recorded events: which calls it would deny that went through, which it would"
                + " allow that were denied, and how often each rule decides. Exit code 1 if any call is newly denied.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs policy replay new.json events.jsonl",
            "  crs policy replay new.json events.jsonl --against old.json --json"
        })
final class ReplayCommand implements Callable<Integer> {
    /** A person who watches is told where it is every so many lines. */
    private static final int LINES_TOLD = 5_000_000;

    private static final int LINES_NAMED = 100;

    private final Terminal terminal;
    private final CrsCommand root;

    @Parameters(index = "0", paramLabel = "POLICY", description = "The policy that is asked.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String file;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "EVENTS",
            description = "Files of event lines, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private List<String> recordings;

    @Option(
            names = "--against",
            paramLabel = "OTHER",
            description = "A policy to compare with; what was done at the time if not given.")
    private @Nullable String other;

    @Mixin
    private final ArchOption arch = new ArchOption();

    private @Nullable Replay replay;
    private long badLines;

    ReplayCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        Policy policy = PolicyFile.read(file, terminal);
        Policy against = other == null ? null : PolicyFile.read(other, terminal);
        for (String recording : recordings) {
            if (!isStandardInput(recording)) {
                InputFile.check(recording); // before anything long is begun
            }
        }
        for (String recording : recordings) {
            try (InputStream in = isStandardInput(recording) ? terminal.in() : InputFile.open(recording)) {
                replay(recording, in, policy, against);
            }
        }
        ReplayReport report = of(policy, against, Arch.host()).report();
        if (root.json()) {
            terminal.print(report.toJson());
        } else {
            print(report);
        }
        if (badLines > 0) {
            terminal.say(badLines
                    + (badLines == 1 ? " line is no event" : " lines are no events")
                    + (badLines > LINES_NAMED ? "; the first " + LINES_NAMED + " are named" : ""));
            return ExitCode.INVALID;
        }
        return report.newlyDenied() > 0 ? ExitCode.NO : ExitCode.DONE;
    }

    private static boolean isStandardInput(String recording) {
        return recording.equals(PolicyFile.STANDARD_INPUT);
    }

    private void replay(String recording, InputStream in, Policy policy, @Nullable Policy against) throws IOException {
        terminal.progress("replaying " + recording);
        EventLines.read(in, new EventLines.Listener() {
            @Override
            public void event(long line, Event event) {
                of(policy, against, archOf(event)).add(event);
                if (line % LINES_TOLD == 0) {
                    terminal.progress("replaying " + recording + ", line " + line);
                }
            }

            @Override
            public void rejected(long line, EventFormatException why) {
                if (badLines++ < LINES_NAMED) {
                    terminal.say(recording + ", line " + line + ": " + why.getMessage());
                }
            }
        });
    }

    private static Arch archOf(Event event) {
        return event instanceof Event.Call seen
                ? Arch.of(seen.made().syscall().arch()).orElse(Arch.host())
                : Arch.host();
    }

    /** The replay, for the architecture that is known when it is first needed. */
    private Replay of(Policy policy, @Nullable Policy against, Arch first) {
        if (replay == null) {
            Arch chosen = arch.given().orElse(first);
            replay = against == null ? Replay.of(policy, chosen) : Replay.of(policy, against, chosen);
        }
        return replay;
    }

    private void print(ReplayReport report) throws IOException {
        for (ReplayReport.Example example : report.examples()) {
            terminal.print(example.before() + " -> " + example.after().action()
                    + example.after().rule().map(rule -> " by \"" + rule + "\"").orElse(" by default") + ": "
                    + example.call().toJson(report.arch()));
        }
        Columns columns = new Columns("RULE", "NAME", "HITS");
        for (ReplayReport.RuleHits rule : report.perRule()) {
            columns.add(String.valueOf(rule.index()), rule.name(), String.valueOf(rule.hits()));
        }
        for (String line : columns.lines()) {
            terminal.print(line);
        }
        terminal.print(report.events() + " calls: " + report.newlyDenied() + " newly denied, " + report.newlyAllowed()
                + " newly allowed"
                + (report.skipped() == 0 ? "" : "; " + report.skipped() + " events are no such calls"));
    }
}
