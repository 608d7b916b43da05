package io.crs.store;

import io.crs.event.Event;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A store in memory, of a bounded number of events. They last as long as the process; when it is full the oldest goes
 * for a new one, and is counted. One that has gone and comes again is new.
 */
public final class InMemoryEventStore implements EventStore {
    /** The capacity unless another is asked for. */
    public static final int CAPACITY = 100_000;

    private final int capacity;
    private final TreeSet<Event> events = new TreeSet<>(NewestFirst.ORDER);
    private final Set<String> ids = new HashSet<>();
    private long evicted;
    private boolean closed;

    /** A store of {@value #CAPACITY} events. */
    public InMemoryEventStore() {
        this(CAPACITY);
    }

    /** A store of so many events at most. */
    public InMemoryEventStore(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a store holds at least one event, not " + capacity);
        }
        this.capacity = capacity;
    }

    @Override
    public synchronized List<Event> append(List<Event> batch) {
        check();
        List<Event> added = new ArrayList<>();
        for (Event event : batch) {
            if (ids.add(event.header().id())) {
                events.add(event);
                added.add(event);
                evict();
            }
        }
        return added;
    }

    private void evict() {
        if (events.size() > capacity) {
            ids.remove(Objects.requireNonNull(events.pollLast()).header().id());
            evicted++;
        }
    }

    @Override
    public List<Event> find(Predicate<? super Event> filter, int limit) {
        List<Event> all;
        synchronized (this) {
            check();
            all = List.copyOf(events);
        }
        return all.stream().filter(filter).limit(Math.max(0, limit)).toList();
    }

    @Override
    public synchronized long count() {
        check();
        return events.size();
    }

    /** How many events went because the store was full. */
    public synchronized long evicted() {
        return evicted;
    }

    @Override
    public synchronized void close() {
        closed = true;
        events.clear();
        ids.clear();
    }

    private void check() {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
    }
}
