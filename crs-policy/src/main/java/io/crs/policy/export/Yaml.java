package io.crs.policy.export;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Writes YAML 1.2: maps and lists in block style, texts in double quotes with everything but printable ASCII escaped, so
 * that no text can be anything but text.
 */
final class Yaml {
    private static final String PLAIN = "[A-Za-z][A-Za-z0-9_]*";
    /** Words that YAML 1.1 takes for something else. */
    private static final Set<String> WORDS = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private final StringBuilder out = new StringBuilder();

    private Yaml() {}

    /** A document of maps, lists, texts, numbers and truth values. */
    static String write(Object document) {
        Yaml yaml = new Yaml();
        yaml.value(document, 0);
        return yaml.out.toString().stripLeading() + "\n";
    }

    /** A comment; each of its lines is one. */
    static String comment(String text) {
        StringBuilder lines = new StringBuilder();
        for (String line : text.split("\\R", -1)) {
            lines.append("# ").append(printable(line)).append('\n');
        }
        return lines.toString();
    }

    /** The text with ? for everything but printable ASCII. */
    static String printable(String text) {
        return text.codePoints()
                .map(c -> c >= ' ' && c < 0x7F ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private void value(Object value, int depth) {
        if (value instanceof Map<?, ?> map) {
            if (map.isEmpty()) {
                out.append(" {}");
            }
            map.forEach((key, member) -> {
                line(depth);
                out.append(key(String.valueOf(key))).append(':');
                value(member, depth + 1);
            });
        } else if (value instanceof Collection<?> list) {
            if (list.isEmpty()) {
                out.append(" []");
            }
            list.forEach(element -> {
                line(depth);
                out.append('-');
                value(element, depth + 1);
            });
        } else if (value instanceof String text) {
            out.append(' ').append(quote(text));
        } else {
            out.append(' ').append(value);
        }
    }

    private void line(int depth) {
        out.append('\n').append("  ".repeat(depth));
    }

    private static String key(String key) {
        boolean plain = key.matches(PLAIN) && !WORDS.contains(key.toLowerCase(Locale.ROOT));
        return plain ? key : quote(key);
    }

    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c >= ' ' && c < 0x7F) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(c > 0xFFFF ? "\\U%08x".formatted(c) : "\\u%04x".formatted(c));
            }
        });
        return quoted.append('"').toString();
    }
}
