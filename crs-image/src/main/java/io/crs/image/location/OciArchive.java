package io.crs.image.location;

import io.crs.image.Artifact;
import io.crs.image.ImageIndex;
import io.crs.image.Manifest;
import io.crs.image.Referrers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An OCI image layout as one tar archive, not compressed; nothing of it is ever unpacked.
 *
 * <p>Writing into an archive replaces the file in one step, and keeps the other tags it has. The same images give the
 * same bytes. Two processes must not write to one archive at once.
 *
 * @param file the archive
 * @param tag the name of the image in it ({@code org.opencontainers.image.ref.name}); without one the archive must hold
 *     a single image to be read, and the image is written without a name
 */
public record OciArchive(Path file, Optional<String> tag) implements ArtifactLocation {
    /** A tag is not blank and has at most 255 characters, none of them a blank or a control character. */
    public OciArchive {
        LayoutIndex.checkTag(tag);
    }

    @Override
    public Manifest readAll() throws IOException {
        LayoutArchive archive = LayoutArchive.open(file);
        return Manifest.read(archive.index().choose(tag, toString(), file.toString()), archive.blobs());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Blobs of another image stay unless they belonged to the replaced one alone. An archive that is
     * {@code docker save}'s as well is refused, since what makes it that would be lost.
     */
    @Override
    public void write(Manifest manifest) throws IOException {
        new LayoutArchiveWriter(file, tag).write(manifest);
    }

    @Override
    public void attach(Artifact artifact) throws IOException {
        String tag = Referrers.tag(Referrers.subject(artifact));
        OciArchive list = new OciArchive(file, Optional.of(tag));
        boolean there = LayoutArchive.open(file).index().has(tag);
        Optional<Manifest> before = there ? Optional.of(list.readAll()) : Optional.empty();
        Optional<ImageIndex> after = Referrers.added(before, artifact, list.toString());
        if (after.isPresent()) {
            list.write(after.get());
        }
    }

    @Override
    public ImageLocation layered() {
        return new OciArchive(file, LayoutIndex.layered(tag));
    }

    @Override
    public String toString() {
        return "oci-archive:" + file + tag.map(text -> ":" + text).orElse("");
    }
}
