package io.crs.image.instrument;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The agent's settings in an image: a file of lines {@code name = "value"}, in the order of their names. */
final class Settings {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
    private static final int LONGEST_VALUE = 4096;

    private final SortedMap<String, String> values = new TreeMap<>();

    /** An image is no place for secrets: whoever can pull it can read them. */
    void set(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" is not the name of a setting");
        }
        if (value.length() > LONGEST_VALUE || value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("the value of " + name + " is too long or holds a control character");
        }
        if (hasCredentials(value)) {
            throw new IllegalArgumentException("the address in " + name
                    + " holds a password, which everyone with the image could read: leave it out of the address and set "
                    + "LI_MQURL in the container's environment");
        }
        values.put(name, value);
    }

    void setAll(Settings others) {
        values.putAll(others.values);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    byte[] toBytes() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            String escaped = entry.getValue().replace("\\", "\\\\").replace("\"", "\\\"");
            text.append(entry.getKey()).append(" = \"").append(escaped).append("\"\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean hasCredentials(String value) {
        int scheme = value.indexOf("://");
        if (scheme < 0) {
            return false;
        }
        try {
            String authority = URI.create(value.replace(" ", "%20")).getRawAuthority();
            return authority != null && authority.contains("@");
        } catch (IllegalArgumentException e) {
            // No address a browser would take, yet the agent might: look for what would be a user's name.
            String rest = value.substring(scheme + 3);
            int slash = rest.indexOf('/');
            return (slash < 0 ? rest : rest.substring(0, slash)).contains("@");
        }
    }
}
