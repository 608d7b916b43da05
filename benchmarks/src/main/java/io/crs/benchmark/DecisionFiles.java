package io.crs.benchmark;

import io.crs.policy.Call;
import io.crs.policy.Policy;
import io.crs.policy.compile.CallRecord;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the tables and calls of {@link DecisionBenchmark} for the same measurement in C, and says their sizes. */
public final class DecisionFiles {
    private DecisionFiles() {}

    /**
     * Writes the files.
     *
     * @param arguments the folder they are written to
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        try (PrintStream sizes =
                new PrintStream(Files.newOutputStream(folder.resolve("sizes")), false, StandardCharsets.UTF_8)) {
            for (int rules = 10; rules <= 10_000; rules *= 10) {
                Policy policy = Decided.prefixes(rules);
                DecisionTable table = DecisionTable.compile(policy, Arch.X86_64);
                Files.write(folder.resolve("table-" + rules), table.bytes());
                Files.write(folder.resolve("calls-" + rules), calls(rules));
                sizes.println("prefixes " + rules + " " + table.bytes().length + " "
                        + table.statistics().states());
            }
            for (String patterns : new String[] {"middles", "contained"}) {
                DecisionTable table = DecisionTable.compile(CompileBenchmark.policy(patterns), Arch.X86_64);
                sizes.println(patterns + " 10000 " + table.bytes().length + " "
                        + table.statistics().states());
            }
        }
    }

    private static byte[] calls(int rules) {
        ByteArrayOutputStream calls = new ByteArrayOutputStream();
        for (String path : Decided.paths(rules)) {
            calls.writeBytes(CallRecord.encode(Call.open(Decided.PROGRAM, path), Arch.X86_64));
        }
        return calls.toByteArray();
    }
}
