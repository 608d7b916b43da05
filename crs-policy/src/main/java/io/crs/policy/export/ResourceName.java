package io.crs.policy.export;

import java.text.Normalizer;
import java.util.Locale;

/** Names of objects of Kubernetes: labels of RFC 1123, made of texts by anyone. */
final class ResourceName {
    private static final String FORM = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static final String NONE = "crs-policy";

    private ResourceName() {}

    static boolean isValid(String name) {
        return name.matches(FORM);
    }

    /** A name that is as near to a text as may be. */
    static String of(String text) {
        String name = Normalizer.normalize(text, Normalizer.Form.NFD)
                .replaceAll("\\p{M}", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        return trim(name, ExportOptions.MAX_NAME);
    }

    /** The name with something behind it that is one already. */
    static String with(String name, String suffix) {
        return trim(name, ExportOptions.MAX_NAME - suffix.length() - 1) + "-" + suffix;
    }

    private static String trim(String name, int most) {
        String cut = name.substring(0, Math.min(name.length(), most)).replaceAll("-$", "");
        return cut.isEmpty() ? NONE : cut;
    }
}
