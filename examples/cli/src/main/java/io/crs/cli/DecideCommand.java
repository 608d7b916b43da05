package io.crs.cli;

import io.crs.cli.Decider.Engine;
import io.crs.policy.Call;
import io.crs.policy.InvalidCallException;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.Problem;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import io.crs.policy.compile.InvalidTableException;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs policy decide}: what a policy says of calls. */
@Command(
        name = "decide",
        description =
                "Reads calls from standard input, one JSON object a line, and prints the decision on each on a line"
                        + " of its own. A line that is no call gives {\"error\":…}, and exit code 2 at the end.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  echo '{\"syscall\":\"openat\",\"program\":\"/usr/bin/cat\",\"filename\":\"/etc/shadow\"}' |",
            "    crs policy decide policy.json",
            "  crs policy decide table --engine native < calls.jsonl"
        })
final class DecideCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The policy, or a table compiled from one.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String file;

    @Option(
            names = "--engine",
            paramLabel = "E",
            description =
                    "What decides: java (the table, read by the library; so if not given), native (the table, read by"
                            + " the agent's own code) or reference (the policy itself, rule by rule).")
    private Engine engine = Engine.JAVA;

    @Mixin
    private final CompileSettings settings = new CompileSettings();

    private Arch arch = Arch.X86_64;

    DecideCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        try (Decider decider = decider()) {
            return decideAll(decider);
        }
    }

    private int decideAll(Decider decider) throws IOException {
        int exit = ExitCode.DONE;
        LineReader lines = new LineReader(terminal.in(), terminal::flush);
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            try {
                terminal.print(decider.decide(call(line)).toJson());
            } catch (InvalidCallException e) {
                terminal.print(Json.line(Json.object("error", e.getMessage())));
                exit = ExitCode.INVALID;
            }
        }
        return exit;
    }

    private Call call(byte[] line) throws InvalidCallException {
        if (line.length > LineReader.LONGEST) {
            throw new InvalidCallException(
                    List.of(new Problem("", "the line is longer than " + LineReader.LONGEST + " bytes")));
        }
        return Call.read(LineReader.text(line), arch);
    }

    private Decider decider() throws IOException, Refusal {
        if (file.equals(PolicyFile.STANDARD_INPUT)) {
            throw Refusal.invalid("standard input is for the calls; give the policy as a file");
        }
        byte[] content = read();
        if (PolicyFile.isTable(content)) {
            DecisionTable table = table(content);
            arch = table.arch();
            return of(table);
        }
        Policy policy = PolicyFile.parse(content, file);
        CompileOptions options = settings.options(LogMode.ALL);
        arch = options.arch();
        return engine == Engine.REFERENCE
                ? Decider.reference(policy, options)
                : of(PolicyFile.compile(policy, options));
    }

    /** All of the file at once, since a pipe can be read once only. */
    private byte[] read() throws IOException {
        try (InputStream in = InputFile.open(file)) {
            return in.readNBytes(Math.max(Policy.MAX_DOCUMENT, DecisionTable.MAX_SIZE) + 1);
        }
    }

    private Decider of(DecisionTable table) throws IOException {
        return engine == Engine.NATIVE ? Decider.agent(table) : Decider.java(table);
    }

    private DecisionTable table(byte[] content) throws Refusal {
        if (engine == Engine.REFERENCE) {
            throw Refusal.invalid(file + " is a compiled table, and --engine reference decides by the policy itself;"
                    + " give the policy, or use --engine java or native");
        }
        if (settings.translation().isPresent()) {
            throw Refusal.invalid(file + " is a compiled table, whose translation is fixed;"
                    + " give the policy, or leave out --translation");
        }
        DecisionTable table = sound(content);
        if (settings.arch().filter(wanted -> wanted != table.arch()).isPresent()) {
            throw Refusal.invalid(file + " is a table for " + table.arch().id() + ", not for "
                    + settings.arch().get().id());
        }
        return table.withLogMode(settings.logMode().orElse(LogMode.ALL));
    }

    private DecisionTable sound(byte[] content) throws Refusal {
        try {
            return DecisionTable.read(content);
        } catch (InvalidTableException e) {
            throw Refusal.invalid(
                    file + " is not a sound decision table: " + e.getMessage() + "; compile the policy again");
        }
    }
}
