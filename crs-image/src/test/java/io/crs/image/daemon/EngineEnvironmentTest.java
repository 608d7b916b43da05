package io.crs.image.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineEnvironmentTest {
    @TempDir
    Path home;

    private String address(String... variables) throws IOException {
        return environment(variables).address().toString();
    }

    private EngineEnvironment environment(String... variables) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            map.put(variables[i], variables[i + 1]);
        }
        return new EngineEnvironment(map, home);
    }

    private static String hex(String context) {
        return Digest.of(context.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private void context(String name, String host) throws IOException {
        Path meta = Files.createDirectories(home.resolve(".docker/contexts/meta/" + hex(name)));
        Files.writeString(
                meta.resolve("meta.json"),
                "{\"Name\":\"" + name + "\",\"Metadata\":{},\"Endpoints\":{\"docker\":{\"Host\":\"" + host
                        + "\",\"SkipTLSVerify\":true}}}");
    }

    private void current(String name) throws IOException {
        Files.createDirectories(home.resolve(".docker"));
        Files.writeString(home.resolve(".docker/config.json"), "{\"auths\":{},\"currentContext\":\"" + name + "\"}");
    }

    private String refusal(String... variables) {
        return assertThrows(IOException.class, () -> address(variables)).getMessage();
    }

    @Test
    void isTheUsualSocketUnlessSomethingSaysOtherwise() throws Exception {
        assertEquals("unix:///var/run/docker.sock", address());
        assertEquals("unix:///var/run/docker.sock", address("DOCKER_HOST", "", "DOCKER_CONTEXT", ""));
        current("default");
        assertEquals("unix:///var/run/docker.sock", address());
    }

    @Test
    void theHostGoesBeforeTheContextAndThatBeforeTheCurrentOne() throws Exception {
        context("one", "unix:///one.sock");
        context("two", "unix:///two.sock");
        current("one");
        assertEquals("unix:///one.sock", address());
        assertEquals("unix:///two.sock", address("DOCKER_CONTEXT", "two"));
        assertEquals("unix:///var/run/docker.sock", address("DOCKER_CONTEXT", "default"));
        assertEquals("unix:///three.sock", address("DOCKER_CONTEXT", "two", "DOCKER_HOST", "unix:///three.sock"));
        assertEquals(
                "unix:///one.sock",
                environment("DOCKER_CONFIG", home.resolve(".docker").toString())
                        .address()
                        .toString());
    }

    @Test
    void aContextThatIsNotThereIsNamed() throws Exception {
        assertTrue(refusal("DOCKER_CONTEXT", "lost").contains("\"lost\""));
        assertTrue(refusal("DOCKER_CONTEXT", "../../etc").contains(hex("../../etc")));
        Files.createDirectories(home.resolve(".docker"));
        Files.writeString(home.resolve(".docker/config.json"), "{\"currentContext\":");
        assertTrue(refusal().contains("config.json"));
        Files.write(home.resolve(".docker/config.json"), new byte[(1 << 20) + 1]);
        assertTrue(refusal().contains("longer"));
    }

    @Test
    void readsPortsWithAndWithoutCertificates() throws Exception {
        assertEquals("tcp://h:2375", address("DOCKER_HOST", "tcp://h"));
        assertEquals("tcp://h:1", address("DOCKER_HOST", "tcp://h:1/"));
        assertEquals("tcp://[::1]:7/a", address("DOCKER_HOST", "tcp://[::1]:7/a"));
        assertEquals("tcp://h:80", address("DOCKER_HOST", "http://h", "DOCKER_CERT_PATH", "/c"));
        assertEquals("https://h:443", address("DOCKER_HOST", "https://h"));
        assertEquals("https://h:2376", address("DOCKER_HOST", "tcp://h", "DOCKER_TLS_VERIFY", "1"));
        assertEquals("https://h:2376", address("DOCKER_HOST", "tcp://h", "DOCKER_CERT_PATH", "/c"));
        EngineAddress.Tcp usual = (EngineAddress.Tcp)
                environment("DOCKER_HOST", "tcp://h", "DOCKER_TLS_VERIFY", "1").address();
        assertEquals(
                Optional.of(home.resolve(".docker")), usual.tls().orElseThrow().folder());
    }

    @Test
    void theCertificatesOfAContextLieBesideIt() throws Exception {
        context("far", "tcp://h:5");
        assertEquals("tcp://h:5", address("DOCKER_CONTEXT", "far"));
        Path files = Files.createDirectories(home.resolve(".docker/contexts/tls/" + hex("far") + "/docker"));
        EngineAddress.Tcp far =
                (EngineAddress.Tcp) environment("DOCKER_CONTEXT", "far").address();
        assertEquals(Optional.of(files), far.tls().orElseThrow().folder());
    }

    @Test
    void refusesWhatItCannotSpeakThroughAndSaysWhatToDo() {
        assertTrue(refusal("DOCKER_HOST", "ssh://user:secret@h").contains("ssh -nNT -L"));
        assertTrue(refusal("DOCKER_HOST", "npipe:////./pipe/docker_engine").contains("tcp://127.0.0.1:2375"));
        for (String wrong : List.of(
                "h:2375",
                "unix://",
                "unix://relative",
                "ftp://h",
                "tcp://",
                "tcp://h:0",
                "tcp://h:70000",
                "tcp://h?x=1")) {
            assertTrue(refusal("DOCKER_HOST", wrong).startsWith("DOCKER_HOST: "), wrong);
        }
    }

    @Test
    void neverRepeatsAPassword() {
        for (String wrong :
                List.of("ssh://user:secret@h", "tcp://user:secret@h", "tcp://user:secret@h h", "x://user:secret@h")) {
            IOException refused = assertThrows(IOException.class, () -> address("DOCKER_HOST", wrong));
            for (Throwable each = refused; each != null; each = each.getCause()) {
                assertFalse(String.valueOf(each.getMessage()).contains("secret"), wrong);
            }
        }
    }

    @Property
    void anyTextIsAnAddressOrRefused(
            @ForAll @Chars({'a', '1', ':', '/', '.', '[', ']', '@', ' ', '\u0000'}) String text) {
        try {
            EngineAddress address = EngineAddress.parse("tcp://" + text, Optional.empty());
            assertEquals(address, EngineAddress.parse(address.toString(), Optional.empty()));
        } catch (IllegalArgumentException e) {
            assertFalse(String.valueOf(e.getMessage()).isEmpty());
        }
    }
}
