package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real agent and the real back end, over HTTPS and through proxies. */
class BackEndTlsIT {
    private static final String BASE = "/crs/v1.3";

    @TempDir
    static Path keys;

    private static Certificates authority;
    private static Certificates stranger;
    private static SSLContext localhost;

    @TempDir
    Path folder;

    private final BackEnds backEnds = new BackEnds();

    @BeforeAll
    static void makeAuthorities() throws Exception {
        authority = Certificates.authority(keys, "authority");
        stranger = Certificates.authority(keys, "stranger");
        localhost = authority.server("localhost", "dns:localhost");
    }

    @BeforeEach
    void writeSecret() throws Exception {
        Files.writeString(folder.resolve("secret"), "never seen\n");
    }

    @AfterEach
    void closeBackEnds() {
        backEnds.close();
    }

    private void start(SSLContext tls) throws IOException {
        backEnds.start(backEnds.builder(backEnds.roster()).tls(tls));
    }

    private String url(String scheme, String host) {
        return scheme + "://" + BackEnds.IN_URL + host + ":" + backEnds.port() + BASE;
    }

    /** A command that is denied once, and waits for its end. */
    private GuardedCommand command(String url, Map<String, String> more) throws IOException {
        Policy policy = Policy.named("first")
                .mode(PolicyMode.ACTIVE)
                .rule(Rule.read(folder.resolve("secret").toString()).deny())
                .build();
        Map<String, String> environment = new HashMap<>(
                Map.of("LI_MQURL", url, "SSL_CERT_FILE", authority.bundle().toString()));
        environment.putAll(more);
        return GuardedCommand.start(
                folder, policy, environment, "cat secret; until [ -e end ]; do sleep 0.05; done; exit 3");
    }

    private String end(GuardedCommand command) throws IOException, InterruptedException {
        Files.createFile(folder.resolve("end"));
        command.awaitEnd(3);
        assertEquals("", command.out());
        return command.err();
    }

    /** The event comes; what the agent says. */
    private String assertComes(String url, Map<String, String> more) throws IOException, InterruptedException {
        try (GuardedCommand command = command(url, more)) {
            BackEnds.await("denied", () -> backEnds.denials() == 1);
            return end(command);
        }
    }

    /** The agent says why it speaks to nobody, and nothing reaches the back end; what it says. */
    private String assertDoesNotCome(String url, Map<String, String> more, String why)
            throws IOException, InterruptedException {
        try (GuardedCommand command = command(url, more)) {
            BackEnds.await(why, () -> command.says(why));
            String said = end(command);
            assertEquals(List.of(), backEnds.roster().agents());
            assertEquals(List.of(), backEnds.receiver().ids());
            return said;
        }
    }

    @Test
    void bringsEventsToAHostItCanTrust() throws Exception {
        start(localhost);
        assertComes(url("https", "localhost"), Map.of());
    }

    @Test
    void trustsAnAddressThatTheCertificateNames() throws Exception {
        start(authority.server("server0", "ip:127.0.0.1"));
        assertComes(url("https", "127.0.0.1"), Map.of());
    }

    @Test
    void doesNotTrustAnAddressThatTheCertificateDoesNotName() throws Exception {
        start(authority.server("server1", "ip:127.0.0.2,dns:127.0.0.1"));
        assertDoesNotCome(url("https", "127.0.0.1"), Map.of(), "certificate is for another host");
    }

    @Test
    void doesNotTrustAnotherAuthority() throws Exception {
        start(stranger.server("localhost", "dns:localhost"));
        assertDoesNotCome(url("https", "localhost"), Map.of(), "no authority that is trusted");
    }

    @Test
    void doesNotTrustAnotherHostName() throws Exception {
        start(authority.server("server2", "dns:elsewhere.example"));
        assertDoesNotCome(url("https", "localhost"), Map.of(), "certificate is for another host");
    }

    @Test
    void doesNotTrustACertificateThatHasExpired() throws Exception {
        start(authority.server("server3", "dns:localhost", "-startdate", "-20d", "-validity", "10"));
        assertDoesNotCome(url("https", "localhost"), Map.of(), "has expired");
    }

    @Test
    void doesNotTrustAnybodyWithoutAuthorities() throws Exception {
        start(localhost);
        Map<String, String> none =
                Map.of("SSL_CERT_FILE", folder.resolve("none.pem").toString());
        assertDoesNotCome(url("https", "localhost"), none, "no back end can be trusted");
    }

    @Test
    void trustsAnybodyWhereItIsToldTo() throws Exception {
        start(stranger.server("elsewhere", "dns:elsewhere.example"));
        String said = assertComes(url("https", "localhost"), Map.of("LI_MQSKIPVERIFYTLS", "true"));
        assertTrue(said.contains("NOT verified"), said);
        assertTrue(backEnds.told("NOT verified"));
    }

    /** A proxy that wants credentials and knows tunnels; to plain requests it passes on. */
    private Front proxy() throws IOException {
        String basic = "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString("u:p@ss".getBytes(StandardCharsets.UTF_8));
        return new Front((agent, head) -> {
            if (!head.contains(basic)) {
                say(agent, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
            } else if (head.startsWith("CONNECT localhost:" + backEnds.port() + " ")) {
                say(agent, "HTTP/1.1 200 Connection established\r\n\r\n");
                Front.relay(agent, backEnds.port(), "");
            } else if (head.contains(" http://localhost:" + backEnds.port() + BASE)) {
                Front.relay(agent, backEnds.port(), head.replaceFirst(" http://[^/]*", " "));
            } else {
                say(agent, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            }
        });
    }

    private static void say(Socket agent, String text) throws IOException {
        agent.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void goesThroughATunnelOfAProxy() throws Exception {
        start(localhost);
        try (Front proxy = proxy()) {
            String address = "http://u:p%40ss@localhost:" + proxy.port();
            assertComes(
                    url("https", "localhost"),
                    Map.of("LI_HTTPS_PROXY", " ", "LI_HTTP_PROXY", address, "HTTPS_PROXY", "http://x:1"));
            assertTrue(proxy.heads().size() >= 2);
            assertTrue(
                    proxy.heads().stream().allMatch(head -> head.startsWith("CONNECT ")),
                    proxy.heads().toString());
        }
    }

    @Test
    void asksAProxyWithoutATunnelOverHttp() throws Exception {
        backEnds.start();
        try (Front proxy = proxy()) {
            assertComes(url("http", "localhost"), Map.of("HTTP_PROXY", "u:p%40ss@localhost:" + proxy.port()));
            assertFalse(proxy.heads().isEmpty());
        }
    }

    @Test
    void saysThatAProxyWantsOtherCredentials() throws Exception {
        start(localhost);
        try (Front proxy = proxy()) {
            String address = "http://u:wrong@localhost:" + proxy.port();
            String said = assertDoesNotCome(
                    url("https", "localhost"), Map.of("HTTPS_PROXY", address), "the proxy wants other credentials");
            assertFalse(said.contains("wrong"), said);
        }
    }

    @Test
    void goesPastTheProxyWhereItIsToldTo() throws Exception {
        start(localhost);
        try (Front proxy = proxy()) {
            String address = "http://localhost:" + proxy.port();
            assertComes(
                    url("https", "localhost"), Map.of("HTTPS_PROXY", address, "NO_PROXY", "example.com, localhost"));
            assertEquals(List.of(), proxy.heads());
        }
    }
}
