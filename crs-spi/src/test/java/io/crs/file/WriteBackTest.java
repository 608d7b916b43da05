package io.crs.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WriteBackTest {
    private static final byte[] BLOCK = new byte[1 << 20];

    private final List<Boolean> forced = new CopyOnWriteArrayList<>();

    private static void write(WriteBack file, long bytes) throws IOException {
        for (long written = 0; written < bytes && !Thread.currentThread().isInterrupted(); written += BLOCK.length) {
            file.write(BLOCK);
        }
    }

    @Test
    void aLargeFileGoesToTheDiskBeforeItEnds() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (WriteBack file = new WriteBack(OutputStream.nullOutputStream(), metadata -> {
            forced.add(metadata);
            begun.countDown();
        })) {
            write(file, WriteBack.STEP);
            assertTrue(begun.await(30, TimeUnit.SECONDS));
            file.settle();
        }
        assertEquals(List.of(false, true), forced);
    }

    @Test
    void aSmallFileGoesToTheDiskOnce() throws IOException {
        try (WriteBack file = new WriteBack(OutputStream.nullOutputStream(), forced::add)) {
            write(file, WriteBack.STEP / 2);
            file.settle();
        }
        assertEquals(List.of(true), forced);
    }

    /** The kernel tells a failure to write once: to whoever asks first, which is not the one who asks at the end. */
    @Test
    void whatTheDiskRefusesMeanwhileIsToldAtTheEnd() throws IOException {
        IOException full = new IOException("no space left");
        try (WriteBack file = new WriteBack(OutputStream.nullOutputStream(), metadata -> {
            if (!metadata) {
                throw full;
            }
        })) {
            write(file, WriteBack.STEP);
            assertSame(full, assertThrows(IOException.class, file::settle));
        }
    }

    @Test
    void whatTheDiskRefusesMeanwhileEndsTheWriting() throws Exception {
        CountDownLatch refused = new CountDownLatch(1);
        try (WriteBack file = new WriteBack(OutputStream.nullOutputStream(), metadata -> {
            refused.countDown();
            throw new IOException("no space left");
        })) {
            write(file, WriteBack.STEP);
            assertTrue(refused.await(30, TimeUnit.SECONDS));
            assertThrows(IOException.class, () -> write(file, Long.MAX_VALUE));
        }
    }

    @Test
    void whoIsInterruptedStopsWaiting() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try (WriteBack file = new WriteBack(OutputStream.nullOutputStream(), metadata -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        })) {
            write(file, WriteBack.STEP);
            Thread.currentThread().interrupt();
            assertThrows(IOException.class, file::settle);
        } finally {
            assertTrue(Thread.interrupted());
            never.countDown();
        }
    }
}
