package io.crs.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.event.Event;
import io.crs.transport.EventBatch;
import io.crs.transport.EventReceiver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** A receiver that keeps what it took, and refuses as often as it was told to. */
public final class RecordingReceiver implements EventReceiver {
    private static final long PATIENCE_SECONDS = 30;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Event> events = new ArrayList<>();
    private long rejected;
    private int refusals;
    private int refused;
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicBoolean overlapped = new AtomicBoolean();

    /** Refuses the next batches. */
    public void refuse(int batches) {
        lock.lock();
        try {
            refusals = batches;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void receive(EventBatch batch) throws IOException {
        if (inside.incrementAndGet() > 1) {
            overlapped.set(true);
        }
        lock.lock();
        try {
            take(batch);
        } finally {
            lock.unlock();
            inside.decrementAndGet();
        }
    }

    private void take(EventBatch batch) throws IOException {
        changed.signalAll();
        if (refusals > 0) {
            refusals--;
            refused++;
            throw new IOException("refused by the test");
        }
        events.addAll(batch.events());
        rejected += batch.rejectedCount();
    }

    /** The ids of the events taken, in order. */
    public List<String> ids() {
        lock.lock();
        try {
            return events.stream().map(event -> event.header().id()).toList();
        } finally {
            lock.unlock();
        }
    }

    /** The events taken, in order. */
    public List<Event> events() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    /** How many lines came that were no events. */
    public long rejected() {
        lock.lock();
        try {
            return rejected;
        } finally {
            lock.unlock();
        }
    }

    /** Whether two threads were here at a time. */
    public boolean overlapped() {
        return overlapped.get();
    }

    /** Waits for so many events; fails when they do not come. */
    public void awaitEvents(int count) throws InterruptedException {
        await(() -> events.size() >= count, "events");
    }

    /** Waits for so many lines that are no events. */
    public void awaitRejected(int count) throws InterruptedException {
        await(() -> rejected >= count, "rejected lines");
    }

    /** Waits until so many batches were refused. */
    public void awaitRefused(int count) throws InterruptedException {
        await(() -> refused >= count, "refusals");
    }

    private void await(BooleanSupplier condition, String what) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!condition.getAsBoolean() && left > 0) {
                left = changed.awaitNanos(left);
            }
            assertTrue(
                    condition.getAsBoolean(),
                    () -> "no such " + what + " came; there are " + events.size() + " events, " + rejected
                            + " rejected lines, " + refused + " refusals");
        } finally {
            lock.unlock();
        }
    }
}
