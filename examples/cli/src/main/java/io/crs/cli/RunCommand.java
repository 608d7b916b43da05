package io.crs.cli;

import io.crs.agent.Enforcement;
import io.crs.host.LocalRun;
import io.crs.host.RunningCommand;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.Translation;
import io.crs.policy.compile.CompileOptions;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs run}: a command of this host under a policy. */
@Command(
        name = "run",
        description = "Runs a command, with all processes it starts, under a policy. The exit status is the command's:"
                + " 128 and the signal's number if a signal ended it, 127 if it was not found, 126 if it is not"
                + " executable, 125 if the agent failed.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs run --policy policy.json -- cat /etc/passwd",
            "  crs run --policy policy.json --events events.jsonl --log-mode ALL -- sh -c 'make test'"
        })
final class RunCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            required = true,
            description = "The policy, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String policyFile;

    @Option(
            names = "--log-mode",
            paramLabel = "M",
            description = "Which events there are: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
    private LogMode logMode = LogMode.POLICY_MONITOR_DENY;

    @Option(
            names = "--events",
            paramLabel = "FILE",
            description = "Append events to this file, one JSON object a line.")
    private @Nullable Path events;

    @Option(
            names = "--translation",
            paramLabel = "T",
            description = "The calls READ, WRITE and NETWORK rules are about, in place of the policy's own choice:"
                    + " complete or guide.")
    private @Nullable Translation translation;

    @Option(
            names = "--enforcement",
            paramLabel = "E",
            description =
                    "How processes are held to the policy: strict (by the kernel, so if not given) or fast (programs"
                            + " that load a C library decide in themselves which files they may read).")
    private Enforcement enforcement = Enforcement.STRICT;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The program, and its arguments.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private List<String> command;

    RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, Refusal, InterruptedException {
        Policy policy = PolicyFile.read(policyFile, terminal);
        CompileOptions options = new CompileOptions(Arch.host(), Optional.ofNullable(translation), logMode);
        LocalRun run =
                LocalRun.under(PolicyFile.compile(policy, options).bytes()).enforcement(enforcement);
        if (events != null) {
            run = run.events(writable(events));
        }
        String folder = System.getenv("TMPDIR");
        if (folder != null && !folder.isBlank()) {
            run = run.folder(Path.of(folder));
        }
        Signals signals = Signals.caught();
        try (RunningCommand running = run.start(command)) {
            signals.handTo(running);
            return running.waitFor();
        }
    }

    /** The agent would start the command all the same, so a file that cannot take events is refused here. */
    private static Path writable(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": is a folder; events go to a file");
        }
        return file;
    }
}
