package io.crs.image.location;

import io.crs.image.Artifact;
import io.crs.image.InvalidImageException;
import java.io.IOException;

/** A place that keeps artifacts beside images, such as how an image was made. */
public sealed interface ArtifactLocation extends ImageLocation permits OciLayout, OciArchive, RegistryImage {
    /**
     * Writes an artifact that refers to a manifest that is here: a registry lists it among the manifest's referrers; where
     * nobody does, an index under the tag {@code sha256-<digits of the manifest>} does.
     *
     * @throws InvalidImageException if the artifact refers to nothing
     */
    void attach(Artifact artifact) throws IOException;
}
