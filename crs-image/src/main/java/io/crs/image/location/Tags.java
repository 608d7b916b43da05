package io.crs.image.location;

import java.util.regex.Pattern;

/** The rules of tags. */
final class Tags {
    private static final String LAYERED = "-layered";
    private static final int LONGEST = 128;
    private static final Pattern IDENTIFIER = Pattern.compile("(sha256:)?[0-9a-f]{12,64}");

    private Tags() {}

    /** Returns the tag of what is made from an image with a tag. */
    static String layered(String tag) {
        if (tag.endsWith(LAYERED)) {
            return tag;
        }
        String layered = tag + LAYERED;
        if (layered.length() > LONGEST) {
            throw new IllegalArgumentException("the tag \"" + tag + "\" with " + LAYERED + " has " + layered.length()
                    + " characters, a tag may have " + LONGEST + ": name the destination");
        }
        return layered;
    }

    /** Returns a reference with the tag of what is made from the image. */
    static String layeredReference(String reference) {
        if (reference.contains("@")) {
            throw new IllegalArgumentException(
                    "\"" + reference + "\" has a digest, which the new image cannot have: name the destination");
        }
        int colon = reference.lastIndexOf(':');
        if (colon < 0 || colon < reference.lastIndexOf('/')) {
            return reference + ":" + layered("latest");
        }
        return reference.substring(0, colon + 1) + layered(reference.substring(colon + 1));
    }

    /** Returns whether a name is the identifier of an image, or the beginning of one, as engines have them. */
    static boolean isIdentifier(String name) {
        return IDENTIFIER.matcher(name).matches();
    }

    /** Returns a reference with its tag, which is {@code latest} if it has none. */
    static String tagged(String reference) {
        return reference.lastIndexOf(':') > reference.lastIndexOf('/') ? reference : reference + ":latest";
    }

    /** Returns a reference in its short form, without {@code docker.io/library/}, but with its tag. */
    static String familiar(String reference) {
        String name = reference;
        if (name.startsWith("docker.io/")) {
            name = name.substring("docker.io/".length());
        }
        if (name.startsWith("library/")) {
            name = name.substring("library/".length());
        }
        return tagged(name);
    }
}
