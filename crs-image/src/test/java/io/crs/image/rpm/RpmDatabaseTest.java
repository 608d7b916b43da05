package io.crs.image.rpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.RpmFixture;
import io.crs.image.format.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RpmDatabaseTest {
    private static final long LIMIT = 256L << 20;
    private static final Set<String> GLIBC = Set.of("glibc");

    private static List<RpmPackage> read(byte[] bytes, Set<String> names) throws IOException {
        try (RpmDatabase database = RpmDatabase.open(new ByteArrayInputStream(bytes), LIMIT)) {
            return database.packages(names).stream()
                    .sorted(Comparator.comparing(RpmPackage::architecture))
                    .toList();
        }
    }

    private static byte[] ndb() {
        return RpmFixture.ndb(
                RpmFixture.header("bash", "5", "1", "x86_64"),
                RpmFixture.header("glibc", "2.34", "60.el9", "i686"),
                RpmFixture.header("glibc", "2.34", "60.el9", "x86_64"));
    }

    private static final List<RpmPackage> BOTH =
            List.of(new RpmPackage("glibc", "2.34-60.el9", "i686"), new RpmPackage("glibc", "2.34-60.el9", "x86_64"));

    @ParameterizedTest
    @ValueSource(strings = {"rpmdb.sqlite", "Packages-little-endian", "Packages-big-endian"})
    void findsAPackageOfSeveralArchitecturesInEveryFormat(String name) throws IOException {
        assertEquals(BOTH, read(RpmFixture.made(name), GLIBC));
        assertEquals(List.of(new RpmPackage("musl", "4:9-9", "x86_64")), read(RpmFixture.made(name), Set.of("musl")));
        assertEquals(List.of(), read(RpmFixture.made(name), Set.of("glib")));
        assertEquals(12, read(RpmFixture.made(name), fillers()).size());
    }

    private static Set<String> fillers() {
        return java.util.stream.IntStream.rangeClosed(1, 99)
                .mapToObj(i -> "filler" + i)
                .collect(java.util.stream.Collectors.toSet());
    }

    /** SQLite made it: pages of 512 bytes, packages of 300 to 1699 bytes. A version, their last bytes, is their length. */
    @Test
    void readsRowsOfEveryLengthAroundWhatFitsOnAPage() throws IOException {
        List<Integer> lengths = read(RpmFixture.made("sizes.sqlite"), GLIBC).stream()
                .map(each -> Integer.valueOf(each.version()))
                .sorted()
                .toList();
        assertEquals(java.util.stream.IntStream.range(300, 1700).boxed().toList(), lengths);
    }

    @Test
    void findsPackagesInNdb() throws IOException {
        assertEquals(BOTH, read(ndb(), GLIBC));
        assertEquals(List.of(), read(ndb(), Set.of("musl")));
    }

    @Test
    void readsALongFileFromTheDiskAndLeavesNothingThere() throws IOException {
        byte[] sound = ndb();
        byte[] many = Arrays.copyOf(sound, sound.length + (2 << 20));
        Set<String> before = temporary();
        assertEquals(BOTH, read(many, GLIBC));
        assertEquals(before, temporary());
    }

    private static Set<String> temporary() {
        String[] names = new java.io.File(System.getProperty("java.io.tmpdir"))
                .list((folder, name) -> name.startsWith("crs-") && name.endsWith(".db"));
        return Set.of(names);
    }

    @Test
    void checksTheSumOfWhatItFoundInNdb() {
        byte[] database = ndb();
        database[database.length - 100] ^= 1;
        MalformedException refused = assertThrows(MalformedException.class, () -> read(database, GLIBC));
        assertTrue(refused.getMessage().contains("checksum"), refused.getMessage());
    }

    @Test
    void endsWhereOverflowPagesGoInCircles() {
        byte[] database = RpmFixture.made("Packages-little-endian");
        ByteBuffer bytes = ByteBuffer.wrap(database).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < database.length; at += 4096) {
            if (database[at + 25] == 7) {
                bytes.putInt(at + 16, at / 4096).putShort(at + 22, (short) 0);
            }
        }
        MalformedException refused = assertThrows(MalformedException.class, () -> read(database, GLIBC));
        assertTrue(refused.getMessage().contains("circles"), refused.getMessage());
    }

    @Test
    void endsWhereTreesGoInCircles() {
        byte[] database = RpmFixture.made("rpmdb.sqlite");
        ByteBuffer bytes = ByteBuffer.wrap(database);
        for (int at = 4096; at < database.length; at += 4096) {
            if (database[at] == 5) {
                bytes.putInt(at + 8, at / 4096 + 1);
            }
        }
        MalformedException refused = assertThrows(MalformedException.class, () -> read(database, GLIBC));
        assertTrue(refused.getMessage().contains("comes twice"), refused.getMessage());
    }

    @Test
    void keepsToTheLimit() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] into, int from, int count) {
                return count;
            }
        };
        for (long limit : new long[] {1000, 3 << 20}) {
            MalformedException refused = assertThrows(MalformedException.class, () -> RpmDatabase.open(endless, limit));
            assertTrue(refused.getMessage().contains("limit"), refused.getMessage());
        }
    }

    @Test
    void takesAnEmptyFileForADatabaseOfNothing() throws IOException {
        assertEquals(List.of(), read(new byte[0], GLIBC));
        assertThrows(MalformedException.class, () -> read(new byte[15], GLIBC));
        assertThrows(MalformedException.class, () -> read(new byte[4096], GLIBC));
    }

    /** Changes of a few bytes, some of them runs, and a cut. */
    @Property(tries = 4000)
    void anyDamageEndsInAnErrorThatSaysSo(@ForAll("damaged") byte[] database) throws IOException {
        try {
            for (RpmPackage found : read(database, GLIBC)) {
                assertEquals("glibc", found.name());
            }
        } catch (MalformedException expected) {
            assertTrue(expected.getMessage().matches("(rpm|ndb|SQLite|Berkeley DB): .{10,}"), expected.getMessage());
        }
    }

    @Provide
    Arbitrary<byte[]> damaged() {
        List<byte[]> sound = new java.util.ArrayList<>(
                RpmFixture.MADE.stream().map(RpmFixture::made).toList());
        sound.add(ndb());
        Arbitrary<Integer> place =
                Arbitraries.integers().between(0, Integer.MAX_VALUE).withoutEdgeCases();
        Arbitrary<List<Integer>> places = Arbitraries.oneOf(
                        place, Arbitraries.integers().between(0, 300))
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
        Arbitrary<Byte> value = Arbitraries.oneOf(
                Arbitraries.bytes(), Arbitraries.of((byte) 0, (byte) 0xff, (byte) 0x80, (byte) 7, (byte) 13));
        return net.jqwik.api.Combinators.combine(
                        Arbitraries.of(sound),
                        places,
                        value,
                        Arbitraries.integers().between(1, 8),
                        place)
                .as((database, at, with, run, cut) -> {
                    byte[] bytes = database.clone();
                    for (int from : at) {
                        // Half of the damage goes to the heads of pages, where the structure is.
                        int start = from % 2 == 0 ? from % bytes.length : from % bytes.length / 4096 * 4096 + from % 40;
                        for (int i = start; i < Math.min(bytes.length, start + run); i++) {
                            bytes[i] = with;
                        }
                    }
                    return cut % 4 == 0 ? Arrays.copyOf(bytes, cut % bytes.length) : bytes;
                });
    }
}
