package io.crs.image.daemon;

import io.crs.image.format.BlockInput;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A connection to an engine for one call, over a unix socket, a port, or a port with TLS.
 *
 * <p>Every single read and write takes at most so long before it fails.
 */
final class EngineConnection implements Closeable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final SocketChannel channel;
    private final Watchdog watchdog;
    private final InputStream in;
    private final OutputStream out;

    private EngineConnection(SocketChannel channel, Watchdog watchdog, InputStream in, OutputStream out) {
        this.channel = channel;
        this.watchdog = watchdog;
        this.in = new BufferedInputStream(new WatchedInput(in), BUFFER_BYTES);
        this.out = new WatchedOutput(out);
    }

    /** Connects. */
    static EngineConnection open(EngineAddress address, Duration patience) throws IOException {
        boolean isUnix = address instanceof EngineAddress.Unix;
        SocketChannel channel = isUnix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        Watchdog watchdog = new Watchdog(channel, "the Docker Engine at " + address, patience);
        try {
            if (address instanceof EngineAddress.Tcp tcp) {
                watchdog.watch(() -> channel.connect(resolved(tcp)));
                if (tcp.tls().isPresent()) {
                    SSLSocket socket = secured(channel, tcp, tcp.tls().get());
                    watchdog.watch(() -> {
                        socket.startHandshake();
                        return socket;
                    });
                    return new EngineConnection(channel, watchdog, socket.getInputStream(), socket.getOutputStream());
                }
            } else if (address instanceof EngineAddress.Unix unix) {
                watchdog.watch(() -> channel.connect(UnixDomainSocketAddress.of(unix.socket())));
            }
            return new EngineConnection(channel, watchdog, new ChannelInput(channel), new ChannelOutput(channel));
        } catch (IOException | RuntimeException e) {
            watchdog.close();
            channel.close();
            throw e;
        }
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    @Override
    public void close() throws IOException {
        watchdog.close();
        channel.close();
    }

    private static InetSocketAddress resolved(EngineAddress.Tcp address) throws IOException {
        InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            throw new IOException("no host of this name is known");
        }
        return resolved;
    }

    private static SSLSocket secured(SocketChannel channel, EngineAddress.Tcp address, TlsFiles files)
            throws IOException {
        SSLSocket socket = (SSLSocket)
                files.context().getSocketFactory().createSocket(channel.socket(), address.host(), address.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** Reads a channel; that of the JDK holds a lock which closing would wait for. */
    private static final class ChannelInput extends BlockInput {
        private final SocketChannel channel;

        ChannelInput(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, Math.min(length, BUFFER_BYTES)));
        }
    }

    /** Writes a channel. */
    private static final class ChannelOutput extends OutputStream {
        private final SocketChannel channel;

        ChannelOutput(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }

    /** Reads within the time there is. */
    private final class WatchedInput extends InputStream {
        private final InputStream raw;

        WatchedInput(InputStream raw) {
            this.raw = raw;
        }

        @Override
        public int read() throws IOException {
            return watchdog.watch(raw::read);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return watchdog.watch(() -> raw.read(bytes, offset, length));
        }
    }

    /** Writes within the time there is, in pieces that each have it. */
    private final class WatchedOutput extends OutputStream {
        private final OutputStream raw;

        WatchedOutput(OutputStream raw) {
            this.raw = raw;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; done += BUFFER_BYTES) {
                int from = offset + done;
                int count = Math.min(BUFFER_BYTES, length - done);
                watchdog.watch(() -> {
                    raw.write(bytes, from, count);
                    return count;
                });
            }
        }

        @Override
        public void flush() throws IOException {
            watchdog.watch(() -> {
                raw.flush();
                return 0;
            });
        }
    }
}
