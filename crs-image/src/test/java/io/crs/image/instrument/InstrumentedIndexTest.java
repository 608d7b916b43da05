package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.Platform;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.MissingBlobException;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.image.location.ImageLocation;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstrumentedIndexTest {
    @TempDir
    Path folder;

    private final Map<Digest, byte[]> blobs = new LinkedHashMap<>();
    private final List<Json> entries = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();
    private Instrumenter instrumenter;

    @BeforeEach
    void makeAnInstrumenter() {
        instrumenter = InstrumenterTest.builder()
                .agent(InstrumenterTest.agent("linux/arm64"))
                .onWarning(warnings::add)
                .build();
    }

    private Descriptor add(ImageFixture fixture, String os, String architecture, Map<String, String> annotations) {
        Descriptor descriptor = Descriptor.of(mediaType(fixture), fixture.manifestBytes());
        blobs.putAll(fixture.blobs());
        entries.add(entry(descriptor, os, architecture, annotations));
        return descriptor;
    }

    private static String mediaType(ImageFixture fixture) {
        String text = new String(fixture.manifestBytes(), StandardCharsets.UTF_8);
        return text.contains(MediaType.DOCKER_MANIFEST) ? MediaType.DOCKER_MANIFEST : MediaType.OCI_MANIFEST;
    }

    private static Json entry(Descriptor descriptor, String os, String architecture, Map<String, String> annotations) {
        Json entry = ImageFixture.described(descriptor)
                .with(
                        "platform",
                        Json.object()
                                .with("architecture", Json.of(architecture))
                                .with("os", Json.of(os))
                                .with("x-unknown", Json.of(7)));
        Json all = Json.object();
        for (Map.Entry<String, String> annotation : annotations.entrySet()) {
            all = all.with(annotation.getKey(), Json.of(annotation.getValue()));
        }
        return annotations.isEmpty() ? entry : entry.with("annotations", all);
    }

    private static ImageFixture program(int machine, String architecture) {
        return ImageFixture.of(new TarFixture().program("app", ProgramFixture.fixed(machine, "")))
                .entryPoint("/app")
                .document("architecture", Json.of(architecture));
    }

    private byte[] indexBytes(String mediaType) {
        return Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(mediaType))
                .with("manifests", Json.array(entries))
                .with("annotations", Json.object().with("keep", Json.of("me")))
                .toBytes();
    }

    private ImageIndex index(String mediaType) throws Exception {
        byte[] bytes = indexBytes(mediaType);
        blobs.put(Digest.of(bytes), bytes);
        return assertInstanceOf(ImageIndex.class, Manifest.read(Descriptor.of(mediaType, bytes), this::open));
    }

    private InputStream open(Descriptor descriptor) throws InvalidImageException {
        byte[] blob = blobs.get(descriptor.digest());
        if (blob == null) {
            throw new MissingBlobException("no blob " + descriptor.digest());
        }
        return new ByteArrayInputStream(blob);
    }

    private ImageIndex mixed() throws Exception {
        Descriptor amd = add(program(62, "amd64"), "linux", "amd64", Map.of());
        add(program(183, "arm64").docker(), "linux", "arm64", Map.of());
        Descriptor s390x = add(program(22, "s390x"), "linux", "s390x", Map.of());
        attestation(amd.digest());
        attestation(s390x.digest());
        return index(MediaType.OCI_INDEX);
    }

    private void attestation(Digest subject) {
        byte[] statement = ("{\"subject\":\"" + subject + "\"}").getBytes(StandardCharsets.UTF_8);
        ImageFixture attestation = new ImageFixture()
                .layer(Digest.of(statement), Descriptor.of("application/vnd.in-toto+json", statement), statement);
        add(
                attestation,
                "unknown",
                "unknown",
                Map.of(
                        "vnd.docker.reference.type",
                        "attestation-manifest",
                        "vnd.docker.reference.digest",
                        subject.toString()));
    }

    @Test
    void instrumentsEachPlatformAndKeepsTheOthers() throws Exception {
        ImageIndex before = mixed();
        ImageIndex after = instrumenter.instrument(before);
        assertEquals(
                List.of("linux/amd64", "linux/arm64", "linux/s390x"),
                after.platforms().stream().map(Platform::toString).toList());
        assertEquals(2, after.select(Platform.LINUX_AMD64).layers().size());
        assertEquals(2, after.select(Platform.LINUX_ARM64).layers().size());
        Platform s390x = Platform.parse("linux/s390x");
        assertEquals(before.select(s390x).digest(), after.select(s390x).digest());
        assertEquals(
                List.of("platform-kept", "attestations-dropped"),
                warnings.stream().map(Warning::code).toList());
    }

    @Test
    void keepsTheFamilyOfEachChildAndWhatItDoesNotKnow() throws Exception {
        ImageIndex after = instrumenter.instrument(mixed());
        assertEquals(
                MediaType.DOCKER_MANIFEST, after.select(Platform.LINUX_ARM64).mediaType());
        assertEquals(MediaType.OCI_MANIFEST, after.select(Platform.LINUX_AMD64).mediaType());
        Json json = Json.parse(after.bytes(), "index");
        assertEquals("{\"keep\":\"me\"}", json.get("annotations").orElseThrow().toString());
        assertTrue(json.toString().contains("\"x-unknown\":7"));
    }

    @Test
    void leavesOutTheAttestationsOfWhatItChanged() throws Exception {
        ImageIndex before = mixed();
        ImageIndex after = instrumenter.instrument(before);
        assertEquals(5, before.entries().size());
        assertEquals(4, after.entries().size());
        String kept = after.entries().get(3).annotations().get("vnd.docker.reference.digest");
        assertEquals(before.select(Platform.parse("linux/s390x")).digest().toString(), kept);
    }

    @Test
    void givesTheSameIndexAgain() throws Exception {
        ImageIndex once = instrumenter.instrument(mixed());
        assertEquals(once.digest(), instrumenter.instrument(once).digest());
    }

    @Test
    void goesRoundThroughALayout() throws Exception {
        ImageIndex after = instrumenter.instrument(mixed());
        ImageLocation layout = ImageLocation.parse("oci:" + folder + "/l:all");
        layout.write(after);
        assertEquals(after.digest(), layout.readAll().digest());
        Image arm = layout.read(Platform.parse("linux/arm64/v8"));
        assertEquals(Platform.LINUX_ARM64, arm.platform());
        InvalidImageException missing =
                assertThrows(InvalidImageException.class, () -> layout.read(Platform.parse("linux/riscv64")));
        assertTrue(missing.getMessage().contains("linux/s390x"), missing.getMessage());
        ImageLocation archive = ImageLocation.parse("docker-archive:" + folder + "/a.tar:a:1");
        assertThrows(InvalidImageException.class, () -> archive.write(after));
    }

    @Test
    void restoresTheIndexWithTheSameDigest() throws Exception {
        ImageIndex before = mixed();
        ImageLocation layout = ImageLocation.parse("oci:" + folder + "/l:all");
        layout.write(instrumenter.instrument(before));
        Manifest restored = Instrumenter.restore(layout.readAll());
        assertEquals(before.digest(), restored.digest());
        ImageLocation back = ImageLocation.parse("oci:" + folder + "/back:all");
        back.write(restored);
        assertEquals(before.digest(), back.readAll().digest());
        assertEquals(
                before.select(Platform.LINUX_AMD64).digest(),
                back.read(Platform.LINUX_AMD64).digest());
        assertThrows(NotInstrumentableException.class, () -> Instrumenter.restore((Manifest) before));
    }

    @Test
    void goesThreeIndexesDeepAndNoDeeper() throws Exception {
        add(program(62, "amd64"), "linux", "amd64", Map.of());
        for (int depth = 2; depth <= 4; depth++) {
            ImageIndex inner = index(MediaType.OCI_INDEX);
            entries.clear();
            entries.add(ImageFixture.described(inner.descriptor()));
            ImageIndex outer = index(MediaType.OCI_INDEX);
            if (depth < 4) {
                ImageIndex after = instrumenter.instrument(outer);
                assertEquals(2, after.select(Platform.LINUX_AMD64).layers().size());
            } else {
                assertThrows(InvalidImageException.class, outer::platforms);
            }
        }
    }

    @Test
    void refusesAnIndexWithoutAnyPlatformItCouldDo() throws Exception {
        add(program(22, "s390x"), "linux", "s390x", Map.of());
        ImageIndex index = index(MediaType.DOCKER_LIST);
        NotInstrumentableException refused =
                assertThrows(NotInstrumentableException.class, () -> instrumenter.instrument(index));
        assertTrue(refused.getMessage().contains("linux/s390x"), refused.getMessage());
    }

    @Test
    void readsThePlatformOfAChildThatStatesNone() throws Exception {
        ImageFixture fixture = program(62, "amd64");
        Descriptor descriptor = Descriptor.of(MediaType.OCI_MANIFEST, fixture.manifestBytes());
        blobs.putAll(fixture.blobs());
        entries.add(ImageFixture.described(descriptor));
        assertEquals(List.of(Platform.LINUX_AMD64), index(MediaType.OCI_INDEX).platforms());
        assertEquals(
                Optional.empty(), index(MediaType.OCI_INDEX).entries().get(0).platform());
    }
}
