package io.crs.image.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.zstd.ZstdOutputStream;
import io.crs.image.fixture.ImageFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CompressionTest {
    private static final byte[] SKIPPABLE = {0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};

    private static byte[] decompress(byte[]... parts) throws IOException {
        try (InputStream in = Compression.decompress(new ByteArrayInputStream(join(parts)))) {
            return in.readAllBytes();
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] zstd(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zstd = new ZstdOutputStream(out)) {
            zstd.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] content(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        Arrays.fill(bytes, 0, length / 2, (byte) 'a');
        return bytes;
    }

    @Property(tries = 60)
    void readsEveryCompression(@ForAll @IntRange(max = 300_000) int length) throws Exception {
        byte[] content = content(length);
        assertArrayEquals(content, decompress(content.length == 0 ? content : join(content)));
        assertArrayEquals(content, decompress(ImageFixture.gzip(content)));
        assertArrayEquals(content, decompress(zstd(content)));
    }

    @Test
    void readsSeveralMembersAndFrames() throws Exception {
        byte[] one = content(100_000);
        byte[] two = content(70_001);
        assertArrayEquals(join(one, two), decompress(ImageFixture.gzip(one), ImageFixture.gzip(two)));
        assertArrayEquals(join(one, two), decompress(zstd(one), zstd(two)));
    }

    @Test
    void passesOverSkippableFramesWhereverTheyStand() throws Exception {
        byte[] content = content(200_000);
        assertArrayEquals(
                join(content, content),
                decompress(SKIPPABLE, zstd(content), SKIPPABLE, SKIPPABLE, zstd(content), SKIPPABLE));
        assertArrayEquals(new byte[0], decompress(SKIPPABLE));
    }

    @Test
    void refusesBytesAfterTheEnd() throws Exception {
        byte[] gzip = ImageFixture.gzip(content(1000));
        byte[] zstd = zstd(content(1000));
        for (byte[] garbage : List.of(
                new byte[] {0}, new byte[] {0x1f}, "junk".getBytes(java.nio.charset.StandardCharsets.US_ASCII))) {
            assertThrows(MalformedException.class, () -> decompress(gzip, garbage));
            assertThrows(MalformedException.class, () -> decompress(zstd, garbage));
        }
    }

    @Test
    void refusesWhatIsCutShortAnywhere() throws Exception {
        byte[] content = content(3000);
        for (byte[] whole : List.of(ImageFixture.gzip(content), zstd(content))) {
            for (int length = 5; length < whole.length; length += 7) {
                byte[] part = Arrays.copyOf(whole, length);
                assertThrows(MalformedException.class, () -> decompress(part), "of " + length + " bytes");
            }
        }
    }

    @Test
    void refusesAHugeWindow() {
        byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (21 << 3), 1, 0, 0};
        MalformedException refused = assertThrows(MalformedException.class, () -> decompress(frame));
        assertTrue(refused.getMessage().contains("window of 2147483648 bytes"), refused.getMessage());
    }

    @Test
    void stopsABomb() throws Exception {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(compressed)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 200; i++) {
                gzip.write(zeros);
            }
        }
        byte[] member = compressed.toByteArray();
        long read = 0;
        try (InputStream in = Compression.decompress(
                new SequenceInputStream(new ByteArrayInputStream(member), new ByteArrayInputStream(member)))) {
            byte[] buffer = new byte[1 << 16];
            MalformedException refused = null;
            while (refused == null) {
                try {
                    int count = in.read(buffer);
                    assertTrue(count > 0, "the bomb went off");
                    read += count;
                } catch (MalformedException e) {
                    refused = e;
                }
            }
            assertTrue(refused.getMessage().contains("1000 times its size"), refused.getMessage());
        }
        assertTrue(read <= Limits.RATIO_FLOOR + (100 << 20), read + " bytes were read");
    }

    @Property(tries = 200)
    void endsWithAnAnswerOrAnErrorWhateverTheBytes(@ForAll byte[] junk, @ForAll @IntRange(max = 400) int at)
            throws Exception {
        for (byte[] good : List.of(ImageFixture.gzip(content(500)), zstd(content(500)))) {
            byte[] bad = good.clone();
            for (int i = 0; i < junk.length && at + i < bad.length; i++) {
                bad[at + i] ^= junk[i];
            }
            try {
                decompress(bad);
            } catch (MalformedException e) {
                assertNotNull(e.getMessage());
            }
        }
    }

    @Test
    void tellsByTheFirstBytes() {
        assertEquals(Compression.NONE, Compression.of(new byte[0]));
        assertEquals(Compression.GZIP, Compression.of(new byte[] {0x1f, (byte) 0x8b}));
        assertEquals(Compression.ZSTD, Compression.of(SKIPPABLE));
    }
}
