package io.crs.agent;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A library that is linked into an agent's files, so that a bill of materials names it and a scanner finds what is known of it.
 *
 * @param name such as {@code musl}
 * @param version such as {@code 1.2.3}
 * @param cpe its CPE 2.3 name, if it has one
 */
public record LinkedLibrary(String name, String version, Optional<String> cpe) {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}");

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if name or version is no word of up to 64 letters, digits, dots, dashes, plus and
     *     underscores, or if the CPE name is none of version 2.3
     */
    public LinkedLibrary {
        if (!WORD.matcher(name).matches() || !WORD.matcher(version).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name + " " + version + "\" is not the name and version of a library");
        }
        if (cpe.filter(text -> !text.startsWith("cpe:2.3:") || text.length() > 256)
                .isPresent()) {
            throw new IllegalArgumentException("\"" + cpe.get() + "\" is not a CPE 2.3 name");
        }
    }
}
