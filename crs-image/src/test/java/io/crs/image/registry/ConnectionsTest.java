package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.RegistryFixture;
import io.crs.secret.CredentialSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionsTest {
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();
    private RegistryFixture registry;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
        registry.image("app", "1", ImageFixture.of().entryPoint("/a"));
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private static RegistryAccess access() {
        return RegistryAccess.builder()
                .plainHttp()
                .proxy(RegistryProxy.none())
                .credentials(CredentialSource.none())
                .idleTimeout(Duration.ofSeconds(20))
                .build();
    }

    private String read(RegistryAccess access) throws IOException {
        return Registry.read(Reference.parse(registry.host() + "/app:1"), access)
                .digest()
                .toString();
    }

    /** The JDK names them so: who waits in the kernel, for as long as there is a client. */
    private List<Thread> waiting() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.getName().endsWith("-SelectorManager"))
                .toList();
    }

    @Test
    void nobodyWaitsForConnectionsOfAClosedAccess() throws IOException {
        try (RegistryAccess access = access()) {
            read(access);
            assertEquals(1, waiting().size());
        }
        assertEquals(List.of(), waiting());
    }

    @Test
    void anAccessOfAnotherHostGoesOn() throws IOException {
        try (RegistryAccess other = access()) {
            String digest = read(other);
            try (RegistryAccess access = access()) {
                read(access);
            }
            assertEquals(1, waiting().size());
            assertEquals(digest, read(other));
        }
    }

    @Test
    void aClosedAccessThatIsUsedAgainMakesNewConnections() throws IOException {
        RegistryAccess access = access();
        String digest = read(access);
        access.close();
        assertEquals(digest, read(access));
        access.close();
        assertEquals(List.of(), waiting());
    }
}
