package io.crs.store;

import io.crs.event.Event;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/**
 * Where events are kept.
 *
 * <p>An event is known by its id: one that comes again is not kept twice, and the first stays. Safe for all threads.
 * After {@link #close} every method but that one throws an {@link IllegalStateException}.
 */
public interface EventStore extends AutoCloseable {
    /**
     * Keeps events. When it returns they are durable, as far as this store goes.
     *
     * @return those that were new, in their order
     * @throws IOException if they could not be kept; some of them may be, and the same batch can be given again
     */
    List<Event> append(List<Event> batch) throws IOException;

    /**
     * Finds events, the newest first: by time, then by sequence number, then by id.
     *
     * @param filter what to find; called from the thread that asks
     * @param limit how many at most
     */
    List<Event> find(Predicate<? super Event> filter, int limit) throws IOException;

    /** How many events are kept. */
    long count() throws IOException;

    /** Lets go of what the store holds open; what is durable stays so. Closing again does nothing. */
    @Override
    void close() throws IOException;
}
