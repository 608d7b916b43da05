package io.crs.image.location;

import io.crs.image.Artifact;
import io.crs.image.ImageIndex;
import io.crs.image.Manifest;
import io.crs.image.Referrers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An OCI image layout: a folder with {@code oci-layout}, {@code index.json} and {@code blobs/}.
 *
 * <p>Writing into a layout keeps its other tags, and the blobs it has already; a new tag appears in one step. Two
 * processes must not write to one layout at once.
 *
 * @param directory the folder
 * @param tag the name of the image in it ({@code org.opencontainers.image.ref.name}); without one the layout must hold
 *     a single image to be read, and the image is written without a name
 */
public record OciLayout(Path directory, Optional<String> tag) implements ArtifactLocation {
    /** A tag is not blank and has at most 255 characters, none of them a blank or a control character. */
    public OciLayout {
        LayoutIndex.checkTag(tag);
    }

    @Override
    public Manifest readAll() throws IOException {
        LayoutFolder folder = new LayoutFolder(directory);
        return Manifest.read(folder.readIndex().choose(tag, toString(), directory.toString()), folder);
    }

    @Override
    public void write(Manifest manifest) throws IOException {
        LayoutFolder folder = new LayoutFolder(directory);
        folder.create();
        folder.copy(manifest);
        folder.writeIndex(folder.readIndex().with(manifest.descriptor(), tag));
    }

    @Override
    public void attach(Artifact artifact) throws IOException {
        String tag = Referrers.tag(Referrers.subject(artifact));
        OciLayout list = new OciLayout(directory, Optional.of(tag));
        boolean there = new LayoutFolder(directory).readIndex().has(tag);
        Optional<Manifest> before = there ? Optional.of(list.readAll()) : Optional.empty();
        Optional<ImageIndex> after = Referrers.added(before, artifact, list.toString());
        if (after.isPresent()) {
            list.write(after.get());
        }
    }

    @Override
    public ImageLocation layered() {
        return new OciLayout(directory, LayoutIndex.layered(tag));
    }

    @Override
    public String toString() {
        return "oci:" + directory + tag.map(text -> ":" + text).orElse("");
    }
}
