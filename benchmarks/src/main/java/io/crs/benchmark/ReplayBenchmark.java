package io.crs.benchmark;

import io.crs.event.Event;
import io.crs.event.EventFormatException;
import io.crs.event.EventJson;
import io.crs.event.EventLines;
import io.crs.policy.Policy;
import io.crs.policy.analyze.Replay;
import io.crs.policy.analyze.ReplayReport;
import io.crs.syscall.Arch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What one recorded event costs: to be read, and to be replayed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(ReplayBenchmark.EVENTS)
@Fork(2)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReplayBenchmark {
    /** So many events are a recording. */
    static final int EVENTS = 100_000;

    private static final int RULES = 100;

    private final Policy policy = RecordedEvents.policy(RULES);
    private final Policy other = RecordedEvents.policy(RULES / 2);
    private byte[] bytes = {};
    private final List<Event> events = new ArrayList<>();

    /** Makes the lines, and the events of them. */
    @Setup
    public void record() throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        RecordedEvents.write(lines, EVENTS);
        bytes = lines.toByteArray();
        read(events::add);
        if (events.size() != EVENTS) {
            throw new IllegalStateException(events.size() + " of " + EVENTS + " lines are events");
        }
    }

    /** Takes an event. */
    private interface Taker {
        void take(Event event);
    }

    private void read(Taker taker) throws IOException {
        EventLines.read(new ByteArrayInputStream(bytes), new EventLines.Listener() {
            @Override
            public void event(long line, Event event) {
                taker.take(event);
            }

            @Override
            public void rejected(long line, EventFormatException why) {
                throw new IllegalStateException("line " + line, why);
            }
        });
    }

    /** Events that have been read, asked of a policy on all processors. */
    @Benchmark
    public ReplayReport events() {
        Replay replay = Replay.of(policy, Arch.X86_64);
        replay.addAll(events);
        return replay.report();
    }

    /** The same, one after the other. */
    @Benchmark
    public ReplayReport eventsOneByOne() {
        Replay replay = Replay.of(policy, Arch.X86_64);
        events.forEach(replay::add);
        return replay.report();
    }

    /** Events that have been read, asked of two policies on all processors. */
    @Benchmark
    public ReplayReport eventsAgainst() {
        Replay replay = Replay.of(policy, other, Arch.X86_64);
        replay.addAll(events);
        return replay.report();
    }

    /** Lines, read on all processors. */
    @Benchmark
    public void lines(Blackhole hole) throws IOException {
        read(hole::consume);
    }

    /** Lines, read each by itself. */
    @Benchmark
    public void linesOneByOne(Blackhole hole) throws EventFormatException {
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                hole.consume(EventJson.read(bytes, from, i - from));
                from = i + 1;
            }
        }
    }

    /** Lines, read on all processors and asked of a policy. */
    @Benchmark
    public ReplayReport linesReplayed() throws IOException {
        Replay replay = Replay.of(policy, Arch.X86_64);
        read(replay::add);
        return replay.report();
    }
}
