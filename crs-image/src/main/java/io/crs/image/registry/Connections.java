package io.crs.image.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The JDK's clients of one registry, which can be ended.
 *
 * <p>Until Java 21 a client cannot be closed. Its thread goes on waiting in the kernel for connections, and the end of a JVM
 * waits 0.3 seconds for such threads: as long as a short command takes for all the rest.
 */
final class Connections implements AutoCloseable {
    private static final long LONGEST_END = 1_000;

    /** Where the threads are that clients wait for connections with, and no others. */
    private static final ThreadGroup WAITING = new ThreadGroup("crs-registry");

    /** One client is built at a time, so that its thread is the new one. */
    private static final Lock BUILDING = new ReentrantLock();

    /** The JDK's own would begin its threads in the group above. */
    private static final Executor WORKERS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "crs-registry-worker");
        thread.setDaemon(true);
        return thread;
    });

    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    /** Builds a client that lives until these connections are closed. */
    HttpClient client(HttpClient.Builder builder) throws IOException {
        FutureTask<HttpClient> task = new FutureTask<>(builder.executor(WORKERS)::build);
        Thread building = new Thread(WAITING, task, "crs-registry-client");
        BUILDING.lock();
        try {
            Set<Thread> before = waiting();
            building.start();
            HttpClient client = built(task);
            Set<Thread> begun = waiting();
            begun.removeAll(before);
            begun.remove(building);
            threads.addAll(begun);
            return client;
        } finally {
            BUILDING.unlock();
        }
    }

    private static HttpClient built(FutureTask<HttpClient> task) throws IOException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException("no connections can be made: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Ends all clients; what they were asked for is not waited for. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        threads.forEach(Connections::join);
        threads.clear();
    }

    private static void join(Thread thread) {
        try {
            thread.join(LONGEST_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Set<Thread> waiting() {
        Thread[] all = new Thread[WAITING.activeCount() + 16];
        return new HashSet<>(Arrays.asList(all).subList(0, WAITING.enumerate(all)));
    }
}
