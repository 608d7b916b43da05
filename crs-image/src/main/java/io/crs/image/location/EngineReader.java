package io.crs.image.location;

import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.daemon.DockerEngine;
import io.crs.image.daemon.EngineException;
import io.crs.image.daemon.EngineImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Reads an image of an engine, by way of an archive in a temporary file. */
final class EngineReader {
    private static final long MOST_BYTES = 200L << 30;
    private static final int NOT_FOUND = 404;

    private final DockerEngine engine;
    private final String location;

    /**
     * A reader.
     *
     * @param location what the image is called in messages
     */
    EngineReader(DockerEngine engine, String location) {
        this.engine = engine;
        this.location = location;
    }

    Image read(String name) throws IOException {
        EngineImage known = find(name);
        TemporaryFile file = TemporaryFile.create();
        boolean read = false;
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file.path()), 64 << 10)) {
                // By its identifier: the name may point elsewhere by now.
                save(known.id(), out);
            }
            Image image = image(file, known);
            read = true;
            return image;
        } finally {
            if (!read) {
                file.delete();
            }
        }
    }

    private void save(String id, OutputStream out) throws IOException {
        try {
            engine.save(id, out, MOST_BYTES);
        } catch (EngineException e) {
            // Of an index it has in part, an engine gives what is there, but for this.
            if (e.status() == NOT_FOUND && engine.hasContainerdStore()) {
                throw new InvalidImageException(
                        location + ": " + e.getMessage() + ". Where it has an index without the image for its own "
                                + "platform, pull the image for the other one by the digest of its manifest "
                                + "(docker pull --platform PLATFORM NAME@DIGEST)",
                        e);
            }
            throw e;
        }
    }

    /** Asks the engine for an image by name or identifier. */
    EngineImage find(String name) throws IOException {
        return engine.find(name)
                .orElseThrow(() -> new InvalidImageException(location + ": " + engine + " has no such image; "
                        + (Tags.isIdentifier(name) ? "look at what it has (docker images)" : "docker pull " + name)));
    }

    private Image image(TemporaryFile file, EngineImage known) throws IOException {
        Image archived;
        try {
            archived = new ArchiveReader(ArchiveFile.open(file.path())).read(Optional.empty());
        } catch (InvalidImageException e) {
            throw new InvalidImageException(
                    location + ": " + engine + " gave an archive that is not sound: " + e.getMessage(), e);
        }
        List<String> diffIds = diffIds(archived);
        if (!diffIds.equals(known.diffIds())) {
            throw new InvalidImageException(location + ": " + engine + " gave the layers " + diffIds + " for "
                    + known.id() + ", which has " + known.diffIds());
        }
        return Image.of(
                archived.bytes(), new EngineBlobs(archived.blobs().get(0).source(), file, location));
    }

    static List<String> diffIds(Image image) {
        return image.layers().stream().map(layer -> layer.diffId().toString()).toList();
    }
}
