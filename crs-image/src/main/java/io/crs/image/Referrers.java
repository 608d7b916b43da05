package io.crs.image;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The list of the artifacts that refer to a manifest, where a place keeps none itself: an index under the tag
 * {@code sha256-<digits>}, as OCI's distribution specification names it.
 */
public final class Referrers {
    private static final Pattern TAG = Pattern.compile("sha256-[0-9a-f]{64}");

    private Referrers() {}

    /** Returns the tag of the list. */
    public static String tag(Digest subject) {
        return subject.algorithm() + "-" + subject.hex();
    }

    /** Returns whether a tag is that of such a list. */
    public static boolean isTag(String tag) {
        return TAG.matcher(tag).matches();
    }

    /**
     * Returns the list with an artifact in it; empty if it is listed already.
     *
     * @param before what has the tag
     * @param where its name, for messages
     * @throws InvalidImageException if something else has the tag
     */
    public static Optional<ImageIndex> added(Optional<Manifest> before, Artifact artifact, String where)
            throws InvalidImageException {
        if (before.isPresent() && !(before.get() instanceof ImageIndex)) {
            throw new InvalidImageException(
                    where + ": this tag is for a list of referrers, and there is something else");
        }
        ImageIndex index = before.isPresent() ? (ImageIndex) before.get() : ImageIndex.empty();
        boolean listed = index.entries().stream().anyMatch(each -> each.digest().equals(artifact.digest()));
        return listed ? Optional.empty() : Optional.of(index.plus(artifact));
    }

    /**
     * Returns the digest of what an artifact refers to.
     *
     * @throws InvalidImageException if it refers to nothing
     */
    public static Digest subject(Artifact artifact) throws InvalidImageException {
        return artifact.subject()
                .orElseThrow(() -> new InvalidImageException("artifact " + artifact.digest() + " has no subject"))
                .digest();
    }
}
