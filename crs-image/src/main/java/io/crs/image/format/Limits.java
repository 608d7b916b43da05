package io.crs.image.format;

/** The most this module takes from an image, whose every byte may be hostile. */
public final class Limits {
    /** Bytes of a manifest or an index. */
    public static final int MANIFEST_BYTES = 4 << 20;

    /** Bytes of an image's configuration. */
    public static final int CONFIG_BYTES = 4 << 20;

    /** Layers of an image. */
    public static final int LAYERS = 1_000;

    /** Entries of an index. */
    public static final int INDEX_ENTRIES = 1_000;

    /** Indexes within indexes. */
    public static final int INDEX_DEPTH = 3;

    /** Bytes of a layer once decompressed. */
    public static final long LAYER_BYTES = 20L << 30;

    /** Decompressed bytes for each compressed one, once {@link #RATIO_FLOOR} is passed. */
    public static final long RATIO = 1_000;

    /** Decompressed bytes that are never looked at for their ratio. */
    public static final long RATIO_FLOOR = 64L << 20;

    /** Entries of a layer. */
    public static final long LAYER_ENTRIES = 5_000_000;

    /** Entries of an archive that holds images. */
    public static final long ARCHIVE_ENTRIES = 100_000;

    /** Bytes of a PAX header or of a long name. */
    public static final int PAX_BYTES = 1 << 20;

    /** Bytes of the window a zstd frame asks for. */
    public static final long ZSTD_WINDOW = 128L << 20;

    private Limits() {}
}
