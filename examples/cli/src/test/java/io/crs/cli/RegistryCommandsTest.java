package io.crs.cli;

import static io.crs.cli.Shell.crs;
import static io.crs.cli.Shell.crsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crs.cli.Shell.Outcome;
import io.crs.image.fixture.HttpFixture.Response;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.RegistryFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with images in a registry. */
class RegistryCommandsTest {
    @TempDir
    Path folder;

    private RegistryFixture registry;
    private String app;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
        registry.image(
                "team/app",
                "1",
                ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9+deb12u14"))
                        .entryPoint("/usr/bin/app"));
        app = "docker://" + registry.host() + "/team/app:1";
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private void onlyFor(String user, String password) {
        String wanted =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        registry.fault(request -> request.header("Authorization").equals(wanted)
                ? Optional.empty()
                : Optional.of(Response.of(401, "").with("WWW-Authenticate", "Basic realm=\"test\"")));
    }

    @Test
    void anImageIsInstrumentedBesideItselfAndComesBack() throws IOException {
        Outcome made = crs("image", "instrument", app, "--plain-http", "--json");
        assertEquals(ExitCode.DONE, made.exit(), made.err());
        assertEquals(app + "-layered", made.json().get("destination").asText());
        assertTrue(
                registry.manifests().contains("team/app 1-layered"),
                registry.manifests().toString());
        List<String> uploads = registry.requests().stream()
                .filter(each -> each.startsWith("PUT /v2/team/app/blobs"))
                .toList();
        assertEquals(2, uploads.size(), "the agent's layer and the configuration: " + uploads);
        Outcome again = crs("image", "instrument", app + "-layered", "--plain-http", "--json");
        assertEquals(made.json().get("digest"), again.json().get("digest"), again.err());
        Outcome back = crs("image", "restore", app + "-layered", "oci:" + folder + "/back:1", "--plain-http", "--json");
        assertEquals(ExitCode.DONE, back.exit(), back.err());
        Outcome first = crs("image", "check", app, "--plain-http", "--json");
        assertTrue(first.json().get("instrumentable").asBoolean(), first.out());
        assertTrue(
                registry.manifests()
                        .contains("team/app " + back.json().get("digest").asText()),
                back.out());
    }

    @Test
    void howAnImageWasMadeIsWrittenBesideIt() throws IOException {
        Outcome made = crs("image", "instrument", app, "--plain-http", "--json", "--provenance");
        assertEquals(ExitCode.DONE, made.exit(), made.err());
        String digest = made.json().get("digest").asText();
        String tag = "team/app " + digest.replace(':', '-');
        assertTrue(registry.manifests().contains(tag), registry.manifests().toString());
        JsonNode list = new ObjectMapper().readTree(registry.manifest(tag));
        assertEquals(
                "application/vnd.in-toto+json",
                list.at("/manifests/0/artifactType").asText());
        JsonNode artifact = new ObjectMapper()
                .readTree(registry.manifest(
                        "team/app " + list.at("/manifests/0/digest").asText()));
        assertEquals(digest, artifact.at("/subject/digest").asText());
        JsonNode statement = new ObjectMapper()
                .readTree(registry.blobs()
                        .get("team/app " + artifact.at("/layers/0/digest").asText()));
        assertEquals(
                digest, "sha256:" + statement.at("/subject/0/digest/sha256").asText());
        assertEquals(
                app.substring("docker://".length()),
                statement
                        .at("/predicate/buildDefinition/resolvedDependencies/0/name")
                        .asText());
        crs("image", "instrument", app, "--plain-http", "--provenance");
        assertEquals(list, new ObjectMapper().readTree(registry.manifest(tag)), "said once");
        Outcome layout = crs("image", "instrument", app, "oci:" + folder + "/y:z", "--plain-http", "--provenance");
        assertEquals(ExitCode.DONE, layout.exit(), layout.err());
        JsonNode names = new ObjectMapper()
                .readTree(folder.resolve("y/index.json").toFile()).findValues("annotations").stream()
                        .collect(
                                () -> new ObjectMapper().createArrayNode(),
                                (all, each) -> all.add(each.elements().next()),
                                (a, b) -> {});
        assertEquals("[\"z\",\"" + digest.replace(':', '-') + "\"]", names.toString());
        assertEquals(
                ExitCode.INVALID,
                crs("image", "instrument", app, "docker-archive:" + folder + "/x", "--plain-http", "--provenance")
                        .exit());
    }

    @Test
    void aSecondCheckFetchesNoLayerAgain() {
        String cache = folder.resolve("cache").toString();
        Outcome first = crs("image", "check", app, "--plain-http", "--json", "--cache-dir", cache);
        long fetched = blobsFetched();
        Outcome second = crs("image", "check", app, "--plain-http", "--json", "--cache-dir", cache);
        assertEquals(first.out(), second.out());
        assertEquals(fetched + 1, blobsFetched(), "the configuration alone");
        crs("image", "check", app, "--plain-http", "--no-cache");
        assertEquals(2 * fetched + 1, blobsFetched());
    }

    private long blobsFetched() {
        return registry.requests().stream()
                .filter(each -> each.startsWith("GET /v2/team/app/blobs/"))
                .count();
    }

    @Test
    void anUnqualifiedNameWithAHostIsOneOfARegistry() {
        Outcome outcome = crs("image", "check", registry.host() + "/team/app:1", "--plain-http");
        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
    }

    @Test
    void thePasswordComesFromStandardInput() {
        onlyFor("user", "pass:word");
        Outcome outcome =
                crsWith("pass:word\n", "image", "check", app, "--plain-http", "--username", "user", "--password-stdin");
        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertTrue(outcome.err().contains("warning: credentials for " + registry.host() + " go over plain HTTP"));
        assertFalse(outcome.err().contains("pass:word"));
    }

    @Test
    void aWrongPasswordIsRefusedWithoutBeingRepeated() {
        onlyFor("user", "right");
        Outcome outcome =
                crsWith("wr0ng\n", "image", "check", app, "--plain-http", "--username", "user", "--password-stdin");
        assertEquals(ExitCode.FAILED, outcome.exit(), outcome.err());
        assertTrue(outcome.err().contains("refuses user \"user\""), outcome.err());
        assertFalse(outcome.err().contains("wr0ng"));
    }

    @Test
    void credentialsComeFromAFile() throws IOException {
        onlyFor("user", "secret");
        Path file = Files.writeString(
                folder.resolve("auth.json"),
                "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\""
                        + Base64.getEncoder().encodeToString("user:secret".getBytes(StandardCharsets.UTF_8)) + "\"}}}");
        assertEquals(
                ExitCode.DONE,
                crs("image", "check", app, "--plain-http", "--auth-file", file.toString())
                        .exit());
        assertEquals(
                ExitCode.FAILED,
                crs("image", "check", app, "--plain-http", "--auth-file", file + "-absent")
                        .exit());
    }

    @Test
    void optionsThatContradictEachOtherAreRefusedBeforeAnythingIsAsked() {
        List<List<String>> wrong = List.of(
                List.of("--username", "user"),
                List.of("--password-stdin"),
                List.of("--username", "a:b", "--password-stdin"),
                List.of("--username", "u", "--password-stdin", "--auth-file", "x"),
                List.of("--proxy", "ftp://x"),
                List.of("--cert-dir", folder + "/absent"));
        for (List<String> options : wrong) {
            List<String> all = new java.util.ArrayList<>(List.of("image", "check", app, "--plain-http"));
            all.addAll(options);
            Outcome outcome = crsWith("secret", all.toArray(String[]::new));
            assertEquals(ExitCode.INVALID, outcome.exit(), options + outcome.err());
            assertFalse(outcome.err().contains("secret"), outcome.err());
        }
        assertEquals(List.of(), registry.requests());
    }

    @Test
    void aRegistryThatIsNotThereIsAFailureOfTheOutside() {
        for (String image : List.of("127.0.0.1:1/app", app.replace(":1", ":none"))) {
            Outcome outcome = crs("image", "check", image, "--plain-http");
            assertEquals(ExitCode.FAILED, outcome.exit(), outcome.err());
            assertFalse(outcome.err().contains("Exception"), outcome.err());
        }
        Outcome tls = crs("image", "check", app);
        assertEquals(ExitCode.FAILED, tls.exit());
        assertTrue(tls.err().contains("plain HTTP must be asked for"), tls.err());
        assertTrue(tls.err().contains("--plain-http"), tls.err());
    }

    @Test
    void requestsGoThroughTheProxyThatIsNamed() throws IOException {
        try (RegistryFixture proxy = new RegistryFixture()) {
            crs(
                    "image",
                    "check",
                    "docker://registry.invalid/app:1",
                    "--plain-http",
                    "--proxy",
                    "http://us%40er:secret@" + proxy.host());
            assertEquals(List.of("GET http://registry.invalid/v2/app/manifests/1"), proxy.requests());
            assertEquals(
                    "Basic " + Base64.getEncoder().encodeToString("us@er:secret".getBytes(StandardCharsets.UTF_8)),
                    proxy.seen().get(0).header("Proxy-Authorization"));
        }
    }
}
