package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyManagementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NoTlsTest {
    @Test
    void aClientOfPlainHttpSendsNothingToWhoeverWantsTls() throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(NoTls.context()).build();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.getLocalPort()))
                    .build();
            Exception refused = assertThrows(Exception.class, () -> client.send(request, BodyHandlers.discarding()));
            assertEquals("a client of plain HTTP speaks no TLS", root(refused).getMessage());
            server.setSoTimeout(200);
            assertThrows(SocketTimeoutException.class, server::accept);
        }
    }

    private static Throwable root(Throwable error) {
        return error.getCause() == null ? error : root(error.getCause());
    }

    @Test
    void itTakesNoKeys() {
        assertThrows(KeyManagementException.class, () -> NoTls.context().init(null, null, null));
    }
}
