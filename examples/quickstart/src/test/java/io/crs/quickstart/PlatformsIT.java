package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.Platform;
import io.crs.engine.Crs;
import io.crs.engine.InstrumentOptions;
import io.crs.engine.Instrumented;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.fixture.DistributionFixture;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.format.Json;
import io.crs.image.format.TarEntry;
import io.crs.image.format.TarReader;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.instrument.Warning;
import io.crs.image.location.ImageLocation;
import io.crs.image.location.RegistryImage;
import io.crs.image.registry.Reference;
import io.crs.image.registry.RegistryAccess;
import io.crs.image.registry.RegistryProxy;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A real program for two processors, with attestations as BuildKit writes them, instrumented as one index. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlatformsIT {
    private static final int AMD64 = 62;
    private static final int ARM64 = 183;

    private final ContainerEngine engine = ContainerEngine.ofEnvironment();
    private final String name = "crs-platforms-" + ProcessHandle.current().pid() + ":1";
    private final Map<Digest, byte[]> blobs = new HashMap<>();
    private final List<Json> entries = new ArrayList<>();
    private Path folder;
    private DistributionFixture registry;
    private ImageIndex source;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        registry = DistributionFixture.plain(temporary);
        List<String> tars = Demo.images("--prepare", "esbuild", "esbuild-arm64");
        Descriptor amd64 = add(program(tars.get(0), "amd64"), "linux", "amd64", Json.object());
        Descriptor arm64 = add(program(tars.get(1), "arm64"), "linux", "arm64", Json.object());
        attest(amd64);
        attest(arm64);
        byte[] index = Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.OCI_INDEX))
                .with("manifests", Json.array(entries))
                .toBytes();
        blobs.put(Digest.of(index), index);
        source = (ImageIndex) Manifest.read(Descriptor.of(MediaType.OCI_INDEX, index), this::open);
    }

    @AfterAll
    void stop() throws Exception {
        engine.remove(name);
        registry.close();
    }

    private InputStream open(Descriptor descriptor) {
        return new ByteArrayInputStream(Objects.requireNonNull(blobs.get(descriptor.digest())));
    }

    private static ImageFixture program(String tar, String architecture) throws Exception {
        return new ImageFixture()
                .layer(Files.readAllBytes(Path.of(tar)))
                .entryPoint("/usr/bin/esbuild")
                .command("/app/hello.js")
                .document("architecture", Json.of(architecture));
    }

    private Descriptor add(ImageFixture image, String os, String architecture, Json annotations) {
        Descriptor descriptor = Descriptor.of(MediaType.OCI_MANIFEST, image.manifestBytes());
        blobs.putAll(image.blobs());
        Json platform =
                Json.object().with("architecture", Json.of(architecture)).with("os", Json.of(os));
        Json entry = ImageFixture.described(descriptor).with("platform", platform);
        entries.add(annotations.members().isEmpty() ? entry : entry.with("annotations", annotations));
        return descriptor;
    }

    private void attest(Descriptor subject) {
        String type = "application/vnd.in-toto+json";
        String statement = """
                {"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://slsa.dev/provenance/v0.2",
                 "subject":[{"name":"app","digest":{"sha256":"%s"}}],"predicate":{}}
                """.formatted(subject.digest().hex());
        byte[] bytes = statement.getBytes(StandardCharsets.UTF_8);
        ImageFixture attestation = new ImageFixture()
                .layer(Digest.of(bytes), Descriptor.of(type, bytes), bytes)
                .document("architecture", Json.of("unknown"))
                .document("os", Json.of("unknown"));
        add(
                attestation,
                "unknown",
                "unknown",
                Json.object()
                        .with(
                                "vnd.docker.reference.digest",
                                Json.of(subject.digest().toString()))
                        .with("vnd.docker.reference.type", Json.of("attestation-manifest")));
    }

    private List<String> places() {
        return List.of("registry:", "oci:" + folder + "/layout:", "oci-archive:" + folder + "/oci.tar:");
    }

    private ImageLocation at(String place, String tag) {
        if (!place.equals("registry:")) {
            return ImageLocation.parse(place + tag);
        }
        RegistryAccess access =
                RegistryAccess.builder().plainHttp().proxy(RegistryProxy.none()).build();
        return new RegistryImage(Reference.parse(registry.host() + "/demo/app:" + tag), access);
    }

    /** The processor, by the file's own header, that a file of an image's uppermost layer is for. */
    private static int machine(Image image, String file) throws Exception {
        try (InputStream in = image.layers().get(image.layers().size() - 1).tar()) {
            TarReader tar = new TarReader(in, 1000);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                if (entry.name().equals(file)) {
                    byte[] head = tar.content().readNBytes(20);
                    assertArrayEquals(new byte[] {0x7f, 'E', 'L', 'F'}, Arrays.copyOf(head, 4));
                    return (head[18] & 0xff) | (head[19] & 0xff) << 8;
                }
            }
        }
        throw new AssertionError("no " + file + " in the layer on top of " + image.digest());
    }

    @Test
    void bothPlatformsAreInstrumentedInEveryPlaceAndOneRuns() throws Exception {
        // A configuration lists the layers: where it is the same, the image is, but for the name of its base.
        List<List<Digest>> results = new ArrayList<>();
        for (String place : places()) {
            at(place, "1").write(source);
            Instrumented made = Crs.standard()
                    .instrument(
                            at(place, "1"),
                            at(place, "1-layered"),
                            Demo.policy("ACTIVE", RealImage.GO.secret()),
                            InstrumentOptions.STANDARD);

            assertEquals(List.of(Platform.LINUX_AMD64, Platform.LINUX_ARM64), made.platforms(), place);
            assertEquals(
                    List.of("attestations-dropped"),
                    made.warnings().stream().map(Warning::code).toList(),
                    place);
            ImageIndex layered = (ImageIndex) at(place, "1-layered").readAll();
            assertEquals(2, layered.entries().size(), place);
            assertEquals(AMD64, machine(layered.select(Platform.LINUX_AMD64), ".crs/init"), place);
            assertEquals(ARM64, machine(layered.select(Platform.LINUX_ARM64), ".crs/init"), place);
            results.add(List.of(
                    Digest.of(layered.select(Platform.LINUX_AMD64).config()),
                    Digest.of(layered.select(Platform.LINUX_ARM64).config())));
            restore(place);
        }
        // One is enough to be run where all are the same.
        assertEquals(1, results.stream().distinct().count(), results.toString());
        run(at(places().get(2), "1-layered").read(Platform.LINUX_AMD64));
    }

    /** The index comes back with its digest, and with the attestations, which still lie where it does. */
    private void restore(String place) throws Exception {
        at(place, "restored").write(Instrumenter.restore(at(place, "1-layered").readAll()));
        ImageIndex restored = (ImageIndex) at(place, "restored").readAll();
        assertEquals(source.digest(), restored.digest(), place);
        for (Descriptor entry : source.entries()) {
            assertArrayEquals(source.read(entry).bytes(), restored.read(entry).bytes(), place);
        }
    }

    private void run(Image image) throws Exception {
        Path archive = folder.resolve("load.tar");
        ImageLocation.parse("docker-archive:" + archive + ":" + name).write(image);
        engine.load(archive);
        Session session = new Session(engine, name, List.of());
        assertTrue(session.works(RealImage.GO.allowed().toArray(String[]::new)));
        assertFalse(session.works(RealImage.GO.denied().toArray(String[]::new)));
    }
}
