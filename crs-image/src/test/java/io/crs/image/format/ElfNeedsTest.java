package io.crs.image.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.ProgramFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ElfNeedsTest {
    @Test
    void tellsLoaderLibrariesAndTheNewestVersion() {
        assertEquals(
                Optional.of(new ElfNeeds("/lib/ld.so", List.of("libc.so.6"), Optional.of("2.28"))),
                ElfNeeds.of(ProgramFixture.linked("/lib/ld.so", "libc.so.6", "GLIBC_2.28")));
        assertEquals(
                Optional.of(new ElfNeeds("", List.of("libc.so.6"), Optional.empty())),
                ElfNeeds.of(ProgramFixture.linked("", "libc.so.6", "GLIBC_PRIVATE")));
        assertEquals(
                Optional.empty(),
                ElfNeeds.of("no program at all, but a text of some length "
                        .repeat(3)
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }

    /** The programs of the JVM this runs in, which somebody else has linked. */
    @Test
    void readsRealPrograms() throws IOException {
        Path home = Path.of(System.getProperty("java.home"));
        ElfNeeds launcher =
                ElfNeeds.of(Files.readAllBytes(home.resolve("bin/java"))).orElseThrow();
        assertTrue(launcher.interpreter().startsWith("/lib"), launcher.toString());
        ElfNeeds library =
                ElfNeeds.of(Files.readAllBytes(home.resolve("lib/libjava.so"))).orElseThrow();
        assertEquals("", library.interpreter());
        assertTrue(library.libraries().contains("libjvm.so"), library.toString());
    }

    @Test
    void comparesVersionsByTheirNumbers() {
        assertTrue(VersionNumbers.isOlder("2.9", "2.17"));
        assertTrue(VersionNumbers.isOlder("2.2.5", "2.3"));
        assertFalse(VersionNumbers.isOlder("2.17", "2.17"));
        assertFalse(VersionNumbers.isOlder("2.17.1", "2.17"));
    }

    @Property
    void comesToAnEndWithWhateverIsInAFile(
            @ForAll @IntRange(max = 400) int place, @ForAll byte value, @ForAll int number) {
        byte[] bytes = ProgramFixture.linked("/lib/ld.so", "libc.so.6", "GLIBC_2.28");
        int at = 4 + place % (bytes.length - 8);
        bytes[at] = value;
        bytes[at + 1] = (byte) number;
        bytes[at + 2] = (byte) (number >> 8);
        bytes[at + 3] = (byte) (number >> 16);
        ElfNeeds.of(bytes).ifPresent(needs -> assertTrue(needs.libraries().size() <= 4096));
    }
}
