package io.crs.image.inspect;

import io.crs.image.inspect.Facts.Release;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the files distributions tell their name and version in, {@code os-release} and those from before it. */
final class ReleaseFile {
    static final int BYTES = 64 << 10;

    /** Where such files lie, the one that is believed first of all first. */
    static final List<String> PATHS = List.of(
            "/etc/os-release",
            "/usr/lib/os-release",
            "/etc/alpine-release",
            "/etc/centos-release",
            "/etc/system-release",
            "/etc/redhat-release",
            "/etc/SuSE-release",
            "/etc/lsb-release",
            "/etc/debian_version");

    private static final Pattern SENTENCE = Pattern.compile("(.*?)(?: Linux)?(?: Server)? release ([0-9][0-9.]*).*");
    private static final Map<String, String> IDS = ids();

    private ReleaseFile() {}

    private static Map<String, String> ids() {
        Map<String, String> ids = new LinkedHashMap<>();
        ids.put("CentOS", "centos");
        ids.put("Red Hat", "rhel");
        ids.put("Fedora", "fedora");
        ids.put("Amazon", "amzn");
        ids.put("Rocky", "rocky");
        ids.put("AlmaLinux", "almalinux");
        ids.put("Oracle", "ol");
        ids.put("openSUSE", "opensuse");
        ids.put("SUSE Linux Enterprise", "sles");
        return ids;
    }

    private static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static boolean isOne(String path) {
        // Every name of every image comes by here: nearly all are told by their beginning.
        return path.endsWith("/os-release") || (path.startsWith("/etc/") && PATHS.contains(path));
    }

    /** Reads a file by its path; empty if it tells nothing. */
    static Optional<Release> read(String path, InputStream content) throws IOException {
        String text = new String(content.readNBytes(BYTES), StandardCharsets.UTF_8);
        String first = text.strip().split("\\R", 2)[0].strip();
        Release release =
                switch (nameOf(path)) {
                    case "os-release" -> release(values(text), "ID", "VERSION_ID");
                    case "lsb-release" -> release(values(text), "DISTRIB_ID", "DISTRIB_RELEASE");
                    case "alpine-release" -> new Release("alpine", first);
                    case "debian_version" -> new Release("debian", first);
                    case "SuSE-release" -> suse(first, values(text));
                    default -> sentence(first);
                };
        return Optional.of(release)
                .filter(each -> !each.id().isEmpty() || !each.version().isEmpty());
    }

    private static Release release(Map<String, String> values, String id, String version) {
        return new Release(values.getOrDefault(id, "").toLowerCase(Locale.ROOT), values.getOrDefault(version, ""));
    }

    private static Release suse(String first, Map<String, String> values) {
        String level = values.getOrDefault("PATCHLEVEL", "");
        String version = values.getOrDefault("VERSION", "");
        return new Release(id(first), level.isEmpty() || level.equals("0") ? version : version + "." + level);
    }

    /** Such as {@code CentOS Linux release 7.9.2009 (Core)}. */
    private static Release sentence(String first) {
        Matcher matcher = SENTENCE.matcher(first);
        return matcher.matches() ? new Release(id(matcher.group(1)), matcher.group(2)) : new Release("", "");
    }

    private static String id(String name) {
        return IDS.entrySet().stream()
                .filter(entry -> name.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }

    private static Map<String, String> values(String text) {
        Map<String, String> values = new HashMap<>();
        for (String raw : text.split("\\R", -1)) {
            String line = raw.strip();
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                values.put(
                        line.substring(0, equals).strip(),
                        unquoted(line.substring(equals + 1).strip()));
            }
        }
        return values;
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
}
