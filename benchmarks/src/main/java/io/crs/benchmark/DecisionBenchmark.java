package io.crs.benchmark;

import io.crs.policy.Call;
import io.crs.policy.Decision;
import io.crs.policy.compile.CallBuffer;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one decision costs with ever more rules for folders, of which each path meets one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecisionBenchmark {
    private static final int OPENAT =
            Call.of("openat").build().syscall().number(Arch.X86_64).orElseThrow();

    /** The number of rules. */
    @Param({"10", "100", "1000", "10000"})
    public int rules = 10;

    private DecisionTable table = DecisionTable.compile(Decided.prefixes(1), Arch.X86_64);
    private String[] paths = {};
    private byte[][] bytes = {};
    private Call[] calls = {};
    private String[] folders = {};
    private final CallBuffer buffer = new CallBuffer();
    private int next;

    /** Compiles the rules, for each side in its own way. */
    @Setup
    public void compile() {
        table = DecisionTable.compile(Decided.prefixes(rules), Arch.X86_64);
        paths = Decided.paths(rules);
        bytes = Arrays.stream(paths)
                .map(path -> path.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        calls = Arrays.stream(paths)
                .map(path -> Call.open(Decided.PROGRAM, path))
                .toArray(Call[]::new);
        folders = Decided.folders(rules).toArray(String[]::new);
        buffer.clear().number(OPENAT).program(Decided.PROGRAM);
        for (int i = 0; i < paths.length; i++) {
            if (table.decide(calls[i]).ruleIndex() != linear(paths[i])) {
                throw new IllegalStateException("the two sides do not agree on " + paths[i]);
            }
        }
    }

    private int next() {
        next = (next + 1) % Decided.CALLS;
        return next;
    }

    /** The table, asked with a buffer whose path is set anew from bytes. */
    @Benchmark
    public Decision table() {
        byte[] path = bytes[next()];
        return table.decide(buffer.path(path, 0, path.length));
    }

    /** The table, asked with a call that is an object of texts. */
    @Benchmark
    public Decision tableWithCall() {
        return table.decide(calls[next()]);
    }

    /** One {@code startsWith} a rule, until one holds. */
    @Benchmark
    public int linear() {
        return linear(paths[next()]);
    }

    private int linear(String path) {
        for (int i = 0; i < folders.length; i++) {
            if (path.startsWith(folders[i])) {
                return i;
            }
        }
        return -1;
    }
}
