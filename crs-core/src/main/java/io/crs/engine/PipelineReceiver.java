package io.crs.engine;

import io.crs.event.Event;
import io.crs.store.EventStore;
import io.crs.transport.EventBatch;
import io.crs.transport.EventReceiver;
import io.crs.transport.LossAccount;
import io.crs.transport.RejectedLine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores batches, counts, and tells listeners; batches of several transports come one after the other. */
final class PipelineReceiver implements EventReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(EventPipeline.class);

    private final EventStore store;
    private final List<Consumer<? super Event>> listeners;
    private final LossAccount loss;
    private final ReentrantLock order = new ReentrantLock(true);
    /** Guards the numbers alone, so that asking for them never waits for the store. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private long stored;
    private long duplicates;
    private long rejected;
    private long storeFailures;
    private long listenerFailures;

    PipelineReceiver(EventStore store, List<Consumer<? super Event>> listeners, LossAccount loss) {
        this.store = store;
        this.listeners = listeners;
        this.loss = loss;
    }

    @Override
    public void receive(EventBatch batch) throws IOException {
        order.lock();
        try {
            List<Event> added = append(batch.events());
            added.forEach(loss::observe);
            added.forEach(this::tell);
            count(batch, added.size());
        } finally {
            order.unlock();
        }
    }

    private List<Event> append(List<Event> events) throws IOException {
        try {
            return store.append(events);
        } catch (IOException | RuntimeException e) {
            locked(() -> storeFailures++);
            throw e;
        }
    }

    private void tell(Event event) {
        for (Consumer<? super Event> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
                if (status().listenerFailures() == 0) {
                    LOG.warn("a listener failed; further failures are counted and not logged", e);
                }
                locked(() -> listenerFailures++);
            }
        }
    }

    private void count(EventBatch batch, int added) {
        locked(() -> {
            if (rejected == 0 && batch.rejectedCount() > 0) {
                LOG.warn(
                        "a line was no event: {}; further ones are counted and not logged",
                        batch.rejected().stream()
                                .findFirst()
                                .map(RejectedLine::reason)
                                .orElse(""));
            }
            stored += added;
            duplicates += batch.events().size() - added;
            rejected += batch.rejectedCount();
            changed.signalAll();
        });
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    LossAccount loss() {
        return loss;
    }

    PipelineStatus status() {
        lock.lock();
        try {
            return new PipelineStatus(stored, duplicates, rejected, storeFailures, listenerFailures, loss.total());
        } finally {
            lock.unlock();
        }
    }

    boolean await(long events, Duration timeout) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeout.toNanos();
            while (stored < events && left > 0) {
                left = changed.awaitNanos(left);
            }
            return stored >= events;
        } finally {
            lock.unlock();
        }
    }
}
