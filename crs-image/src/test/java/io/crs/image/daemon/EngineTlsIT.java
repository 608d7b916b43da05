package io.crs.image.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.ScriptedEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine behind TLS, whose certificates, and the keys of its clients, openssl made. */
@Timeout(120)
class EngineTlsIT {
    @TempDir
    static Path made;

    @TempDir
    Path client;

    @BeforeAll
    static void makeCertificates() throws Exception {
        openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca-key.pem -out ca.pem -subj /CN=authority -days 2");
        openssl("req -x509 -newkey rsa:2048 -nodes -keyout other-key.pem -out other.pem -subj /CN=other -days 2");
        openssl("genrsa -out server.pem 2048");
        signed("server", "IP:127.0.0.1");
        openssl("genrsa -out elsewhere.pem 2048");
        signed("elsewhere", "DNS:elsewhere.example");
        openssl("genrsa -traditional -out rsa-pkcs1.pem 2048");
        openssl("genpkey -algorithm RSA -out rsa-pkcs8.pem");
        openssl("ecparam -name prime256v1 -genkey -out ec-sec1.pem");
        openssl("ecparam -name secp384r1 -genkey -noout -out ec384-sec1.pem");
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec-pkcs8.pem");
        for (String key : List.of("rsa-pkcs1", "rsa-pkcs8", "ec-sec1", "ec384-sec1", "ec-pkcs8")) {
            signed(key, "DNS:client");
        }
    }

    private static void openssl(String words) throws Exception {
        ExternalTool.run(made, ("openssl " + words).split(" ", -1));
    }

    private static void signed(String name, String names) throws Exception {
        openssl("req -new -key " + name + ".pem -out request.csr -subj /CN=" + name);
        Files.writeString(made.resolve("names"), "subjectAltName=" + names);
        openssl("x509 -req -in request.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -out " + name
                + ".crt -days 2 -extfile names");
    }

    private static SSLContext server(String name) throws Exception {
        openssl("pkcs12 -export -inkey " + name + ".pem -in " + name + ".crt -out " + name + ".p12 -passout pass:x");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(made.resolve(name + ".p12"))) {
            keys.load(in, "x".toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "x".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(made.resolve("ca.pem"))) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @BeforeEach
    void trustTheAuthority() throws IOException {
        give("ca.pem", "ca.pem");
    }

    private void give(String from, String to) throws IOException {
        Files.copy(made.resolve(from), client.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    }

    private void giveKey(String name) throws IOException {
        give(name + ".pem", "key.pem");
        give(name + ".crt", "cert.pem");
    }

    private DockerEngine engine(String host) {
        return DockerEngine.at(
                EngineAddress.parse(host, Optional.of(new TlsFiles(Optional.of(client)))), Duration.ofSeconds(30));
    }

    private static ScriptedEngine served(String certificate) throws Exception {
        return ScriptedEngine.tls(server(certificate))
                .on("GET /v1.41/images/a/json", ScriptedEngine.json("{\"Id\":\"x\"}"))
                .on("GET /v1.41/images/a/get", ScriptedEngine.answer(200, "", new byte[3_000_000]));
    }

    @Test
    void isKnownByKeysOfEveryForm() throws Exception {
        try (ScriptedEngine server = served("server")) {
            for (String key : List.of("rsa-pkcs1", "rsa-pkcs8", "ec-sec1", "ec384-sec1", "ec-pkcs8")) {
                giveKey(key);
                assertEquals("x", engine(server.host()).find("a").orElseThrow().id(), key);
            }
            long[] count = new long[1];
            engine(server.host())
                    .save(
                            "a",
                            new OutputStream() {
                                @Override
                                public void write(int b) {
                                    count[0]++;
                                }
                            },
                            4_000_000);
            assertEquals(3_000_000, count[0]);
        }
    }

    private static String refusal(DockerEngine engine) {
        return assertThrows(IOException.class, () -> engine.find("a")).getMessage();
    }

    @Test
    void refusesAnEngineOfAnotherAuthorityOrName() throws Exception {
        giveKey("rsa-pkcs8");
        try (ScriptedEngine server = served("elsewhere")) {
            assertTrue(refusal(engine(server.host())).contains("127.0.0.1"), refusal(engine(server.host())));
            assertEquals(List.of(), server.calls());
        }
        give("other.pem", "ca.pem");
        try (ScriptedEngine server = served("server")) {
            assertTrue(refusal(engine(server.host())).contains("certif"), refusal(engine(server.host())));
            Files.delete(client.resolve("ca.pem"));
            assertTrue(refusal(engine(server.host())).contains("certif"), refusal(engine(server.host())));
            assertEquals(List.of(), server.calls());
        }
    }

    @Test
    void isRefusedWithoutACertificate() throws Exception {
        try (ScriptedEngine server = served("server")) {
            assertTrue(refusal(engine(server.host())).contains(server.host().substring(6)));
            assertEquals(List.of(), server.calls());
        }
    }

    @Test
    void namesTheFileThatIsMissingOrLocked() throws Exception {
        try (ScriptedEngine server = served("server")) {
            give("rsa-pkcs8.pem", "key.pem");
            assertTrue(refusal(engine(server.host())).contains("only one is in " + client));
            giveKey("rsa-pkcs8");
            openssl("pkey -in rsa-pkcs8.pem -aes128 -passout pass:secret -out locked.pem");
            give("locked.pem", "key.pem");
            String message = refusal(engine(server.host()));
            assertTrue(message.contains("key.pem is locked"), message);
            assertFalse(message.contains("secret"), message);
        }
    }

    @Test
    void endsAServerThatDoesNotShakeHands() throws Exception {
        giveKey("rsa-pkcs8");
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            DockerEngine engine = DockerEngine.at(
                    EngineAddress.parse(
                            "tcp://127.0.0.1:" + silent.getLocalPort(), Optional.of(new TlsFiles(Optional.of(client)))),
                    Duration.ofMillis(200));
            assertTrue(refusal(engine).contains("did not go on"), refusal(engine));
        }
    }
}
