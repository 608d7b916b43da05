package io.crs.policy.learn;

import io.crs.event.Event;
import io.crs.event.EventFormatException;
import io.crs.event.EventLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What one or more runs of a container did, to be told from its beginning as often as wanted. */
@FunctionalInterface
public interface Recording {
    /**
     * Tells everything that was recorded, in its order.
     *
     * @throws IOException if it cannot be read
     */
    void tell(Listener listener) throws IOException;

    /** Who is told. */
    interface Listener {
        /** A call was seen. */
        void seen(Observation observation);

        /**
         * Something was recorded that cannot be used, such as a line that is no event.
         *
         * @param why the reason, in a few words
         */
        default void unusable(String why) {}
    }

    /** The recording of these observations. */
    static Recording of(List<Observation> observations) {
        List<Observation> copy = List.copyOf(observations);
        return listener -> copy.forEach(listener::seen);
    }

    /**
     * The recording that is in these events.
     *
     * @param name the name of the run; events of several containers are a run each
     * @param events the events, in their order
     */
    static Recording ofEvents(String name, Iterable<Event> events) {
        return listener -> {
            EventObservations observations = new EventObservations(name, listener);
            events.forEach(observations::add);
        };
    }

    /**
     * The recording in a file of event lines, as an agent writes it.
     *
     * @param name the name of the run; events of several containers are a run each
     * @param file the file
     */
    static Recording ofEvents(String name, Path file) {
        return listener -> {
            EventObservations observations = new EventObservations(name, listener);
            try (InputStream in = Files.newInputStream(file)) {
                EventLines.read(in, new EventLines.Listener() {
                    @Override
                    public void event(long line, Event event) {
                        observations.add(event);
                    }

                    @Override
                    public void rejected(long line, EventFormatException why) {
                        listener.unusable("a line that is no event");
                    }
                });
            }
        };
    }
}
