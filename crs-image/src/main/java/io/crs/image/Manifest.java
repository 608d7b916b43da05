package io.crs.image;

import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import java.io.IOException;
import java.util.List;

/**
 * The document a reference to an image points at: the manifest of one image, an index of several, or an artifact that is
 * no image at all.
 *
 * <p>Its bytes are kept exactly, since its digest is theirs. Manifests are immutable.
 */
public sealed interface Manifest permits Image, ImageIndex, Artifact {
    /** Returns the media type. */
    String mediaType();

    /** Returns a copy of the document. */
    byte[] bytes();

    /** Returns the digest of the document. */
    Digest digest();

    /** Returns the content the document refers to directly, other manifests left out, in the document's order. */
    List<Blob> blobs();

    /** Returns the descriptor of the document, without platform and annotations. */
    default Descriptor descriptor() {
        return new Descriptor(mediaType(), digest(), bytes().length);
    }

    /**
     * Reads the manifest a descriptor points at, verified.
     *
     * @throws InvalidImageException if it is damaged, over a limit, of an unknown type, or says another type of itself
     *     than the descriptor does
     */
    static Manifest read(Descriptor descriptor, BlobSource source) throws IOException {
        return read(descriptor, source, 1);
    }

    /** Reads a manifest that lies under {@code depth - 1} indexes. */
    static Manifest read(Descriptor descriptor, BlobSource source, int depth) throws IOException {
        byte[] bytes = new Blob(descriptor, source).bytes(Limits.MANIFEST_BYTES);
        String where = "manifest " + descriptor.digest() + " in " + source.locate(descriptor);
        Json json = ManifestDocument.parse(bytes, descriptor.mediaType(), where);
        if (MediaType.isIndex(descriptor.mediaType())) {
            return new ImageIndex(descriptor.mediaType(), bytes, json, source, where, depth);
        }
        return ManifestDocument.isImage(json) && !descriptor.isAttestation()
                ? Image.of(bytes, json, source, where)
                : Artifact.of(bytes, json, source, where);
    }
}
