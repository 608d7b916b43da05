package io.crs.image.registry;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.secret.CredentialSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxy that does not let anybody through to a registry of TLS. */
@Timeout(60)
class ProxyRefusalTest {
    private static final String REFUSAL = """
            HTTP/1.1 407 Proxy Authentication Required\r
            Proxy-Authenticate: Basic realm="x"\r
            Content-Length: 0\r
            \r
            """;

    private ServerSocket proxy;

    @BeforeEach
    void start() throws IOException {
        proxy = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::refuse, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
    }

    private void refuse() {
        while (!proxy.isClosed()) {
            try (Socket socket = proxy.accept()) {
                socket.getInputStream().read(new byte[4096]);
                socket.getOutputStream().write(REFUSAL.getBytes(US_ASCII));
            } catch (IOException e) {
                // the client went, or the test is over
            }
        }
    }

    private String refusal(String user) {
        try (RegistryAccess access = RegistryAccess.builder()
                .proxy(RegistryProxy.of("http://" + user + "127.0.0.1:" + proxy.getLocalPort()))
                .credentials(CredentialSource.none())
                .build()) {
            RegistryException e = assertThrows(
                    RegistryException.class, () -> Registry.read(Reference.parse("registry.example/app:1"), access));
            assertEquals(OptionalInt.of(407), e.status());
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void thatWantsAPasswordSaysSo() {
        String message = refusal("");
        assertTrue(message.contains("the proxy wants a user and a password"), message);
    }

    @Test
    void thatRefusesAPasswordIsToldFromTheRegistry() {
        String message = refusal("someone:hidden@");
        assertTrue(message.contains("the proxy refuses the user and password of its address"), message);
        assertFalse(message.contains("hidden"), message);
    }
}
