package io.crs.event;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/**
 * Reads recordings of events, a line each, on all processors and in their order.
 *
 * <p>Lines may be anything: {@link EventJson} says what is an event. Blank lines are passed over, and so is a UTF-8
 * byte-order mark at the beginning. Memory is bounded, however long the recording is.
 */
public final class EventLines {
    private static final int MOST_THREADS = 8;

    private final LineBlocks blocks;
    private final Queue<PlainReader> readers = new ConcurrentLinkedQueue<>();
    private final Deque<FutureTask<LineBlock>> tasks = new ArrayDeque<>();

    /** Who is told what the lines are. */
    public interface Listener {
        /**
         * A line is an event.
         *
         * @param line its number, from 1
         * @param event the event
         */
        void event(long line, Event event);

        /**
         * A line is no event.
         *
         * @param line its number, from 1
         * @param why what is wrong with it
         */
        void rejected(long line, EventFormatException why);
    }

    private EventLines(InputStream in) {
        blocks = new LineBlocks(in);
    }

    /**
     * Reads to the end. The listener is told by this thread, line after line.
     *
     * @throws IOException if the lines cannot be read
     */
    public static void read(InputStream in, Listener listener) throws IOException {
        new EventLines(in).read(listener);
    }

    private void read(Listener listener) throws IOException {
        int others = Math.max(1, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()) - 1);
        ExecutorService threads = Executors.newFixedThreadPool(others, EventLines::thread);
        try {
            long lines = 0;
            for (LineBlock block = blocks.next(); block != null || !tasks.isEmpty(); ) {
                if (block != null && tasks.size() <= 2 * others) {
                    add(block, threads);
                    block = blocks.next();
                } else {
                    lines = oldest().tell(lines, listener);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The first block is left to this thread: most streams have no other. */
    private void add(LineBlock block, ExecutorService threads) {
        FutureTask<LineBlock> task = new FutureTask<>(() -> read(block));
        tasks.add(task);
        if (tasks.size() > 1) {
            threads.execute(task);
        }
    }

    private LineBlock read(LineBlock block) {
        PlainReader reader = readers.poll();
        reader = reader == null ? PlainReader.ofManyLines() : reader;
        block.read(reader);
        readers.add(reader);
        return block;
    }

    /** The oldest block, read; until it is, this thread reads what no other has begun. */
    private LineBlock oldest() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
        FutureTask<LineBlock> oldest = tasks.element();
        for (FutureTask<LineBlock> task : tasks) {
            if (oldest.isDone()) {
                break;
            }
            task.run();
        }
        try {
            return oldest.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading a block of events failed", e);
        } finally {
            tasks.remove();
        }
    }

    private static InterruptedIOException interrupted() {
        return new InterruptedIOException("interrupted while reading events");
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "crs-event-lines");
        thread.setDaemon(true);
        return thread;
    }
}
