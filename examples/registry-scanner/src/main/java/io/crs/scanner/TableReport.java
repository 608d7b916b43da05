package io.crs.scanner;

import io.crs.image.inspect.Compatibility;
import io.crs.image.inspect.Compatibility.EntryPoint;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A line an image, for people. */
final class TableReport implements Report {
    private static final String FORM = "%-48s %-12s %-12s %-28s %s";

    private final Writer out;

    TableReport(Writer out) throws IOException {
        this.out = out;
        line(String.format(Locale.ROOT, FORM, "IMAGE", "PLATFORM", "VERDICT", "C LIBRARY", "ENTRY POINT OR REASON"));
    }

    @Override
    public void add(Finding finding) throws IOException {
        line(String.format(
                Locale.ROOT,
                FORM,
                finding.image(),
                finding.platform().orElse("-"),
                verdict(finding),
                finding.verdict().map(TableReport::library).orElse("-"),
                finding.verdict().map(TableReport::reason).or(finding::error).orElse("-")));
        out.flush();
    }

    private static String verdict(Finding finding) {
        if (finding.isInstrumented()) {
            return "INSTRUMENTED";
        }
        return switch (finding.outcome()) {
            case YES -> finding.verdict().orElseThrow().level().name();
            case NO -> "UNSUPPORTED";
            case FAILED -> "FAILED";
        };
    }

    private static String library(Compatibility verdict) {
        return Stream.of(
                        Optional.of(verdict.libc().kind()),
                        verdict.libc().packageVersion().or(verdict.libc()::version))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" "));
    }

    private static String reason(Compatibility verdict) {
        return verdict.instrumentable()
                ? verdict.entryPoint().map(EntryPoint::path).orElse("-")
                : String.join("; ", verdict.reasons());
    }

    @Override
    public void end(Summary summary) throws IOException {
        line(summary.toString());
        out.flush();
    }

    private void line(String text) throws IOException {
        // What an image calls its entry point goes to a terminal.
        out.write(text.replaceAll("\\p{Cntrl}", "?").stripTrailing() + "\n");
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
