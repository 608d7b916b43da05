package io.crs.cli;

import io.crs.policy.ImportedPolicy;
import io.crs.policy.InvalidPolicyException;
import io.crs.policy.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code crs policy import}: a policy of another product as one of ours. */
@Command(
        name = "import",
        description = "Turns a policy of another product into ours. What could not be kept is said on standard error.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  crs policy import policy.json --from layint-json > ours.json",
            "  crs policy import rules.csv --from layint-csv --name web -o ours.json"
        })
final class ImportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The document, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String file;

    @Option(
            names = "--from",
            paramLabel = "FORM",
            required = true,
            converter = FormChoice.class,
            completionCandidates = FormChoice.class,
            description = "What it is: ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Form form;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The policy's name, which a table of rules does not have; the file's own if not given.")
    private @Nullable String name;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "POLICY",
            description = "Where the policy is written; standard output if not given.")
    private @Nullable Path output;

    ImportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, Refusal {
        ImportedPolicy imported = read();
        for (Problem warning : imported.warnings()) {
            terminal.say("warning: " + warning);
        }
        String json = imported.policy().toJson();
        if (output == null) {
            terminal.print(json.stripTrailing());
        } else {
            OutputFile.write(output, json.getBytes(StandardCharsets.UTF_8));
        }
        return ExitCode.DONE;
    }

    private ImportedPolicy read() throws IOException, Refusal {
        boolean standardInput = file.equals(PolicyFile.STANDARD_INPUT);
        try (InputStream in = standardInput ? terminal.in() : InputFile.open(file)) {
            ImportedPolicy imported =
                    switch (form) {
                        case LAYINT_JSON -> ImportedPolicy.layeredInsightJson(in);
                        case LAYINT_CSV -> ImportedPolicy.layeredInsightCsv(in, ownName());
                    };
            return name == null
                    ? imported
                    : new ImportedPolicy(
                            imported.policy().toBuilder().name(name).build(), imported.warnings());
        } catch (InvalidPolicyException e) {
            throw Refusal.invalid(standardInput ? "standard input" : file, e);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("--name: " + e.getMessage());
        }
    }

    private String ownName() {
        if (file.equals(PolicyFile.STANDARD_INPUT)) {
            return "imported";
        }
        String last = String.valueOf(Path.of(file).getFileName());
        int dot = last.lastIndexOf('.');
        return dot > 0 ? last.substring(0, dot) : last;
    }

    private enum Form {
        LAYINT_JSON,
        LAYINT_CSV
    }

    private static final class FormChoice extends Choice<Form> {
        FormChoice() {
            super(Form.class);
        }
    }
}
