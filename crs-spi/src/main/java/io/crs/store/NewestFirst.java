package io.crs.store;

import io.crs.event.Event;
import java.util.Comparator;

/** The order events are found in. */
final class NewestFirst {
    static final Comparator<Event> ORDER = Comparator.comparing(
                    (Event event) -> event.header().time())
            .thenComparingLong(event -> event.header().seq())
            .thenComparing(event -> event.header().id())
            .reversed();

    private NewestFirst() {}
}
