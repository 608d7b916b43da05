package io.crs.secret;

import java.io.IOException;
import java.util.Optional;

/**
 * A place that knows credentials of registries: a file, a vault, a keychain. Implementations are safe for all threads.
 */
@FunctionalInterface
public interface CredentialSource {
    /**
     * Finds the credentials for a repository.
     *
     * @param registry the registry's host, with its port where one is named, such as {@code registry.example:5000}
     * @param repository the repository in it, such as {@code team/app}; may be empty for the registry as a whole
     * @return none if the place knows none; the registry is then asked without
     * @throws IOException if the place cannot be asked
     */
    Optional<Credentials> find(String registry, String repository) throws IOException;

    /** Returns a source that knows none. */
    static CredentialSource none() {
        return (registry, repository) -> Optional.empty();
    }

    /** Returns a source that has the same credentials for every registry. */
    static CredentialSource of(Credentials credentials) {
        return (registry, repository) -> Optional.of(credentials);
    }
}
