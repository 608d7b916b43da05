package io.crs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.crs.contract.EventStoreContract;
import org.junit.jupiter.api.Test;

class InMemoryEventStoreTest extends EventStoreContract {
    @Override
    protected EventStore store() {
        return new InMemoryEventStore();
    }

    @Test
    void letsTheOldestGoAndCountsIt() {
        InMemoryEventStore small = new InMemoryEventStore(10);
        small.append(events("a", 11, 20));
        assertEquals(0, small.evicted());
        small.append(events("a", 1, 5));
        small.append(events("a", 21, 23));
        assertEquals(10, small.count());
        assertEquals(8, small.evicted());
        assertEquals(14, small.find(event -> true, 10).get(9).header().seq());
    }

    @Test
    void hasRoomForOneAtLeast() {
        assertThrows(IllegalArgumentException.class, () -> new InMemoryEventStore(0));
    }
}
