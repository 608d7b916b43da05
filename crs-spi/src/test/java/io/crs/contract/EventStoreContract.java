package io.crs.contract;

import static io.crs.contract.EventLines.id;
import static io.crs.contract.EventLines.line;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.crs.event.Event;
import io.crs.event.EventFormatException;
import io.crs.event.EventJson;
import io.crs.store.EventStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does. An implementation passes by extending this class. */
public abstract class EventStoreContract {
    private EventStore store;

    /** A new, empty store with room for at least 10,000 events. */
    protected abstract EventStore store() throws IOException;

    /** The same store after the process was started again; the one given if nothing outlives the process. */
    protected EventStore reopened(EventStore old) throws IOException {
        return old;
    }

    @BeforeEach
    void open() throws IOException {
        store = store();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    /** The events of one run; a later sequence number is a later time. */
    protected static List<Event> events(String run, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(seq -> event(line(run, seq)))
                .toList();
    }

    /** The event of a line. */
    protected static Event event(String line) {
        try {
            return EventJson.read(line.strip());
        } catch (EventFormatException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> ids(List<Event> events) {
        return events.stream().map(event -> event.header().id()).toList();
    }

    @Test
    void findsWhatItWasGiven() throws IOException {
        List<Event> given = events("a", 1, 3);
        assertEquals(given, store.append(given));
        List<Event> found = new ArrayList<>(store.find(event -> true, 10));
        Collections.reverse(found);
        assertEquals(given, found);
        assertEquals(3, store.count());
    }

    @Test
    void keepsAnEventOnceAndSaysWhichWereNew() throws IOException {
        store.append(events("a", 1, 3));
        assertEquals(events("a", 4, 5), store.append(events("a", 2, 5)));
        assertEquals(List.of(), store.append(events("a", 1, 5)));
        assertEquals(5, store.count());
        assertEquals(5, store.find(event -> true, 10).size());
    }

    @Test
    void keepsTheFirstOfTwoThatBearOneId() throws IOException {
        Event first = event(line("a", 1));
        Event second = event(line("a", 1).replace("/etc/shadow", "/etc/passwd"));
        assertEquals(List.of(first), store.append(List.of(first, second)));
        store.append(List.of(second));
        assertEquals(List.of(first), store.find(event -> true, 10));
    }

    @Test
    void findsTheNewestFirstWhateverTheOrderTheyCameIn() throws IOException {
        List<Event> shuffled = new ArrayList<>(events("a", 1, 200));
        Collections.shuffle(shuffled, new Random(7));
        store.append(shuffled);
        List<String> expected =
                IntStream.rangeClosed(1, 50).mapToObj(i -> id("a", 201 - i)).toList();
        assertEquals(expected, ids(store.find(event -> true, 50)));
    }

    @Test
    void limitsWhatTheFilterLetsThrough() throws IOException {
        store.append(events("a", 1, 100));
        assertEquals(
                List.of(id("a", 99), id("a", 97)),
                ids(store.find(event -> event.header().seq() % 2 == 1, 2)));
        assertEquals(List.of(), store.find(event -> false, 5));
        assertEquals(List.of(), store.find(event -> true, 0));
        assertEquals(100, store.find(event -> true, Integer.MAX_VALUE).size());
    }

    @Test
    void takesAnEmptyBatch() throws IOException {
        assertEquals(List.of(), store.append(List.of()));
        assertEquals(0, store.count());
    }

    @Test
    void keepsEveryKindOfEvent() throws IOException {
        String header =
                "{\"v\":1,\"id\":\"%s\",\"seq\":1,\"time\":\"2026-11-21T19:20:33Z\",\"type\":\"%s\",\"reason\":\"r\"}";
        List<Event> kinds = List.of(
                event(header.replaceFirst("%s", "g").replace("%s", "GAP")),
                event(header.replaceFirst("%s", "h").replace("%s", "HEALTH")),
                event(header.replaceFirst("%s", "l").replace("%s", "ALERT")),
                event(line("a", 1).replace("/usr/bin/cat", "/\\uFFFD\\\"\\n\",\"exeBase64\":\"L/8=")));
        store.append(kinds);
        for (Event kind : kinds) {
            assertEquals(List.of(kind), store.find(kind::equals, 1));
        }
    }

    @Test
    void servesManyThreads() throws Exception {
        int threads = 8;
        int batches = 25;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> added = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                // Every event is given by two threads.
                String run = "run" + t / 2;
                Callable<Integer> task = () -> {
                    int count = 0;
                    for (int b = 0; b < batches; b++) {
                        count += store.append(events(run, 4 * b + 1, 4 * b + 4)).size();
                        store.find(event -> true, 3);
                    }
                    return count;
                };
                added.add(pool.submit(task));
            }
            int sum = 0;
            for (Future<Integer> each : added) {
                sum += each.get();
            }
            assertEquals(threads / 2 * batches * 4, sum);
            assertEquals(sum, store.count());
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void isTheSameAfterItWasClosed() throws IOException {
        store.append(events("a", 1, 100));
        store = reopened(store);
        assertEquals(100, store.count());
        assertEquals(events("a", 101, 101), store.append(events("a", 1, 101)));
        assertEquals(id("a", 101), ids(store.find(event -> true, 1)).get(0));
    }

    @Test
    void answersNothingOnceClosed() throws IOException {
        store.close();
        assertDoesNotThrow(() -> store.close());
        assertThrows(IllegalStateException.class, () -> store.append(events("a", 1, 1)));
        assertThrows(IllegalStateException.class, () -> store.find(event -> true, 1));
        assertThrows(IllegalStateException.class, () -> store.count());
    }
}
