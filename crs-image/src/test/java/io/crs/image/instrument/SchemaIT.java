package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Artifact;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.image.location.ImageLocation;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every document written here is what the OCI's own schemas say it must be. */
class SchemaIT {
    private static final String KEPT = "x-unknown";

    @TempDir
    Path folder;

    private final List<String> seen = new ArrayList<>();

    private static Json annotations() {
        return Json.object()
                .with("org.opencontainers.image.source", Json.of("https://example.com/source"))
                .with("empty", Json.of(""));
    }

    /** With all that a configuration and a manifest may have, and more. */
    private static ImageFixture rich() {
        return InstrumenterTest.debian()
                .config("User", Json.of("1:1"))
                .config("ExposedPorts", Json.object().with("80/tcp", Json.object()))
                .config("Env", Json.strings(List.of("PATH=/usr/bin", "LD_PRELOAD=/usr/lib/a.so")))
                .config("Volumes", Json.object().with("/data", Json.object()))
                .config("WorkingDir", Json.of("/srv"))
                .config("Labels", annotations())
                .config("StopSignal", Json.of("SIGQUIT"))
                .config("ArgsEscaped", Json.of(true))
                .config("Healthcheck", Json.object().with("StartInterval", Json.of(5_000_000_000L)))
                .document("author", Json.of("somebody"))
                .document("os.features", Json.strings(List.of("a")))
                .document(KEPT, Json.of(7))
                .bendManifest(manifest -> manifest.with("annotations", annotations())
                        .with(KEPT, Json.array(List.of(Json.of(Long.MAX_VALUE)))));
    }

    private static ImageFixture poor() {
        Json nothing = Json.ofNullable(Optional.empty());
        return ImageFixture.of(new TarFixture().program("app", ProgramFixture.fixed(ProgramFixture.ARM64, "")))
                .document("architecture", Json.of("arm64"))
                .document("variant", Json.of("v8"))
                .entryPoint("/app")
                .config("Cmd", nothing)
                .config("Volumes", nothing)
                .config("Labels", nothing)
                .bendConfig(config -> config.without("history").without("created"));
    }

    private static Instrumenter instrumenter() {
        return InstrumenterTest.builder()
                .agent(InstrumenterTest.agent("linux/arm64"))
                .baseName("registry.example/app:1")
                .build();
    }

    /** The images in an index, with an attestation of the last, for a platform nobody has an agent for. */
    private static ImageIndex index(ImageFixture... images) throws Exception {
        Map<Digest, byte[]> blobs = new HashMap<>();
        List<Json> entries = new ArrayList<>();
        for (ImageFixture image : images) {
            Descriptor descriptor = image.image().descriptor();
            blobs.putAll(image.blobs());
            Json platform = Json.object()
                    .with("architecture", Json.of(image.image().platform().architecture()))
                    .with("os", Json.of("linux"))
                    .with(KEPT, Json.of(7));
            entries.add(ImageFixture.described(descriptor).with("platform", platform));
        }
        Json last = entries.get(entries.size() - 1);
        byte[] statement = "{}".getBytes(StandardCharsets.UTF_8);
        ImageFixture attestation = new ImageFixture()
                .layer(Digest.of(statement), Descriptor.of(Provenance.MEDIA_TYPE, statement), statement);
        Descriptor attested = Descriptor.of(MediaType.OCI_MANIFEST, attestation.manifestBytes());
        blobs.putAll(attestation.blobs());
        Json unknown = Json.object().with("architecture", Json.of("unknown")).with("os", Json.of("unknown"));
        entries.add(ImageFixture.described(attested)
                .with("platform", unknown)
                .with(
                        "annotations",
                        Json.object()
                                .with("vnd.docker.reference.type", Json.of("attestation-manifest"))
                                .with(
                                        "vnd.docker.reference.digest",
                                        last.get("digest").orElseThrow())));
        byte[] bytes = Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.OCI_INDEX))
                .with("manifests", Json.array(entries))
                .with("annotations", annotations())
                .toBytes();
        blobs.put(Digest.of(bytes), bytes);
        return (ImageIndex) Manifest.read(
                Descriptor.of(MediaType.OCI_INDEX, bytes),
                descriptor -> new ByteArrayInputStream(Objects.requireNonNull(blobs.get(descriptor.digest()))));
    }

    private static ImageFixture s390x() {
        return ImageFixture.of(new TarFixture().program("app", ProgramFixture.fixed(22, "")))
                .document("architecture", Json.of("s390x"))
                .entryPoint("/app");
    }

    private static Artifact provenance(Manifest made, Manifest original) throws Exception {
        return Provenance.of(
                made, original, Optional.of("registry.example/app:1"), Map.of("linux/amd64", "1.2.3"), Map.of());
    }

    /** All that a layout holds, from its index down. */
    private void judgeLayout(Path layout) throws Exception {
        judge(OciSchema.LAYOUT, Files.readAllBytes(layout.resolve("oci-layout")));
        judgeBelow(layout, Files.readAllBytes(layout.resolve("index.json")), MediaType.OCI_INDEX);
    }

    private void judgeBelow(Path layout, byte[] document, String mediaType) throws Exception {
        Json json = Json.parse(document, mediaType);
        if (MediaType.isConfig(mediaType)) {
            judge(OciSchema.CONFIG, document);
        } else if (MediaType.isIndex(mediaType)) {
            judge(OciSchema.INDEX, document);
            judgeAll(layout, json.get("manifests").orElseThrow().elements());
        } else if (MediaType.isManifest(mediaType)) {
            judge(OciSchema.MANIFEST, document);
            judgeUnknown(json);
            judgeAll(layout, List.of(json.get("config").orElseThrow()));
        }
    }

    private void judgeAll(Path layout, List<Json> descriptors) throws Exception {
        for (Json descriptor : descriptors) {
            // What an entry of an index says of an artifact, the schema does not know either.
            judgeUnknown(descriptor);
            String digest = descriptor.text("digest").orElseThrow();
            judgeBelow(
                    layout,
                    Files.readAllBytes(layout.resolve("blobs/" + digest.replace(':', '/'))),
                    descriptor.text("mediaType").orElseThrow());
        }
    }

    /** What came into the specification after these schemas, held to the parts of them that it is made of. */
    private void judgeUnknown(Json json) {
        json.get("artifactType").ifPresent(type -> judge(OciSchema.MEDIA_TYPE, type.toBytes()));
        json.get("subject").ifPresent(subject -> judge(OciSchema.DESCRIPTOR, subject.toBytes()));
    }

    private void judge(OciSchema schema, byte[] document) {
        assertEquals(
                List.of(), schema.faults(document), () -> schema + ": " + new String(document, StandardCharsets.UTF_8));
        seen.add(schema.name());
    }

    private long seen(OciSchema schema) {
        return seen.stream().filter(schema.name()::equals).count();
    }

    @Test
    void whatALayoutHoldsIsWhatTheSchemasSay() throws Exception {
        Path layout = folder.resolve("layout");
        List<ImageFixture> all =
                List.of(rich(), poor(), InstrumenterTest.debian().docker());
        for (int i = 0; i < all.size(); i++) {
            Image image = all.get(i).image();
            Image made = instrumenter().instrument(image);
            assertNotEquals(image.digest(), made.digest());
            ImageLocation.parse("oci:" + layout + ":image" + i).write(made);
            Artifact provenance = provenance(made, image);
            ImageLocation.parse("oci:" + layout + ":provenance" + i).write(provenance);
            ImageLocation.parse("oci:" + layout + ":referrers" + i)
                    .write(ImageIndex.empty().plus(provenance));
        }

        judgeLayout(layout);

        assertEquals(1, seen(OciSchema.LAYOUT));
        assertEquals(1 + 3, seen(OciSchema.INDEX));
        assertEquals(3 + 3 + 3, seen(OciSchema.MANIFEST));
        assertEquals(3, seen(OciSchema.CONFIG));
        assertEquals(3 + 3, seen(OciSchema.DESCRIPTOR));
    }

    @Test
    void soIsWhatAnArchiveHoldsOfAnIndex() throws Exception {
        ImageIndex before = index(rich(), poor(), s390x());
        ImageIndex after = instrumenter().instrument(before);
        ImageLocation.parse("oci-archive:" + folder + "/a.tar:all").write(after);
        ImageLocation.parse("oci-archive:" + folder + "/a.tar:one")
                .write(after.select(before.platforms().get(0)));
        Files.createDirectory(folder.resolve("unpacked"));
        ExternalTool.run(folder, "tar", "-C", "unpacked", "-xf", "a.tar");

        judgeLayout(folder.resolve("unpacked"));

        assertEquals(2, seen(OciSchema.INDEX));
        // Three of the index, the attestation of the one that stayed as it was, and one by its own name.
        assertEquals(5, seen(OciSchema.MANIFEST));
        assertTrue(Json.parse(after.bytes(), "index").toString().contains(KEPT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MANIFEST | \"sha256:       | \"sha256=",
                "MANIFEST | \"size\"        | \"length\"",
                "MANIFEST | \"layers\"      | \"blobs\"",
                "MANIFEST | \"application/  | \"",
                "MANIFEST | {\"mediaType\"  | {\"type\"",
                "INDEX    | \"sha256:       | \"sha256=",
                "INDEX    | \"size\"        | \"length\"",
                "INDEX    | \"os\":         | \"system\":",
                "INDEX    | \"schemaVersion\":2 | \"schemaVersion\":1",
                "CONFIG   | \"architecture\" | \"processor\"",
                "CONFIG   | \"diff_ids\"    | \"layers\"",
                "CONFIG   | \"/.crs/init\"  | 1",
                "CONFIG   | 2024-05-01T     | yesterday",
                "LAYOUT   | 1.0.0           | 3.0.0",
                "DESCRIPTOR | \"digest\"    | \"hash\"",
                "MEDIA_TYPE | /             | ,"
            })
    void theSchemasBite(OciSchema schema, String good, String bad) throws Exception {
        ImageIndex index = instrumenter().instrument(index(rich(), s390x()));
        Image image = index.select(index.platforms().get(0));
        ImageLocation.parse("oci:" + folder + "/layout:a").write(image);
        byte[] document =
                switch (schema) {
                    case CONFIG -> image.config();
                    case DESCRIPTOR ->
                        ImageFixture.described(image.descriptor()).toBytes();
                    case INDEX -> index.bytes();
                    case LAYOUT -> Files.readAllBytes(folder.resolve("layout/oci-layout"));
                    case MANIFEST -> image.bytes();
                    case MEDIA_TYPE -> Json.of(Provenance.MEDIA_TYPE).toBytes();
                };
        assertEquals(List.of(), schema.faults(document));
        String text = new String(document, StandardCharsets.UTF_8);
        assertTrue(text.contains(good), text);

        assertNotEquals(List.of(), schema.faults(text.replace(good, bad).getBytes(StandardCharsets.UTF_8)));
    }
}
