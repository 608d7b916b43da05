package io.crs.image.location;

import io.crs.image.Artifact;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A tar archive as {@code docker save} writes it.
 *
 * <p>All forms since Docker 1.10 are read. An archive that also holds an OCI layout (Docker 25 and later) gives the
 * image with the manifest it came with; from an older one it gets a manifest of Docker's schema 2. The archive written
 * holds both, so that any Docker loads it and no digest is lost; its layers are those of the image, compressed or not.
 *
 * @param file the archive
 * @param reference the repository and tag of the image in it, or {@code @N} for the N-th image, counted from 0; without
 *     one the archive must hold a single image to be read, and is written without a tag
 */
public record DockerArchive(Path file, Optional<String> reference) implements ImageLocation {
    /** A reference is not blank and has at most 255 characters. */
    public DockerArchive {
        reference.ifPresent(text -> {
            if (text.isBlank() || text.length() > 255) {
                throw new IllegalArgumentException("\"" + text + "\" is not the name of an image");
            }
        });
    }

    @Override
    public Manifest readAll() throws IOException {
        return new ArchiveReader(ArchiveFile.open(file)).read(reference);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The file is replaced, unless it holds several images, or something else than images.
     */
    @Override
    public void write(Manifest manifest) throws IOException {
        if (manifest instanceof ImageIndex) {
            throw new InvalidImageException(this + ": an archive holds an image for one platform; choose one, or write "
                    + "all of them to a layout (oci:DIR:TAG)");
        }
        if (manifest instanceof Artifact
                || reference.filter(text -> text.startsWith("@")).isPresent()) {
            throw new InvalidImageException(this + ": only an image can be written, under the name of a repository");
        }
        refuseToLose();
        new ArchiveWriter((Image) manifest, reference.map(Tags::familiar)).write(file);
    }

    @Override
    public ImageLocation layered() {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        String end = dot > 0 ? name.substring(dot) : "";
        Path sibling = stem.endsWith("-layered") ? file : file.resolveSibling(stem + "-layered" + end);
        return new DockerArchive(sibling, reference.map(Tags::layeredReference));
    }

    @Override
    public String toString() {
        return "docker-archive:" + file + reference.map(text -> ":" + text).orElse("");
    }

    private void refuseToLose() throws IOException {
        if (!Files.exists(file) || (Files.isRegularFile(file) && Files.size(file) == 0)) {
            return;
        }
        List<?> images = new ArchiveReader(ArchiveFile.open(file)).list();
        if (images.size() > 1) {
            throw new InvalidImageException(
                    file + " holds " + images.size() + " images, which writing would replace: name another file");
        }
    }
}
