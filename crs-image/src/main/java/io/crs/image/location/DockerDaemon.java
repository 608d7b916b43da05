package io.crs.image.location;

import io.crs.image.FileAccess;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.daemon.DockerEngine;
import io.crs.image.daemon.EngineAddress;
import io.crs.image.daemon.EngineEnvironment;
import io.crs.image.daemon.EngineImage;
import io.crs.image.daemon.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image in a Docker Engine, or in another service with its API such as podman's.
 *
 * <p>Read, the image is copied to a temporary file, which is deleted once nothing made from it is in use. The engine gives
 * layers decompressed and without their manifest: the image has the configuration and the layers of the original byte for
 * byte, and a manifest of its own; only where the engine has its images in containerd's store is it the very manifest. Of an
 * index in that store the image for the engine's own platform is read. Written, an image gets its name only once the engine
 * has all of it.
 *
 * @param name {@code repository[:tag]}, {@code repository@digest}, or the identifier of an image, 12 to 64 hexadecimal
 *     digits with or without {@code sha256:}
 * @param host where the engine is, as {@code DOCKER_HOST} has it; without one, where Docker's own command finds it:
 *     {@code DOCKER_HOST}, {@code DOCKER_CONTEXT} or the current context, {@code DOCKER_TLS_VERIFY},
 *     {@code DOCKER_CERT_PATH}, else its usual socket
 * @param certificates the folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for that host
 */
public record DockerDaemon(String name, Optional<String> host, Optional<Path> certificates) implements ImageLocation {
    private static final String PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern REFERENCE = Pattern.compile("(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?/)?" + PART
            + "(?:/" + PART + ")*" + "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?");

    /**
     * Checks the name; the host is looked at when it is called.
     *
     * @throws IllegalArgumentException if the name is none of an image
     */
    public DockerDaemon {
        boolean isReference = name.length() <= 400
                && REFERENCE.matcher(name).matches()
                // A digest cut short, which is the name of no repository anybody has.
                && !name.startsWith("sha256:");
        if (!isReference && !Tags.isIdentifier(name)) {
            throw new IllegalArgumentException("\"" + name + "\" names no image of a Docker Engine: write "
                    + "docker-daemon:repository:tag or docker-daemon:ID");
        }
    }

    /** An image in the engine the environment leads to. */
    static DockerDaemon named(String name) {
        return new DockerDaemon(name, Optional.empty(), Optional.empty());
    }

    @Override
    public Manifest readAll() throws IOException {
        return new EngineReader(engine(), toString()).read(name);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Layers the engine has already are not sent again, where its store lets them be left out.
     */
    @Override
    public void write(Manifest manifest) throws IOException {
        if (manifest instanceof ImageIndex) {
            throw new InvalidImageException(this + ": an engine takes an image for one platform; choose one, or write "
                    + "all of them to a layout (oci:DIR:TAG)");
        }
        if (!(manifest instanceof Image image) || name.contains("@") || Tags.isIdentifier(name)) {
            throw new InvalidImageException(this + ": only an image can be written, under the name of a repository");
        }
        String full = Tags.tagged(name);
        int colon = full.lastIndexOf(':');
        new EngineWriter(engine(), toString()).write(image, full.substring(0, colon), full.substring(colon + 1));
    }

    /**
     * {@inheritDoc}
     *
     * <p>It is a container that is never started, and is deleted when this is closed.
     */
    @Override
    public Optional<FileAccess> openFiles() throws IOException {
        DockerEngine engine = engine();
        EngineImage image = new EngineReader(engine, toString()).find(name);
        return engine.container(image.id()).map(container -> new EngineFiles(image, container));
    }

    @Override
    public ImageLocation layered() throws IOException {
        return new DockerDaemon(
                Tags.layeredReference(Tags.isIdentifier(name) ? nameOfIdentifier() : name), host, certificates);
    }

    @Override
    public String toString() {
        return "docker-daemon:" + name;
    }

    private String nameOfIdentifier() throws IOException {
        DockerEngine engine = engine();
        EngineImage image = new EngineReader(engine, toString()).find(name);
        List<String> tags = image.tags();
        if (tags.size() != 1) {
            throw new IllegalArgumentException(
                    this + (tags.isEmpty() ? " has no tag" : " has several tags: " + String.join(", ", tags))
                            + ": name the destination");
        }
        return tags.get(0);
    }

    private DockerEngine engine() throws IOException {
        if (host.isEmpty()) {
            return DockerEngine.at(EngineEnvironment.ofProcess().address());
        }
        try {
            return DockerEngine.at(
                    EngineAddress.parse(host.get(), certificates.map(folder -> new TlsFiles(Optional.of(folder)))));
        } catch (IllegalArgumentException e) {
            throw new IOException(this + ": " + e.getMessage(), e);
        }
    }
}
