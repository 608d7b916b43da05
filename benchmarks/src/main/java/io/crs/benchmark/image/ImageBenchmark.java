package io.crs.benchmark.image;

import io.crs.agent.HookProvider;
import io.crs.image.Image;
import io.crs.image.inspect.FactCache;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.instrument.NotInstrumentableException;
import io.crs.image.location.ImageLocation;
import io.crs.image.registry.RegistryAccess;
import io.crs.policy.Policy;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/** A layer more, in a running JVM: of a megabyte that nobody has seen before, or with the agent. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class ImageBenchmark {
    /** Where the image is, as the command takes it. */
    @Param("")
    public String source = "";

    /** Where the new image goes; {@code NUMBER} in it is another one each time. */
    @Param("")
    public String target = "";

    /** A folder for whatever lies about in the meantime. */
    @Param("")
    public String folder = "";

    private final SplittableRandom random = new SplittableRandom(System.nanoTime());
    private final RegistryAccess access = RegistryAccess.builder().plainHttp().build();
    private final byte[] table =
            DecisionTable.compile(Policy.allowingEverything(), Arch.host()).bytes();
    private byte[] layer = {};
    private Path file = Path.of("");
    private Optional<BareRequests> bare = Optional.empty();
    private String number = "";

    /** Makes the layer, and whatever else nobody waits for. */
    @Setup(Level.Invocation)
    public void makeLayer(BenchmarkParams benchmark) throws IOException, InterruptedException {
        String asked = benchmark.getBenchmark();
        if (asked.endsWith("AndCopy")) {
            // What was written before is not to be paid for by who comes next.
            new ProcessBuilder("sync").start().waitFor();
        }
        number = Long.toUnsignedString(random.nextLong(), 36);
        byte[] content = new byte[1 << 20];
        random.nextBytes(content);
        file = Files.write(Path.of(folder).resolve("added"), content);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length + (1 << 16));
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            TarArchiveEntry entry = new TarArchiveEntry("added");
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        }
        layer = bytes.toByteArray();
        if (asked.endsWith(".bare")) {
            Image base = from().read();
            bare = Optional.of(
                    new BareRequests(source, target.replace("NUMBER", number), base, Appending.appended(base, layer)));
        }
    }

    /** One layer more. */
    @Benchmark
    public void append() throws IOException {
        Appending.append(from(), to(), layer);
    }

    /** One layer more, where the layers below have to be copied. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Warmup(iterations = 3)
    @Measurement(iterations = 3)
    public void appendAndCopy() throws IOException {
        append();
    }

    /** The agent's layer, never the same, since its settings name another socket each time; all others are known. */
    @Benchmark
    public void instrument() throws IOException, NotInstrumentableException {
        Instrumenter instrumenter = Instrumenter.builder()
                .agents(HookProvider.of(HookProvider.installed()))
                .table(table)
                .cache(FactCache.folder(Path.of(folder).resolve("facts"), 1L << 30))
                .setting("mqUrl", "unix:/run/crs/" + number)
                .build();
        to().write(instrumenter.instrument(from().readAll()));
    }

    /** The agent's layer, where the layers below have to be copied. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Warmup(iterations = 3)
    @Measurement(iterations = 3)
    public void instrumentAndCopy() throws IOException, NotInstrumentableException {
        instrument();
    }

    /** The requests alone, of an image that was made before. */
    @Benchmark
    public void bare() throws IOException, InterruptedException {
        bare.orElseThrow().send();
    }

    /** One layer more by jib, whose caches know the layers below. */
    @Benchmark
    @Warmup(iterations = 2, time = 2)
    @Measurement(iterations = 3, time = 2)
    public void jib() throws Exception {
        JibAppending.append(
                source, target.replace("NUMBER", number), file, Path.of(folder).resolve("jib"));
    }

    private ImageLocation from() {
        return Appending.location(source, access);
    }

    private ImageLocation to() {
        return Appending.location(target.replace("NUMBER", number), access);
    }
}
