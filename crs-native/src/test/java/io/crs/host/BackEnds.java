package io.crs.host;

import io.crs.agent.AgentCredentials;
import io.crs.agent.AgentRoster;
import io.crs.agent.InMemoryAgentRoster;
import io.crs.contract.RecordingReceiver;
import io.crs.event.Event;
import io.crs.transport.HttpEventTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The back ends of a test: one after the other on one port, with one receiver. */
final class BackEnds implements AutoCloseable {
    static final AgentCredentials CREDENTIALS = new AgentCredentials("agent@host", "p:a/ss");
    /** The credentials as a URL has them. */
    static final String IN_URL = "agent%40host:p%3Aa%2Fss@";

    private static final long PATIENCE_SECONDS = 60;

    private final int port = freePort();
    private final RecordingReceiver receiver = new RecordingReceiver();
    private InMemoryAgentRoster roster = InMemoryAgentRoster.of(CREDENTIALS);
    private Optional<HttpEventTransport> running = Optional.empty();

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return port;
    }

    InMemoryAgentRoster roster() {
        return roster;
    }

    RecordingReceiver receiver() {
        return receiver;
    }

    HttpEventTransport.Builder builder(AgentRoster of) {
        return HttpEventTransport.builder(of).address(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    URI start() throws IOException {
        return start(builder(roster));
    }

    URI start(HttpEventTransport.Builder builder) throws IOException {
        HttpEventTransport transport = builder.build();
        transport.start(receiver);
        running = Optional.of(transport);
        return transport.uri();
    }

    /** Ends it in the middle of what it does; of agents and tokens nothing is remembered. */
    void kill() {
        close();
        roster = InMemoryAgentRoster.of(CREDENTIALS);
    }

    String url() {
        return "http://" + IN_URL + "127.0.0.1:" + port + "/crs/v1.3";
    }

    Map<String, String> environment() {
        return Map.of("LI_MQURL", url());
    }

    /** The events by their ids, each once, in the order they first came. */
    List<Event> distinct() {
        Map<String, Event> events = new LinkedHashMap<>();
        receiver.events().forEach(event -> events.putIfAbsent(event.header().id(), event));
        return List.copyOf(events.values());
    }

    long denials() {
        return distinct().stream()
                .filter(event -> event.call()
                        .filter(call -> call.action() == Event.Action.DENY)
                        .isPresent())
                .count();
    }

    boolean told(String reason) {
        return distinct().stream()
                .anyMatch(event -> event instanceof Event.Health health
                        && health.reason().orElse("").contains(reason));
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it never came to this: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Override
    public void close() {
        running.ifPresent(HttpEventTransport::close);
        running = Optional.empty();
    }
}
