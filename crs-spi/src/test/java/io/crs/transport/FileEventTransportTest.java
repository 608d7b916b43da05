package io.crs.transport;

import static io.crs.contract.EventLines.id;
import static io.crs.contract.EventLines.line;
import static io.crs.contract.EventLines.lines;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.contract.EventTransportContract;
import io.crs.contract.RecordingReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEventTransportTest extends EventTransportContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final RecordingReceiver receiver = new RecordingReceiver();

    private Path file() {
        return folder.resolve("events.jsonl");
    }

    @Override
    protected EventTransport transport() {
        return FileEventTransport.builder(file())
                .positionFile(folder.resolve("position"))
                .pollEvery(Duration.ofMillis(2))
                .build();
    }

    @Override
    protected void send(String text) throws IOException {
        Files.writeString(file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void takesNothingTwiceAfterAnOrderlyEnd() throws Exception {
        send(lines("a", 1, 100));
        for (int run = 0; run < 3; run++) {
            EventTransport transport = transport();
            transport.start(receiver);
            assertTrue(transport.drain(PATIENCE));
        }
        assertEquals(100, receiver.ids().size());
    }

    @Test
    void readsARenamedFileToItsEndBeforeTheNewOne() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(lines("a", 1, 3));
            receiver.awaitEvents(3);
            Files.move(file(), folder.resolve("events.jsonl.1"));
            Files.writeString(folder.resolve("events.jsonl.1"), line("a", 4), StandardOpenOption.APPEND);
            receiver.awaitEvents(4);
            send(lines("a", 5, 6));
            receiver.awaitEvents(6);
        }
        assertEquals(List.of(1, 2, 3, 4, 5, 6), sequences());
    }

    @Test
    void goesOnInAFileThatWasRenamedMeanwhile() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(lines("a", 1, 3));
            receiver.awaitEvents(3);
        }
        send(line("a", 4));
        Files.move(file(), folder.resolve("events.jsonl.1"));
        send(line("a", 5));
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            receiver.awaitEvents(5);
        }
        assertEquals(List.of(1, 2, 3, 4, 5), sequences());
    }

    @Test
    void beginsAgainInAFileThatWasTruncated() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(lines("a", 1, 3));
            receiver.awaitEvents(3);
            Files.writeString(file(), line("b", 1));
            receiver.awaitEvents(4);
        }
        assertEquals(id("b", 1), receiver.ids().get(3));
    }

    @Test
    void knowsAFileWrittenAnewEvenWhenItIsLonger() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(lines("a", 1, 3));
            receiver.awaitEvents(3);
        }
        Files.writeString(file(), lines("b", 1, 10));
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            receiver.awaitEvents(13);
        }
        assertEquals(id("b", 1), receiver.ids().get(3));
    }

    @Test
    void countsHalfALineThatIsNeverEnded() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(line("a", 1) + "{\"v\":1,");
            receiver.awaitEvents(1);
            Files.move(file(), folder.resolve("events.jsonl.1"));
            send(line("a", 2));
            receiver.awaitEvents(2);
        }
        assertEquals(1, receiver.rejected());
    }

    @Test
    void readsALineAnewThatTheAgentTookBack() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(line("a", 1));
            receiver.awaitEvents(1);
            long end = Files.size(file());
            send(line("a", 9).substring(0, 60));
            try (var channel = java.nio.channels.FileChannel.open(file(), StandardOpenOption.WRITE)) {
                channel.truncate(end);
            }
            send(line("a", 2));
            receiver.awaitEvents(2);
        }
        assertEquals(List.of(1, 2), sequences());
        assertEquals(0, receiver.rejected());
    }

    @Test
    void followsNoSymbolicLinkAndNoFolder() throws Exception {
        Path secret = folder.resolve("secret");
        Files.writeString(secret, line("a", 1));
        Files.createSymbolicLink(file(), secret);
        FileEventTransport transport = FileEventTransport.of(file());
        transport.start(receiver);
        assertFalse(transport.drain(PATIENCE));
        assertEquals(List.of(), receiver.ids());
        assertEquals(Optional.empty(), transport.position());
    }

    @Test
    void goesOnAtAPositionItWasGiven() throws Exception {
        send(lines("a", 1, 3));
        FileEventTransport first = FileEventTransport.of(file());
        first.start(receiver);
        assertTrue(first.drain(PATIENCE));
        send(line("a", 4));
        FileEventTransport second = FileEventTransport.builder(file())
                .from(first.position().orElseThrow())
                .build();
        second.start(receiver);
        assertTrue(second.drain(PATIENCE));
        assertEquals(List.of(1, 2, 3, 4), sequences());
    }

    @Test
    void refusesAPositionFileThatIsNone() throws Exception {
        Files.writeString(folder.resolve("position"), "42\n");
        EventTransport transport = transport();
        assertThrows(IOException.class, () -> transport.start(receiver));
    }

    private List<Integer> sequences() {
        return receiver.events().stream()
                .map(event -> (int) event.header().seq())
                .toList();
    }
}
