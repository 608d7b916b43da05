package io.crs.scanner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crs.cli.ExitCode;
import io.crs.cli.Terminal;
import io.crs.image.fixture.HttpFixture.Request;
import io.crs.image.fixture.HttpFixture.Response;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.RegistryFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ScannerCommandTest {
    @TempDir
    Path folder;

    private RegistryFixture registry;

    /** What a command left. */
    private record Outcome(int exit, String out, String err) {
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
        registry.fault(this::lists);
        registry.image("app", "1", debian());
        registry.image("app", "2", debian());
        registry.image("team/s390x", "1", debian().document("architecture", Json.of("s390x")));
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private static ImageFixture debian() {
        return ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9+deb12u14")).entryPoint("/usr/bin/app");
    }

    /** The catalog comes a name a page, and in no order, as of a registry that keeps it in a map. */
    private Optional<Response> lists(Request request) {
        return switch (request.target()) {
            case "/v2/_catalog?n=1000" ->
                Optional.of(Response.of(200, "{\"repositories\":[\"team/s390x\"]}")
                        .with("Link", "</v2/_catalog?last=team/s390x&n=1000>; rel=\"next\""));
            case "/v2/_catalog?last=team/s390x&n=1000" -> Optional.of(Response.of(200, "{\"repositories\":[\"app\"]}"));
            case "/v2/app/tags/list?n=1000" ->
                Optional.of(Response.of(200, "{\"name\":\"app\",\"tags\":[\"2\",\"1\"]}"));
            case "/v2/team/s390x/tags/list?n=1000" -> Optional.of(Response.of(200, "{\"tags\":[\"1\",\"gone\"]}"));
            default -> Optional.empty();
        };
    }

    private static Outcome scan(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of("--plain-http", "--no-cache"));
        all.addAll(List.of(arguments));
        int exit = ScannerCommand.run(terminal(out, err), all.toArray(String[]::new));
        return new Outcome(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Terminal terminal(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Terminal(
                new ByteArrayInputStream(new byte[0]), out, new PrintStream(err, true, StandardCharsets.UTF_8), false);
    }

    @Test
    void aWholeRegistryIsScannedInOrderOfItsNames() throws IOException {
        Outcome outcome = scan(registry.host(), "--json");
        assertEquals(ExitCode.FAILED, outcome.exit(), outcome.err());
        JsonNode images = outcome.json().get("images");
        List<String> names = new ArrayList<>();
        images.forEach(each ->
                names.add(each.get("image").asText().substring(registry.host().length() + 1)));
        assertEquals(List.of("app:1", "app:2", "team/s390x:1", "team/s390x:gone"), names);
        assertEquals("SUPPORTED", images.get(0).get("verdict").get("level").asText());
        assertEquals(images.get(0).get("digest"), images.get(1).get("digest"));
        assertTrue(images.get(2).get("verdict").get("reasons").toString().contains("s390x"));
        assertTrue(images.get(3).get("verdict").isNull());
        assertTrue(images.get(3).get("error").asText().contains("not there"), outcome.out());
        assertEquals(
                "{\"instrumentable\":2,\"notInstrumentable\":1,\"failed\":1,\"instrumented\":0}",
                outcome.json().get("summary").toString());
    }

    /** The JDK keeps it back unless it is told otherwise before the first connection. */
    @Test
    @Timeout(60)
    void aProxyOfTlsIsShownThePasswordOfItsAddress() throws Exception {
        try (ServerSocket proxy = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> asked = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = proxy.accept()) {
                    byte[] request = new byte[4096];
                    return new String(request, 0, socket.getInputStream().read(request), StandardCharsets.US_ASCII);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Thread scan = new Thread(() -> ScannerCommand.run(
                    terminal(new ByteArrayOutputStream(), new ByteArrayOutputStream()),
                    "--no-cache",
                    "--proxy",
                    "http://someone:hidden@127.0.0.1:" + proxy.getLocalPort(),
                    "registry.example/app:1"));
            scan.setDaemon(true);
            scan.start();
            String request = asked.get(30, TimeUnit.SECONDS);
            scan.interrupt();
            assertTrue(request.startsWith("CONNECT registry.example:443 "), request);
            String shown = Base64.getEncoder().encodeToString("someone:hidden".getBytes(StandardCharsets.UTF_8));
            assertTrue(request.contains("Proxy-Authorization: Basic " + shown), request);
        }
    }

    @Test
    void aSecondTagOfAnImageCostsNoLayerAgain() {
        Outcome outcome = scan(registry.host() + "/app", "--parallel", "1");
        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        List<String> blobs = registry.requests().stream()
                .filter(each -> each.contains("/blobs/"))
                .toList();
        assertEquals(
                blobs.stream().distinct().toList(),
                blobs.stream().limit(blobs.stream().distinct().count()).toList());
        assertTrue(
                outcome.out().contains("2 can be instrumented (0 are), 0 cannot, 0 could not be checked"),
                outcome.out());
    }

    @Test
    void oneImageAndOnePlatformAreNamed() {
        assertEquals(ExitCode.DONE, scan(registry.host() + "/app:1").exit());
        assertEquals(
                ExitCode.NO,
                scan("docker://" + registry.host() + "/team/s390x:1").exit());
        assertEquals(
                ExitCode.DONE,
                scan(registry.host() + "/app:1", "--platform", "all").exit());
    }

    @Test
    void aListIsRead() throws IOException {
        Path list =
                Files.writeString(folder.resolve("list"), "# ours\n" + registry.host() + "/app:2  # the new one\n\n");
        Outcome outcome = scan("--list", list.toString());
        assertEquals(ExitCode.DONE, outcome.exit(), outcome.err());
        assertEquals(
                1, outcome.out().lines().filter(line -> line.contains("/app:2")).count());
    }

    @Test
    void aLogForOtherToolsIsWrittenWholeOrNotAtAll() throws IOException {
        Path log = folder.resolve("scan.sarif");
        Outcome outcome = scan(registry.host(), "--format", "sarif", "--output", log.toString());
        assertEquals(ExitCode.FAILED, outcome.exit());
        JsonNode run = new ObjectMapper().readTree(log.toFile()).get("runs").get(0);
        List<String> results = new ArrayList<>();
        run.get("results").forEach(each -> {
            results.add(each.get("ruleId").asText());
            String rule = run.at("/tool/driver/rules/" + each.get("ruleIndex").asInt() + "/id")
                    .asText();
            assertEquals(each.get("ruleId").asText(), rule);
            assertTrue(each.at("/locations/0/physicalLocation/artifactLocation/uri")
                    .asText()
                    .startsWith("docker://" + registry.host()));
        });
        assertEquals("not-instrumentable", results.get(0));
        assertEquals("not-checked", results.get(results.size() - 1));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(log), files.toList());
        }
        assertEquals(
                ExitCode.FAILED,
                scan(registry.host() + "/app:1", "--output", folder + "/absent/x")
                        .exit());
    }

    @Test
    void aRegistryWithoutACatalogIsSaidToHaveNone() {
        registry.fault(request ->
                request.target().startsWith("/v2/_catalog") ? Optional.of(Response.of(404, "")) : lists(request));
        Outcome outcome = scan(registry.host());
        assertEquals(ExitCode.FAILED, outcome.exit());
        assertTrue(outcome.out().contains("the catalog: not there"), outcome.out());
    }

    @Test
    void wrongUsageIsSaidBeforeAnythingIsAsked() {
        for (String[] wrong : new String[][] {
            {},
            {"Not/A/Name"},
            {"--list", folder + "/absent"},
            {"a", "--parallel", "0"},
            {"a", "--platform", "x"},
            {"a", "--format", "xml"}
        }) {
            Outcome outcome = scan(wrong);
            assertTrue(
                    outcome.exit() == ExitCode.INVALID || outcome.err().contains("no such file"),
                    String.join(" ", wrong) + outcome.err());
            assertFalse(outcome.err().contains("Exception"), outcome.err());
        }
        assertEquals(List.of(), registry.requests());
    }

    @Test
    void aDamagedImageStopsNobody() throws IOException {
        ImageFixture broken = ImageFixture.of(new TarFixture().file("a", "a")).entryPoint("/a");
        registry.image("app", "1", broken);
        String layer = broken.image().layers().get(0).descriptor().digest().toString();
        registry.blobs().put("app " + layer, new byte[3]);
        Outcome outcome = scan(registry.host() + "/app:1", registry.host() + "/app:2");
        assertEquals(ExitCode.FAILED, outcome.exit());
        assertTrue(
                outcome.out().contains("1 can be instrumented (0 are), 0 cannot, 1 could not be checked"),
                outcome.out());
    }
}
