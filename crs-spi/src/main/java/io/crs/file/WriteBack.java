package io.crs.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file on their way to the disk: of a large one they go there while more are written, so that at its end there
 * is little to wait for.
 */
final class WriteBack extends OutputStream {
    static final long STEP = 64L << 20;

    private final OutputStream out;
    private final Disk disk;
    private long waiting;
    private @Nullable FutureTask<Void> running;

    /** Where the bytes go in the end. */
    @FunctionalInterface
    interface Disk {
        /** Waits until all that was written so far is there, as {@link FileChannel#force} does. */
        void force(boolean metadata) throws IOException;
    }

    WriteBack(FileChannel channel) {
        this(Channels.newOutputStream(channel), channel::force);
    }

    WriteBack(OutputStream out, Disk disk) {
        this.out = out;
        this.disk = disk;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        waiting += length;
        if (waiting >= STEP && (running == null || running.isDone())) {
            await();
            waiting = 0;
            FutureTask<Void> task = new FutureTask<>(() -> {
                disk.force(false);
                return null;
            });
            running = task;
            Thread thread = new Thread(task, "crs-write-back");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Waits until all that was written is on the disk. */
    void settle() throws IOException {
        await();
        disk.force(true);
    }

    /** What the disk refuses is told once for a file, so whoever hears it first must hand it on. */
    private void await() throws IOException {
        FutureTask<Void> task = running;
        if (task == null) {
            return;
        }
        try {
            task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a file was written");
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
