package io.crs.contract;

import static io.crs.contract.EventLines.id;
import static io.crs.contract.EventLines.line;
import static io.crs.contract.EventLines.lines;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.transport.EventTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every transport does. An implementation passes by extending this class. */
public abstract class EventTransportContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RecordingReceiver receiver = new RecordingReceiver();

    /** A new transport, not started, which goes on where the ones before it acknowledged. */
    protected abstract EventTransport transport() throws IOException;

    /** Sends text as an agent does; may wait for the transport. */
    protected abstract void send(String text) throws IOException;

    /** Whether what was not acknowledged comes again from the next transport, even if this one had read it. */
    protected boolean keepsWhatWasNotAcknowledged() {
        return true;
    }

    private static List<String> ids(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(seq -> id("a", seq)).toList();
    }

    @Test
    void deliversLinesInOrder() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(lines("a", 1, 3));
            receiver.awaitEvents(3);
            send(lines("a", 4, 2_000));
            receiver.awaitEvents(2_000);
        }
        assertEquals(ids(1, 2_000), receiver.ids());
        assertEquals(0, receiver.rejected());
        assertFalse(receiver.overlapped());
    }

    @Test
    void waitsForTheEndOfALine() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            String second = line("a", 2);
            send(line("a", 1) + second.substring(0, 50));
            receiver.awaitEvents(1);
            send(second.substring(50));
            receiver.awaitEvents(2);
        }
        assertEquals(ids(1, 2), receiver.ids());
        assertEquals(0, receiver.rejected());
    }

    @Test
    void offersABatchUntilItIsTaken() throws Exception {
        receiver.refuse(3);
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(lines("a", 1, 5));
            receiver.awaitRefused(3);
            receiver.awaitEvents(5);
        }
        assertEquals(ids(1, 5), receiver.ids());
    }

    @Test
    void countsWhatIsNoEventAndGoesOn() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send("not an event\n\n  \r\n{\"v\":1}\n" + line("a", 1) + "\u0000\n" + line("a", 2));
            receiver.awaitEvents(2);
        }
        assertEquals(3, receiver.rejected());
        assertEquals(ids(1, 2), receiver.ids());
    }

    @Test
    void rejectsALineWithoutEndOnceAndGoesOn() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(line("a", 1));
            for (int i = 0; i < 40; i++) {
                send("x".repeat(64 << 10));
            }
            send("\n" + line("a", 2));
            receiver.awaitEvents(2);
        }
        assertEquals(1, receiver.rejected());
        assertEquals(ids(1, 2), receiver.ids());
    }

    @Test
    void drainsWhatHasArrived() throws Exception {
        EventTransport transport = transport();
        transport.start(receiver);
        send(lines("a", 1, 1));
        receiver.awaitEvents(1);
        send(lines("a", 2, 500));
        assertTrue(transport.drain(PATIENCE));
        assertEquals(ids(1, 500), receiver.ids());
        transport.close();
    }

    @Test
    void goesOnWhereTheLastOneEnded() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(lines("a", 1, 10));
            receiver.awaitEvents(10);
        }
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(lines("a", 11, 20));
            receiver.awaitEvents(20);
        }
        assertEquals(ids(1, 20), receiver.ids());
    }

    @Test
    void deliversAgainWhatWasNotAcknowledged() throws Exception {
        receiver.refuse(Integer.MAX_VALUE);
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(lines("a", 1, 10));
            receiver.awaitRefused(1);
            assertFalse(transport.drain(Duration.ZERO));
        }
        assertEquals(List.of(), receiver.ids());
        receiver.refuse(0);
        if (!keepsWhatWasNotAcknowledged()) {
            return;
        }
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            receiver.awaitEvents(10);
        }
        Set<String> distinct = new HashSet<>(receiver.ids());
        assertEquals(new HashSet<>(ids(1, 10)), distinct);
    }

    @Test
    void closesWhileTheReceiverRefuses() throws Exception {
        receiver.refuse(Integer.MAX_VALUE);
        EventTransport transport = transport();
        transport.start(receiver);
        send(line("a", 1));
        receiver.awaitRefused(2);
        transport.close();
        transport.close();
        assertEquals(List.of(), receiver.ids());
    }

    @Test
    void isStartedOnce() throws Exception {
        EventTransport transport = transport();
        transport.start(receiver);
        assertThrows(IllegalStateException.class, () -> transport.start(receiver));
        transport.close();
        EventTransport closed = transport();
        closed.close();
        assertThrows(IllegalStateException.class, () -> closed.start(receiver));
        assertTrue(closed.drain(PATIENCE));
    }

    @Test
    void canBeClosedByItsReceiver() throws Exception {
        EventTransport transport = transport();
        RecordingReceiver inner = new RecordingReceiver();
        transport.start(batch -> {
            inner.receive(batch);
            transport.close();
        });
        send(line("a", 1));
        inner.awaitEvents(1);
        transport.close();
    }
}
