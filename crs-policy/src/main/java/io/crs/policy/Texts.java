package io.crs.policy;

/** The limits of texts; lengths are in characters, that is Unicode code points. */
final class Texts {
    private Texts() {}

    /** A text that says something: not blank, and {@link #check}ed. */
    static String named(String what, String text, int longest) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(what + " is blank");
        }
        return check(what, text, longest);
    }

    /** A text that is not too long and can be written as UTF-8. */
    static String check(String what, String text, int longest) {
        int length = text.codePointCount(0, text.length());
        if (length > longest) {
            throw new IllegalArgumentException(what + " has " + length + " characters, at most " + longest + " fit");
        }
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " has a NUL character in it");
        }
        if (!wellFormed(text).equals(text)) {
            throw new IllegalArgumentException(what + " has half of a surrogate pair in it");
        }
        return text;
    }

    /** The text with U+FFFD for each half of a surrogate pair. */
    static String wellFormed(String text) {
        if (!hasSurrogate(text)) {
            return text;
        }
        int[] points = text.codePoints()
                .map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
                .toArray();
        return new String(points, 0, points.length);
    }

    /** A plain loop: this runs for every name of every call. */
    private static boolean hasSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
