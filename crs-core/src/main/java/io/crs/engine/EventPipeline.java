package io.crs.engine;

import io.crs.event.Event;
import io.crs.store.EventStore;
import io.crs.transport.EventTransport;
import io.crs.transport.LossAccount;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The way of events through the host: from transports into a store, and then to listeners.
 *
 * <pre>
 *   transports ─▶ store, durable ─▶ acknowledged to the transport
 *                       └▶ loss account ─▶ listeners, new events only
 * </pre>
 *
 * <p>An event that comes twice is stored once and told once. While the store fails, transports keep or hold back what
 * they have. A listener that fails stops nothing: its failures are counted, and the first is logged. Listeners are called
 * by a transport's thread, one event after the other; one that takes its time holds up all. The store is the host's: it
 * stays open when the pipeline closes. Safe for all threads.
 */
public final class EventPipeline implements AutoCloseable {
    /** How many of the newest events are asked of the store at the start, to go on counting where it stopped. */
    private static final int RESUMED = 10_000;

    private final List<EventTransport> transports;
    private final EventStore store;
    private final PipelineReceiver receiver;
    private boolean started;
    private boolean closed;

    private EventPipeline(Builder builder, EventStore store) {
        transports = List.copyOf(builder.transports);
        this.store = store;
        receiver = new PipelineReceiver(store, List.copyOf(builder.listeners), new LossAccount());
    }

    /** A builder without anything. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Begins to take events.
     *
     * @return this pipeline
     * @throws IOException if the store or a transport fails; then all transports are closed
     * @throws IllegalStateException if it was started or closed before
     */
    public synchronized EventPipeline start() throws IOException {
        if (started || closed) {
            throw new IllegalStateException("a pipeline is started once");
        }
        started = true;
        try {
            receiver.loss().resume(store.find(event -> true, RESUMED));
            for (EventTransport transport : transports) {
                transport.start(receiver);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        return this;
    }

    /** What has come through so far. */
    public PipelineStatus status() {
        return receiver.status();
    }

    /** What was lost, container by container. */
    public LossAccount loss() {
        return receiver.loss();
    }

    /**
     * Waits until so many new events were stored since the start and their listeners told.
     *
     * @return whether they came in time
     */
    public boolean await(long events, Duration timeout) throws InterruptedException {
        return receiver.await(events, timeout);
    }

    /**
     * Takes what has arrived, then closes.
     *
     * @param timeout how long to go on at most, all transports together
     * @return whether all that had arrived was stored
     */
    public boolean closeAfterDrain(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        boolean complete = true;
        for (EventTransport transport : transports) {
            complete &= transport.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
        synchronized (this) {
            closed = true;
        }
        return complete;
    }

    /** Stops taking events; what was not stored comes again another time, as far as the transports can keep it. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        transports.forEach(EventTransport::close);
    }

    /** The parts of a pipeline, being collected. Not safe for several threads. */
    public static final class Builder {
        private final List<EventTransport> transports = new ArrayList<>();
        private final List<Consumer<? super Event>> listeners = new ArrayList<>();
        private Optional<EventStore> chosen = Optional.empty();

        private Builder() {}

        /** Adds a transport, not started; the pipeline closes it. */
        public Builder transport(EventTransport transport) {
            transports.add(transport);
            return this;
        }

        /** Sets the store; the host closes it after the pipeline. */
        public Builder store(EventStore store) {
            chosen = Optional.of(store);
            return this;
        }

        /** Adds somebody who is told of every new event once it is stored. */
        public Builder listener(Consumer<? super Event> listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * The pipeline, not started.
         *
         * @throws IllegalStateException if there is no store or no transport
         */
        public EventPipeline build() {
            if (chosen.isEmpty() || transports.isEmpty()) {
                throw new IllegalStateException("a pipeline needs a store and at least one transport");
            }
            return new EventPipeline(this, chosen.get());
        }
    }
}
