package io.crs.transport;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.crs.agent.AgentRoster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A back end that agents speak to over HTTP or HTTPS: they register, bring events, and get their policy.
 *
 * <p>An agent's URL is {@link #uri} with the credentials the roster takes, as in {@code https://user:password@host/crs/v1.3}.
 * An agent is answered only once the receiver has taken its events; until then it keeps them, in memory that is bounded
 * and with every loss counted, and sends them again. So an event may come twice, with the same id.
 *
 * <p>Without TLS the credentials and the events can be read on the way, and the policy replaced: HTTP alone is for the
 * loopback interface and for behind a proxy that speaks TLS. Bodies are bounded; whoever sends one slowly is cut off. The
 * JDK's server gives no bound for the time in which a request's head has to come unless the system property
 * {@code sun.net.httpserver.maxReqTime} (seconds) is set when the virtual machine starts.
 */
public final class HttpEventTransport implements EventTransport {
    private static final int WAITING_BATCHES = 64;
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final Builder builder;
    private @Nullable Running running;
    private boolean closed;

    private record Running(
            HttpServer server,
            DeliveryThread delivery,
            BatchQueue queue,
            ParkedPolls polls,
            AgentService service,
            ThreadPoolExecutor executor,
            ScheduledExecutorService clock,
            Runnable unsubscribe) {}

    private HttpEventTransport(Builder builder) {
        this.builder = builder;
    }

    /** A back end for the agents of a roster, on a free port of the loopback interface until told otherwise. */
    public static Builder builder(AgentRoster roster) {
        return new Builder(roster);
    }

    @Override
    public synchronized void start(EventReceiver receiver) throws IOException {
        if (running != null || closed) {
            throw new IllegalStateException("a transport is started once");
        }
        HttpServer server = bind();
        BatchQueue queue = new BatchQueue(WAITING_BATCHES);
        ParkedPolls polls = new ParkedPolls();
        ThreadPoolExecutor executor = executor();
        ScheduledExecutorService clock =
                Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "crs-http clock"));
        DeliveryThread delivery = new DeliveryThread("crs-events http", receiver, queue::wake);
        AgentService service = new AgentService(builder, queue, polls, executor, clock);
        server.createContext("/", service);
        server.setExecutor(executor);
        running = new Running(
                server, delivery, queue, polls, service, executor, clock, builder.roster.onChange(polls::changed));
        delivery.start(() -> queue.run(delivery));
        server.start();
    }

    private HttpServer bind() throws IOException {
        SSLContext tls = builder.tls;
        if (tls == null) {
            return HttpServer.create(builder.address, 0);
        }
        HttpsServer server = HttpsServer.create(builder.address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ours = getSSLContext().getDefaultSSLParameters();
                ours.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                parameters.setSSLParameters(ours);
            }
        });
        return server;
    }

    private ThreadPoolExecutor executor() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                builder.threads,
                builder.threads,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, "crs-http"));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Where agents reach it, without credentials: with the port that was found, where none was said.
     *
     * @throws IllegalStateException if it was not started
     */
    public synchronized URI uri() {
        if (running == null) {
            throw new IllegalStateException("a transport has no address before it is started");
        }
        InetSocketAddress address = running.server().getAddress();
        String host = address.getAddress().isAnyLocalAddress() ? "localhost" : address.getHostString();
        return URI.create((builder.tls == null ? "http" : "https") + "://"
                + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort() + builder.base);
    }

    @Override
    public boolean drain(Duration timeout) {
        Running ending = end();
        if (ending == null) {
            return true;
        }
        ending.queue().close();
        boolean complete = ending.delivery().drain(timeout);
        stop(ending);
        return complete;
    }

    @Override
    public void close() {
        Running ending = end();
        if (ending != null) {
            ending.queue().close();
            ending.delivery().close();
            stop(ending);
        }
    }

    private synchronized @Nullable Running end() {
        closed = true;
        return running;
    }

    /** What was taken is answered yet. */
    private static void stop(Running ending) {
        ending.unsubscribe().run();
        ending.polls().close();
        ending.service().awaitAnswers(CLOSE);
        ending.server().stop(0);
        ending.executor().shutdown();
        ending.clock().shutdownNow();
    }

    /** The description of a back end. */
    public static final class Builder {
        private static final Pattern BASE = Pattern.compile("(/[A-Za-z0-9._~-]+)*");

        final AgentRoster roster;
        private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        private @Nullable SSLContext tls;
        private String base = "/crs/v1.3";
        private int threads = 32;
        int bodyLimit = 4 << 20;
        Duration tokenLifetime = Duration.ofHours(24);
        Duration patience = Duration.ofSeconds(20);

        private Builder(AgentRoster roster) {
            this.roster = roster;
        }

        /** Listens at an address, and a port, 0 for a free one. */
        public Builder address(InetSocketAddress where) {
            address = where;
            return this;
        }

        /** Speaks TLS, 1.2 at least, with the certificate of this context; in plain HTTP otherwise. */
        public Builder tls(SSLContext context) {
            tls = context;
            return this;
        }

        /**
         * The path before everything else; {@code /crs/v1.3} otherwise, and then {@code /crs/v1.2} means the same.
         *
         * @throws IllegalArgumentException if it does not begin with a slash, or ends in one
         */
        public Builder base(String path) {
            if (!BASE.matcher(path).matches()) {
                throw new IllegalArgumentException("the base is a path of plain names: " + path);
            }
            base = path;
            return this;
        }

        /** Serves so many requests at a time, not counting those that wait; 32 otherwise. */
        public Builder threads(int most) {
            threads = positive(most);
            return this;
        }

        /** Takes at most so many bytes of events at once, unpacked; 4 MiB otherwise. An agent sends 256 KiB at most. */
        public Builder bodyLimit(int bytes) {
            bodyLimit = positive(bytes);
            return this;
        }

        /** How long a token is good; then an agent registers again. 24 hours otherwise. */
        public Builder tokenLifetime(Duration lifetime) {
            tokenLifetime = positive(lifetime);
            return this;
        }

        /** How long an agent waits for the receiver to take its events, before it is told to send them again; 20 s. */
        public Builder patience(Duration longest) {
            patience = positive(longest);
            return this;
        }

        private static int positive(int number) {
            if (number < 1) {
                throw new IllegalArgumentException("this is at least 1, not " + number);
            }
            return number;
        }

        private static Duration positive(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("this is a time, not " + time);
            }
            return time;
        }

        List<String> bases() {
            return base.endsWith("/v1.3") ? List.of(base, base.substring(0, base.length() - 1) + "2") : List.of(base);
        }

        /** The transport, not started. */
        public HttpEventTransport build() {
            return new HttpEventTransport(this);
        }
    }
}
