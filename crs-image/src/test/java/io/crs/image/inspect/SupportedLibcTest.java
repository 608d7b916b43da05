package io.crs.image.inspect;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.inspect.Compatibility.Libc;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SupportedLibcTest {
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
        assertFalse(SupportedLibc.isSupported(new Libc("glibc", Optional.empty(), Optional.empty())));
    }

    private static boolean supported(String kind, String version) {
        return SupportedLibc.isSupported(new Libc(kind, Optional.of(version), Optional.empty()));
    }
}
