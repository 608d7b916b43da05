package io.crs.benchmark;

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

/** What the decisions of {@link DecisionBenchmark} cost engines for rules in general. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OtherEngineBenchmark {
    /** The number of rules. */
    @Param({"10", "100", "1000", "10000"})
    public int rules = 10;

    private String[] paths = {};
    private OtherEngines engines = OtherEngines.of(Decided.folders(1));
    private int next;

    /** Gives the rules to each engine. */
    @Setup
    public void compile() {
        paths = Decided.paths(rules);
        engines = OtherEngines.of(Decided.folders(rules));
        if (engines.cel(paths[0]) < 0 || !engines.casbin(paths[0]) || engines.cel("/") >= 0 || engines.casbin("/")) {
            throw new IllegalStateException("an engine has other rules than it was given");
        }
    }

    private String next() {
        next = (next + 1) % Decided.CALLS;
        return paths[next];
    }

    /** One CEL expression a rule, until one holds. */
    @Benchmark
    public int cel() {
        return engines.cel(next());
    }

    /** jCasbin with one line of policy a rule, the first that matches decides. */
    @Benchmark
    public boolean casbin() {
        return engines.casbin(next());
    }
}
