package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.crs.secret.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerConfigTest {
    @TempDir
    Path folder;

    private DockerConfig config(String json) throws IOException {
        return DockerConfig.of(Files.writeString(folder.resolve("config.json"), json));
    }

    private static String auth(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aLoginIsFoundByItsHost() throws IOException {
        DockerConfig config = config(
                "{\"auths\":{\"registry.example:5000\":{\"auth\":\"" + auth("u:p:q") + "\"},"
                        + "\"https://old.example/v1/\":{\"auth\":\"" + auth("o:x") + "\"},"
                        + "\"https://index.docker.io/v1/\":{\"auth\":\"" + auth("hub:y") + "\"},"
                        + "\"id.example\":{\"auth\":\"" + auth("<token>:") + "\",\"identitytoken\":\"t\"},"
                        + "\"plain.example\":{\"username\":\"n\",\"password\":\"m\"},\"empty.example\":{}},\"HttpHeaders\":{}}");
        assertEquals(Optional.of(Credentials.password("u", "p:q")), config.find("registry.example:5000", "a"));
        assertEquals(Optional.of(Credentials.password("o", "x")), config.find("old.example", "a"));
        assertEquals(Optional.of(Credentials.password("hub", "y")), config.find("docker.io", "library/a"));
        assertEquals(Optional.of(Credentials.identityToken("t")), config.find("id.example", "a"));
        assertEquals(Optional.of(Credentials.password("n", "m")), config.find("plain.example", "a"));
        assertEquals(Optional.empty(), config.find("empty.example", "a"));
        assertEquals(Optional.empty(), config.find("registry.example", "a"));
    }

    @Test
    void theMostSpecialEntryCounts() throws IOException {
        DockerConfig config =
                config("{\"auths\":{\"r.example\":{\"auth\":\"" + auth("all:1") + "\"},\"r.example/team\":{\"auth\":\""
                        + auth("team:2") + "\"},\"r.example/team/app\":{\"auth\":\"" + auth("app:3") + "\"}}}");
        assertEquals("app", config.find("r.example", "team/app").orElseThrow().user());
        assertEquals(
                "team", config.find("r.example", "team/other").orElseThrow().user());
        assertEquals("all", config.find("r.example", "teams").orElseThrow().user());
    }

    @Test
    void aFileThatIsNotThereKnowsNothing() throws IOException {
        assertEquals(Optional.empty(), DockerConfig.of(folder.resolve("none")).find("r.example", "a"));
    }

    @Test
    void thePlacesAreThoseOfPodmanAndDocker() throws IOException {
        Path docker = Files.createDirectories(folder.resolve("d"));
        Files.writeString(
                docker.resolve("config.json"), "{\"auths\":{\"r.example\":{\"auth\":\"" + auth("docker:1") + "\"}}}");
        Path podman = Files.createDirectories(folder.resolve("run/containers"));
        assertEquals(
                "docker",
                DockerConfig.ofUser(Map.of("DOCKER_CONFIG", docker.toString()), folder)
                        .find("r.example", "a")
                        .orElseThrow()
                        .user());
        Files.writeString(
                podman.resolve("auth.json"), "{\"auths\":{\"r.example\":{\"auth\":\"" + auth("podman:1") + "\"}}}");
        Map<String, String> both = Map.of(
                "DOCKER_CONFIG",
                docker.toString(),
                "XDG_RUNTIME_DIR",
                folder.resolve("run").toString());
        assertEquals(
                "podman",
                DockerConfig.ofUser(both, folder)
                        .find("r.example", "a")
                        .orElseThrow()
                        .user());
    }

    @Test
    void whatCannotBeReadIsNamedAndNotRepeated() throws IOException {
        for (String json : new String[] {
            "{\"auths\":{\"r.example\":{\"auth\":\"c2VjcmV0\"}}}",
            "{\"auths\":{\"r.example\":{\"auth\":\"secret!\"}}}",
            "{secret"
        }) {
            IOException e = assertThrows(IOException.class, () -> config(json).find("r.example", "a"));
            assertFalse(e.toString().contains("secret") || e.toString().contains("c2VjcmV0"), e.toString());
        }
    }

    @Test
    void aHelperThatIsNoNameOrNotThereIsNamed() throws IOException {
        for (String name : new String[] {"../evil", "crs-is-not-there"}) {
            DockerConfig config = config("{\"credHelpers\":{\"r.example\":\"" + name + "\"}}");
            IOException e = assertThrows(IOException.class, () -> config.find("r.example", "a"));
            assertEquals(true, e.getMessage().contains(name), e.getMessage());
            assertEquals(Optional.empty(), config.find("other.example", "a"));
        }
    }
}
