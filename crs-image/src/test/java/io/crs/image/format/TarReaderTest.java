package io.crs.image.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.TarFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;

class TarReaderTest {
    private static List<TarEntry> entries(byte[] tar) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(tar), 1000);
        List<TarEntry> entries = new ArrayList<>();
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            entries.add(entry);
        }
        return entries;
    }

    private static MalformedException refused(byte[] tar) {
        return assertThrows(MalformedException.class, () -> entries(tar));
    }

    @Test
    void keepsNamesThatAreNotUtf8() throws Exception {
        String name = "etc/\u00ff\u00fe\u0080name";
        assertEquals(
                name, entries(new TarFixture().file(name, "x").bytes()).get(0).name());
        assertEquals(
                name,
                entries(new TarFixture().pax("path", name).file("short", "x").bytes())
                        .get(0)
                        .name());
    }

    @Test
    void readsLongNamesOfBothKinds() throws Exception {
        String name = "a".repeat(300) + "/b";
        byte[] gnu = new TarFixture()
                .file("././@LongLink", "")
                .header("././@LongLink", 'L', 0, name.length() + 1, "")
                .raw((name + "\0").getBytes(StandardCharsets.ISO_8859_1))
                .pad()
                .file("short", "x")
                .bytes();
        assertEquals(name, entries(gnu).get(1).name());
        assertEquals(
                name,
                entries(new TarFixture().pax("path", name).file("short", "x").bytes())
                        .get(0)
                        .name());
    }

    @Test
    void forgetsPaxRecordsAfterTheirEntry() throws Exception {
        List<TarEntry> entries = entries(new TarFixture()
                .pax("path", "one")
                .file("x", "x")
                .file("two", "y")
                .bytes());
        assertEquals(List.of("one", "two"), entries.stream().map(TarEntry::name).toList());
    }

    @Test
    void refusesSizesOutOfRangeAndNamesTooLong() {
        for (String size : List.of("9223372036854775808", "9223372036854775807", "-1", "1x")) {
            assertTrue(refused(new TarFixture().pax("size", size).file("x", "").bytes())
                    .getMessage()
                    .contains("PAX size"));
        }
        byte[] longName = new TarFixture().header("x", 'L', 0, 1L << 30, "").bytes();
        assertTrue(refused(longName).getMessage().contains("over the limit"));
        byte[] longPax = new TarFixture().header("x", 'x', 0, 1L << 30, "").bytes();
        assertTrue(refused(longPax).getMessage().contains("over the limit"));
        byte[] negative = new TarFixture().file("x", "").bytes();
        Arrays.fill(negative, 124, 136, (byte) 0xff);
        assertThrows(MalformedException.class, () -> entries(checksummed(negative)));
    }

    private static byte[] checksummed(byte[] tar) {
        Arrays.fill(tar, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += tar[i] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(digits, 0, tar, 148, 8);
        return tar;
    }

    @Test
    void refusesDamageAndMissingBytes() {
        byte[] good = new TarFixture().file("name", "content").bytes();
        byte[] flipped = good.clone();
        flipped[0] ^= 1;
        assertTrue(refused(flipped).getMessage().contains("checksum"));
        assertThrows(IOException.class, () -> entries(Arrays.copyOf(good, 700)));
        assertThrows(IOException.class, () -> entries(Arrays.copyOf(good, 300)));
        byte[] after = new TarFixture().raw(new byte[512]).file("x", "x").bytes();
        assertTrue(refused(after).getMessage().contains("zeros"));
        byte[] nul = new TarFixture().pax("path", "a\0b").file("x", "x").bytes();
        assertTrue(refused(nul).getMessage().contains("NUL"));
    }

    @Test
    void stopsAtTheLimitOfEntries() throws Exception {
        TarFixture many = new TarFixture();
        for (int i = 0; i < 1001; i++) {
            many.folder("d" + i, 0755);
        }
        assertTrue(refused(many.bytes()).getMessage().contains("more than 1000 entries"));
        TarFixture longNames = new TarFixture();
        for (int i = 0; i < 1001; i++) {
            longNames.header("x", 'g', 0, 0, "");
        }
        assertTrue(refused(longNames.bytes()).getMessage().contains("more than 1000 entries"));
    }

    @Test
    void givesLinksAndFoldersNoContent() throws Exception {
        byte[] tar =
                new TarFixture().header("l", '2', 0777, 512, "t").file("f", "x").bytes();
        assertEquals(List.of(0L, 1L), entries(tar).stream().map(TarEntry::size).toList());
    }

    @Test
    void readsAnArchiveWithoutItsEnd() throws Exception {
        assertEquals(1, entries(new TarFixture().file("x", "x").open()).size());
        assertNull(new TarReader(new ByteArrayInputStream(new byte[0]), 1).next());
    }

    private static TarAttributes attributes(TarFixture tar) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(tar.bytes()), 10);
        assertNotNull(reader.next());
        return reader.attributes();
    }

    @Test
    void tellsTheAttributesOfTheEntryItIsAt() throws Exception {
        TarFixture tar = new TarFixture()
                .pax(
                        "SCHILY.xattr.user.b",
                        "2=\0\n\u00ff",
                        "SCHILY.xattr.user.a",
                        "1",
                        "mtime",
                        "1714557600.0123456789")
                .owner(7)
                .folder("a", 0755)
                .file("b", "x");
        TarReader reader = new TarReader(new ByteArrayInputStream(tar.bytes()), 10);
        assertNotNull(reader.next());
        TarAttributes first = reader.attributes();
        assertEquals(7, first.uid());
        assertEquals(7, first.gid());
        assertEquals(Instant.ofEpochSecond(1714557600, 12_345_678), first.time());
        assertEquals("{user.a=1, user.b=2=\0\n\u00ff}", first.extended().toString());
        assertNotNull(reader.next());
        assertEquals(new TarAttributes(7, 7, Instant.EPOCH, new TreeMap<>()), reader.attributes());
    }

    @Test
    void takesOwnersAndTimesFromPaxRecordsFirst() throws Exception {
        TarFixture tar = new TarFixture()
                .pax("uid", "4294967295", "gid", "3000000", "mtime", "-1.5")
                .owner(7)
                .folder("a", 0755);
        assertEquals(
                new TarAttributes(4294967295L, 3000000, Instant.ofEpochSecond(-2, 500_000_000), new TreeMap<>()),
                attributes(tar));
    }

    @Test
    void refusesAttributesThatAreNone() {
        for (String[] record : new String[][] {
            {"uid", "-1"},
            {"gid", "4294967296"},
            {"uid", "99999999999999999999"},
            {"mtime", "now"},
            {"mtime", "1e9"},
            {"mtime", "99999999999999999"}
        }) {
            TarFixture tar = new TarFixture().pax(record).folder("a", 0755);
            assertThrows(MalformedException.class, () -> attributes(tar), record[0] + record[1]);
        }
    }

    @Property(tries = 100)
    void readsWhatAnotherWriterWrote(@ForAll @Size(max = 8) List<@From("file") File> files) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (File file : files) {
                TarArchiveEntry entry = new TarArchiveEntry(file.name());
                entry.setSize(file.content().length());
                entry.setMode(file.mode());
                tar.putArchiveEntry(entry);
                tar.write(file.content().getBytes(StandardCharsets.ISO_8859_1));
                tar.closeArchiveEntry();
            }
        }
        TarReader reader = new TarReader(new ByteArrayInputStream(out.toByteArray()), 1000);
        for (File file : files) {
            TarEntry entry = reader.next();
            assertNotNull(entry);
            assertEquals(file.name(), entry.name());
            assertEquals(file.mode(), entry.mode());
            assertArrayEquals(
                    file.content().getBytes(StandardCharsets.ISO_8859_1),
                    reader.content().readAllBytes());
        }
        assertNull(reader.next());
    }

    @Property(tries = 300)
    void endsWithAnAnswerOrAnErrorWhateverTheBytes(@ForAll byte[] junk, @ForAll byte spoiled, @ForAll int at) {
        byte[] tar =
                new TarFixture().pax("path", "p").file("x", "content").raw(junk).bytes();
        tar[Math.floorMod(at, tar.length)] = spoiled;
        try {
            entries(tar);
        } catch (IOException e) {
            assertNotNull(e.getMessage());
        }
    }

    record File(String name, int mode, String content) {}

    @Provide
    Arbitrary<File> file() {
        Arbitrary<String> names = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars('.', '_')
                .ofMinLength(1)
                .ofMaxLength(60)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(parts -> "f" + String.join("/", parts));
        return Combinators.combine(
                        names,
                        Arbitraries.integers().between(0, 07777),
                        Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(2000))
                .as(File::new);
    }
}
