package io.crs.cli;

import io.crs.host.SelfTest;
import io.crs.host.SelfTestReport;
import io.crs.host.SelfTestRow;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.compile.CompileOptions;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code crs selftest}: which ways past the agent are held on this host. */
@Command(
        name = "selftest",
        description =
                "Tries every known way past the agent on this host, without the agent and below it, and prints which"
                        + " are held. The exit code is 1 if one is not that should be.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs selftest",
            "  crs selftest --only B,D7 --json",
            "  crs selftest --to /srv/selftest     what it takes to try it in a container:",
            "  docker run --rm -v /srv/selftest:/selftest:ro --entrypoint /selftest/crs-selftest IMAGE"
        })
final class SelfTestCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final CrsCommand root;

    @Option(
            names = "--only",
            paramLabel = "ID",
            split = ",",
            description = "Only these rows: their ids, or what the ids begin with.")
    private List<String> only = List.of();

    @Option(
            names = "--keep",
            paramLabel = "FOLDER",
            description = "Work in this folder, not there yet, and leave there what the last row left.")
    private @Nullable Path keep;

    @Option(
            names = "--to",
            paramLabel = "FOLDER",
            description = "Try nothing, but write what it takes into this folder, to be mounted into a container.")
    private @Nullable Path to;

    SelfTestCommand(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public Integer call() throws IOException, Refusal, InterruptedException {
        SelfTest test = SelfTest.with(SelfTestCommand::compile);
        if (to != null) {
            return write(test, to);
        }
        String folder = System.getenv("TMPDIR");
        if (folder != null && !folder.isBlank()) {
            test = test.folder(Path.of(folder));
        }
        if (keep != null) {
            test = test.keep(keep);
        }
        SelfTestReport report = chosen(test).run(row -> terminal.progress(row.id() + " " + row.user()));
        if (report.rows().isEmpty()) {
            throw Refusal.invalid("there is no row whose id begins with " + String.join(" or ", only));
        }
        if (root.json()) {
            terminal.print(Json.line(json(report)));
        } else {
            print(report);
        }
        return report.broken().isEmpty() ? ExitCode.DONE : ExitCode.NO;
    }

    private SelfTest chosen(SelfTest test) throws Refusal {
        try {
            return test.only(only);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("--only: an id of a row has letters, digits, - and _ alone");
        }
    }

    private int write(SelfTest test, Path folder) throws IOException, Refusal {
        try {
            test.write(folder);
        } catch (DirectoryNotEmptyException e) {
            throw Refusal.invalid(folder + " is not empty");
        }
        terminal.say("written; docker run --rm -v " + folder.toAbsolutePath()
                + ":/selftest:ro --entrypoint /selftest/crs-selftest IMAGE");
        return ExitCode.DONE;
    }

    private static byte[] compile(String policy) throws IOException {
        CompileOptions options = new CompileOptions(Arch.host(), Optional.empty(), LogMode.POLICY_MONITOR_DENY);
        try {
            return DecisionTable.compile(
                            Policy.read(new ByteArrayInputStream(policy.getBytes(StandardCharsets.UTF_8))), options)
                    .bytes();
        } catch (io.crs.policy.InvalidPolicyException e) {
            throw new IOException("the policy of the self-test: " + e.problems(), e);
        }
    }

    /** One line a technique and result, with all users it came out so for. */
    private void print(SelfTestReport report) throws OutputLost {
        for (Map.Entry<String, String> fact : report.host().entrySet()) {
            terminal.print(fact.getKey() + ": " + (fact.getValue().isEmpty() ? "-" : fact.getValue()));
        }
        Map<List<String>, String> users = new LinkedHashMap<>();
        for (SelfTestRow row : report.rows()) {
            users.merge(
                    List.of(name(row), row.id(), row.technique(), row.limit().orElse(row.why())),
                    row.user(),
                    (one, other) -> one + " " + other);
        }
        Columns columns = new Columns("RESULT", "ID", "USERS", "TECHNIQUE", "WHY");
        users.forEach((row, names) -> columns.add(row.get(0), row.get(1), names, row.get(2), row.get(3)));
        terminal.print("");
        for (String line : columns.lines()) {
            terminal.print(line);
        }
        terminal.print("");
        terminal.print(report.held() + " held, " + report.broken().size() + " not held, " + report.limits()
                + " documented limits, " + report.notApplicable() + " not applicable here");
    }

    private static String name(SelfTestRow row) {
        return row.result() == SelfTestRow.Result.NOT_HELD && row.limit().isPresent()
                ? "LIMIT"
                : row.result().name();
    }

    private static Map<String, @Nullable Object> json(SelfTestReport report) {
        return Json.object(
                "host",
                report.host(),
                "rows",
                report.rows().stream().map(SelfTestCommand::json).toList(),
                "summary",
                Json.object(
                        "held",
                        report.held(),
                        "notHeld",
                        report.broken().size(),
                        "limits",
                        report.limits(),
                        "notApplicable",
                        report.notApplicable()));
    }

    private static Map<String, @Nullable Object> json(SelfTestRow row) {
        return Json.object(
                "id",
                row.id(),
                "technique",
                row.technique(),
                "section",
                String.valueOf(row.section()),
                "user",
                row.user(),
                "baseline",
                row.baseline(),
                "result",
                row.result(),
                "why",
                row.why(),
                "event",
                row.event(),
                "limit",
                row.limit().isPresent(),
                "limitWhy",
                row.limit());
    }
}
