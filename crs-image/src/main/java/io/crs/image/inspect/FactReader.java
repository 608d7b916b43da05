package io.crs.image.inspect;

import io.crs.image.format.TarEntry;
import io.crs.image.inspect.Facts.CLibrary;
import io.crs.image.inspect.Facts.OsRelease;
import io.crs.image.inspect.Facts.Packages;
import io.crs.image.inspect.Facts.Script;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Reads the facts of a file while its layer streams by.
 *
 * <p>Files are chosen by name and mode alone, and read up to a limit each, so nothing of a layer is kept but small facts.
 */
final class FactReader {
    private static final int OS_RELEASE_BYTES = 64 << 10;
    private static final int LIBRARY_BYTES = 32 << 20;
    private static final int DATABASE_BYTES = 64 << 20;
    private static final int HEAD_BYTES = 64 << 10;
    private static final int LONGEST_LINE = 4096;

    private static final Pattern LIBRARY =
            Pattern.compile("libc\\.so(\\.6)?|libc-2\\.[0-9.]+\\.so|(ld|libc)[.-]musl-[A-Za-z0-9_-]+\\.so\\.1");
    private static final Pattern GLIBC = Pattern.compile(
            "GNU C Library \\(([^)\\x00\\n]{0,120})\\) (?:stable|development) release version ([0-9]+\\.[0-9]+(?:\\.[0-9]+)*)");
    private static final Pattern GLIBC_REVISION = Pattern.compile("GLIBC ([0-9][A-Za-z0-9.+~-]*)");
    private static final Pattern MUSL = Pattern.compile("musl libc \\(");
    private static final Pattern MUSL_VERSION =
            Pattern.compile("\\x00([0-9]+\\.[0-9]+\\.[0-9]+)(?:-git-[0-9a-z-]{1,60})?\\x00");
    private static final Set<String> LIBC_PACKAGES = Set.of("libc6", "musl", "glibc");

    private final byte[] head = new byte[HEAD_BYTES];

    /** Returns whether a file is worth remembering although it cannot be executed. */
    static boolean isKnown(String path) {
        String name = name(path);
        return name.equals("os-release")
                || name.startsWith("ld-")
                || LIBRARY.matcher(name).matches()
                || path.endsWith("/dpkg/status")
                || isPackageFile(path)
                || path.endsWith("lib/apk/db/installed")
                || isRpmDatabase(path);
    }

    static boolean isRpmDatabase(String path) {
        return path.endsWith("/rpm/rpmdb.sqlite")
                || path.endsWith("/rpm/Packages")
                || path.endsWith("/rpm/Packages.db");
    }

    /** Reads what a file says, if it says anything. */
    Optional<Facts> read(String path, TarEntry entry, InputStream content) throws IOException {
        String name = name(path);
        if (name.equals("os-release") && entry.size() <= OS_RELEASE_BYTES) {
            return Optional.of(osRelease(content));
        }
        if (LIBRARY.matcher(name).matches() && entry.size() <= LIBRARY_BYTES) {
            return library(content);
        }
        if ((path.endsWith("/dpkg/status") || isPackageFile(path)) && entry.size() <= DATABASE_BYTES) {
            return Optional.of(packages(content, "Package: ", "Version: ", "Status: "));
        }
        if (path.endsWith("lib/apk/db/installed") && entry.size() <= DATABASE_BYTES) {
            return Optional.of(packages(content, "P:", "V:", "\n"));
        }
        return program(content);
    }

    /** Reads the head of a program. */
    Optional<Facts> program(InputStream content) throws IOException {
        int length = content.readNBytes(head, 0, HEAD_BYTES);
        if (length > 2 && head[0] == '#' && head[1] == '!') {
            return script(length);
        }
        return ElfHeader.read(head, length);
    }

    /** Looks for the banner of a C library. */
    static Optional<Facts> library(InputStream content) throws IOException {
        List<Optional<MatchResult>> found = ByteScan.first(content, GLIBC, MUSL, MUSL_VERSION);
        if (found.get(0).isPresent()) {
            MatchResult banner = found.get(0).get();
            var revision = GLIBC_REVISION.matcher(banner.group(1));
            return Optional.of(new CLibrary("glibc", banner.group(2), revision.find() ? revision.group(1) : ""));
        }
        if (found.get(1).isPresent()) {
            return Optional.of(new CLibrary(
                    "musl", found.get(2).map(version -> version.group(1)).orElse(""), ""));
        }
        return Optional.empty();
    }

    private Optional<Facts> script(int length) {
        int end = 2;
        while (end < length && end < LONGEST_LINE && head[end] != '\n') {
            end++;
        }
        String line = new String(head, 2, end - 2, StandardCharsets.ISO_8859_1).strip();
        int blank = line.indexOf(' ');
        int tab = line.indexOf('\t');
        int cut = blank < 0 ? tab : tab < 0 ? blank : Math.min(blank, tab);
        if (line.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                cut < 0
                        ? new Script(line, "")
                        : new Script(line.substring(0, cut), line.substring(cut).strip()));
    }

    private static OsRelease osRelease(InputStream content) throws IOException {
        Map<String, String> values = new HashMap<>();
        String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
        for (String raw : text.split("\\R", -1)) {
            String line = raw.strip();
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                values.put(
                        line.substring(0, equals).strip(),
                        unquoted(line.substring(equals + 1).strip()));
            }
        }
        return new OsRelease(values);
    }

    /** Takes off the quotes of a shell, and the backslashes within double ones. */
    private static String unquoted(String value) {
        int last = value.length() - 1;
        if (last >= 1 && value.charAt(0) == '\'' && value.charAt(last) == '\'') {
            return value.substring(1, last);
        }
        if (last >= 1 && value.charAt(0) == '"' && value.charAt(last) == '"') {
            return value.substring(1, last).replaceAll("\\\\([\"$`\\\\])", "$1");
        }
        return value;
    }

    /**
     * Reads the records of a database, separated by blank lines. A record with a status counts only if it says that the
     * package is installed.
     */
    private static Packages packages(InputStream content, String nameKey, String versionKey, String statusKey)
            throws IOException {
        Map<String, String> versions = new HashMap<>();
        LineReader lines = new LineReader(content);
        String name = "";
        String version = "";
        boolean installed = true;
        for (String line = lines.next(); !line.equals(LineReader.END); line = lines.next()) {
            if (line.isEmpty()) {
                put(versions, name, version, installed);
                name = "";
                version = "";
                installed = true;
            } else if (line.startsWith(nameKey)) {
                name = line.substring(nameKey.length()).strip();
            } else if (line.startsWith(versionKey)) {
                version = line.substring(versionKey.length()).strip();
            } else if (line.startsWith(statusKey)) {
                installed = line.endsWith(" installed");
            }
        }
        put(versions, name, version, installed);
        return new Packages(versions);
    }

    private static void put(Map<String, String> versions, String name, String version, boolean installed) {
        if (installed && LIBC_PACKAGES.contains(name) && !version.isEmpty()) {
            versions.put(name, version);
        }
    }

    private static boolean isPackageFile(String path) {
        return path.contains("/dpkg/status.d/") && !path.endsWith(".md5sums");
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Lines of bounded length: what is beyond the bound of a line is dropped. */
    private static final class LineReader {
        static final String END = "\n";

        private final BufferedReader reader;

        LineReader(InputStream in) {
            this.reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
        }

        /** Returns the next line, or {@link #END}. */
        String next() throws IOException {
            StringBuilder line = new StringBuilder();
            int c = reader.read();
            if (c < 0) {
                return END;
            }
            for (; c >= 0 && c != '\n'; c = reader.read()) {
                if (line.length() < LONGEST_LINE && c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }
    }
}
