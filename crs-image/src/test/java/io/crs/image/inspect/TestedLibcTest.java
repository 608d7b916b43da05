package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.inspect.Compatibility.Libc;
import io.crs.image.inspect.TestedLibc.Row;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestedLibcTest {
    private static Libc libc(String kind, String packageVersion) {
        return new Libc(kind, Optional.empty(), Optional.of(packageVersion));
    }

    @Test
    void knowsEveryRowAndNothingLikeIt() {
        assertEquals(55, TestedLibc.ROWS.size());
        for (Row row : TestedLibc.ROWS) {
            Libc libc = libc(row.kind(), row.packageVersion());
            assertTrue(TestedLibc.isTested(libc, Optional.of(row.os()), "amd64"), row.toString());
            assertTrue(TestedLibc.isTested(libc, Optional.empty(), "amd64"), row.toString());
            assertFalse(TestedLibc.isTested(libc, Optional.of(row.os()), "arm64"), row.toString());
            assertFalse(TestedLibc.isTested(libc, Optional.of("gentoo"), "amd64"), row.toString());
            String longer = row.packageVersion() + "0";
            String shorter =
                    row.packageVersion().substring(0, row.packageVersion().length() - 1);
            for (String like : List.of(longer, shorter)) {
                boolean isRow = TestedLibc.ROWS.stream()
                        .anyMatch(each -> each.packageVersion().equals(like));
                assertEquals(isRow, TestedLibc.isTested(libc(row.kind(), like), Optional.of(row.os()), "amd64"), like);
            }
        }
    }

    @Test
    void takesAnUnknownPackageForUntested() {
        for (Libc libc : List.of(libc("glibc", ""), new Libc("glibc", Optional.of("2.28"), Optional.empty()))) {
            assertFalse(TestedLibc.isTested(libc, Optional.of("debian"), "amd64"));
        }
        assertTrue(TestedLibc.isTested(libc("glibc", "1:2.28-10"), Optional.of("debian"), "amd64"), "with an epoch");
    }

    @Test
    void comparesVersionsByNumber() {
        assertTrue(supported("glibc", "2.17"));
        assertTrue(supported("glibc", "2.100"));
        assertTrue(supported("glibc", "3.0"));
        assertFalse(supported("glibc", "2.9"));
        assertFalse(supported("glibc", "2"));
        assertTrue(supported("musl", "1.1.15"));
        assertFalse(supported("musl", "1.0.5"));
        assertFalse(supported("none", "9"));
        assertFalse(TestedLibc.isSupported(new Libc("glibc", Optional.empty(), Optional.empty())));
    }

    private static boolean supported(String kind, String version) {
        return TestedLibc.isSupported(new Libc(kind, Optional.of(version), Optional.empty()));
    }
}
