package io.crs.image.location;

import static io.crs.image.fixture.ScriptedEngine.answer;
import static io.crs.image.fixture.ScriptedEngine.error;
import static io.crs.image.fixture.ScriptedEngine.json;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Layer;
import io.crs.image.Manifest;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ScriptedEngine;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.image.format.TarEntry;
import io.crs.image.format.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Locations in an engine that errs; what true engines make of them is for the integration tests. */
@Timeout(60)
class DockerDaemonTest {
    private static final String LOADED = "{\"stream\":\"Loaded image ID: %s\"}";

    @TempDir
    Path folder;

    private ScriptedEngine server;

    /** What the engine has: the details of each image by its identifier and by its name. */
    private final Map<String, Json> images = new HashMap<>();

    /** The archives it was given, each the length of its files by name. */
    private final List<Map<String, Long>> loads = new ArrayList<>();

    /** The manifest in the last of them. */
    private String manifest = "";

    @BeforeEach
    void start() throws IOException {
        server = ScriptedEngine.unix(folder);
        server.on("GET /v1.41/images/", this::inspect)
                .on("POST /v1.41/images/", this::tag)
                .on("DELETE /v1.41/images/", this::remove)
                .on("POST /v1.41/images/load", this::load);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private DockerDaemon at(String name) {
        return new DockerDaemon(name, Optional.of(server.host()), Optional.empty());
    }

    private static ImageFixture fixture(String text) {
        return ImageFixture.of(new TarFixture().file("a", "x"), new TarFixture().file("b", text))
                .docker();
    }

    private static String id(Image image) {
        return Digest.of(image.config()).toString();
    }

    private static List<Digest> diffIds(Image image) {
        return image.layers().stream().map(Layer::diffId).toList();
    }

    private void inspect(ScriptedEngine.Call call, OutputStream out) throws IOException {
        Json found = images.get(call.path().replaceAll(".*/images/|/json", ""));
        (found == null ? error(404, "No such image") : json(found.toString())).write(call, out);
    }

    private void tag(ScriptedEngine.Call call, OutputStream out) throws IOException {
        String id = call.path().replaceAll(".*/images/|/tag.*", "");
        images.put(call.path().replaceAll(".*repo=", "").replace("&tag=", ":"), images.get(id));
        answer(201, "", "").write(call, out);
    }

    private void remove(ScriptedEngine.Call call, OutputStream out) throws IOException {
        images.remove(call.path().replaceAll(".*/images/|\\?.*", ""));
        json("[]").write(call, out);
    }

    private void load(ScriptedEngine.Call call, OutputStream out) throws IOException {
        Json config = archive(call.content());
        json(String.format(LOADED, add(config))).write(call, out);
    }

    private Json archive(byte[] content) throws IOException {
        Map<String, Long> lengths = new TreeMap<>();
        Map<String, byte[]> files = new HashMap<>();
        TarReader tar = new TarReader(new ByteArrayInputStream(content), 100);
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            lengths.put(entry.name(), entry.size());
            files.put(entry.name(), tar.content().readAllBytes());
        }
        loads.add(lengths);
        Json listed =
                Json.parse(files.get("manifest.json"), "manifest").elements().get(0);
        manifest = listed.toString();
        return Json.parse(files.get(listed.text("Config").orElseThrow()), "config");
    }

    private String add(Json config) {
        String id = Digest.of(config.toBytes()).toString();
        Json layers = config.get("rootfs").orElseThrow().get("diff_ids").orElseThrow();
        images.put(
                id,
                Json.object()
                        .with("Id", Json.of(id))
                        .with("RepoTags", Json.strings(List.of()))
                        .with("RootFS", Json.object().with("Layers", layers)));
        return id;
    }

    /** Puts an image into the engine, which gives it back as an archive. */
    private void has(String name, Image image) throws IOException {
        String id = add(Json.parse(image.config(), "config"));
        images.put(name, images.get(id));
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        new ArchiveWriter(image, Optional.empty()).writeTo(archive);
        server.on("GET /v1.41/images/" + id + "/get", answer(200, "", archive.toByteArray()));
    }

    private static Set<String> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(TemporaryFile.prefix()))
                    .collect(Collectors.toSet());
        }
    }

    private Image readInto(Image source) throws IOException {
        has("a:1", source);
        return at("a:1").read();
    }

    private static long empties(Map<String, Long> archive) {
        return archive.values().stream().filter(length -> length == 0).count()
                - archive.keySet().stream().filter(name -> name.endsWith("/")).count();
    }

    @Test
    void knowsNamesAndIdentifiers() {
        for (String name : List.of(
                "a",
                "a:1",
                "h:5000/a/b_c:1.2-x",
                "Example.com/a__b",
                "a@sha256:" + "0".repeat(64),
                "0123456789ab",
                "sha256:" + "f".repeat(64))) {
            assertEquals(
                    "docker-daemon:" + name,
                    ImageLocation.parse("docker-daemon:" + name).toString());
        }
        for (String name : List.of(
                "",
                "A",
                "a:",
                ":1",
                "a b",
                "a/../b",
                "a//b",
                "/a",
                "a?b",
                "sha256:0123",
                "a@sha256:00",
                "a:" + "t".repeat(129),
                "a%2fb",
                "-a",
                "a\n")) {
            assertThrows(IllegalArgumentException.class, () -> ImageLocation.parse("docker-daemon:" + name), name);
        }
    }

    @Test
    void makesTheNameOfTheResultOfTheTag() throws Exception {
        assertEquals("docker-daemon:a:latest-layered", at("a").layered().toString());
        assertEquals("docker-daemon:h:5/a:1-layered", at("h:5/a:1").layered().toString());
        assertEquals("docker-daemon:a:1-layered", at("a:1-layered").layered().toString());
        assertThrows(IllegalArgumentException.class, () -> at("a@sha256:" + "0".repeat(64))
                .layered());
        assertEquals(List.of(), server.calls(), "no engine was asked");
    }

    @Test
    void makesTheNameOfTheResultOfAnIdentifierWithOneTag() throws Exception {
        String id = "0123456789ab";
        server.on("GET /v1.41/images/" + id, json("{\"Id\":\"sha256:x\",\"RepoTags\":[\"h/a:1\"]}"));
        assertEquals("docker-daemon:h/a:1-layered", at(id).layered().toString());
        for (String tags : List.of("[\"a:1\",\"b:2\"]", "[]", "null")) {
            server.on("GET /v1.41/images/" + id, json("{\"Id\":\"sha256:x\",\"RepoTags\":" + tags + "}"));
            String message = assertThrows(IllegalArgumentException.class, () -> at(id).layered())
                    .getMessage();
            assertTrue(message.contains(tags.contains("a:1") ? "a:1, b:2" : "no tag"), message);
        }
    }

    @Test
    void readsLayersAsOftenAsAskedFor() throws Exception {
        Image source = fixture("y").image();
        Image read = readInto(source);
        assertArrayEquals(source.config(), read.config());
        assertEquals(diffIds(source), diffIds(read));
        for (int i = 0; i < 3; i++) {
            for (Layer layer : read.layers()) {
                try (InputStream in = layer.tar()) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        }
        assertEquals(
                1, server.calls().stream().filter(call -> call.endsWith("/get")).count());
    }

    @Test
    void asksForTheArchiveByTheIdentifierOfTheNameItSaw() throws Exception {
        Image source = fixture("y").image();
        readInto(source);
        assertEquals(List.of("GET /v1.41/images/a:1/json", "GET /v1.41/images/" + id(source) + "/get"), server.calls());
    }

    @Test
    void leavesNoFileOfAReadThatFailed() throws Exception {
        Image source = fixture("y").image();
        has("a:1", source);
        Set<String> before = temporaryFiles();
        for (ScriptedEngine.Reply reply : List.of(
                answer(200, "", "no archive"),
                answer(200, "", new byte[1024]),
                ScriptedEngine.raw("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nabc"),
                error(500, "no space left"))) {
            server.on("GET /v1.41/images/" + id(source) + "/get", reply);
            String message =
                    assertThrows(IOException.class, () -> at("a:1").read()).getMessage();
            assertTrue(message.contains(server.host()), message);
        }
        Set<String> left = new HashSet<>(temporaryFiles());
        left.removeAll(before);
        assertEquals(Set.of(), left);
    }

    @Test
    void refusesAnArchiveOfAnotherImage() throws Exception {
        Image source = fixture("y").image();
        has("a:1", source);
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        new ArchiveWriter(fixture("z").image(), Optional.empty()).writeTo(other);
        server.on("GET /v1.41/images/" + id(source) + "/get", answer(200, "", other.toByteArray()));
        String message = assertThrows(
                        InvalidImageException.class, () -> at("a:1").read())
                .getMessage();
        assertTrue(message.contains("docker-daemon:a:1") && message.contains(id(source)), message);
    }

    @Test
    void givesTheNameOnlyToAnImageThatIsThere() throws Exception {
        Image image = fixture("y").image();
        at("b:2").write(image);
        assertEquals(id(image), images.get("b:2").text("Id").orElseThrow());
        assertTrue(manifest.contains("\"RepoTags\":null"), manifest);
        assertTrue(
                server.calls().indexOf("POST /v1.41/images/" + id(image) + "/tag?repo=b&tag=2")
                        > server.calls().indexOf("POST /v1.41/images/load?quiet=1"),
                server.calls().toString());
        at("h:5000/c").write(image);
        assertEquals(id(image), images.get("h:5000/c:latest").text("Id").orElseThrow());
    }

    @Test
    void leavesOutWhatTheEngineGave() throws Exception {
        Image read = readInto(fixture("y").image());
        Image more = read.append(fixture("z").image().layers().get(1), "test");
        at("a:2").write(more);
        assertEquals(1, loads.size());
        assertEquals(2, empties(loads.get(0)), loads.toString());
        assertEquals(id(more), images.get("a:2").text("Id").orElseThrow());
    }

    @Test
    void sendsAllWhereTheStoreWouldBelieveAnything() throws Exception {
        Image read = readInto(fixture("y").image());
        server.on("GET /v1.41/info", json("{\"DriverStatus\":[[\"driver-type\",\"io.containerd.snapshotter.v1\"]]}"));
        at("a:2").write(read);
        server.on("GET /v1.41/info", json("{}"))
                .on("GET /_ping", answer(200, "Api-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\n", "OK"));
        at("a:3").write(read);
        assertEquals(2, loads.size());
        assertEquals(0, empties(loads.get(0)) + empties(loads.get(1)), loads.toString());
    }

    @Test
    void sendsAllWhereTheEngineMissesWhatWasLeftOut() throws Exception {
        Image read = readInto(fixture("y").image());
        server.on("POST /v1.41/images/load", (call, out) -> {
            Json config = archive(call.content());
            boolean whole = empties(loads.get(loads.size() - 1)) == 0;
            String refused = "{\"errorDetail\":{\"message\":\"invalid diffID for layer 0\"}}";
            json(whole ? String.format(LOADED, add(config)) : refused).write(call, out);
        });
        at("a:2").write(read);
        assertEquals(2, loads.size());
        assertEquals(id(read), images.get("a:2").text("Id").orElseThrow());
    }

    @Test
    void sendsAllWhereTheEngineMakesSomethingElseOfIt() throws Exception {
        Image read = readInto(fixture("y").image());
        images.keySet().removeIf(name -> name.startsWith("sha256:"));
        server.on("POST /v1.41/images/load", (call, out) -> {
            Json config = archive(call.content());
            String id = add(config);
            if (empties(loads.get(loads.size() - 1)) > 0) {
                Json none = Json.object().with("Layers", Json.strings(List.of("sha256:e3b0")));
                images.put(id, images.get(id).with("RootFS", none));
            }
            json(String.format(LOADED, id)).write(call, out);
        });
        at("a:2").write(read);
        assertEquals(2, loads.size());
        assertTrue(server.calls().contains("DELETE /v1.41/images/" + id(read) + "?noprune=1"));
        assertEquals(
                2, images.get("a:2").get("RootFS").orElseThrow().texts("Layers").size());
    }

    @Test
    void neverNamesWhatIsNotTheImage() throws Exception {
        Image image = fixture("y").image();
        server.on("POST /v1.41/images/load", (call, out) -> {
            String id = add(archive(call.content()));
            images.put(id, images.get(id).with("RootFS", Json.object()));
            json(String.format(LOADED, id)).write(call, out);
        });
        String message = assertThrows(
                        InvalidImageException.class, () -> at("a:2").write(image))
                .getMessage();
        assertTrue(message.contains("another image"), message);
        assertFalse(server.calls().stream().anyMatch(call -> call.contains("/tag")));
        assertEquals(Map.of(), images);
    }

    @Test
    void aNameTheEngineDoesNotTakeIsAnError() throws Exception {
        server.on("POST /v1.41/images/sha256", answer(201, "", ""));
        String message = assertThrows(
                        IOException.class, () -> at("a:2").write(fixture("y").image()))
                .getMessage();
        assertTrue(message.contains("does not give it the name a:2"), message);
    }

    @Test
    void takesOnlyAnImageUnderAName() throws Exception {
        ImageFixture fixture = fixture("y");
        Image image = fixture.image();
        String index =
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}";
        ImageIndex several = (ImageIndex) Manifest.read(
                Descriptor.of("application/vnd.oci.image.index.v1+json", index.getBytes(StandardCharsets.UTF_8)),
                descriptor -> new ByteArrayInputStream(index.getBytes(StandardCharsets.UTF_8)));
        String message = assertThrows(
                        InvalidImageException.class, () -> at("a:2").write(several))
                .getMessage();
        assertTrue(message.contains("for one platform; choose one"), message);
        for (String name : List.of("0123456789ab", "a@sha256:" + "0".repeat(64))) {
            assertThrows(InvalidImageException.class, () -> at(name).write(image));
        }
        assertEquals(List.of(), server.calls());
    }

    @Test
    void anAddressThatIsNoneIsToldWhenItIsUsed() {
        DockerDaemon far = new DockerDaemon("a", Optional.of("ssh://h"), Optional.empty());
        String message = assertThrows(IOException.class, far::read).getMessage();
        assertTrue(message.startsWith("docker-daemon:a: ") && message.contains("ssh -nNT"), message);
    }
}
