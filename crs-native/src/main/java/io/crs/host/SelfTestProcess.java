package io.crs.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The program of the self-test, run once. What it prints are lines of columns with tabs between them. */
record SelfTestProcess(Path program, Path place, List<String> only, boolean kept) {
    private static final int FACT_COLUMNS = 3;
    private static final int ROW_COLUMNS = 10;
    private static final int GRACE_SECONDS = 30;

    /** Copies the list. */
    SelfTestProcess {
        only = List.copyOf(only);
    }

    SelfTestReport run(Consumer<SelfTestRow> listener) throws IOException, InterruptedException {
        Path errors = Files.createTempFile(program.getParent(), "errors", "");
        Process process =
                new ProcessBuilder(command()).redirectError(errors.toFile()).start();
        try (BufferedReader lines = process.inputReader()) {
            process.getOutputStream().close();
            Optional<SelfTestReport> report = read(lines, listener);
            process.waitFor();
            return report.orElseThrow(() -> failure(errors));
        } finally {
            process.destroy(); // puts its files away
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--tabs", "--folder", place.toString()));
        if (!only.isEmpty()) {
            command.addAll(List.of("--only", String.join(",", only)));
        }
        if (kept) {
            command.add("--keep");
        }
        return command;
    }

    /** What it found; empty if it ended before it was through. */
    private static Optional<SelfTestReport> read(BufferedReader lines, Consumer<SelfTestRow> listener)
            throws IOException, InterruptedException {
        Map<String, String> host = new LinkedHashMap<>();
        List<SelfTestRow> rows = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] columns = line.split("\t", -1);
            if (columns[0].equals("end")) {
                return Optional.of(new SelfTestReport(host, rows));
            }
            if (columns[0].equals("host") && columns.length == FACT_COLUMNS) {
                host.put(columns[1], columns[2]);
            } else if (columns[0].equals("row") && columns.length == ROW_COLUMNS) {
                rows.add(row(columns));
                listener.accept(rows.get(rows.size() - 1));
            } else if (!line.isEmpty()) {
                throw new IOException("the self-test printed what is no row: " + line);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return Optional.empty();
    }

    private static SelfTestRow row(String[] columns) {
        return new SelfTestRow(
                columns[1],
                columns[2].charAt(0),
                columns[3],
                columns[4],
                columns[5].equals("1"),
                SelfTestRow.Result.valueOf(columns[6]),
                columns[7].equals("1"),
                columns[8],
                Optional.of(columns[9]).filter(limit -> !limit.isEmpty()));
    }

    private static IOException failure(Path errors) {
        try {
            String said = Files.readString(errors).strip();
            return new IOException("the self-test could not run" + (said.isEmpty() ? "" : ": " + said));
        } catch (IOException e) {
            return e;
        }
    }
}
