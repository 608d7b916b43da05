package io.crs.image.inspect;

import io.crs.image.format.MalformedException;
import io.crs.image.inspect.Facts.Installed;
import io.crs.image.inspect.Facts.Packages;
import io.crs.image.inspect.Facts.Unreadable;
import io.crs.image.rpm.RpmDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads which C libraries the databases of dpkg, apk and rpm have installed. */
final class PackageDatabase {
    private static final Set<String> NAMES = Set.of("libc6", "musl", "glibc");
    private static final long TEXT_BYTES = 64L << 20;
    private static final long RPM_BYTES = 256L << 20;
    private static final int LONGEST_LINE = 4096;
    private static final int MOST_PACKAGES = 100;
    private static final Keys DPKG = new Keys("Package:", "Version:", "Architecture:");
    private static final Keys APK = new Keys("P:", "V:", "A:");
    private static final String STATUS = "Status:";

    /** The files rpm keeps packages in, in the order they are looked for. */
    static final List<String> RPM_PATHS = List.of(
            "/usr/lib/sysimage/rpm/rpmdb.sqlite",
            "/var/lib/rpm/rpmdb.sqlite",
            "/usr/share/rpm/rpmdb.sqlite",
            "/usr/lib/sysimage/rpm/Packages.db",
            "/var/lib/rpm/Packages.db",
            "/usr/lib/sysimage/rpm/Packages",
            "/var/lib/rpm/Packages");

    private PackageDatabase() {}

    static boolean isOne(String path) {
        return isDpkg(path) || isApk(path) || isRpm(path);
    }

    private static boolean isDpkg(String path) {
        return path.endsWith("/dpkg/status") || (path.contains("/dpkg/status.d/") && !path.endsWith(".md5sums"));
    }

    private static boolean isApk(String path) {
        return path.endsWith("lib/apk/db/installed");
    }

    private static boolean isRpm(String path) {
        return path.endsWith("/rpm/rpmdb.sqlite")
                || path.endsWith("/rpm/Packages")
                || path.endsWith("/rpm/Packages.db");
    }

    /** Reads a database by its path. What is wrong with it is no error of the image, but a fact. */
    static Facts read(String path, long size, InputStream content) throws IOException {
        long limit = isRpm(path) ? RPM_BYTES : TEXT_BYTES;
        if (size > limit) {
            return new Unreadable("it has " + size + " bytes, the limit is " + limit);
        }
        if (!isRpm(path)) {
            return (isApk(path) ? APK : DPKG).read(content);
        }
        try (RpmDatabase database = RpmDatabase.open(content, limit)) {
            return rpm(database);
        }
    }

    private static Facts rpm(RpmDatabase database) throws IOException {
        try {
            return new Packages(database.packages(NAMES).stream()
                    .limit(MOST_PACKAGES)
                    .map(each -> new Installed(each.name(), each.version(), each.architecture()))
                    .toList());
        } catch (MalformedException e) {
            return new Unreadable(e.getMessage());
        }
    }

    /**
     * Records of lines that begin with a key, separated by blank lines. A record with a status counts only if it says that
     * the package is installed.
     */
    private record Keys(String name, String version, String architecture) {
        Packages read(InputStream content) throws IOException {
            List<Installed> found = new ArrayList<>();
            LineReader lines = new LineReader(content);
            String[] values = {"", "", ""};
            boolean installed = true;
            boolean more = true;
            while (more) {
                Optional<String> next = lines.next();
                more = next.isPresent();
                String line = next.orElse("");
                if (line.isEmpty()) {
                    if (installed
                            && NAMES.contains(values[0])
                            && !values[1].isEmpty()
                            && found.size() < MOST_PACKAGES) {
                        found.add(new Installed(values[0], values[1], values[2]));
                    }
                    values = new String[] {"", "", ""};
                    installed = true;
                } else if (line.startsWith(STATUS)) {
                    installed = line.endsWith(" installed");
                } else {
                    set(values, line);
                }
            }
            return new Packages(found);
        }

        private void set(String[] values, String line) {
            List<String> keys = List.of(name, version, architecture);
            for (int i = 0; i < values.length; i++) {
                if (line.startsWith(keys.get(i))) {
                    values[i] = line.substring(keys.get(i).length()).strip();
                }
            }
        }
    }

    /** Lines of bounded length: what is beyond the bound of a line is dropped. */
    private static final class LineReader {
        private final BufferedReader reader;

        LineReader(InputStream in) {
            this.reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
        }

        /** Returns the next line; empty at the end. */
        Optional<String> next() throws IOException {
            StringBuilder line = new StringBuilder();
            int c = reader.read();
            if (c < 0) {
                return Optional.empty();
            }
            for (; c >= 0 && c != '\n'; c = reader.read()) {
                if (line.length() < LONGEST_LINE && c != '\r') {
                    line.append((char) c);
                }
            }
            return Optional.of(line.toString());
        }
    }
}
