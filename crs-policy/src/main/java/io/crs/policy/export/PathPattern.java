package io.crs.policy.export;

import io.crs.policy.Glob;
import java.util.Optional;

/**
 * A glob of files in the language of AppArmor, which KubeArmor speaks too.
 *
 * @param text the pattern, without quotes
 * @param exact whether it matches the same files, or misses some
 */
record PathPattern(String text, boolean exact) {
    /** What has no meaning of its own there, and cannot end what it stands in. */
    private static final String SAFE = "[A-Za-z0-9/._+:%~*?-]+";

    /** One byte there, a slash included. */
    private static final String ONE = "{?,/}";
    /** Two of them with nothing firm between could be one character of several bytes; one in front, the first slash. */
    private static final String UNSURE = "(\\*+|.*\\?[*?]*)\\?.*";

    /** Whether no file has a name of this pattern: names are absolute, in their normal form. */
    static boolean matchesNothing(Glob glob) {
        String text = glob.text();
        return !text.matches("(?s)[/*?\\\\].*")
                || text.contains("//")
                || text.matches("(?s).*/\\.(/.*)?")
                || (text.length() > 1 && text.endsWith("/"));
    }

    /** Whether a name can be written as it is. */
    static boolean isSafe(String text) {
        return text.matches(SAFE);
    }

    /** The pattern of a glob; empty if the language cannot hold it. A folder has a {@code /} behind its name there. */
    static Optional<PathPattern> of(Glob glob) {
        if (glob.isAny() || glob.text().matches("/\\*+")) {
            return Optional.of(new PathPattern("/{,**}", true));
        }
        String text = glob.text();
        if (!isSafe(text) || !text.matches("[/*].*") || text.contains("***") || text.matches(UNSURE)) {
            return Optional.empty();
        }
        String bare = text.replaceAll("\\*+", "*");
        String path = bare.startsWith("*/")
                ? "/{,**/}" + bare.substring(2).replace("*", "**")
                : (bare.startsWith("*") ? "/" : "") + bare.replace("*", "**");
        boolean open = path.endsWith("*") || path.equals("/");
        String pattern = (open ? path : path + "{,/}").replace("?", ONE);
        return Optional.of(new PathPattern(pattern, !bare.contains("?")));
    }

    /** The same with what a ? may be in several bytes: it matches all files of the glob, and some more. */
    PathPattern wide() {
        return new PathPattern(text.replace(ONE, "{?,??,???,????,/}"), exact);
    }
}
