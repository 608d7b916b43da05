package io.crs.image.registry;

import io.crs.image.InvalidImageException;
import io.crs.image.format.BlockInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Sends one request and returns what comes back, and waits for nobody who is silent for too long. */
final class Exchange implements AutoCloseable {
    private final RegistryAccess access;
    private final Connections connections = new Connections();
    private final Map<Peer, HttpClient> clients = new EnumMap<>(Peer.class);

    /** Who is spoken to: each is trusted by another rule. */
    private enum Peer {
        /** Whoever does not speak TLS. */
        PLAIN,
        /** The registry. */
        REGISTRY,
        /** Whom the registry sends to. */
        OTHER
    }

    /**
     * Makes the sender of one registry.
     *
     * @param access how registries are reached
     */
    Exchange(RegistryAccess access) {
        this.access = access;
    }

    /** Certificates are read once somebody is to be trusted by them. */
    private synchronized HttpClient client(URI uri, boolean isTrusted) throws IOException {
        Peer peer = "http".equalsIgnoreCase(uri.getScheme()) ? Peer.PLAIN : isTrusted ? Peer.REGISTRY : Peer.OTHER;
        HttpClient client = clients.get(peer);
        if (client == null) {
            client = connections.client(settings(access).sslContext(tls(peer)));
            clients.put(peer, client);
        }
        return client;
    }

    private SSLContext tls(Peer peer) throws IOException {
        return switch (peer) {
            case PLAIN -> NoTls.context();
            case REGISTRY -> access.tls.forRegistry();
            case OTHER -> access.tls.forOthers();
        };
    }

    private static HttpClient.Builder settings(RegistryAccess access) {
        // Redirects are followed by hand: the JDK's own carry credentials to other hosts. HTTP/2's offer to switch
        // confuses plain servers.
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(access.connectTimeout)
                .proxy(access.proxy.selector());
    }

    /**
     * Sends a request.
     *
     * @param isTrusted whether the host's certificate is judged as the registry's is
     */
    Answer send(URI uri, Call call, Map<String, String> extraHeaders, boolean isTrusted) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).setHeader("User-Agent", "crs");
        call.headers().forEach(request::setHeader);
        extraHeaders.forEach(request::setHeader);
        access.proxy.authorization(uri).ifPresent(value -> request.setHeader("Proxy-Authorization", value));
        SentBody sent = call.body().map(SentBody::new).orElse(null);
        request.method(call.method(), sent == null ? BodyPublishers.noBody() : sent.publisher());
        CompletableFuture<HttpResponse<InputStream>> future =
                client(uri, isTrusted).sendAsync(request.build(), BodyHandlers.ofInputStream());
        try {
            HttpResponse<InputStream> response = await(future, sent, uri);
            // The JDK gives none where a proxy refuses to go on to a registry.
            InputStream body = Objects.requireNonNullElseGet(response.body(), InputStream::nullInputStream);
            return new Answer(response.statusCode(), response.headers(), uri, new IdleInput(body, access.idleTimeout));
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause(), sent);
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (CancellationException e) {
            throw new InterruptedIOException("cancelled");
        }
    }

    @Override
    public void close() {
        connections.close();
    }

    /** As long as bytes of the body go there is life. */
    private HttpResponse<InputStream> await(
            CompletableFuture<HttpResponse<InputStream>> future, @Nullable SentBody sent, URI uri)
            throws ExecutionException, InterruptedException, SocketTimeoutException {
        long before = -1;
        while (true) {
            try {
                return future.get(access.idleTimeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                long now = sent == null ? -1 : sent.count();
                if (now == before) {
                    future.cancel(true);
                    throw new SocketTimeoutException(
                            Destinations.host(uri) + " was silent for " + access.idleTimeout.toSeconds() + " seconds");
                }
                before = now;
            }
        }
    }

    /** What is wrong with the content that was to be sent is the cause, however the connection ended by it. */
    private static IOException failure(Throwable cause, @Nullable SentBody sent) {
        InvalidImageException damaged = sent == null ? null : sent.damaged();
        if (damaged != null) {
            return damaged;
        }
        return cause instanceof IOException io ? io : new IOException(cause);
    }

    /** A body on its way: counted, and remembered if it cannot be read. */
    private static final class SentBody {
        private final Call.Body body;
        private volatile @Nullable WatchedInput current;

        SentBody(Call.Body body) {
            this.body = body;
        }

        BodyPublisher publisher() {
            if (body.length() == 0) {
                return BodyPublishers.noBody();
            }
            return BodyPublishers.fromPublisher(
                    BodyPublishers.ofInputStream(() -> {
                        WatchedInput in = new WatchedInput(body.opener().open());
                        current = in;
                        return in;
                    }),
                    body.length());
        }

        long count() {
            WatchedInput in = current;
            return in == null ? 0 : in.count;
        }

        @Nullable
        InvalidImageException damaged() {
            WatchedInput in = current;
            return in == null ? null : in.damaged;
        }
    }

    /** Counts what is read, and keeps what went wrong. */
    private static final class WatchedInput extends BlockInput {
        private final InputStream in;
        private volatile long count;
        private volatile @Nullable InvalidImageException damaged;

        WatchedInput(InputStream in) {
            this.in = in;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread reads the body
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int read = in.read(bytes, offset, length);
                count += Math.max(0, read);
                return read;
            } catch (InvalidImageException e) {
                damaged = e;
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
