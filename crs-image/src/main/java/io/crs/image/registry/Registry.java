package io.crs.image.registry;

import io.crs.image.Artifact;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.Referrers;
import java.io.IOException;
import java.util.List;

/**
 * One registry, as a client of the OCI distribution API sees it. Safe for all threads; makes no connection before it is
 * asked for something.
 */
public final class Registry {
    private final RegistryClient client;

    private Registry(RegistryClient client) {
        this.client = client;
    }

    /**
     * Returns a registry.
     *
     * @param host its host, with its port where it is not the usual one, such as {@code registry.example:5000}
     */
    public static Registry of(String host, RegistryAccess access) {
        // The grammar of a reference is that of its registry too.
        return new Registry(access.client(Reference.parse(host + "/any").registry()));
    }

    /**
     * Lists the repositories, as far as the registry tells of them.
     *
     * @throws RegistryException if it does not, as many public ones
     */
    public List<String> repositories() throws IOException {
        return new Listing(client, "/v2/_catalog", "repositories", Scope.catalog(), client.name() + ": the catalog")
                .all();
    }

    /** Lists the tags of a repository. */
    public List<String> tags(String repository) throws IOException {
        return new Repository(client, repository).tags();
    }

    /**
     * Reads what a reference names: an image, or an index with the images of all platforms. Layers are read from the registry
     * when they are asked for, resumed where the connection breaks.
     *
     * @throws RegistryException if the registry refuses or fails
     * @throws InvalidImageException if it is damaged or goes over a limit
     */
    public static Manifest read(Reference reference, RegistryAccess access) throws IOException {
        return new Repository(access.client(reference.registry()), reference.repository()).read(reference);
    }

    /**
     * Writes an image, an index with all it lists, or an artifact, blobs first and the name last. Blobs that the registry has
     * are not sent.
     *
     * @throws RegistryException if the registry refuses or fails; nothing has the name then
     * @throws InvalidImageException if the content is damaged
     */
    public static void write(Manifest manifest, Reference reference, RegistryAccess access) throws IOException {
        Repository target = new Repository(access.client(reference.registry()), reference.repository());
        new RegistryWriter(target, access.parallel).write(manifest, reference);
    }

    /**
     * Writes an artifact that says something of another manifest beside it, where the registry's clients look for such.
     *
     * @param reference the repository; tag and digest are not looked at
     * @throws InvalidImageException if the artifact says nothing of another manifest
     */
    public static void attach(Artifact artifact, Reference reference, RegistryAccess access) throws IOException {
        Repository target = new Repository(access.client(reference.registry()), reference.repository());
        new RegistryWriter(target, access.parallel).attach(artifact, Referrers.subject(artifact));
    }
}
