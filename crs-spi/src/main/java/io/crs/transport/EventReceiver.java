package io.crs.transport;

import java.io.IOException;

/** Where a transport delivers: takes batches of events and makes them durable. */
@FunctionalInterface
public interface EventReceiver {
    /**
     * Takes a batch. Returning acknowledges it: the events are durable, and will not come again except by accident.
     *
     * @throws IOException if they could not be made durable; the same batch comes again later
     */
    void receive(EventBatch batch) throws IOException;
}
