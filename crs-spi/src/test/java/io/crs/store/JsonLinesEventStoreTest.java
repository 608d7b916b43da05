package io.crs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.contract.EventLines;
import io.crs.contract.EventStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesEventStoreTest extends EventStoreContract {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("store.jsonl");
    }

    @Override
    protected EventStore store() throws IOException {
        return JsonLinesEventStore.open(file());
    }

    @Override
    protected EventStore reopened(EventStore old) throws IOException {
        old.close();
        return store();
    }

    private JsonLinesEventStore other() throws IOException {
        return JsonLinesEventStore.open(folder.resolve("other.jsonl"));
    }

    @Test
    void holdsPlainLinesOfEvents() throws IOException {
        try (JsonLinesEventStore store = other()) {
            store.append(events("a", 1, 2));
            assertEquals(EventLines.lines("a", 1, 2), Files.readString(folder.resolve("other.jsonl")));
        }
    }

    @Test
    void dropsHalfALineThatACrashLeft() throws IOException {
        Path file = folder.resolve("other.jsonl");
        Files.writeString(
                file, EventLines.lines("a", 1, 2) + EventLines.line("a", 3).substring(0, 70));
        try (JsonLinesEventStore store = other()) {
            assertEquals(2, store.count());
            store.append(events("a", 3, 3));
        }
        assertEquals(EventLines.lines("a", 1, 3), Files.readString(file));
    }

    @Test
    void writesInThePlaceOfWhatAFailedWriteLeft() throws IOException {
        Path file = folder.resolve("other.jsonl");
        try (JsonLinesEventStore store = other()) {
            store.append(events("a", 1, 1));
            Files.writeString(file, "left behind\n".repeat(100), StandardOpenOption.APPEND);
            assertEquals(1, store.find(event -> true, 10).size());
            store.append(events("a", 2, 2));
        }
        assertEquals(EventLines.lines("a", 1, 2), Files.readString(file));
    }

    @Test
    void refusesAFileOfSomebodyElse() throws IOException {
        Path file = folder.resolve("other.jsonl");
        Files.writeString(file, EventLines.line("a", 1) + "root:x:0:0\n");
        IOException error = assertThrows(IOException.class, this::other);
        assertTrue(error.getMessage().contains("is not a store of events: at byte "), error.getMessage());
        assertTrue(Files.readString(file).endsWith("root:x:0:0\n"));
    }

    @Test
    void isOpenOnceAtATime() throws IOException {
        JsonLinesEventStore first = other();
        assertThrows(IOException.class, this::other);
        first.close();
        other().close();
    }

    @Test
    void outlivesAnInterruptOfWhoAsks() throws IOException {
        try (JsonLinesEventStore store = other()) {
            store.append(events("a", 1, 1));
            Thread.currentThread().interrupt();
            assertThrows(IOException.class, () -> store.find(event -> true, 1));
            assertTrue(Thread.interrupted());
            assertEquals(
                    List.of(1L),
                    store.find(event -> true, 1).stream()
                            .map(event -> event.header().seq())
                            .toList());
        }
    }

    @Test
    void staysOpenedToItsOwnProcessAloneAfterAskingIt() throws Exception {
        try (JsonLinesEventStore store = other()) {
            store.append(events("a", 1, 1));
            store.find(event -> true, 1);
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Path source = folder.resolve("TryLock.java");
            Files.writeString(source, """
                    import java.nio.channels.FileChannel;
                    import java.nio.file.*;
                    class TryLock {
                        public static void main(String[] file) throws Exception {
                            try (FileChannel c = FileChannel.open(Path.of(file[0]), StandardOpenOption.WRITE)) {
                                System.exit(c.tryLock() == null ? 42 : 0);
                            }
                        }
                    }
                    """);
            Process process = new ProcessBuilder(
                            java,
                            source.toString(),
                            folder.resolve("other.jsonl.lock").toString())
                    .inheritIO()
                    .start();
            assertEquals(42, process.waitFor());
        }
    }
}
