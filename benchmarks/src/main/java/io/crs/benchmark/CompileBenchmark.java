package io.crs.benchmark;

import io.crs.policy.Policy;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
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

/** What it takes to compile 10,000 rules: for folders, with a star in the middle, and the worst there is. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CompileBenchmark {
    private static final int RULES = 10_000;

    /** What the rules' patterns are like. */
    @Param({"prefixes", "middles", "contained"})
    public String patterns = "prefixes";

    private Policy policy = Decided.prefixes(1);

    /** Makes the policy. */
    @Setup
    public void build() {
        policy = policy(patterns);
    }

    static Policy policy(String patterns) {
        return switch (patterns) {
            case "prefixes" -> Decided.prefixes(RULES);
            case "middles" -> Decided.middles(RULES);
            default -> Decided.contained(RULES);
        };
    }

    /** From the policy to a table that is checked. */
    @Benchmark
    public DecisionTable compile() {
        return DecisionTable.compile(policy, Arch.X86_64);
    }
}
