package io.crs.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Unix stream socket that agents connect to and write lines of events to, many at a time.
 *
 * <p>An agent takes a line as delivered once it was read here. Nothing is therefore read ahead: what was read is
 * delivered before any more is, and while the receiver is failing the agents wait, with what they keep bounded and
 * counted by themselves. Memory is bounded by connections times the limit of a line. Half a line at the end of a
 * connection is dropped: the agent sends it again whole.
 *
 * <p>The socket's folder is made if it is missing, for its owner alone. The socket is for its owner alone too, unless
 * told otherwise: an agent that runs as another user needs to be let in. The socket is removed when the transport
 * closes; one that was left behind and that nobody answers on is replaced.
 */
public final class UnixSocketEventTransport implements EventTransport {
    private final Path path;
    private final Set<PosixFilePermission> permissions;
    private final int connections;
    private final int lineLimit;
    private @Nullable DeliveryThread thread;
    private boolean closed;

    private UnixSocketEventTransport(Builder builder) {
        path = builder.path.toAbsolutePath();
        permissions = EnumSet.copyOf(builder.permissions);
        connections = builder.connections;
        lineLimit = builder.lineLimit;
    }

    /** A socket at a path of at most about 100 bytes. */
    public static UnixSocketEventTransport of(Path path) {
        return builder(path).build();
    }

    /** A socket at a path, to be described further. */
    public static Builder builder(Path path) {
        return new Builder(path);
    }

    @Override
    public synchronized void start(EventReceiver receiver) throws IOException {
        if (thread != null || closed) {
            throw new IllegalStateException("a transport is started once");
        }
        EventSocket socket = EventSocket.bind(path, permissions);
        LineConnections lines = connections(socket);
        DeliveryThread delivery = new DeliveryThread("crs-events " + path.getFileName(), receiver, lines::wake);
        thread = delivery;
        delivery.start(() -> {
            try (socket;
                    lines) {
                return lines.run(delivery);
            }
        });
    }

    private LineConnections connections(EventSocket socket) throws IOException {
        try {
            return new LineConnections(socket, connections, lineLimit);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public boolean drain(Duration timeout) {
        DeliveryThread delivery = end();
        return delivery == null || delivery.drain(timeout);
    }

    @Override
    public void close() {
        DeliveryThread delivery = end();
        if (delivery != null) {
            delivery.close();
        }
    }

    private synchronized @Nullable DeliveryThread end() {
        closed = true;
        return thread;
    }

    /** The description of a socket. */
    public static final class Builder {
        private final Path path;
        private Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-------");
        private int connections = 256;
        private int lineLimit = BatchBuilder.LONGEST_LINE;

        private Builder(Path path) {
            this.path = path;
        }

        /** Lets others connect: they need to be able to write. {@code rw-------} otherwise. */
        public Builder permissions(Set<PosixFilePermission> whoMayConnect) {
            if (whoMayConnect.isEmpty()) {
                throw new IllegalArgumentException("a socket nobody may connect to is of no use");
            }
            permissions = whoMayConnect;
            return this;
        }

        /** Serves so many agents at a time, the others wait; 256 otherwise. */
        public Builder connections(int most) {
            if (most < 1) {
                throw new IllegalArgumentException("there is at least one connection, not " + most);
            }
            connections = most;
            return this;
        }

        /** Rejects lines of more bytes than this; 4 KiB less than 1 MiB otherwise, and at most. */
        public Builder lineLimit(int bytes) {
            if (bytes < 1 || bytes > BatchBuilder.LONGEST_LINE) {
                throw new IllegalArgumentException(
                        "the limit of a line is 1 to " + BatchBuilder.LONGEST_LINE + " bytes");
            }
            lineLimit = bytes;
            return this;
        }

        /** The transport, not started. */
        public UnixSocketEventTransport build() {
            return new UnixSocketEventTransport(this);
        }
    }
}
