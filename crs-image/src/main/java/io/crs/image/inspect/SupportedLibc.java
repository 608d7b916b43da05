package io.crs.image.inspect;

import io.crs.image.format.VersionNumbers;
import io.crs.image.inspect.Compatibility.Libc;
import java.util.Optional;

/** The oldest versions of C libraries that are supported. */
final class SupportedLibc {
    private static final String OLDEST_GLIBC = "2.17";
    private static final String OLDEST_MUSL = "1.1.0";

    private SupportedLibc() {}

    /** Returns whether a library's own version is recent enough; an unknown version never is. */
    static boolean isSupported(Libc libc) {
        return switch (libc.kind()) {
            case "glibc" -> isAtLeast(libc.version(), OLDEST_GLIBC);
            case "musl" -> isAtLeast(libc.version(), OLDEST_MUSL);
            default -> false;
        };
    }

    private static boolean isAtLeast(Optional<String> version, String oldest) {
        return version.filter(each -> !VersionNumbers.isOlder(each, oldest)).isPresent();
    }
}
