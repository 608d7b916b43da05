package io.crs.image.location;

import io.crs.agent.Platform;
import io.crs.image.FileAccess;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.registry.Reference;
import io.crs.image.registry.RegistryAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A place an image is read from or written to, named as skopeo names it: {@code docker://registry/repository:tag},
 * {@code docker-daemon:repository:tag}, {@code oci:DIR[:tag]}, {@code oci-archive:FILE[:tag]} or
 * {@code docker-archive:FILE[:repository:tag]}.
 *
 * <p>Locations are values: making one touches nothing. An image read from a location reads its layers from there when
 * they are asked for, so what is read from must stay until it has been written elsewhere.
 */
public sealed interface ImageLocation permits ArtifactLocation, DockerArchive, DockerDaemon {
    /**
     * Reads the name of a location. A name without a kind of place is one of a registry.
     *
     * @throws IllegalArgumentException if the text names no location
     */
    static ImageLocation parse(String text) {
        int colon = text.indexOf(':');
        String transport = colon < 0 ? "" : text.substring(0, colon);
        String rest = text.substring(colon + 1);
        return switch (transport) {
            case "oci" -> new OciLayout(path(rest, text), afterPath(rest));
            case "oci-archive" -> new OciArchive(path(rest, text), afterPath(rest));
            case "docker-archive" -> new DockerArchive(path(rest, text), afterPath(rest));
            case "docker" -> registry(rest.startsWith("//") ? rest.substring(2) : text, text);
            case "docker-daemon" -> DockerDaemon.named(rest);
            default -> registry(text, text);
        };
    }

    /** Returns the location of an OCI layout folder, with no tag. */
    static ImageLocation layout(Path directory) {
        return new OciLayout(directory, Optional.empty());
    }

    /**
     * Reads everything the location names: one image, or an index with the images of all platforms.
     *
     * @throws InvalidImageException if it is not there, is damaged, or the name fits several; the message lists them
     */
    Manifest readAll() throws IOException;

    /**
     * Writes an image, an index with all it lists, or an artifact.
     *
     * <p>Content is verified on its way. Until everything is there, nothing points at it: a write that fails leaves what
     * was at the location as it was.
     *
     * @throws InvalidImageException if the content is damaged, or cannot lie at such a location
     */
    void write(Manifest manifest) throws IOException;

    /**
     * Opens a way to the single files of the image here, where the place has one and lets it be used. The caller closes it.
     *
     * @throws InvalidImageException if the image is not there
     */
    default Optional<FileAccess> openFiles() throws IOException {
        return Optional.empty();
    }

    /**
     * Returns the usual name for what is made from the image here: the tag with {@code -layered} after it, or the same
     * location where the tag ends so already. No tag counts as {@code latest}.
     *
     * <p>An image that is named by its identifier has the tag its engine knows it by, so the engine is asked.
     *
     * @throws IllegalArgumentException if the tag would get longer than the 128 characters a tag may have, or if it is not
     *     clear which tag that is; the message lists those there are
     * @throws IOException if an engine must be asked and cannot be
     */
    ImageLocation layered() throws IOException;

    /**
     * Reads the one image the location names: the only one, or that for the processor of this host.
     *
     * @throws InvalidImageException as {@link #readAll} does, or if there is no image for this processor; the message
     *     lists the platforms
     */
    default Image read() throws IOException {
        Manifest all = readAll();
        if (all instanceof ImageIndex index) {
            List<Platform> platforms = index.platforms();
            Platform host = new Platform("linux", Platform.host().architecture(), Optional.empty());
            return index.select(platforms.size() == 1 ? platforms.get(0) : host);
        }
        return image(all);
    }

    /**
     * Reads the image for a platform.
     *
     * @throws InvalidImageException as {@link #readAll} does, or if the image there is for other platforms
     */
    default Image read(Platform platform) throws IOException {
        Manifest all = readAll();
        if (all instanceof ImageIndex index) {
            return index.select(platform);
        }
        Image image = image(all);
        if (!image.platform().normalized().equals(platform.normalized())) {
            throw new InvalidImageException(this + " is for " + image.platform() + ", not for " + platform);
        }
        return image;
    }

    private Image image(Manifest manifest) throws InvalidImageException {
        if (manifest instanceof Image image) {
            return image;
        }
        throw new InvalidImageException(this + " is not an image that could run, but an artifact of another kind");
    }

    private static ImageLocation registry(String name, String text) {
        try {
            if (name.isBlank()) {
                throw new IllegalArgumentException("there is no repository in it");
            }
            return new RegistryImage(Reference.parse(name), RegistryAccess.standard());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" names no image: " + e.getMessage() + "; write docker://registry/repository:tag, "
                            + "docker-daemon:NAME, oci:DIR[:tag], oci-archive:FILE[:tag] or"
                            + " docker-archive:FILE[:repository:tag]",
                    e);
        }
    }

    private static Path path(String rest, String text) {
        int colon = rest.indexOf(':');
        String path = colon < 0 ? rest : rest.substring(0, colon);
        if (path.isEmpty()) {
            throw new IllegalArgumentException("\"" + text + "\" names no file or folder");
        }
        return Path.of(path);
    }

    private static Optional<String> afterPath(String rest) {
        int colon = rest.indexOf(':');
        return colon < 0 ? Optional.empty() : Optional.of(rest.substring(colon + 1));
    }
}
