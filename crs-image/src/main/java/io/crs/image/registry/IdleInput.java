package io.crs.image.registry;

import io.crs.image.format.BlockInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A stream that must bring some bytes within a time of waiting for it, however it deals them out; the JDK's client has no
 * such limit of its own.
 */
final class IdleInput extends BlockInput {
    private static final int LEAST_BYTES = 4096;
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "crs-registry-idle");
        thread.setDaemon(true);
        return thread;
    });

    private final InputStream in;
    private final Duration idle;
    private final ScheduledFuture<?> watch;
    private volatile long waitingSince;
    private volatile long waited;
    private int brought;
    private volatile boolean late;

    IdleInput(InputStream in, Duration idle) {
        this.in = in;
        this.idle = idle;
        long step = Math.max(1, idle.toNanos() / 4);
        this.watch = CLOCK.scheduleWithFixedDelay(this::look, step, step, TimeUnit.NANOSECONDS);
    }

    private void look() {
        long since = waitingSince;
        if (since != 0 && waited + System.nanoTime() - since > idle.toNanos()) {
            late = true;
            watch.cancel(false);
            try {
                in.close(); // which ends the read
            } catch (IOException e) {
                // it was to end anyway
            }
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        waitingSince = System.nanoTime() | 1;
        try {
            int read = in.read(bytes, offset, length);
            if (late) {
                throw silent();
            }
            brought(read);
            return read;
        } catch (IOException e) {
            throw late ? silent() : e;
        } finally {
            waitingSince = 0;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread reads
    private void brought(int bytes) {
        brought += bytes;
        if (brought >= LEAST_BYTES) {
            brought = 0;
            waited = 0;
        } else {
            waited += System.nanoTime() - waitingSince;
        }
    }

    private SocketTimeoutException silent() {
        return new SocketTimeoutException("next to nothing came for " + idle.toSeconds() + " seconds");
    }

    @Override
    public void close() throws IOException {
        watch.cancel(false);
        in.close();
    }
}
