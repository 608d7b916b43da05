package io.crs.image.daemon;

import static io.crs.image.fixture.ScriptedEngine.answer;
import static io.crs.image.fixture.ScriptedEngine.error;
import static io.crs.image.fixture.ScriptedEngine.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import io.crs.image.fixture.ScriptedEngine;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The container that is only looked into: whatever happens, it is deleted. */
@Timeout(60)
class EngineContainerTest {
    private static final String ID = "sha256:" + "0".repeat(64);

    @TempDir
    Path folder;

    private ScriptedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedEngine.unix(folder);
        server.on("POST /v1.41/containers/create", answer(201, "", "{\"Id\":\"c\"}"))
                .on("DELETE /v1.41/containers/", answer(204, "", ""));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private DockerEngine engine() {
        return DockerEngine.at(EngineAddress.parse(server.host(), Optional.empty()), Duration.ofSeconds(30));
    }

    private List<String> deleted() {
        return server.calls().stream().filter(call -> call.startsWith("DELETE")).toList();
    }

    private String name() {
        return server.last("POST /v1.41/containers/create").path().replaceAll(".*name=", "");
    }

    @Test
    void isMadeWithoutANetworkAndNeverStarted() throws Exception {
        try (EngineContainer container = engine().container(ID).orElseThrow()) {
            String settings = server.last("POST /v1.41/containers/create").text();
            assertTrue(settings.contains("\"Image\":\"" + ID + "\""), settings);
            assertTrue(settings.contains("\"NetworkMode\":\"none\""), settings);
            assertEquals(List.of(), deleted());
            assertEquals(Optional.empty(), container.status("/absent"));
        }
        assertEquals(List.of("DELETE /v1.41/containers/" + name() + "?force=1&v=1"), deleted());
        assertTrue(server.calls().stream().noneMatch(call -> call.contains("/start")));
    }

    @Test
    void isNoErrorWhereItIsNotAllowed() throws Exception {
        for (int status : new int[] {403, 404, 405}) {
            server.on("POST /v1.41/containers/create", error(status, "no"));
            assertEquals(Optional.empty(), engine().container(ID));
        }
        server.on("POST /v1.41/containers/create", error(500, "no space"));
        assertThrows(EngineException.class, () -> engine().container(ID));
    }

    @Test
    void isDeletedWhereTheAnswerToItsCreationIsLost() {
        server.on("POST /v1.41/containers/create", ScriptedEngine.raw(""));
        assertThrows(IOException.class, () -> engine().container(ID));
        assertEquals(List.of("DELETE /v1.41/containers/" + name() + "?force=1&v=1"), deleted());
    }

    @Test
    void isDeletedByAThreadThatIsToldToStop() throws Exception {
        EngineContainer container = engine().container(ID).orElseThrow();
        Thread.currentThread().interrupt();
        container.close();
        assertTrue(Thread.interrupted(), "it is still told to stop");
        assertEquals(1, deleted().size());
    }

    @Test
    void isNamedWhereItCannotBeDeleted() throws Exception {
        EngineContainer container = engine().container(ID).orElseThrow();
        server.on("DELETE /v1.41/containers/", error(500, "busy"));
        String message = assertThrows(IOException.class, container::close).getMessage();
        assertTrue(message.contains("docker rm " + name()) && message.contains("busy"), message);
        server.on("DELETE /v1.41/containers/", error(404, "gone"));
        container.close();
    }

    @Test
    void isDeletedWithTheProcess() throws Exception {
        String classes = Stream.of(EngineContainer.class, EngineContainerTest.class, JsonFactory.class)
                .map(each ->
                        each.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(java, "-cp", classes, LeavesAContainer.class.getName(), server.host())
                .redirectErrorStream(true)
                .start();
        int first = process.getInputStream().read();
        process.destroy();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals('o', first, "it told of its container");
        assertEquals(List.of("DELETE /v1.41/containers/" + name() + "?force=1&v=1"), deleted());
    }

    /** A program that is ended while it has a container. */
    static final class LeavesAContainer {
        public static void main(String[] arguments) throws Exception {
            DockerEngine engine = DockerEngine.at(EngineAddress.parse(arguments[0], Optional.empty()));
            EngineContainer container = engine.container(ID).orElseThrow();
            System.out.println("open " + container.status("/absent"));
            Thread.sleep(60_000);
        }
    }

    @Test
    void asksForPathsByTheirBytes() throws Exception {
        String status = Base64.getEncoder().encodeToString("{\"mode\":493}".getBytes(StandardCharsets.UTF_8));
        server.on("HEAD /v1.41/containers/", answer(200, "X-Docker-Container-Path-Stat: " + status + "\r\n", ""));
        try (EngineContainer container = engine().container(ID).orElseThrow()) {
            assertEquals(
                    493,
                    container
                            .status("/a b&c=\u00ff/../%41")
                            .orElseThrow()
                            .integer("mode")
                            .orElse(0));
            assertTrue(
                    server.last("HEAD ").path().endsWith("/archive?path=/a%20b%26c%3D%FF/../%2541"),
                    server.last("HEAD ").path());
            for (String wrong :
                    List.of("!", Base64.getEncoder().encodeToString("{".getBytes(StandardCharsets.UTF_8)))) {
                server.on(
                        "HEAD /v1.41/containers/", answer(200, "X-Docker-Container-Path-Stat: " + wrong + "\r\n", ""));
                assertThrows(IOException.class, () -> container.status("/a"));
            }
            server.on("HEAD /v1.41/containers/", json(""));
            assertThrows(IOException.class, () -> container.status("/a"));
        }
    }
}
