package io.crs.transport;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** Batches on their way to the receiver, one after the other; bounded. Each is answered once it was taken. */
final class BatchQueue {
    private static final EventBatch NOTHING = EventBatch.of(List.of());

    private final BlockingQueue<Waiting> waiting;
    private volatile boolean closed;

    private record Waiting(EventBatch batch, CompletableFuture<Boolean> taken) {}

    BatchQueue(int most) {
        waiting = new LinkedBlockingQueue<>(most);
    }

    /**
     * Puts a batch in; what it gives is true once the receiver has taken it, and false if that will not be any more.
     *
     * @throws HttpProblem if there is no room
     */
    CompletableFuture<Boolean> put(EventBatch batch) throws HttpProblem {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        if (closed || !waiting.offer(new Waiting(batch, taken))) {
            throw HttpProblem.later(closed ? "closing" : "events come faster than they can be stored");
        }
        return taken;
    }

    /** Ends the wait of the thread that delivers. A full queue needs no waking. */
    void wake() {
        boolean ignored = waiting.offer(new Waiting(NOTHING, new CompletableFuture<>()));
    }

    /** Takes nothing any more. */
    void close() {
        closed = true;
        wake();
    }

    /** Delivers until told to stop, then what is left; true if all of it was taken. */
    boolean run(DeliveryThread delivery) {
        try {
            while (!delivery.isAbandoned()) {
                Waiting next = delivery.isStopping() ? waiting.poll() : waiting.take();
                if (next == null) {
                    return true;
                }
                if (next.batch().equals(NOTHING)) {
                    continue;
                }
                boolean taken = delivery.deliver(next.batch());
                next.taken().complete(taken);
                if (!taken) {
                    return false;
                }
            }
            return waiting.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            closed = true;
            for (Waiting left = waiting.poll(); left != null; left = waiting.poll()) {
                left.taken().complete(false);
            }
        }
    }
}
