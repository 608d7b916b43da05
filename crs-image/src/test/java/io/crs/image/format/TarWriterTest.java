package io.crs.image.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

class TarWriterTest {
    @Property(tries = 100)
    void isReadByAnotherReader(
            @ForAll @IntRange(min = 1, max = 90) int length,
            @ForAll byte[] content,
            @ForAll @IntRange(max = 0777) int mode)
            throws Exception {
        String name = ".crs-01234567/" + "n".repeat(length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(out);
        tar.directory(".crs-01234567/", 0755);
        tar.file(name, mode, content.length, new ByteArrayInputStream(content));
        tar.finish();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            assertTrue(in.getNextEntry().isDirectory());
            TarArchiveEntry entry = in.getNextEntry();
            assertEquals(name, entry.getName());
            assertEquals(mode, entry.getMode() & 0777);
            assertEquals(0, entry.getLastModifiedTime().toMillis());
            assertEquals(0, entry.getLongUserId() + entry.getLongGroupId());
            assertEquals("", entry.getUserName() + entry.getGroupName());
            assertArrayEquals(content, in.readAllBytes());
            assertNull(in.getNextEntry());
        }
    }

    @Test
    void describesAHugeFileInAPaxHeader() throws Exception {
        long size = 9L << 30;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        IOException stopped = assertThrows(
                IOException.class, () -> new TarWriter(out).file("big", 0644, size, InputStream.nullInputStream()));
        assertTrue(stopped.getMessage().contains("0 bytes instead of " + size));
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            assertEquals(size, in.getNextEntry().getSize());
        }
        TarEntry entry = new TarReader(new ByteArrayInputStream(out.toByteArray()), 10).next();
        assertEquals(size, entry.size());
    }

    @Property(tries = 100)
    void writesAttributesThatBothReadersRead(
            @ForAll @LongRange(min = 0, max = 0xffff_ffffL) long uid,
            @ForAll @LongRange(min = 0, max = 0xffff_ffffL) long gid,
            @ForAll @LongRange(min = -99_999, max = 99_999_999_999L) long seconds,
            @ForAll @IntRange(max = 999_999_999) int nanos,
            @ForAll @Size(max = 3) List<@StringLength(min = 1, max = 300) @CharRange(to = '\u007f') String> values)
            throws Exception {
        SortedMap<String, String> extended = new TreeMap<>();
        values.forEach(value -> extended.put("user.a" + value.length(), value));
        Instant time = Instant.ofEpochSecond(seconds, nanos % 3 == 0 ? 0 : nanos);
        TarAttributes attributes = new TarAttributes(uid, gid, time, extended);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(out);
        tar.directory("etc/", 01775, attributes);
        tar.directory("usr/", 0755);
        tar.finish();

        TarReader reader = new TarReader(new ByteArrayInputStream(out.toByteArray()), 10);
        assertEquals(01775, Objects.requireNonNull(reader.next()).mode());
        assertEquals(attributes, reader.attributes());
        assertEquals("usr/", Objects.requireNonNull(reader.next()).name());
        assertEquals(TarAttributes.PLAIN, reader.attributes());
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            TarArchiveEntry entry = in.getNextEntry();
            assertTrue(entry.isDirectory() && entry.isCheckSumOK());
            assertEquals(uid, entry.getLongUserId());
            assertEquals(gid, entry.getLongGroupId());
            assertEquals(time, entry.getLastModifiedTime().toInstant());
            extended.forEach((name, value) -> assertEquals(value, entry.getExtraPaxHeader("SCHILY.xattr." + name)));
        }
    }

    @Test
    void needsNoPaxHeaderForUsualAttributes() throws Exception {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        new TarWriter(plain).directory("etc/", 0755);
        ByteArrayOutputStream same = new ByteArrayOutputStream();
        new TarWriter(same).directory("etc/", 0755, TarAttributes.PLAIN);
        assertArrayEquals(plain.toByteArray(), same.toByteArray());
        ByteArrayOutputStream dated = new ByteArrayOutputStream();
        new TarWriter(dated)
                .directory(
                        "etc/",
                        0755,
                        new TarAttributes(07777777, 1, Instant.ofEpochSecond(1714557600), new TreeMap<>()));
        assertEquals(512, dated.size());
    }

    @Test
    void writesLinksThatAnotherReaderReads() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(out);
        tar.link("a/b", "../" + "c".repeat(97));
        tar.finish();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            TarArchiveEntry entry = in.getNextEntry();
            assertTrue(entry.isSymbolicLink() && entry.isCheckSumOK());
            assertEquals("../" + "c".repeat(97), entry.getLinkName());
        }
        assertThrows(IllegalArgumentException.class, () -> tar.link("a", "c".repeat(101)));
        assertThrows(IllegalArgumentException.class, () -> tar.link("a", "\u00ff"));
    }

    @Test
    void refusesNamesItCannotHold() {
        TarWriter tar = new TarWriter(OutputStream.nullOutputStream());
        assertThrows(IllegalArgumentException.class, () -> tar.directory("n".repeat(101) + "/", 0755));
        assertThrows(IllegalArgumentException.class, () -> tar.directory("n\u00e9/", 0755));
    }

    @Property(tries = 50)
    void storesGzipThatAnotherReaderReads(@ForAll @IntRange(max = 200_000) int length) throws Exception {
        byte[] content = new byte[length];
        new java.util.Random(length).nextBytes(content);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new StoredGzipOutput(out)) {
            gzip.write(content, 0, length / 2);
            gzip.write(content, length / 2, length - length / 2);
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            assertArrayEquals(content, in.readAllBytes());
        }
    }
}
