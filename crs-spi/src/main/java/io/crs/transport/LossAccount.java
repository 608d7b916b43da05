package io.crs.transport;

import io.crs.event.Event;
import io.crs.event.EventContainer;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps count of what was lost, so that nothing is lost in silence.
 *
 * <p>An agent numbers what it sends from 1, without holes; so a hole in a container's numbers is events on their way
 * that were lost, or are late. A late one fills its hole. A number that had come already, under another id, means that
 * the container was started again and counts anew. What the agent lost before numbering it says itself: in {@code
 * lost} and in {@link Event.Gap}. Events of no known container cannot be told apart and are left out.
 *
 * <p>Duplicates are to be dropped before, by id. Memory is bounded: of {@value #MOST_STREAMS} containers the one not
 * heard of for the longest time is closed, and its holes stay counted. Safe for all threads.
 */
public final class LossAccount {
    static final int MOST_STREAMS = 10_000;

    private final Map<String, SequenceStream> streams = new LinkedHashMap<>(16, 0.75f, true);
    private long missing;
    private long reported;
    private long before;

    /** An account of nothing yet. */
    public LossAccount() {}

    /** Takes what a store holds already as seen, so that it is neither missing nor new. */
    public synchronized void resume(Collection<? extends Event> stored) {
        stored.stream()
                .sorted(Comparator.comparing((Event event) -> event.header().time())
                        .thenComparing(event -> event.header().seq()))
                .forEach(event -> container(event).ifPresent(id -> stream(id).resume(event)));
    }

    /** Counts an event that had not come before. */
    public synchronized void observe(Event event) {
        Optional<String> container = container(event);
        if (container.isEmpty()) {
            return;
        }
        SequenceStream stream = stream(container.get());
        Loss was = stream.loss();
        stream.observe(event);
        Loss is = stream.loss();
        missing = add(missing, is.missing() - was.missing());
        reported = add(reported, is.reported() - was.reported());
        before = add(before, is.before() - was.before());
    }

    /** What was lost in all containers together. */
    public synchronized Loss total() {
        return new Loss(missing, reported, before);
    }

    /** What was lost of one container, by its full id. */
    public synchronized Loss of(String containerId) {
        SequenceStream stream = streams.get(containerId);
        return stream == null ? new Loss(0, 0, 0) : stream.loss();
    }

    private SequenceStream stream(String container) {
        SequenceStream stream = streams.computeIfAbsent(container, id -> new SequenceStream());
        if (streams.size() > MOST_STREAMS) {
            streams.remove(streams.keySet().iterator().next());
        }
        return stream;
    }

    private static Optional<String> container(Event event) {
        return event.header().container().flatMap(EventContainer::id);
    }

    /** A sum that stays at its end: an agent may claim any number. */
    static long add(long sum, long more) {
        long result = sum + more;
        return ((sum ^ result) & (more ^ result)) < 0 ? Long.MAX_VALUE : result;
    }
}
