package io.crs.image.location;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Artifact;
import io.crs.image.Blob;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OciLayoutTest {
    @TempDir
    Path folder;

    private ImageLocation layout(String tag) {
        return ImageLocation.parse("oci:" + folder.resolve("l") + tag);
    }

    private static ImageFixture fixture(String content) {
        return ImageFixture.of(new TarFixture().file("a", content)).entryPoint("/a");
    }

    private Path blob(Digest digest) {
        return folder.resolve("l/blobs/sha256").resolve(digest.hex());
    }

    private List<String> blobs() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("l/blobs/sha256"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    static Artifact about(Image image, String text) {
        return Artifact.about(
                image.descriptor(), "text/x", Blob.of("text/x", text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The same for a folder and for an archive, which are given with a tag and without. */
    static void checkArtifacts(ImageLocation tagged, ImageLocation untagged) throws IOException {
        Image image = fixture("x").image();
        tagged.write(image);
        ArtifactLocation place = (ArtifactLocation) tagged;
        Artifact first = about(image, "first");
        Artifact second = about(image, "second");
        place.attach(first);
        place.attach(second);
        place.attach(first);
        ImageIndex list = (ImageIndex)
                ImageLocation.parse(untagged + ":sha256-" + image.digest().hex())
                        .readAll();
        assertEquals(
                List.of(first.digest(), second.digest()),
                list.entries().stream().map(Descriptor::digest).toList());
        Artifact read = (Artifact) list.read(list.entries().get(1));
        assertArrayEquals(
                "second".getBytes(StandardCharsets.US_ASCII),
                read.blobs().get(1).bytes(100));
        assertEquals(image.digest(), untagged.read().digest(), "the list is no second image");
    }

    @Test
    void listsWhatRefersToAnImage() throws Exception {
        checkArtifacts(layout(":1"), layout(""));
    }

    @Test
    void readsBackWhatItWrote() throws Exception {
        Image image = fixture("x").image();
        layout(":1").write(image);
        Image read = layout(":1").read();
        assertEquals(image.digest(), read.digest());
        assertArrayEquals(image.config(), read.config());
        assertArrayEquals(
                fixture("x").image().layers().get(0).tar().readAllBytes(),
                read.layers().get(0).tar().readAllBytes());
        assertEquals(image.digest(), layout("").read().digest());
    }

    @Test
    void keepsOtherTagsAndTheBlobsItHas() throws Exception {
        Image one = fixture("1").image();
        layout(":one").write(one);
        FileTime past = FileTime.from(Instant.EPOCH);
        Path layer = blob(one.layers().get(0).descriptor().digest());
        Files.setLastModifiedTime(layer, past);
        layout(":two").write(fixture("2").image());
        layout(":again").write(one);
        assertEquals(past, Files.getLastModifiedTime(layer), "the blob was not written again");
        assertEquals(one.digest(), layout(":one").read().digest());
        layout(":one").write(fixture("3").image());
        assertEquals(fixture("3").image().digest(), layout(":one").read().digest());
        assertEquals(fixture("2").image().digest(), layout(":two").read().digest());
        assertEquals(3, entries());
    }

    private int entries() throws Exception {
        return Json.parse(Files.readAllBytes(folder.resolve("l/index.json")), "index")
                .get("manifests")
                .orElseThrow()
                .elements()
                .size();
    }

    @Test
    void keepsWhatItDoesNotKnowInTheIndex() throws Exception {
        layout(":one").write(fixture("1").image());
        Path index = folder.resolve("l/index.json");
        String text = Files.readString(index).replaceFirst("\\{", "{\"x\":1e3,");
        Files.writeString(index, text);
        layout(":two").write(fixture("2").image());
        assertTrue(Files.readString(index).startsWith("{\"x\":1e3,"), Files.readString(index));
    }

    @Test
    void asksWhichOfSeveralAndListsThem() throws Exception {
        layout(":one").write(fixture("1").image());
        layout(":two").write(fixture("2").image());
        InvalidImageException several =
                assertThrows(InvalidImageException.class, () -> layout("").read());
        assertTrue(several.getMessage().endsWith("has one, two"), several.getMessage());
        InvalidImageException missing =
                assertThrows(InvalidImageException.class, () -> layout(":three").read());
        assertTrue(missing.getMessage().contains("is not there"), missing.getMessage());
    }

    @Test
    void namesTheFileAndDigestOfADamagedBlobAndWritesNothing() throws Exception {
        Image image = fixture("x").image();
        layout(":1").write(image);
        Path layer = blob(image.layers().get(0).descriptor().digest());
        byte[] good = Files.readAllBytes(layer);
        byte[] flipped = good.clone();
        flipped[flipped.length / 2] ^= 1;
        byte[] shorter = java.util.Arrays.copyOf(good, good.length - 1);
        ImageLocation other = ImageLocation.parse("oci:" + folder.resolve("other") + ":1");
        for (byte[] bad : List.of(flipped, shorter, java.util.Arrays.copyOf(good, good.length + 1))) {
            Files.write(layer, bad);
            Image read = layout(":1").read();
            InvalidImageException refused = assertThrows(InvalidImageException.class, () -> other.write(read));
            assertTrue(refused.getMessage().contains(layer.getFileName().toString()), refused.getMessage());
            assertTrue(refused.getMessage().contains(layer.toString()), refused.getMessage());
            assertFalse(Files.exists(folder.resolve("other/index.json")), "nothing points at the damaged image");
            try (Stream<Path> left = Files.walk(folder.resolve("other"))) {
                assertTrue(left.noneMatch(file -> file.toString().endsWith(".tmp")), "no temporary file is left");
            }
        }
        Files.delete(layer);
        Image read = layout(":1").read();
        InvalidImageException missing = assertThrows(InvalidImageException.class, () -> other.write(read));
        assertTrue(missing.getMessage().contains("is missing: no file " + layer), missing.getMessage());
    }

    @Test
    void noticesADamagedManifestOrConfigurationAtOnce() throws Exception {
        Image image = fixture("x").image();
        for (Digest digest :
                List.of(image.digest(), image.blobs().get(0).descriptor().digest())) {
            layout(":1").write(image);
            byte[] bytes = Files.readAllBytes(blob(digest));
            bytes[bytes.length - 2] ^= 1;
            Files.write(blob(digest), bytes);
            assertThrows(InvalidImageException.class, () -> layout(":1").read());
            Files.delete(blob(digest));
            assertThrows(InvalidImageException.class, () -> layout(":1").read());
        }
    }

    @Test
    void repairsABlobOfTheWrongLength() throws Exception {
        Image image = fixture("x").image();
        layout(":1").write(image);
        Path layer = blob(image.layers().get(0).descriptor().digest());
        Files.write(layer, new byte[1]);
        layout(":1").write(image);
        assertEquals(image.layers().get(0).descriptor().size(), Files.size(layer));
    }

    @Test
    void writesALayerThatComesTwiceOnce() throws Exception {
        byte[] tar = new TarFixture().file("a", "x").bytes();
        Image image = new ImageFixture().layer(tar).layer(tar).image();
        layout(":1").write(image);
        assertEquals(3, blobs().size());
        assertEquals(2, layout(":1").read().layers().size());
    }

    @Test
    void refersToForeignLayersWithoutHavingThem() throws Exception {
        byte[] tar = new TarFixture().file("a", "x").bytes();
        byte[] stored = ImageFixture.gzip(tar);
        ImageFixture fixture = new ImageFixture();
        fixture.layer(
                Digest.of(tar),
                new io.crs.image.Descriptor(
                        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                        Digest.of(stored),
                        stored.length),
                stored);
        fixture.bendManifest(json -> json.with(
                "layers",
                Json.array(List.of(json.get("layers")
                        .orElseThrow()
                        .elements()
                        .get(0)
                        .with("urls", Json.strings(List.of("https://example.com/l")))))));
        Image image = fixture.image();
        layout(":1").write(image);
        assertFalse(Files.exists(blob(Digest.of(stored))));
        assertEquals(
                List.of("https://example.com/l"),
                layout(":1").read().layers().get(0).descriptor().urls());
    }

    @Test
    void refusesAFolderThatIsNoLayout() throws Exception {
        assertThrows(InvalidImageException.class, () -> layout("").read());
        Files.createDirectories(folder.resolve("l/blobs"));
        InvalidImageException refused = assertThrows(InvalidImageException.class, () -> layout(":1")
                .write(fixture("x").image()));
        assertTrue(refused.getMessage().contains("oci-layout"), refused.getMessage());
        Files.writeString(folder.resolve("l/oci-layout"), "{\"imageLayoutVersion\":\"2.0.0\"}");
        assertTrue(assertThrows(InvalidImageException.class, () -> layout("").read())
                .getMessage()
                .contains("2.0.0"));
    }

    @Test
    void refusesManifestsTwoReadersCouldTakeDifferently() throws Exception {
        refusesManifest("ambiguous", json -> json.with("manifests", Json.array(List.of())));
        refusesManifest("says it is", json -> json.with("mediaType", Json.of(io.crs.image.MediaType.DOCKER_MANIFEST)));
        refusesManifest("schema 1", json -> json.with("schemaVersion", Json.of(1)));
        refusesManifest("diff_ids", json -> json.with("layers", Json.array(List.of())));
        refusesManifest("the limit is", json -> json.with("x", Json.of("x".repeat(5 << 20))));
        refusesManifest("lower-case", json -> upperCase(json));
    }

    private static Json upperCase(Json manifest) {
        Json config = manifest.get("config").orElseThrow();
        String digest = config.text("digest").orElseThrow();
        String upper = "sha256:" + digest.substring(7).replaceAll("[0-9]", "A");
        return manifest.with("config", config.with("digest", Json.of(upper)));
    }

    private void refusesManifest(String expected, java.util.function.UnaryOperator<Json> bend) throws Exception {
        ImageFixture fixture = fixture("x").bendManifest(bend);
        byte[] manifest = fixture.manifestBytes();
        Path layout = Files.createTempDirectory(folder, "bad");
        Files.createDirectories(layout.resolve("blobs/sha256"));
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        for (var blob : fixture.blobs().entrySet()) {
            Files.write(layout.resolve("blobs/sha256").resolve(blob.getKey().hex()), blob.getValue());
        }
        String index = "{\"schemaVersion\":2,\"manifests\":["
                + ImageFixture.described(io.crs.image.Descriptor.of(io.crs.image.MediaType.OCI_MANIFEST, manifest))
                + "]}";
        Files.write(layout.resolve("index.json"), index.getBytes(StandardCharsets.UTF_8));
        InvalidImageException refused =
                assertThrows(InvalidImageException.class, () -> ImageLocation.parse("oci:" + layout)
                        .read());
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }
}
