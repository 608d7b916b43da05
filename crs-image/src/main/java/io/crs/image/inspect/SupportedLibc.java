package io.crs.image.inspect;

import io.crs.image.format.VersionNumbers;
import io.crs.image.inspect.Compatibility.Libc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The packages of C libraries the product has been tested with, all on amd64, and the oldest versions supported. */
final class TestedLibc {
    private static final String RESOURCE = "tested-libc.csv";
    private static final String OLDEST_GLIBC = "2.17";
    private static final String OLDEST_MUSL = "1.1.0";

    /** One tested package. */
    record Row(String os, String kind, String packageVersion) {}

    static final List<Row> ROWS = load();

    private TestedLibc() {}

    /** Returns whether this very package of this distribution has been tested; an unknown package never has. */
    static boolean isTested(Libc libc, Optional<String> os, String architecture) {
        String version = libc.packageVersion().map(TestedLibc::plain).orElse("");
        return architecture.equals("amd64")
                && !version.isEmpty()
                && ROWS.stream()
                        .anyMatch(row -> row.kind().equals(libc.kind())
                                && row.packageVersion().equals(version)
                                && os.map(row.os()::equals).orElse(true));
    }

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

    /**
     * Returns a package's version and revision alone, however it is spelled: {@code musl-1.2.2-r0.apk},
     * {@code glibcVersion:libc6_2.27-3ubuntu1.4}, {@code glibc-2.17-323.el7_9.x86_64}, {@code 0:2.28-10}.
     */
    static String plain(String text) {
        return text.strip()
                .replaceFirst("^glibcVersion:", "")
                .replaceFirst("^(libc6|glibc|musl)[-_ ]", "")
                .replaceFirst("^[0-9]+:", "")
                .replaceFirst("\\.(apk|rpm|deb)$", "")
                .replaceFirst("[._](x86_64|amd64)$", "");
    }

    private static List<Row> load() {
        InputStream resource =
                Objects.requireNonNull(TestedLibc.class.getResourceAsStream(RESOURCE), RESOURCE + " is missing");
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .map(fields -> new Row(fields[0], fields[2], fields[3]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
