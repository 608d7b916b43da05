package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.RpmFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactCacheTest {
    private static final String KEY = "layer-1-sha256-00";

    @TempDir
    Path folder;

    /** Counts what is asked for and kept. */
    private static final class MemoryCache implements FactCache {
        private final Map<String, byte[]> kept = new HashMap<>();
        private int hits;

        @Override
        public Optional<byte[]> get(String key) {
            hits += kept.containsKey(key) ? 1 : 0;
            return Optional.ofNullable(kept.get(key));
        }

        @Override
        public void put(String key, byte[] value) {
            kept.put(key, value);
        }
    }

    private static ImageFixture base() {
        return ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9")).entryPoint("app");
    }

    @Test
    void readsOnlyTheLayersItDoesNotKnow() throws IOException {
        MemoryCache cache = new MemoryCache();
        Compatibility first = new ImageInspector(cache).inspect(base().image());
        ImageFixture fixture =
                base().layer(new TarFixture().file("etc/x", "own").bytes()).far();
        Image second = fixture.image();
        // Of the base nothing can be read any more.
        fixture.blobs().remove(second.layers().get(0).descriptor().digest());
        Compatibility verdict = new ImageInspector(cache).inspect(second);
        assertEquals(first.toJson(), verdict.toJson());
        assertEquals(2, cache.kept.size());
        assertEquals(1, cache.hits);
        assertThrows(IOException.class, () -> new ImageInspector().inspect(second));
    }

    @Test
    void noticesThatALayerAtHandWasChangedSince() throws IOException {
        MemoryCache cache = new MemoryCache();
        ImageFixture fixture = base();
        Image image = fixture.image();
        new ImageInspector(cache).inspect(image);
        Digest layer = image.layers().get(0).descriptor().digest();
        byte[] changed = fixture.blobs().get(layer).clone();
        changed[changed.length / 2] ^= 1;
        fixture.blobs().put(layer, changed);
        InvalidImageException e =
                assertThrows(InvalidImageException.class, () -> new ImageInspector(cache).inspect(image));
        assertTrue(e.getMessage().contains(layer.hex()), e.getMessage());
    }

    @Test
    void verifiesALayerAtHandAgainOnlyWhereItsStampIsAnother() throws IOException {
        MemoryCache cache = new MemoryCache();
        ImageFixture fixture = base().stamped("1");
        Image image = fixture.image();
        new ImageInspector(cache).inspect(image);
        Digest layer = image.layers().get(0).descriptor().digest();
        byte[] sound = fixture.blobs().remove(layer);
        new ImageInspector(cache).inspect(image);
        fixture.stamped("2");
        assertThrows(IOException.class, () -> new ImageInspector(cache).inspect(image), "it is read, and is not there");
        fixture.blobs().put(layer, sound);
        new ImageInspector(cache).inspect(image);
        fixture.blobs().remove(layer);
        new ImageInspector(cache).inspect(image);
        fixture.stamped("");
        assertThrows(
                IOException.class,
                () -> new ImageInspector(cache).inspect(image),
                "nothing tells that it is as it was");
    }

    @Test
    void doesNotTakeALayerForVerifiedThatChangedWhileItWasRead() throws IOException {
        MemoryCache cache = new MemoryCache();
        ImageFixture fixture = base().stamped("1");
        Image image = fixture.image();
        ImageFiles.read(image, cache);
        long before = cache.kept.size();
        fixture.ticking();
        ImageFiles.read(image, cache);
        ImageFiles.read(image, cache);
        assertEquals(before, cache.kept.size());
        fixture.blobs().remove(image.layers().get(0).descriptor().digest());
        assertThrows(IOException.class, () -> ImageFiles.read(image, cache));
    }

    @Test
    void keepsTheDigestsOfPrograms() throws IOException {
        MemoryCache cache = new MemoryCache();
        Image image = base().image();
        byte[] list =
                ExecutableList.of(ImageFiles.readWithDigests(image, cache)).toBytes();
        assertArrayEquals(
                list,
                ExecutableList.of(ImageFiles.readWithDigests(image, cache)).toBytes());
        assertArrayEquals(
                list, ExecutableList.of(ImageFiles.readWithDigests(image)).toBytes());
        assertEquals(1, cache.hits);
        ImageFiles.read(image, cache);
        assertEquals(2, cache.hits, "who wants no digests takes a record that has them");
        MemoryCache without = new MemoryCache();
        ImageFiles.read(image, without);
        assertArrayEquals(
                list,
                ExecutableList.of(ImageFiles.readWithDigests(image, without)).toBytes());
        assertEquals(0, without.hits, "who wants digests takes none without");
    }

    @Test
    void keepsNothingOfADamagedLayer() throws IOException {
        MemoryCache cache = new MemoryCache();
        ImageFixture fixture = base();
        Image image = fixture.image();
        byte[] stored = fixture.blobs().get(image.layers().get(0).descriptor().digest());
        stored[stored.length - 3] ^= 1;
        assertThrows(InvalidImageException.class, () -> ImageFiles.read(image, cache));
        assertTrue(cache.kept.isEmpty());
    }

    @Test
    void readsTheLayerWhereTheCacheFailsOrIsDamaged() throws IOException {
        FactCache failing = new FactCache() {
            @Override
            public Optional<byte[]> get(String key) throws IOException {
                throw new IOException("no cache today");
            }

            @Override
            public void put(String key, byte[] value) throws IOException {
                throw new IOException("no cache today");
            }
        };
        String expected = new ImageInspector().inspect(base().image()).toJson();
        assertEquals(
                expected, new ImageInspector(failing).inspect(base().image()).toJson());
        MemoryCache damaged = new MemoryCache();
        new ImageInspector(damaged).inspect(base().image());
        byte[] sound = damaged.kept.values().iterator().next();
        String key = damaged.kept.keySet().iterator().next();
        damaged.put(key, Arrays.copyOf(sound, sound.length / 2));
        assertEquals(
                expected, new ImageInspector(damaged).inspect(base().image()).toJson());
        assertArrayEquals(sound, damaged.kept.get(key), "written again");
    }

    @Property(tries = 200)
    void takesAnyBytesForDamagedOrForARecord(@ForAll byte[] bytes) throws IOException {
        try {
            FactRecord.of(bytes);
        } catch (MalformedException expected) {
            assertFalse(expected.getMessage().isEmpty());
        }
    }

    private static byte[] aRecord() throws IOException {
        MemoryCache cache = new MemoryCache();
        ImageFiles.readWithDigests(base().image(), cache);
        return cache.kept.values().iterator().next();
    }

    @Property(tries = 200)
    void takesADamagedRecordForDamaged(@ForAll int place, @ForAll @IntRange(min = 1, max = 255) int change)
            throws IOException {
        byte[] record = aRecord();
        record[Math.floorMod(place, record.length)] ^= (byte) change;
        assertThrows(MalformedException.class, () -> FactRecord.of(record));
    }

    private static byte[] withByte(int place, byte value) throws IOException {
        byte[] record = aRecord();
        byte[] decoded = new InflaterInputStream(
                        new ByteArrayInputStream(record, FactRecord.SUM, record.length - FactRecord.SUM))
                .readAllBytes();
        decoded[Math.floorMod(place, decoded.length)] = value;
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(deflated)) {
            out.write(decoded);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(FactRecord.sum(deflated.toByteArray(), 0));
        deflated.writeTo(bytes);
        return bytes.toByteArray();
    }

    @Test
    void saysWhatToDoWhereARecordWasWrittenWrong() throws IOException {
        MemoryCache cache = new MemoryCache();
        Image image = base().image();
        ImageFiles.readWithDigests(image, cache);
        cache.put(cache.kept.keySet().iterator().next(), withByte(0, (byte) 9));
        IOException e = assertThrows(IOException.class, () -> ImageFiles.readWithDigests(image, cache));
        assertTrue(e.getMessage().contains("empty the cache"), e.getMessage());
    }

    /** As somebody could make it who knows how, or a version that wrote something else. */
    @Property(tries = 300)
    void readsARecordOfOtherContentToAnEnd(@ForAll int place, @ForAll byte value) throws IOException {
        byte[] record = withByte(place, value);
        try {
            FactRecord.of(record).each(entry -> {});
        } catch (IOException expected) {
            assertFalse(expected.toString().isEmpty());
        }
    }

    /** Whatever layers do to each other: the same is known with a cache, cold and warm, as without. */
    @Property(tries = 120)
    void tellsTheSameWithAndWithoutACache(@ForAll("stacks") List<List<Change>> stack) throws IOException {
        MemoryCache cache = new MemoryCache();
        String plain = described(image(stack), FactCache.none());
        assertEquals(plain, described(image(stack), cache), "cold");
        int cold = cache.hits;
        assertEquals(plain, described(image(stack), cache), "warm");
        assertTrue(cache.hits > cold);
    }

    private static String described(Image image, FactCache cache) throws IOException {
        String verdict = outcome(() -> new ImageInspector(cache).inspect(image).toJson());
        String list = outcome(() -> new String(
                ExecutableList.of(ImageFiles.readWithDigests(image, cache)).toBytes(), StandardCharsets.ISO_8859_1));
        String paths = outcome(() -> ImageFiles.readAll(image, cache).paths() + " "
                + ImageFiles.readAll(image, cache).rootNames());
        String preloads =
                outcome(() -> ImageFiles.read(image, cache).preloadList().toString());
        return verdict + "\n" + list + "\n" + paths + "\n" + preloads;
    }

    private interface Told {
        String tell() throws IOException;
    }

    private static String outcome(Told told) throws IOException {
        try {
            return told.tell();
        } catch (InvalidImageException e) {
            return e.getMessage();
        }
    }

    private static Image image(List<List<Change>> stack) throws IOException {
        ImageFixture fixture = base();
        for (List<Change> layer : stack) {
            TarFixture tar = new TarFixture();
            layer.forEach(change -> change.to(tar));
            fixture.layer(tar.bytes());
        }
        return fixture.image();
    }

    /** One entry of a layer. */
    record Change(String path, int kind, String other) {
        void to(TarFixture tar) {
            switch (kind) {
                case 0 -> tar.program(path, ProgramFixture.dynamic("/" + other));
                case 1 -> tar.link(path, other);
                case 2 -> tar.hardLink(path, other);
                case 3 -> tar.file(path.replaceFirst("([^/]*)$", ".wh.$1"), "");
                case 4 -> tar.folder(path, 0750);
                case 5 -> tar.file(path, "Package: libc6\nVersion: " + other + "\n");
                case 6 -> tar.file(path, 04755, ProgramFixture.fixed(62, "\u00ff Go buildinf:"));
                case 7 -> tar.program(path, ProgramFixture.glibc("Debian GLIBC 2.30-1", "2.30"));
                case 8 -> tar.file(path + "/.wh..wh..opq", "");
                case 9 -> tar.file(path, 0644, RpmFixture.ndb(RpmFixture.header("glibc", "2.36", "1", "x86_64")));
                case 10 -> tar.program(path, ("#!/" + other + " -x\n").getBytes(StandardCharsets.UTF_8));
                case 12 -> tar.file(path, other);
                case 13 ->
                    tar.pax("SCHILY.xattr.user.x", other, "mtime", "1.5")
                            .owner(9)
                            .folder(path, 0711);
                default -> tar.pax("SCHILY.xattr.security.capability", "1").program(path, new byte[100]);
            }
        }
    }

    @Provide
    Arbitrary<List<List<Change>>> stacks() {
        List<String> paths = List.of(
                "usr",
                "usr/bin",
                "usr/bin/app",
                "usr/bin/su",
                "app",
                "lib",
                "lib64",
                "./usr//lib64/ld-linux-x86-64.so.2",
                "usr/lib/x86_64-linux-gnu",
                "usr/lib/x86_64-linux-gnu/libc.so.6",
                "../etc/os-release",
                "usr/lib/os-release",
                "etc",
                "etc/debian_version",
                "etc/ld.so.preload",
                "var/lib/dpkg/status",
                "var/lib/dpkg/status.d/libc6",
                "var/lib/rpm/Packages.db",
                "var/lib/rpm/rpmdb.sqlite-wal",
                "\u00ff/\u00fe");
        Arbitrary<String> path = Arbitraries.of(paths);
        Arbitrary<Change> change = Combinators.combine(
                        path, Arbitraries.integers().between(0, 14), path)
                .as(Change::new);
        return change.list().ofMinSize(1).ofMaxSize(8).list().ofMaxSize(5);
    }

    @Test
    void keepsValuesInAFolderOfItsOwn() throws IOException {
        FactCache cache = FactCache.folder(folder.resolve("a/b"), 1 << 20);
        assertEquals(Optional.empty(), cache.get(KEY));
        byte[] value = "value".getBytes(StandardCharsets.UTF_8);
        cache.put(KEY, value);
        assertArrayEquals(
                value, FactCache.folder(folder.resolve("a/b"), 1 << 20).get(KEY).orElseThrow());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("a/b"))));
        assertEquals(1, folder.resolve("a/b").toFile().list().length, "no temporary file is left");
    }

    @Test
    void believesNoFileThatIsNotWhatWasPut() throws IOException {
        FactCache cache = FactCache.folder(folder, 1 << 20);
        byte[] value = "value".getBytes(StandardCharsets.UTF_8);
        cache.put(KEY, value);
        Path file = folder.resolve(KEY + ".facts");
        byte[] sound = Files.readAllBytes(file);
        for (int i = 0; i < sound.length; i++) {
            byte[] bytes = sound.clone();
            bytes[i] ^= 1;
            Files.write(file, bytes);
            assertEquals(Optional.empty(), cache.get(KEY));
            Files.write(file, Arrays.copyOf(sound, i));
            assertEquals(Optional.empty(), cache.get(KEY));
        }
        Files.write(folder.resolve("other.facts"), sound);
        assertEquals(Optional.empty(), cache.get("other"), "under another name");
        Files.delete(file);
        Files.createSymbolicLink(file, folder.resolve("other.facts"));
        assertEquals(Optional.empty(), cache.get(KEY), "through a link");
        cache.put(KEY, value);
        assertArrayEquals(value, cache.get(KEY).orElseThrow());
        Files.delete(file);
        Files.createDirectory(file);
        assertEquals(Optional.empty(), cache.get(KEY), "a folder");
    }

    @Test
    void forgetsWhatWasNotUsedForTheLongestTime() throws IOException {
        FactCache cache = FactCache.folder(folder, 3500);
        for (String key : List.of("a", "b", "c")) {
            cache.put(key, new byte[1000]);
            Files.setLastModifiedTime(
                    folder.resolve(key + ".facts"), FileTime.from(Instant.ofEpochSecond(key.charAt(0))));
        }
        assertTrue(cache.get("a").isPresent());
        cache.put("d", new byte[1000]);
        List<String> left = new ArrayList<>();
        for (String key : List.of("a", "b", "c", "d")) {
            cache.get(key).ifPresent(value -> left.add(key));
        }
        assertEquals(List.of("a", "c", "d"), left);
        cache.put("e", new byte[4000]);
        assertEquals(Optional.empty(), cache.get("e"), "longer than all may be");
        assertTrue(cache.get("d").isPresent(), "and nothing went for it");
    }

    @Test
    void refusesKeysThatAreNoPlainNames() {
        FactCache cache = FactCache.folder(folder, 1000);
        for (String key : List.of("", "../x", "a/b", "A", "a.b", "a".repeat(201))) {
            assertThrows(IllegalArgumentException.class, () -> cache.get(key));
            assertThrows(IllegalArgumentException.class, () -> cache.put(key, new byte[1]));
        }
        assertThrows(IllegalArgumentException.class, () -> FactCache.folder(folder, 0));
    }
}
