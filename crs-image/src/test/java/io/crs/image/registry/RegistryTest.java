package io.crs.image.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.fixture.HttpFixture.Request;
import io.crs.image.fixture.HttpFixture.Response;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.RegistryFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.secret.CredentialSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images read from and written to a registry that answers as a test wants it to. */
class RegistryTest {
    private RegistryFixture registry;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private static RegistryAccess.Builder access() {
        return RegistryAccess.builder()
                .plainHttp()
                .proxy(RegistryProxy.none())
                .credentials(CredentialSource.none())
                .idleTimeout(Duration.ofMillis(600));
    }

    private Reference reference(String name) {
        return Reference.parse(registry.host() + "/" + name);
    }

    private static ImageFixture fixture() {
        return ImageFixture.of(new TarFixture().file("a", "a"), new TarFixture().file("b", 0644, random(20_000)))
                .entryPoint("/a");
    }

    private Image read(String name) throws IOException {
        return (Image) Registry.read(reference(name), access().build());
    }

    private void write(Manifest manifest, String name) throws IOException {
        Registry.write(manifest, reference(name), access().build());
    }

    private static void readAll(Image image) throws IOException {
        for (var layer : image.layers()) {
            layer.verify();
        }
    }

    private static Optional<Response> when(boolean condition, Response response) {
        return condition ? Optional.of(response) : Optional.empty();
    }

    /** Answers the first requests that fit, as often as said, and then leaves it to the registry. */
    private void first(int times, String method, String part, Function<Request, Response> answer) {
        AtomicInteger left = new AtomicInteger(times);
        registry.fault(request -> when(
                request.method().equals(method) && request.target().contains(part) && left.getAndDecrement() > 0,
                answer.apply(request)));
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Image image = fixture().image();
        write(image, "team/app:1");
        Image read = read("team/app:1");
        assertEquals(image.digest(), read.digest());
        readAll(read);
        assertEquals(image.digest(), read("team/app@" + image.digest()).digest());
    }

    @Test
    void anImageOfTheSameRepositorySendsNoneOfItsLayers() throws IOException {
        registry.image("app", "1", fixture());
        Image image = read("app:1").withAnnotations(java.util.Map.of("a", "b"));
        int before = registry.requests().size();
        write(image, "app:2");
        List<String> asked =
                registry.requests().subList(before, registry.requests().size());
        assertEquals(
                List.of("PUT /v2/app/manifests/2"),
                asked.stream().filter(each -> each.startsWith("PUT")).toList());
        assertFalse(asked.stream()
                .anyMatch(each -> each.contains(
                        image.layers().get(0).descriptor().digest().toString())));
    }

    @Test
    void anImageOfAnotherRepositoryIsTakenOverByTheRegistry() throws IOException {
        registry.image("app", "1", fixture());
        write(read("app:1"), "other:1");
        List<String> asked = registry.requests();
        assertEquals(
                2,
                asked.stream()
                        .filter(each -> each.contains("mount=") && each.contains("from=app"))
                        .count());
        assertEquals(
                1,
                asked.stream()
                        .filter(each -> each.startsWith("PUT /v2/other/blobs"))
                        .count(),
                "the configuration");
        readAll(read("other:1"));
    }

    @Test
    void aMountThatTheRegistryDoesNotDoBecomesAnUpload() throws IOException {
        registry.image("app", "1", fixture());
        registry.fault(request -> request.target().contains("mount=")
                ? Optional.of(plain(new Request("POST", "/v2/other/blobs/uploads/", request.headers(), new byte[0])))
                : Optional.empty());
        write(read("app:1"), "other:1");
        readAll(read("other:1"));
    }

    private Response plain(Request request) {
        try {
            return registry.plain(request);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aBlobThatIsThereIsNotSent() throws IOException {
        Image image = fixture().image();
        write(image, "app:1");
        int before = registry.requests().size();
        write(image, "app:2");
        List<String> asked =
                registry.requests().subList(before, registry.requests().size());
        assertEquals(
                List.of("PUT /v2/app/manifests/2"),
                asked.stream().filter(each -> !each.startsWith("HEAD")).toList());
    }

    @Test
    void aLayerThatIsListedTwiceIsSentOnce() throws IOException {
        byte[] tar = new TarFixture().file("a", "a").bytes();
        write(new ImageFixture().layer(tar).layer(tar).image(), "app:1");
        assertEquals(
                2,
                registry.requests().stream()
                        .filter(each -> each.startsWith("PUT /v2/app/blobs"))
                        .count());
        assertEquals(2, read("app:1").layers().size());
    }

    @Test
    void aLayerThatMustNotBeGivenAwayIsNotSent() throws IOException {
        byte[] tar = new TarFixture().file("a", "a").bytes();
        Descriptor foreign =
                new Descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar", Digest.of(tar), tar.length);
        ImageFixture image = new ImageFixture().layer(Digest.of(tar), foreign, tar);
        write(image.image(), "app:1");
        assertFalse(registry.requests().stream()
                .anyMatch(each -> each.contains(foreign.digest().hex())));
        assertEquals(
                foreign.mediaType(), read("app:1").layers().get(0).descriptor().mediaType());
    }

    @Test
    void aDamagedLayerIsNotNamed() throws IOException {
        ImageFixture image = fixture();
        registry.image("app", "1", image);
        Image read = read("app:1");
        String layer = read.layers().get(1).descriptor().digest().toString();
        registry.blobs().get("app " + layer)[50] ^= 1;
        InvalidImageException e = assertThrows(InvalidImageException.class, () -> readAll(read));
        assertTrue(e.getMessage().contains(layer), e.getMessage());
        try (RegistryFixture other = new RegistryFixture()) {
            Reference target = Reference.parse(other.host() + "/app:1");
            IOException thrown =
                    assertThrows(InvalidImageException.class, () -> Registry.write(read, target, access().build()));
            assertTrue(thrown.getMessage().contains(layer), thrown.getMessage());
            assertEquals(List.of(), other.manifests());
        }
    }

    @Test
    void aBlobOfAnotherLengthIsRefusedBeforeItIsRead() throws IOException {
        registry.image("app", "1", fixture());
        Image read = read("app:1");
        String layer = read.layers().get(0).descriptor().digest().toString();
        registry.blobs().put("app " + layer, new byte[7]);
        InvalidImageException e = assertThrows(InvalidImageException.class, () -> readAll(read));
        assertTrue(e.getMessage().contains("7 bytes in the registry"), e.getMessage());
    }

    @Test
    void aManifestWithAnotherDigestThanAskedForIsRefused() throws IOException {
        registry.image("app", "1", fixture());
        byte[] other = ImageFixture.of(new TarFixture().file("z", "z")).manifestBytes();
        String digest = read("app:1").digest().toString();
        first(9, "GET", "/manifests/sha256", request -> Response.of(200, other)
                .with("Content-Type", MediaType.OCI_MANIFEST)
                .with("Docker-Content-Digest", digest));
        InvalidImageException e = assertThrows(InvalidImageException.class, () -> read("app@" + digest));
        assertTrue(e.getMessage().contains(Digest.of(other).toString()), e.getMessage());
        first(9, "GET", "/manifests/1", request -> Response.of(200, other)
                .with("Content-Type", MediaType.OCI_MANIFEST)
                .with("Docker-Content-Digest", digest));
        assertThrows(InvalidImageException.class, () -> read("app:1"));
    }

    @Test
    void aManifestOverTheLimitIsRefused() {
        first(9, "GET", "/manifests/", request -> Response.of(200, new byte[5 << 20])
                .with("Content-Type", MediaType.OCI_MANIFEST));
        InvalidImageException e = assertThrows(InvalidImageException.class, () -> read("app:1"));
        assertTrue(e.getMessage().contains("4194304"), e.getMessage());
    }

    @Test
    void schemaOneIsNamedAndNothingIsTried() throws IOException {
        registry.manifest(
                "old", "1", MediaType.DOCKER_SCHEMA_1_SIGNED, "{\"schemaVersion\":1,\"fsLayers\":[]}".getBytes(UTF_8));
        InvalidImageException e = assertThrows(InvalidImageException.class, () -> read("old:1"));
        assertTrue(e.getMessage().contains("schema 1"), e.getMessage());
        assertTrue(e.getMessage().contains("skopeo copy --format v2s2"), e.getMessage());
    }

    @Test
    void theDocumentSaysItsTypeWhereTheRegistryDoesNot() throws IOException {
        byte[] manifest = fixture().manifestBytes();
        registry.image("app", "1", fixture());
        registry.manifest("app", "1", "text/plain; charset=utf-8", manifest);
        assertEquals(Digest.of(manifest), read("app:1").digest());
        registry.manifest("app", "2", "text/html", manifest);
        assertThrows(InvalidImageException.class, () -> read("app:2"));
    }

    @Test
    void aMissingImageIsNamed() {
        RegistryException e = assertThrows(RegistryException.class, () -> read("app:none"));
        assertEquals(404, e.status().orElse(0));
        assertTrue(e.getMessage().startsWith(registry.host() + "/app:none: not there"), e.getMessage());
        assertTrue(e.getMessage().contains("MANIFEST_UNKNOWN: manifest unknown"), e.getMessage());
    }

    @Test
    void aDownloadThatBreaksOffGoesOnWhereItEnded() throws IOException {
        registry.image("app", "1", fixture());
        Image image = read("app:1");
        AtomicInteger cuts = new AtomicInteger(4);
        registry.fault(request -> {
            boolean layer = request.method().equals("GET")
                    && request.target()
                            .contains(
                                    image.layers().get(1).descriptor().digest().hex());
            return when(
                    layer && cuts.getAndDecrement() > 0, layer ? plain(request).cutAfter(3000) : Response.of(200, ""));
        });
        readAll(image);
        List<String> ranges = registry.seen().stream()
                .map(each -> each.header("Range"))
                .filter(text -> !text.isEmpty())
                .toList();
        String last = "-" + (image.layers().get(1).descriptor().size() - 1);
        assertEquals(
                List.of("bytes=3000" + last, "bytes=6000" + last, "bytes=9000" + last, "bytes=12000" + last), ranges);
    }

    @Test
    void aRegistryWithoutRangesSendsAllOnceMore() throws IOException {
        registry.image("app", "1", fixture());
        Image image = read("app:1");
        String hex = image.layers().get(1).descriptor().digest().hex();
        AtomicInteger cuts = new AtomicInteger(1);
        registry.fault(request -> {
            if (!request.method().equals("GET") || !request.target().contains(hex)) {
                return Optional.empty();
            }
            byte[] bytes = registry.blobs().get("app sha256:" + hex);
            Response all = Response.of(200, bytes);
            return Optional.of(cuts.getAndDecrement() > 0 ? all.cutAfter(3000) : all);
        });
        readAll(image);
    }

    @Test
    void aDownloadThatNeverGetsOnFailsAndSaysWhere() throws IOException {
        registry.image("app", "1", fixture());
        Image image = read("app:1");
        registry.fault(request ->
                request.method().equals("GET") ? Optional.of(plain(request).cutAfter(0)) : Optional.empty());
        RegistryException e = assertThrows(RegistryException.class, () -> readAll(image));
        assertTrue(e.getMessage().contains("broke off after 0 of"), e.getMessage());
    }

    @Test
    void aSilentRegistryIsNotWaitedForForEver() throws IOException {
        registry.image("app", "1", fixture());
        Image image = read("app:1");
        registry.fault(request -> when(
                request.method().equals("GET"),
                request.method().equals("GET") ? plain(request).silentAfter(0) : Response.of(200, "")));
        IOException e = assertThrows(IOException.class, () -> readAll(image));
        assertTrue(e.getMessage().contains("next to nothing came"), e.getMessage());
    }

    @Test
    void aRedirectToAnotherHostIsFollowedWithoutCredentials() throws IOException {
        registry.image("app", "1", fixture());
        try (RegistryFixture store = new RegistryFixture()) {
            store.image("app", "1", fixture());
            registry.fault(request -> {
                if (!request.header("Authorization").startsWith("Basic ")) {
                    return Optional.of(Response.of(401, "").with("WWW-Authenticate", "Basic realm=\"r\""));
                }
                return when(
                        request.target().contains("/blobs/"),
                        Response.of(307, "").with("Location", "http://" + store.host() + request.target() + "?sig=1"));
            });
            RegistryAccess access = access().credentials(
                            CredentialSource.of(io.crs.secret.Credentials.password("u", "p")))
                    .build();
            Image image = (Image) Registry.read(reference("app:1"), access);
            readAll(image);
            assertEquals(3, store.seen().size());
            assertTrue(store.seen().stream()
                    .allMatch(each -> each.header("Authorization").isEmpty()
                            && each.header("Cookie").isEmpty()));
        }
    }

    @Test
    void redirectsThatGoInCirclesEnd() {
        registry.fault(request -> Optional.of(Response.of(307, "").with("Location", request.target())));
        RegistryException e = assertThrows(RegistryException.class, () -> read("app:1"));
        assertTrue(e.getMessage().contains("redirects"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/x",
        "file:///etc/passwd",
        "http://u:p@127.0.0.1/x"
    })
    void aRedirectToWhereOnlyThisMachineCanGoIsRefused(String location) {
        registry.fault(request -> Optional.of(Response.of(307, "").with("Location", location)));
        RegistryException e = assertThrows(RegistryException.class, () -> read("app:1"));
        assertTrue(e.getMessage().contains("not followed"), e.getMessage());
    }

    @Test
    void aBusyRegistryIsAskedAgainWhenItSays() throws IOException {
        registry.image("app", "1", fixture());
        first(1, "GET", "/manifests/", request -> Response.of(429, "").with("Retry-After", "0.05"));
        read("app:1");
        first(1, "GET", "/manifests/", request -> Response.of(503, "")
                .with("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"));
        read("app:1");
    }

    @Test
    void aRegistryThatAsksForTooMuchPatienceIsLeft() {
        first(1, "GET", "/manifests/", request -> Response.of(429, "").with("Retry-After", "3600"));
        RegistryException e = assertThrows(RegistryException.class, () -> read("app:1"));
        assertEquals(429, e.status().orElse(0));
        assertTrue(e.getMessage().contains("in 3600 seconds"), e.getMessage());
    }

    @Test
    void aFailureOfTheServerIsTriedAgain() throws IOException {
        registry.image("app", "1", fixture());
        first(2, "GET", "/manifests/", request -> Response.of(502, ""));
        read("app:1");
    }

    @Test
    void anUploadGoesOnInPiecesWhereItBroke() throws IOException {
        Image image = fixture().image();
        first(1, "PUT", "/blobs/uploads/", request -> Response.of(500, ""));
        write(image, "app:1");
        assertTrue(registry.requests().stream().anyMatch(each -> each.startsWith("PATCH")));
        registry.fault(request -> Optional.empty());
        readAll(read("app:1"));
    }

    @Test
    void piecesGoOnWhereTheRegistrySaysTheyEnded() throws IOException {
        byte[] tar = new TarFixture().file("b", 0644, random(17 << 20)).bytes();
        Image image =
                new ImageFixture().layer(tar, tar).bendManifest(json -> json).image();
        String hex = Digest.of(tar).hex();
        AtomicInteger patches = new AtomicInteger();
        registry.fault(request -> {
            boolean put = request.method().equals("PUT") && request.target().contains(hex) && request.body().length > 0;
            if (put) {
                return Optional.of(Response.of(500, ""));
            }
            // The first piece arrives, its answer does not.
            if (request.method().equals("PATCH") && patches.getAndIncrement() == 0) {
                plain(request);
                return Optional.of(Response.of(502, ""));
            }
            return Optional.empty();
        });
        write(image, "app:1");
        registry.fault(request -> Optional.empty());
        assertArrayEquals(tar, registry.blobs().get("app sha256:" + hex));
        List<String> ranges = registry.seen().stream()
                .map(each -> each.header("Content-Range"))
                .filter(text -> !text.isEmpty())
                .toList();
        assertEquals(List.of("0-16777215", "16777216-" + (tar.length - 1)), ranges);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new java.util.Random(1).nextBytes(bytes);
        return bytes;
    }

    @Test
    void anUploadWhoseAnswerWasLostIsDone() throws IOException {
        Image image = fixture().image();
        AtomicInteger left = new AtomicInteger(1);
        registry.fault(request -> {
            if (request.method().equals("PUT") && request.target().contains("/blobs/") && left.getAndDecrement() > 0) {
                plain(request);
                return Optional.of(Response.of(504, ""));
            }
            return Optional.empty();
        });
        write(image, "app:1");
        assertFalse(registry.requests().stream().anyMatch(each -> each.startsWith("PATCH")));
    }

    @Test
    void aManifestWhoseAnswerWasLostIsDone() throws IOException {
        Image image = fixture().image();
        registry.fault(request -> {
            if (request.method().equals("PUT") && request.target().contains("/manifests/")) {
                plain(request);
                return Optional.of(Response.of(201, "x".repeat(10)).cutAfter(0).with("Content-Length", "x"));
            }
            return Optional.empty();
        });
        write(image, "app:1");
        registry.fault(request -> Optional.empty());
        assertEquals(image.digest(), read("app:1").digest());
    }

    @ParameterizedTest
    @CsvSource({"relative", "absolute", "query"})
    void thePlaceOfAnUploadIsTakenAsTheRegistryNamesIt(String kind) throws IOException {
        registry.fault(request -> {
            if (!request.method().equals("POST")) {
                return Optional.empty();
            }
            Response response = plain(request);
            String location = response.headers().get("Location").replaceFirst("\\?.*", "");
            return Optional.of(response.with(
                    "Location",
                    switch (kind) {
                        case "relative" -> location.substring(location.lastIndexOf('/') + 1);
                        case "absolute" -> "http://" + registry.host() + location;
                        default -> location + "?_state=a%2Bb&x=";
                    }));
        });
        write(fixture().image(), "app:1");
        if (kind.equals("query")) {
            assertTrue(
                    registry.requests().stream().anyMatch(each -> each.contains("?_state=a%2Bb&x=&digest=sha256%3A")));
        }
        registry.fault(request -> Optional.empty());
        readAll(read("app:1"));
    }

    @Test
    void aRefusedUploadNamesTheImageAndNoSecret() {
        registry.fault(request -> when(
                request.method().equals("PUT") && request.target().contains("/blobs/"),
                Response.of(413, "<html>too large</html>")));
        RegistryException e =
                assertThrows(RegistryException.class, () -> write(fixture().image(), "app:1"));
        assertTrue(e.getMessage().contains("too large for the registry"), e.getMessage());
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
        assertEquals(List.of(), registry.manifests());
    }

    @Test
    void anIndexIsWrittenAfterWhatItLists() throws IOException {
        ImageFixture one = fixture();
        ImageFixture two = ImageFixture.of(new TarFixture().file("c", "c")).document("architecture", Json.of("arm64"));
        byte[] index = Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.OCI_INDEX))
                .with(
                        "manifests",
                        Json.array(List.of(
                                ImageFixture.described(Descriptor.of(MediaType.OCI_MANIFEST, one.manifestBytes())),
                                ImageFixture.described(Descriptor.of(MediaType.OCI_MANIFEST, two.manifestBytes())))))
                .toBytes();
        registry.image("app", "x", one);
        registry.image("app", "y", two);
        registry.manifest("app", "all", MediaType.OCI_INDEX, index);
        Manifest read = Registry.read(reference("app:all"), access().build());
        write(read, "copy:all");
        List<String> puts = registry.requests().stream()
                .filter(each -> each.startsWith("PUT /v2/copy/manifests"))
                .toList();
        assertEquals(3, puts.size());
        assertEquals("PUT /v2/copy/manifests/all", puts.get(2));
        assertEquals(
                Digest.of(index),
                Registry.read(reference("copy:all"), access().build()).digest());
    }

    @Test
    void aTransferIsToldToItsEnd() throws IOException {
        Image image = fixture().image();
        var told = new java.util.concurrent.ConcurrentHashMap<Digest, Transfer>();
        Registry.write(
                image,
                reference("app:1"),
                access().onTransfer(each -> told.put(each.digest(), each)).build());
        assertEquals(3, told.size());
        assertTrue(told.values().stream().allMatch(Transfer::isComplete), told.toString());
    }

    @Test
    void anInterruptEndsAWrite() throws Exception {
        registry.fault(request ->
                when(request.method().equals("PUT"), Response.of(201, "x").silentAfter(0)));
        Thread writer = new Thread(() -> {
            IOException e = assertThrows(
                    IOException.class,
                    () -> Registry.write(
                            fixture().image(),
                            reference("app:1"),
                            access().idleTimeout(Duration.ofMinutes(5)).build()));
            assertTrue(e instanceof java.io.InterruptedIOException, e.toString());
        });
        writer.start();
        while (registry.requests().stream().noneMatch(each -> each.startsWith("PUT"))) {
            Thread.sleep(5);
        }
        writer.interrupt();
        writer.join(20_000);
        assertFalse(writer.isAlive());
    }
}
