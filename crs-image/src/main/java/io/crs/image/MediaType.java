package io.crs.image;

/** The media types of the two families of image formats, OCI and Docker, as texts. */
public final class MediaType {
    /** An OCI image. */
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    /** An OCI image index: an image for several platforms. */
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

    /** The configuration of an OCI image. */
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";

    /** The configuration of what has none: an empty JSON object. */
    public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";

    /** A layer of an OCI image, compressed by gzip. */
    public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

    /** A Docker image, manifest version 2, schema 2. */
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    /** A Docker manifest list: an image for several platforms. */
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

    /** The configuration of a Docker image. */
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";

    /** A layer of a Docker image, not compressed. */
    public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";

    /** A layer of a Docker image, compressed by gzip. */
    public static final String DOCKER_LAYER_GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /** A Docker image, manifest version 2, schema 1: no longer readable, and known to be told apart. */
    public static final String DOCKER_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+json";

    /** The same with signatures. */
    public static final String DOCKER_SCHEMA_1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    private MediaType() {}

    /** Returns whether a type is that of an index or manifest list. */
    public static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
    }

    /** Returns whether a type is that of one image's manifest. */
    public static boolean isManifest(String mediaType) {
        return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
    }

    /** Returns whether a type belongs to the Docker family. */
    public static boolean isDocker(String mediaType) {
        return mediaType.startsWith("application/vnd.docker.");
    }

    /** Returns whether a type is that of a layer which must not be given away, only referred to. */
    public static boolean isForeignLayer(String mediaType) {
        return mediaType.contains(".nondistributable.") || mediaType.contains(".foreign.");
    }

    /** Returns whether a type is that of an image's configuration. */
    public static boolean isConfig(String mediaType) {
        return mediaType.equals(OCI_CONFIG) || mediaType.equals(DOCKER_CONFIG);
    }
}
