package io.crs.image.daemon;

import static io.crs.image.fixture.ScriptedEngine.answer;
import static io.crs.image.fixture.ScriptedEngine.error;
import static io.crs.image.fixture.ScriptedEngine.json;
import static io.crs.image.fixture.ScriptedEngine.raw;
import static io.crs.image.fixture.ScriptedEngine.silentAfter;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.ScriptedEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client, against a server that behaves as badly as a test asks for. */
@Timeout(60)
class DockerEngineTest {
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @TempDir
    Path folder;

    private ScriptedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedEngine.unix(folder);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private DockerEngine engine() {
        return DockerEngine.at(EngineAddress.parse(server.host(), Optional.empty()), Duration.ofSeconds(30));
    }

    private DockerEngine impatient() {
        return DockerEngine.at(EngineAddress.parse(server.host(), Optional.empty()), Duration.ofMillis(200));
    }

    private String refusal(ScriptedEngine.Reply reply) {
        server.on("GET /v1.41/images/a/json", reply);
        return assertThrows(IOException.class, () -> engine().find("a")).getMessage();
    }

    private byte[] saved() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        engine().save("a", out, 1_000_000);
        return out.toByteArray();
    }

    private static void assertNames(String part, String message) {
        assertTrue(message.contains(part), message);
    }

    @Test
    void speaksTheNewestVersionBothSidesKnow() throws Exception {
        server.on("GET /_ping", answer(200, "API-Version: 1.30\r\n", "OK"))
                .on("GET /v1.30/images/a/json", json("{\"Id\":\"old\"}"))
                .on("GET /v1.47/images/a/json", json("{\"Id\":\"new\"}"));
        assertEquals("old", engine().find("a").orElseThrow().id());
        server.on("GET /_ping", answer(200, "Api-Version: 1.99\r\n", "OK"));
        assertEquals("new", engine().find("a").orElseThrow().id());
    }

    @Test
    void refusesWhatIsNoEngineOrTooOldAnOne() {
        for (String version : List.of("", "Api-Version: one\r\n", "Api-Version: 1.41/../..\r\n")) {
            server.on("GET /_ping", answer(200, version, "OK"));
            String message =
                    assertThrows(IOException.class, () -> engine().find("a")).getMessage();
            assertNames("no Docker Engine", message);
        }
        server.on("GET /_ping", answer(200, "Api-Version: 1.12\r\n", "OK"));
        assertNames(
                "oldest understood is 1.24",
                assertThrows(IOException.class, () -> engine().find("a")).getMessage());
    }

    @Test
    void saysWhereItLookedWhereNoEngineIs() {
        DockerEngine nobody = DockerEngine.at(new EngineAddress.Unix(folder.resolve("none")), Duration.ofSeconds(5));
        String message = assertThrows(IOException.class, () -> nobody.find("a")).getMessage();
        assertNames(folder.resolve("none").toString(), message);
        assertNames("DOCKER_HOST", message);
    }

    @Test
    void tellsTheEnginesOwnWordsOnOneLine() {
        assertNames("answers 500: bad thing", refusal(error(500, "bad\\u001b\\nthing")));
        assertNames("answers 502", refusal(answer(502, "", "<html>bad gateway</html>")));
    }

    @Test
    void anImageThatIsNotThereIsNoError() throws Exception {
        assertEquals(Optional.empty(), engine().find("a"));
    }

    @Test
    void endsASilentServerInEveryPhase() {
        DockerEngine engine = impatient();
        for (String start : List.of(
                "",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
                CHUNKED + "5\r\nab")) {
            server.on("GET /v1.41/images/a/json", silentAfter(start));
            assertNames(
                    "did not go on",
                    assertThrows(IOException.class, () -> engine.find("a")).getMessage());
        }
    }

    @Test
    void endsAServerThatDoesNotRead() {
        server.on("POST /v1.41/images/load", new ScriptedEngine.Early(silentAfter("")));
        byte[] much = new byte[1 << 20];
        String message = assertThrows(IOException.class, () -> impatient().load(out -> {
                    for (int i = 0; i < 64; i++) {
                        out.write(much);
                    }
                }))
                .getMessage();
        assertNames("did not go on", message);
    }

    @Test
    void waitsForASlowServerThatGoesOn() throws Exception {
        server.on("GET /v1.41/images/a/json", (call, out) -> {
            for (char c : "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"Id\":\"slow\"".toCharArray()) {
                ScriptedEngine.write(out, String.valueOf(c));
                pause(10);
            }
        });
        DockerEngine patient =
                DockerEngine.at(EngineAddress.parse(server.host(), Optional.empty()), Duration.ofSeconds(20));
        IOException cut = assertThrows(IOException.class, () -> patient.find("a"));
        assertNames("not valid JSON", cut.getMessage());
        server.on("GET /v1.41/images/a/json", (call, out) -> {
            for (char c : "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"Id\":\"slow\"}".toCharArray()) {
                ScriptedEngine.write(out, String.valueOf(c));
                pause(10);
            }
        });
        assertEquals("slow", patient.find("a").orElseThrow().id());
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void noticesAnAnswerCutShort() {
        assertNames("cut short", refusal(raw("")));
        assertNames("cut short", refusal(raw("HTTP/1.1 200 OK\r\nContent-Length: 9")));
        assertNames("cut short", refusal(raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}")));
        assertNames("cut short", refusal(raw(CHUNKED + "2\r\n{}\r\n")));
        assertNames("cut short", refusal(raw(CHUNKED + "2\r\n{}\r\n0\r\n")));
    }

    @Test
    void boundsHeadersAndWhatIsKept() {
        assertNames("headers of more than", refusal(raw("HTTP/1.1 200 OK\r\nA: " + "b".repeat(100_000) + "\r\n\r\n")));
        assertNames("more than 100 headers", refusal(raw("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(101) + "\r\n")));
        assertNames("on the way", refusal(raw("HTTP/1.1 100 Continue\r\n\r\n".repeat(20))));
        assertNames("more than 16777216 bytes", refusal((call, out) -> {
            ScriptedEngine.write(out, "HTTP/1.1 200 OK\r\n\r\n");
            byte[] blanks = new byte[1 << 20];
            for (int i = 0; i < 17; i++) {
                out.write(blanks);
            }
        }));
    }

    @Test
    void refusesAnswersOfTwoMeanings() {
        for (String headers : List.of(
                "Content-Length: 2\r\nContent-Length: 3\r\n",
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: gzip\r\n",
                "Content-Length: -2\r\n",
                "Content-Length: 99999999999999999999\r\n",
                " Content-Length: 2\r\n",
                "Content-Length : 2\r\n",
                "A: b\nContent-Length: 2\r\n")) {
            assertNames(server.host(), refusal(raw("HTTP/1.1 200 OK\r\n" + headers + "\r\n{}")));
        }
        for (String body : List.of("2\r\n{}0\r\n\r\n", "x\r\n{}\r\n", "-2\r\n{}\r\n", "fffffffffffffffff\r\n{}")) {
            assertNames("chunk", refusal(raw(CHUNKED + body)));
        }
        assertNames("HTTP/1.1", refusal(raw("SSH-2.0-OpenSSH\r\n\r\n")));
    }

    @Test
    void readsChunksWhereverTheyAreCut() throws Exception {
        byte[] content = new byte[5000];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 7);
        }
        server.on("GET /v1.41/images/a/get", (call, out) -> {
            ScriptedEngine.write(out, CHUNKED);
            for (int at = 0, size = 1; at < content.length; size = size * 3 + 1) {
                int count = Math.min(size, content.length - at);
                ScriptedEngine.write(out, Integer.toHexString(count) + ";note=\"x\"\r\n");
                out.write(content, at, count / 2);
                out.flush();
                out.write(content, at + count / 2, count - count / 2);
                ScriptedEngine.write(out, "\r\n");
                at += count;
            }
            ScriptedEngine.write(out, "0\r\nTrailer: x\r\n\r\n");
        });
        assertArrayEquals(content, saved());
    }

    @Test
    void savesNoMoreThanALimit() {
        server.on("GET /v1.41/images/a/get", answer(200, "", new byte[1_000_001]));
        assertNames(
                "more than 1000000 bytes",
                assertThrows(IOException.class, this::saved).getMessage());
    }

    @Test
    void anErrorWithinASuccessIsAnError() {
        server.on(
                "POST /v1.41/images/load",
                json("{\"stream\":\"Loaded image: a:1\\n\"}\r\n{\"errorDetail\":{\"message\":\"no space\"},"
                        + "\"error\":\"no space\"}{\"stream\":\"bye\"}"));
        EngineException refused = assertThrows(EngineException.class, () -> engine().load(out -> out.write(1)));
        assertEquals(200, refused.status());
        assertNames("no space", refused.getMessage());
        server.on("POST /v1.41/images/load", json("{\"stream\":\"nothing\"}"));
        assertThrows(EngineException.class, () -> engine().load(out -> out.write(1)));
        server.on("POST /v1.41/images/load", json("{\"stream\":\"Loaded image: a\"} {\"str"));
        assertNames(
                "not valid JSON",
                assertThrows(IOException.class, () -> engine().load(out -> out.write(1)))
                        .getMessage());
    }

    @Test
    void sendsWhatItIsGivenAndReadsWhatWasLoaded() throws Exception {
        server.on("POST /v1.41/images/load", json("{\"stream\":\"Loaded image ID: sha256:ab\\n\"}"));
        byte[] much = new byte[300_000];
        much[299_999] = 3;
        assertEquals("sha256:ab", engine().load(out -> {
            out.write(much);
            out.write(4);
        }));
        byte[] sent = server.last("POST /v1.41/images/load?quiet=1").content();
        assertEquals(300_001, sent.length);
        assertEquals(3, sent[299_999]);
        assertEquals(4, sent[300_000]);
    }

    @Test
    void tellsWhyAnEngineTakesNoMore() {
        server.on("POST /v1.41/images/load", new ScriptedEngine.Early(error(403, "not allowed here")));
        byte[] much = new byte[1 << 20];
        EngineException refused = assertThrows(EngineException.class, () -> engine().load(out -> {
            for (int i = 0; i < 64; i++) {
                out.write(much);
            }
        }));
        assertNames("403: not allowed here", refused.getMessage());
    }

    @Test
    void contentThatFailsIsToldAsItIsAndNeverLooksWhole() {
        IOException own = new IOException("the source is damaged");
        server.on("POST /v1.41/images/load", json("{\"stream\":\"Loaded image: a\"}"));
        assertSame(own, assertThrows(IOException.class, () -> engine().load(out -> {
            out.write(new byte[200_000]);
            throw own;
        })));
        assertEquals(List.of(), server.calls(), "no call came to its end");
    }

    @Test
    void looksAtTheDriverForTheStore() throws Exception {
        assertFalse(engine().hasContainerdStore());
        server.on("GET /v1.41/info", json("{\"DriverStatus\":[[\"driver-type\",\"io.containerd.snapshotter.v1\"]]}"));
        assertTrue(engine().hasContainerdStore());
        server.on("GET /v1.41/info", json("{\"DriverStatus\":null}"));
        assertFalse(engine().hasContainerdStore());
    }

    @Test
    void letsNoNameChangeTheCall() {
        for (String name : List.of("a?x=1", "../info", "a/../../info", "a b", "a\r\nX: y", "", "/a", "a#b", "a%2f")) {
            assertThrows(IllegalArgumentException.class, () -> engine().find(name), name);
        }
        assertEquals(List.of(), server.calls());
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        server.on("GET /v1.41/images/a/json", json("{\"Id\":\"x\"}"));
        for (int i = 0; i < 20; i++) {
            engine().find("a");
        }
        for (int i = 0; i < 500 && watchdogs() > 0; i++) {
            pause(10);
        }
        assertEquals(0, watchdogs());
    }

    private static long watchdogs() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("crs-engine-watchdog"))
                .count();
    }

    @Test
    void goesThroughAPortAndAFolderInFrontToo() throws Exception {
        try (ScriptedEngine port = ScriptedEngine.tcp()) {
            port.on("GET /behind/_ping", answer(200, "Api-Version: 1.41\r\n", "OK"))
                    .on("GET /behind/v1.41/images/a/json", json("{\"Id\":\"x\"}"));
            DockerEngine engine = DockerEngine.at(
                    EngineAddress.parse(port.host() + "/behind/", Optional.empty()), Duration.ofSeconds(30));
            assertEquals("x", engine.find("a").orElseThrow().id());
            assertNames(
                    "\r\nHost: " + port.host().substring(6) + "\r\n",
                    port.last("GET /behind/v1.41").head());
        }
        assertTrue(Files.exists(folder.resolve("s")));
    }
}
