package io.crs.image.location;

import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.daemon.DockerEngine;
import io.crs.image.daemon.EngineException;
import io.crs.image.daemon.EngineImage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Gives an image to an engine: without a name first, then, once the engine is seen to have the very image, with it.
 *
 * <p>Layers the engine has already are left out where its store allows it; wherever that does not lead to the very image,
 * all of them are sent.
 */
final class EngineWriter {
    private final DockerEngine engine;
    private final String location;

    /**
     * A writer.
     *
     * @param location what the image is called in messages
     */
    EngineWriter(DockerEngine engine, String location) {
        this.engine = engine;
        this.location = location;
    }

    void write(Image image, String repository, String tag) throws IOException {
        ArchiveWriter whole = new ArchiveWriter(image, Optional.empty());
        whole.refuseForeignLayers();
        String name = repository + ":" + tag;
        boolean byConfig = !engine.isPodman() && !engine.hasContainerdStore();
        int known = byConfig ? known(image, name) : 0;
        Optional<EngineImage> written = known == 0 ? Optional.empty() : upper(image, known);
        EngineImage loaded = written.isPresent() ? written.get() : load(image, byConfig, whole::writeTo);
        engine.tag(loaded.id(), repository, tag);
        Optional<EngineImage> named = engine.find(name);
        if (named.isEmpty() || !named.get().id().equals(loaded.id())) {
            throw new IOException(location + ": " + engine + " has the image as " + loaded.id()
                    + ", but does not give it the name " + name);
        }
    }

    /** Counts the layers, from below, that the engine has for another image: the source, or what has the name now. */
    private int known(Image image, String name) throws IOException {
        List<String> wanted = EngineReader.diffIds(image);
        int known = engine.find(name).map(old -> common(wanted, old.diffIds())).orElse(0);
        for (int i = image.layers().size() - 1; i >= known; i--) {
            if (image.layers().get(i).blob().source() instanceof EngineBlobs) {
                return i + 1;
            }
        }
        return known;
    }

    private static int common(List<String> some, List<String> others) {
        int count = 0;
        while (count < some.size() && count < others.size() && some.get(count).equals(others.get(count))) {
            count++;
        }
        return count;
    }

    /** Tries without the lower layers. A guess that they are there costs little where it is wrong. */
    private Optional<EngineImage> upper(Image image, int known) throws IOException {
        try {
            return Optional.of(load(image, true, new UpperArchive(image, known)::writeTo));
        } catch (EngineException | InvalidImageException e) {
            // Whatever is wrong with the image itself shows again where all of it is sent.
            return Optional.empty();
        }
    }

    private EngineImage load(Image image, boolean byConfig, DockerEngine.Archive archive) throws IOException {
        String id = image.blobs().get(0).descriptor().digest().toString();
        boolean wasThere = byConfig && engine.find(id).isPresent();
        String answer = engine.load(archive);
        EngineImage loaded = engine.find(byConfig ? id : answer)
                .orElseThrow(() -> new InvalidImageException(
                        location + ": " + engine + " says it loaded " + answer + ", but does not have it"));
        List<String> diffIds = EngineReader.diffIds(image);
        if (!loaded.diffIds().equals(diffIds) || (byConfig && !loaded.id().equals(id))) {
            if (!wasThere && loaded.tags().isEmpty()) {
                engine.remove(loaded.id());
            }
            throw new InvalidImageException(location + ": " + engine + " made another image of what it was given, "
                    + loaded.id() + " with the layers " + loaded.diffIds() + " instead of " + id + " with " + diffIds);
        }
        return loaded;
    }
}
