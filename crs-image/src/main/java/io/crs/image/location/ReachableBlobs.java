package io.crs.image.location;

import io.crs.image.Blob;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.ImageIndex;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.MissingBlobException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All content a manifest refers to and the manifest itself, each blob once, and after whatever it refers to. Layers that
 * must not be given away are left out.
 */
final class ReachableBlobs {
    private static final Logger LOG = LoggerFactory.getLogger(ReachableBlobs.class);

    private final Set<Digest> seen = new HashSet<>();
    private final Visitor visitor;

    /** What is done with each blob. */
    @FunctionalInterface
    interface Visitor {
        void visit(Blob blob) throws IOException;
    }

    private ReachableBlobs(Visitor visitor) {
        this.visitor = visitor;
    }

    /** Visits all blobs of a manifest, and the manifest last. */
    static void visit(Manifest manifest, Visitor visitor) throws IOException {
        new ReachableBlobs(visitor).add(manifest);
    }

    private void add(Manifest manifest) throws IOException {
        if (manifest instanceof ImageIndex index) {
            for (Descriptor entry : index.entries()) {
                add(entry, index);
            }
        }
        for (Blob blob : manifest.blobs()) {
            if (!MediaType.isForeignLayer(blob.descriptor().mediaType())
                    && seen.add(blob.descriptor().digest())) {
                visitor.visit(blob);
            }
        }
        if (seen.add(manifest.digest())) {
            visitor.visit(Blob.of(manifest.mediaType(), manifest.bytes()));
        }
    }

    private void add(Descriptor entry, ImageIndex index) throws IOException {
        // An index may list one manifest any number of times, and lie in indexes that do so too.
        if (seen.contains(entry.digest())) {
            return;
        }
        try {
            add(index.read(entry));
        } catch (MissingBlobException e) {
            // A restored index lists attestations that did not come along; without them it is complete all the same.
            if (!entry.isAttestation()) {
                throw e;
            }
            LOG.warn("{} lists the attestation {}, which is not there to be copied", index.digest(), entry.digest());
        }
    }
}
