package io.crs.policy.export;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A path pattern of AppArmor, as the section on globbing of its manual page apparmor.d(5) has it. */
final class AppArmorPattern {
    private final Pattern pattern;

    AppArmorPattern(String text) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '*' -> {
                    boolean two = i + 1 < text.length() && text.charAt(i + 1) == '*';
                    i += two ? 1 : 0;
                    boolean component =
                            regex.toString().endsWith("/") && (i + 1 == text.length() || text.charAt(i + 1) == '/');
                    regex.append(component ? "[^/]" : "").append(two ? ".*" : "[^/]*");
                }
                case '?' -> regex.append("[^/]");
                case '{' -> regex.append("(?:");
                case '}' -> regex.append(')');
                case ',' -> regex.append('|');
                case '[', ']', '^', '\\', '@' -> throw new AssertionError(c + " is not written in patterns: " + text);
                default -> regex.append(c == '/' ? "/" : Pattern.quote(String.valueOf(c)));
            }
        }
        pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /** Whether a name matches; the language sees bytes, of which a character may have several. */
    boolean matches(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return pattern.matcher(new String(bytes, StandardCharsets.ISO_8859_1)).matches();
    }
}
