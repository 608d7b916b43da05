package io.crs.cli;

import static io.crs.cli.Shell.crs;
import static io.crs.cli.Shell.crsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crs.agent.Platform;
import io.crs.cli.Shell.Outcome;
import io.crs.host.BundledAgents;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCommandsTest {
    @TempDir
    Path folder;

    private Path layout;
    private String app;

    /** A layout with one image: a static program, and nothing else. */
    @BeforeEach
    void writeLayout() throws Exception {
        layout = Files.createDirectories(folder.resolve("app"));
        Path root = Files.createDirectories(folder.resolve("root"));
        Files.write(
                root.resolve("app"),
                new BundledAgents()
                        .find(Platform.LINUX_AMD64)
                        .orElseThrow()
                        .files()
                        .get(0)
                        .content());
        assertTrue(root.resolve("app").toFile().setExecutable(true));
        Path tar = folder.resolve("layer.tar");
        assertEquals(
                0,
                new ProcessBuilder("tar", "-cf", tar.toString(), "-C", root.toString(), "app")
                        .start()
                        .waitFor());
        writeImage("1", Files.readAllBytes(tar), "[\"/app\"]");
        app = "oci:" + layout + ":1";
    }

    private void writeImage(String tag, byte[] layer, String entryPoint) throws IOException {
        String layerDigest = blob(layer);
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Entrypoint\":" + entryPoint
                        + "},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + layerDigest + "\"]}}")
                .getBytes(StandardCharsets.UTF_8);
        String type = "application/vnd.oci.image.";
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + type + "manifest.v1+json\",\"config\":"
                        + descriptor(type + "config.v1+json", config, "") + ",\"layers\":["
                        + descriptor(type + "layer.v1.tar", layer, "") + "]}")
                .getBytes(StandardCharsets.UTF_8);
        blob(config);
        blob(manifest);
        String name = ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + tag + "\"}";
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[" + descriptor(type + "manifest.v1+json", manifest, name) + "]}");
    }

    private static String descriptor(String type, byte[] content, String more) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest(content) + "\",\"size\":" + content.length
                + more + "}";
    }

    private String blob(byte[] content) throws IOException {
        Path file = layout.resolve("blobs").resolve(digest(content).replace(':', '/'));
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        return digest(content);
    }

    private static String digest(byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return "sha256:" + String.format("%064x", new BigInteger(1, hash));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void checksAnImageAndSaysWhy() throws IOException {
        Outcome outcome = crs("image", "check", app, "--json");
        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        JsonNode verdict = outcome.json();
        assertTrue(verdict.get("instrumentable").asBoolean());
        assertEquals("STATIC", verdict.get("level").asText());
        assertEquals("/app", verdict.at("/entrypoint/path").asText());
        assertEquals("none", verdict.at("/libc/kind").asText());
        assertTrue(crs("image", "check", app).out().startsWith("can be instrumented: STATIC"));
    }

    @Test
    void aLayerThatIsDamagedIsNoticedAlthoughItsFactsAreKept() throws IOException {
        Path cache = folder.resolve("cache");
        Outcome first = crs("image", "check", app, "--json", "--cache-dir", cache.toString());
        assertEquals(
                first.out(),
                crs("image", "check", app, "--json", "--cache-dir", cache.toString())
                        .out());
        byte[] bytes = Files.readAllBytes(folder.resolve("layer.tar"));
        Path layer = layout.resolve("blobs/sha256").resolve(digest(bytes).substring("sha256:".length()));
        bytes[600] ^= 1;
        Files.write(layer, bytes);
        Outcome second = crs("image", "check", app, "--json", "--cache-dir", cache.toString());
        assertEquals(ExitCode.INVALID, second.exit(), second.out());
        assertTrue(second.err().contains(layer.getFileName().toString()), second.err());
        Outcome both = crs("image", "check", app, "--no-cache", "--cache-dir", cache.toString());
        assertEquals(ExitCode.INVALID, both.exit());
        assertTrue(both.err().contains("contradict"), both.err());
    }

    @Test
    void keepsFactsWhereXdgSays() {
        assertEquals(Path.of("/c/crs"), CacheOptions.standard("/c", "/h"));
        assertEquals(Path.of("/h/.cache/crs"), CacheOptions.standard(null, "/h"));
        assertEquals(Path.of("/h/.cache/crs"), CacheOptions.standard("relative", "/h"));
        assertNull(CacheOptions.standard("", "?"));
    }

    @Test
    void anImageWithNothingToRunIsRefusedUnlessAllowed() throws IOException {
        writeImage("1", Files.readAllBytes(folder.resolve("layer.tar")), "null");
        assertEquals(ExitCode.NO, crs("image", "check", app).exit());
        Outcome refused = crs("image", "instrument", app, "--json");
        assertEquals(ExitCode.NO, refused.exit());
        assertTrue(refused.err().contains("nothing to run"), refused.err());
        assertTrue(refused.json().get("reasons").size() > 0);
    }

    @Test
    void instrumentsNextToTheSourceAndRestoresIt() throws IOException {
        String original = new ObjectMapper()
                .readTree(layout.resolve("index.json").toFile())
                .at("/manifests/0/digest")
                .asText();
        Outcome outcome = crs("image", "instrument", app, "--mq-url", "file:/tmp/events", "--json");
        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertEquals(app + "-layered", outcome.json().get("destination").asText());
        String digest = outcome.json().get("digest").asText();
        Outcome again = crs("image", "instrument", app, "--mq-url", "file:/tmp/events", "--to-stdout-digest");
        assertEquals(digest, again.out().strip());
        assertEquals(ExitCode.DONE, crs("image", "check", app + "-layered").exit());
        Outcome restored = crs("image", "restore", app + "-layered", app + "-restored", "--json");
        assertEquals(ExitCode.DONE, restored.exit(), restored.err());
        assertEquals(original, restored.json().get("digest").asText());
        assertEquals(ExitCode.NO, crs("image", "restore", app, app + "-x").exit());
    }

    @Test
    void saysWhereTheLoadersFileIsNotWritten() throws IOException {
        Outcome asked = crs("image", "instrument", app, "--preload-file", "--json");
        assertEquals(ExitCode.DONE, asked.exit(), asked.err());
        assertEquals("preload-file-kept", asked.json().at("/warnings/0/code").asText());
        assertTrue(asked.err().contains("the image has no C library"), asked.err());
        Outcome unasked = crs("image", "instrument", app, "--json");
        assertEquals(0, unasked.json().get("warnings").size());
        assertEquals(unasked.json().get("digest"), asked.json().get("digest"));
    }

    @Test
    void aBrokenPolicyIsFoundBeforeAnythingIsWritten() throws IOException {
        String before = Files.readString(layout.resolve("index.json"));
        Outcome outcome = crsWith("{}", "image", "instrument", app, "--policy", "-");
        assertEquals(ExitCode.INVALID, outcome.exit());
        assertTrue(outcome.err().contains("/policyMode"), outcome.err());
        assertEquals(before, Files.readString(layout.resolve("index.json")));
    }

    @Test
    void damagedAndUnknownImagesAreRefusedByName() throws IOException {
        for (String location :
                List.of("docker://Nginx:1.27", "docker-daemon:NGINX", "n ginx", "oci:", app + "-absent")) {
            Outcome outcome = crs("image", "check", location);
            assertEquals(ExitCode.INVALID, outcome.exit(), location + outcome.err());
            assertEquals("", outcome.out());
            assertFalse(outcome.err().contains("Exception"), outcome.err());
        }
        Path blobs = layout.resolve("blobs/sha256");
        byte[] layer = Files.readAllBytes(folder.resolve("layer.tar"));
        layer[600] ^= 1;
        Files.write(
                blobs.resolve(
                        digest(Files.readAllBytes(folder.resolve("layer.tar"))).substring(7)),
                layer);
        Outcome outcome = crs("image", "instrument", app);
        assertEquals(ExitCode.INVALID, outcome.exit(), outcome.err());
        assertTrue(outcome.err().contains("sha256:"), outcome.err());
        assertFalse(Files.readString(layout.resolve("index.json")).contains("layered"));
    }

    @Test
    void aPasswordInTheAddressOfEventsIsRefused() {
        Outcome outcome = crs("image", "instrument", app, "--mq-url", "https://user:secret@host/crs");
        assertEquals(ExitCode.INVALID, outcome.exit());
        assertFalse(outcome.err().contains("secret"), outcome.err());
    }
}
