package io.crs.transport;

import static io.crs.contract.EventLines.line;
import static io.crs.contract.EventLines.lineOf;
import static io.crs.contract.EventLines.lines;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.contract.EventTransportContract;
import io.crs.contract.RecordingReceiver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketEventTransportTest extends EventTransportContract {
    @TempDir
    private Path folder;

    private final RecordingReceiver receiver = new RecordingReceiver();
    private SocketChannel agent;

    private Path socket() {
        return folder.resolve("in").resolve("s");
    }

    @Override
    protected EventTransport transport() {
        return UnixSocketEventTransport.of(socket());
    }

    @Override
    protected boolean keepsWhatWasNotAcknowledged() {
        return false;
    }

    /** As the agent does: connects again when the other side has gone. */
    @Override
    protected void send(String text) throws IOException {
        if (agent == null) {
            agent = connect();
        }
        try {
            write(agent, text);
        } catch (IOException e) {
            agent.close();
            agent = connect();
            write(agent, text);
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    }

    private static void write(SocketChannel to, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    @AfterEach
    void hangUp() throws IOException {
        if (agent != null) {
            agent.close();
        }
    }

    @Test
    void servesManyAgentsAtOnce() throws Exception {
        int agents = 40;
        int events = 50;
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            List<SocketChannel> connected = new ArrayList<>();
            for (int i = 0; i < agents; i++) {
                connected.add(connect());
            }
            for (int seq = 1; seq <= events; seq++) {
                for (int i = 0; i < agents; i++) {
                    write(connected.get(i), lineOf("c" + i, "run" + i, seq));
                }
            }
            receiver.awaitEvents(agents * events);
            for (SocketChannel each : connected) {
                each.close();
            }
        }
        assertEquals(agents * events, new HashSet<>(receiver.ids()).size());
        for (int i = 0; i < agents; i++) {
            String run = "run" + i + "-";
            List<String> own =
                    receiver.ids().stream().filter(id -> id.startsWith(run)).toList();
            assertEquals(own.stream().sorted().toList(), own);
        }
    }

    @Test
    void letsFurtherAgentsWaitForAPlace() throws Exception {
        try (EventTransport transport =
                UnixSocketEventTransport.builder(socket()).connections(1).build()) {
            transport.start(receiver);
            SocketChannel first = connect();
            write(first, line("a", 1));
            receiver.awaitEvents(1);
            SocketChannel second = connect();
            write(second, line("b", 1));
            write(first, line("a", 2));
            receiver.awaitEvents(2);
            assertTrue(receiver.ids().stream().allMatch(id -> id.startsWith("a-")));
            first.close();
            receiver.awaitEvents(3);
            second.close();
        }
    }

    @Test
    void holdsAnAgentUpWhileTheReceiverRefuses() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            receiver.refuse(Integer.MAX_VALUE);
            SocketChannel sender = connect();
            write(sender, line("a", 1));
            receiver.awaitRefused(1);
            sender.configureBlocking(false);
            ByteBuffer flood = ByteBuffer.wrap(lines("b", 1, 2_000).getBytes(StandardCharsets.UTF_8));
            long accepted = 0;
            int more;
            do {
                flood.rewind();
                more = sender.write(flood);
                accepted += more;
            } while (more > 0 && accepted < 64 << 20);
            assertTrue(accepted < 8 << 20, "the socket took " + accepted + " bytes that nobody stored");
            sender.close();
        }
    }

    @Test
    void dropsHalfALineOfAnAgentThatHasGone() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(line("a", 1) + "{\"v\":1,");
            agent.close();
            agent = null;
            send(line("a", 1) + line("a", 2));
            receiver.awaitEvents(3);
        }
        assertEquals(0, receiver.rejected());
    }

    @Test
    void givesAGapTheContainerOfItsConnection() throws Exception {
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(
                    line("a", 1)
                            + "{\"v\":1,\"id\":\"g\",\"seq\":2,\"time\":\"2026-11-21T19:00:00Z\",\"type\":\"GAP\",\"lost\":7}\n");
            receiver.awaitEvents(2);
        }
        assertEquals(
                receiver.events().get(0).header().container(),
                receiver.events().get(1).header().container());
    }

    @Test
    void isForItsOwnerAloneAndGoesWhenClosed() throws Exception {
        EventTransport transport = transport();
        transport.start(receiver);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket().getParent())));
        transport.close();
        assertFalse(Files.exists(socket()));
    }

    @Test
    void letsOthersInWhenTold() throws Exception {
        try (EventTransport transport = UnixSocketEventTransport.builder(socket())
                .permissions(PosixFilePermissions.fromString("rw-rw-rw-"))
                .build()) {
            transport.start(receiver);
            assertEquals("rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
        }
    }

    @Test
    void replacesASocketThatWasLeftBehindAndNoOther() throws Exception {
        Files.createDirectory(folder.resolve("in"));
        ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        other.bind(UnixDomainSocketAddress.of(socket()));
        try (EventTransport transport = transport()) {
            assertThrows(FileAlreadyExistsException.class, () -> transport.start(receiver));
        }
        other.close();
        assertTrue(Files.exists(socket()));
        try (EventTransport transport = transport()) {
            transport.start(receiver);
            send(line("a", 1));
            receiver.awaitEvents(1);
        }
        Files.writeString(socket(), "precious");
        try (EventTransport transport = transport()) {
            assertThrows(FileAlreadyExistsException.class, () -> transport.start(receiver));
        }
        assertEquals("precious", Files.readString(socket()));
    }
}
