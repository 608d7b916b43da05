package io.crs.transport;

import java.io.IOException;
import java.time.Duration;

/**
 * A way events come from agents to a receiver: a file, a socket, a message queue.
 *
 * <p>Delivery is at-least-once. A batch is handed over until the receiver has taken it; only then is it acknowledged to
 * whatever it came from, and a batch not acknowledged comes again, in this run or the next. A receiver that is slow or
 * failing holds the transport up, never the application that is watched: memory stays bounded, and what an agent then
 * cannot keep it counts.
 *
 * <p>A transport is started once and closed once. The methods here may be called by any thread; the receiver is called
 * by one thread of the transport's own, never by two at a time.
 */
public interface EventTransport extends AutoCloseable {
    /**
     * Begins to deliver.
     *
     * @throws IOException if the transport cannot be set up
     * @throws IllegalStateException if it was started or closed before
     */
    void start(EventReceiver receiver) throws IOException;

    /**
     * Takes nothing new, delivers what has arrived, then closes.
     *
     * @param timeout how long to go on at most
     * @return whether everything that had arrived was taken by the receiver
     */
    boolean drain(Duration timeout);

    /**
     * Stops delivering. When it returns the receiver is not called any more, unless it is the receiver that closes. What
     * was not acknowledged comes again, as far as the transport can keep it. Closing again does nothing.
     */
    @Override
    void close();
}
