package io.crs.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a transport: its life, and the handing over of a batch until it is taken.
 *
 * <p>Two signals end it. {@code stop}: take nothing new, deliver what is there. {@code abandon}: give up what is not
 * delivered either. Draining sends the first and, when time is up, the second; closing sends both at once. It is never
 * interrupted, since an interrupt would close the channel a store happens to be writing.
 */
final class DeliveryThread {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryThread.class);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    /** What {@link Thread#join(long)} takes for no limit. */
    private static final long FOREVER = 0;

    /** What the thread does. */
    interface Loop {
        /** Delivers until told to stop; whether everything that had arrived was taken. */
        boolean run() throws IOException;
    }

    private final String name;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch abandon = new CountDownLatch(1);
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final EventReceiver receiver;
    private final Runnable wake;
    private volatile boolean complete;

    /**
     * Describes a thread.
     *
     * @param wake ends whatever the loop waits for, after a signal
     */
    DeliveryThread(String name, EventReceiver receiver, Runnable wake) {
        this.name = name;
        this.receiver = receiver;
        this.wake = wake;
    }

    void start(Loop loop) {
        Thread started = new Thread(() -> run(loop), name);
        started.setDaemon(true);
        thread.set(started);
        started.start();
    }

    private void run(Loop loop) {
        try {
            complete = loop.run();
        } catch (IOException | RuntimeException e) {
            LOG.error("{} has ended: no more events come this way", name, e);
        }
    }

    boolean isStopping() {
        return stop.getCount() == 0;
    }

    boolean isAbandoned() {
        return abandon.getCount() == 0;
    }

    /** Waits for the signal to stop, or as long as said. */
    void pause(Duration time) {
        await(stop, time.toMillis());
    }

    /** Hands a batch over until it is taken; false if it was given up. */
    boolean deliver(EventBatch batch) {
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            Thread.interrupted(); // A receiver's interrupt is not meant for the next batch.
            try {
                receiver.receive(batch);
                return true;
            } catch (IOException | RuntimeException e) {
                if (pause == FIRST_PAUSE_MILLIS) {
                    LOG.warn("{}: events were not taken and will be offered again", name, e);
                }
            }
            if (await(abandon, pause)) {
                return false;
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }

    boolean drain(Duration timeout) {
        stop.countDown();
        wake.run();
        boolean ended = join(Math.max(1, timeout.toMillis()));
        abandon.countDown();
        wake.run();
        return ended && complete;
    }

    void close() {
        stop.countDown();
        abandon.countDown();
        wake.run();
        join(FOREVER);
    }

    /** Joins the thread, unless it is the one that asks. */
    private boolean join(long millis) {
        Thread started = thread.get();
        if (started == null || started == Thread.currentThread()) {
            return started == null;
        }
        boolean interrupted = false;
        try {
            started.join(millis);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !started.isAlive();
    }

    /** Waits for a signal; true once it has come. An interrupt is kept for whoever asks later. */
    private static boolean await(CountDownLatch signal, long millis) {
        try {
            return signal.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return signal.getCount() == 0;
        }
    }
}
