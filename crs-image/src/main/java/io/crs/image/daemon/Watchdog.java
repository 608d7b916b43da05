package io.crs.image.daemon;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * Ends a connection whose other side lets a single step of it wait too long.
 *
 * <p>The sockets of the JDK know a timeout for reading at most, those with a path none at all. So a thread of its own looks
 * now and then whether a step is under way since too long, and closes the connection under it, which ends reading and
 * writing alike. Time in which nobody waits for the other side does not count.
 */
final class Watchdog implements Closeable {
    private final Closeable connection;
    private final String peer;
    private final Duration patience;
    private final Thread thread;
    private volatile long since;
    private volatile boolean bitten;

    Watchdog(Closeable connection, String peer, Duration patience) {
        this.connection = connection;
        this.peer = peer;
        this.patience = patience;
        this.thread = new Thread(this::watch, "crs-engine-watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    /** One step that waits for the other side. */
    @FunctionalInterface
    interface Step<T> {
        T take() throws IOException;
    }

    /**
     * Takes a step.
     *
     * @throws BrokenConnectionException if it fails, or is ended here; the message names the engine
     */
    <T> T watch(Step<T> step) throws BrokenConnectionException {
        // Zero means that nobody waits.
        since = System.nanoTime() | 1;
        try {
            return step.take();
        } catch (IOException e) {
            throw new BrokenConnectionException(
                    bitten
                            ? peer + " did not go on for " + patience.toSeconds() + " s"
                            : peer + ": "
                                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
                    bitten ? new SocketTimeoutException(e.getMessage()) : e);
        } finally {
            since = 0;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void watch() {
        try {
            while (!bitten) {
                Thread.sleep(Math.max(1, patience.toMillis() / 8));
                long started = since;
                if (started != 0 && System.nanoTime() - started > patience.toNanos()) {
                    bitten = true;
                    connection.close();
                }
            }
        } catch (InterruptedException e) {
            // The connection is done.
        } catch (IOException e) {
            // Whoever waits sees that it is closed.
        }
    }
}
