package io.crs.engine;

import static io.crs.contract.EventLines.id;
import static io.crs.contract.EventLines.line;
import static io.crs.contract.EventLines.lines;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.contract.EventLines;
import io.crs.event.Event;
import io.crs.store.EventStore;
import io.crs.store.InMemoryEventStore;
import io.crs.store.JsonLinesEventStore;
import io.crs.transport.EventTransport;
import io.crs.transport.FileEventTransport;
import io.crs.transport.Loss;
import io.crs.transport.UnixSocketEventTransport;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventPipelineTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    private Path file() {
        return folder.resolve("events.jsonl");
    }

    private EventTransport fileTransport() {
        return FileEventTransport.builder(file())
                .positionFile(folder.resolve("position"))
                .pollEvery(Duration.ofMillis(1))
                .build();
    }

    private EventPipeline pipeline(EventTransport transport, EventStore store) {
        return EventPipeline.builder()
                .transport(transport)
                .store(store)
                .listener(event -> told.add(event.header().id()))
                .build();
    }

    private static List<String> ids(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(seq -> id("a", seq)).toList();
    }

    private void append(String text) throws IOException {
        Files.writeString(file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** A store that fails when told to, and does nothing else by itself. */
    private static final class FailingStore implements EventStore {
        private final EventStore inner = new InMemoryEventStore();
        private int failures;

        FailingStore(int failures) {
            this.failures = failures;
        }

        @Override
        public List<Event> append(List<Event> batch) throws IOException {
            if (failures-- > 0) {
                throw new IOException("no space left on device");
            }
            return inner.append(batch);
        }

        @Override
        public List<Event> find(Predicate<? super Event> filter, int limit) throws IOException {
            return inner.find(filter, limit);
        }

        @Override
        public long count() throws IOException {
            return inner.count();
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }

    @Test
    void storesThenTells() throws Exception {
        InMemoryEventStore store = new InMemoryEventStore();
        List<Long> countWhenTold = Collections.synchronizedList(new ArrayList<>());
        try (EventPipeline pipeline = EventPipeline.builder()
                .transport(fileTransport())
                .store(store)
                .listener(event -> countWhenTold.add(store.count()))
                .build()
                .start()) {
            append(lines("a", 1, 10));
            assertTrue(pipeline.await(10, PATIENCE));
            assertEquals(new PipelineStatus(10, 0, 0, 0, 0, new Loss(0, 0, 0)), pipeline.status());
        }
        assertEquals(10, countWhenTold.size());
        for (int i = 0; i < 10; i++) {
            assertTrue(countWhenTold.get(i) > i);
        }
    }

    @Test
    void tellsAnEventThatComesTwiceOnce() throws Exception {
        try (EventPipeline pipeline =
                pipeline(fileTransport(), new InMemoryEventStore()).start()) {
            append(lines("a", 1, 5) + lines("a", 3, 8));
            assertTrue(pipeline.await(8, PATIENCE));
            assertTrue(pipeline.closeAfterDrain(PATIENCE));
            assertEquals(3, pipeline.status().duplicates());
            assertTrue(pipeline.status().loss().isNone());
        }
        assertEquals(ids(1, 8), told);
    }

    @Test
    void goesOnWhenAListenerFails() throws Exception {
        try (EventPipeline pipeline = EventPipeline.builder()
                .transport(fileTransport())
                .store(new InMemoryEventStore())
                .listener(event -> {
                    throw new IllegalStateException("failed by the test");
                })
                .listener(event -> told.add(event.header().id()))
                .listener(event -> {
                    throw new AssertionError("failed by the test");
                })
                .build()
                .start()) {
            append(lines("a", 1, 5));
            assertTrue(pipeline.await(5, PATIENCE));
            assertEquals(10, pipeline.status().listenerFailures());
        }
        assertEquals(ids(1, 5), told);
    }

    @Test
    void waitsForAStoreThatFails() throws Exception {
        try (EventPipeline pipeline =
                pipeline(fileTransport(), new FailingStore(3)).start()) {
            append(lines("a", 1, 5));
            assertTrue(pipeline.await(5, PATIENCE));
            assertEquals(3, pipeline.status().storeFailures());
            assertTrue(pipeline.status().loss().isNone());
        }
        assertEquals(ids(1, 5), told);
    }

    @Test
    void saysThatNotAllWasStored() throws Exception {
        append(lines("a", 1, 5));
        // Closing waits for the thread, which else may look at the file while the folder is removed.
        try (EventPipeline pipeline =
                pipeline(fileTransport(), new FailingStore(Integer.MAX_VALUE)).start()) {
            assertFalse(pipeline.closeAfterDrain(Duration.ofMillis(1)));
            assertEquals(0, pipeline.status().stored());
            assertEquals(List.of(), told);
        }
    }

    @Test
    void countsWhatIsMissingAndWhatIsNoEvent() throws Exception {
        try (EventPipeline pipeline =
                pipeline(fileTransport(), new InMemoryEventStore()).start()) {
            append(lines("a", 1, 3) + "half of a line\n" + lines("a", 6, 7).replace("\"lost\":0", "\"lost\":4"));
            assertTrue(pipeline.await(5, PATIENCE));
            assertEquals(new PipelineStatus(5, 0, 1, 0, 0, new Loss(2, 4, 0)), pipeline.status());
            assertEquals(new Loss(2, 4, 0), pipeline.loss().of(EventLines.CONTAINER));
        }
    }

    @Test
    void takesSeveralTransports() throws Exception {
        Path socket = folder.resolve("s").resolve("s");
        try (EventPipeline pipeline = EventPipeline.builder()
                .transport(fileTransport())
                .transport(UnixSocketEventTransport.of(socket))
                .store(new InMemoryEventStore())
                .build()
                .start()) {
            append(lines("a", 1, 100));
            try (SocketChannel agent = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                write(agent, lines("a", 51, 150));
                assertTrue(pipeline.await(150, PATIENCE));
                assertTrue(pipeline.closeAfterDrain(PATIENCE));
            }
            assertEquals(50, pipeline.status().duplicates());
        }
    }

    @Test
    void closesAllWhenOneCannotStart() throws Exception {
        Path socket = folder.resolve("s");
        Files.writeString(folder.resolve("taken"), "");
        EventPipeline pipeline = EventPipeline.builder()
                .transport(UnixSocketEventTransport.of(socket))
                .transport(UnixSocketEventTransport.of(folder.resolve("taken")))
                .store(new InMemoryEventStore())
                .build();
        assertThrows(IOException.class, pipeline::start);
        assertFalse(Files.exists(socket));
        assertThrows(IllegalStateException.class, pipeline::start);
        assertThrows(IllegalStateException.class, () -> EventPipeline.builder().build());
    }

    /** The way from a file to a store on the disk, cut off again and again while the agent goes on writing. */
    @Test
    void losesNothingAndDoublesNothingWhenItIsStoppedInTheMiddle() throws Exception {
        int events = 3_000;
        ExecutorService agent = Executors.newSingleThreadExecutor();
        try {
            Future<?> writing = agent.submit(() -> {
                for (int seq = 1; seq <= events; seq += 3) {
                    // The end of a line and the beginning of the next come in one write.
                    String text = lines("a", seq, seq + 2);
                    int cut = text.length() / 2;
                    append(text.substring(0, cut));
                    append(text.substring(cut));
                }
                return null;
            });
            int runs = 0;
            long stored = 0;
            while (stored < events) {
                try (JsonLinesEventStore store = JsonLinesEventStore.open(folder.resolve("store.jsonl"))) {
                    EventPipeline pipeline = pipeline(fileTransport(), store).start();
                    pipeline.await(Math.min(400, events - stored), PATIENCE);
                    pipeline.close();
                    assertTrue(pipeline.status().loss().isNone(), () -> pipeline.status()
                            .toString());
                    stored = store.count();
                    runs++;
                }
                // As if the position had not been kept in time: the last batch comes again.
                if (runs == 2) {
                    Files.deleteIfExists(folder.resolve("position"));
                }
            }
            writing.get();
            assertTrue(runs > 1, "it was never stopped in the middle");
        } finally {
            agent.shutdownNow();
        }
        assertEquals(ids(1, events), told);
        assertEquals(lines("a", 1, events), Files.readString(folder.resolve("store.jsonl")));
    }

    /** An agent that sends what it has not seen read again, as its socket breaks again and again. */
    @Test
    void losesNothingWhenASocketBreaks() throws Exception {
        Path socket = folder.resolve("d").resolve("s");
        int events = 1_000;
        InMemoryEventStore store = new InMemoryEventStore();
        for (int first = 1; first <= events; first += 100) {
            try (EventPipeline pipeline =
                    pipeline(UnixSocketEventTransport.of(socket), store).start()) {
                // Some of the last connection's lines come once more, and the line after the last is cut off.
                SocketChannel agent = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                write(agent, lines("a", Math.max(1, first - 10), first + 99));
                write(agent, line("a", first + 100).substring(0, 40));
                assertTrue(pipeline.await(100, PATIENCE));
                agent.close();
                assertTrue(pipeline.closeAfterDrain(PATIENCE));
                assertEquals(0, pipeline.status().rejected());
                assertTrue(pipeline.status().loss().isNone(), () -> pipeline.status()
                        .toString());
            }
        }
        assertEquals(ids(1, events), told);
        assertEquals(events, new HashSet<>(told).size());
        assertEquals(events, store.count());
    }

    private static void write(SocketChannel to, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }
}
