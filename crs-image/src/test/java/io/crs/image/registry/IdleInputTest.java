package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.crs.image.format.BlockInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdleInputTest {
    /** Deals out a byte at a time, for ever, each long before the time is over. */
    private static final class Drip extends BlockInput {
        private boolean closed;

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (closed) {
                throw new IOException("closed");
            }
            bytes[offset] = 1;
            return 1;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void whoeverDealsOutByteByByteIsLeft() {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            try (IdleInput in = new IdleInput(new Drip(), Duration.ofMillis(200))) {
                assertThrows(SocketTimeoutException.class, in::readAllBytes);
            }
        });
    }

    @Test
    void whatComesInTimeComesWhole() throws IOException {
        byte[] content = new byte[100_000];
        try (IdleInput in = new IdleInput(new ByteArrayInputStream(content), Duration.ofSeconds(30))) {
            assertArrayEquals(content, in.readAllBytes());
        }
    }
}
