package io.crs.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.crs.secret.CredentialSource;
import io.crs.secret.Credentials;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every source of credentials does. An implementation passes by extending this class. */
public abstract class CredentialSourceContract {
    private static final int THREADS = 4;

    /** A source that has these credentials for {@code registry.example:5000}, and none for any other. */
    protected abstract CredentialSource source(Credentials credentials) throws IOException;

    @Test
    void findsWhatItHasForARegistryAndForARepositoryInIt() throws IOException {
        Credentials password = Credentials.password("user", "pass:wörd \"\\");
        CredentialSource source = source(password);
        assertEquals(Optional.of(password), source.find("registry.example:5000", ""));
        assertEquals(Optional.of(password), source.find("registry.example:5000", "team/app"));
    }

    /** A host is not part of another one, nor is a port. */
    @Test
    void givesThemToNobodyElse() throws IOException {
        CredentialSource source = source(Credentials.password("user", "s3cret"));
        for (String other : List.of(
                "registry.example",
                "registry.example:50000",
                "registry.example:500",
                "registry.example:5000.evil.example",
                "other.registry.example:5000",
                "evil.example",
                "")) {
            assertEquals(Optional.empty(), source.find(other, "registry.example:5000"), other);
        }
    }

    @Test
    void saysNothingOfASecret() throws IOException {
        CredentialSource source = source(Credentials.password("user", "s3cret"));
        assertFalse((source + " " + source.find("registry.example:5000", "")).contains("s3cret"));
    }

    @Test
    void servesSeveralThreadsAtOnce() throws Exception {
        Credentials password = Credentials.password("user", "s3cret");
        CredentialSource source = source(password);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Optional<Credentials>>> found = new ArrayList<>();
            for (int i = 0; i < THREADS * 8; i++) {
                found.add(threads.submit(() -> source.find("registry.example:5000", "a")));
            }
            for (Future<Optional<Credentials>> each : found) {
                assertEquals(Optional.of(password), each.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
