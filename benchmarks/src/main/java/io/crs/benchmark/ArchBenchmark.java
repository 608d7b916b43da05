package io.crs.benchmark;

import io.crs.syscall.Arch;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to find an architecture by name, known and unknown. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ArchBenchmark {
    /** The name looked for. */
    @Param({"x86_64", "arm64", "s390x"})
    public String name = "";

    /** One look-up. */
    @Benchmark
    public Optional<Arch> of() {
        return Arch.of(name);
    }
}
