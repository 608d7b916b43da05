package io.crs.image.instrument;

/** The labels by which an instrumented image is recognised. */
final class Labels {
    static final String PREFIX = "io.crs.";

    /** The diff id of our layer. */
    static final String LAYER = PREFIX + "layer";

    /** The folder of our layer. */
    static final String FOLDER = PREFIX + "folder";

    /** The original entry point: an object with the member {@code Entrypoint} if, and as, the configuration had it. */
    static final String ORIGINAL_ENTRY_POINT = PREFIX + "original-entrypoint";

    /** The digest of the original manifest, and of the original index where there was one. */
    static final String ORIGINAL_MANIFEST = PREFIX + "original-manifest";

    static final String ORIGINAL_INDEX = PREFIX + "original-index";

    /** The agent's version, and the digest of the policy's table. */
    static final String AGENT = PREFIX + "agent";

    static final String TABLE = PREFIX + "table";

    private Labels() {}
}
