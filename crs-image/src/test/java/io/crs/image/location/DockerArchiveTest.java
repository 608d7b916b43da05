package io.crs.image.location;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.MediaType;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerArchiveTest {
    private static final byte[] TAR = new TarFixture().file("a", "x").bytes();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("image.tar");
    }

    private static ImageFixture fixture() {
        return new ImageFixture().layer(TAR).docker().entryPoint("/a");
    }

    private ImageLocation archive(String reference) {
        return ImageLocation.parse("docker-archive:" + file + reference);
    }

    private Image read(TarFixture archive, String reference) throws Exception {
        Files.write(file, archive.bytes());
        return archive(reference).read();
    }

    private static String manifest(String config, String tags, String... layers) {
        return "{\"Config\":\"" + config + "\",\"RepoTags\":" + tags + ",\"Layers\":[\"" + String.join("\",\"", layers)
                + "\"]}";
    }

    private static byte[] tarOf(Image image, int layer) throws Exception {
        try (InputStream in = image.layers().get(layer).tar()) {
            return in.readAllBytes();
        }
    }

    @Test
    void readsAnArchiveWhoseManifestComesLast() throws Exception {
        Image image = read(
                new TarFixture()
                        .file("id/layer.tar", 0644, TAR)
                        .file("c.json", 0644, fixture().configBytes())
                        .file("manifest.json", "[" + manifest("c.json", "null", "id/layer.tar") + "]"),
                "");
        assertEquals(MediaType.DOCKER_MANIFEST, image.mediaType());
        assertEquals(MediaType.DOCKER_LAYER, image.layers().get(0).descriptor().mediaType());
        assertEquals(Digest.of(TAR), image.layers().get(0).descriptor().digest());
        assertArrayEquals(TAR, tarOf(image, 0));
        assertArrayEquals(fixture().configBytes(), image.config());
    }

    @Test
    void readsCompressedAndLinkedLayers() throws Exception {
        ImageFixture twice = new ImageFixture().layer(TAR).layer(TAR);
        Image image = read(
                new TarFixture()
                        .file(
                                "manifest.json",
                                "[" + manifest("c.json", "[\"a:1\"]", "one/layer.tar", "two/layer.tar") + "]")
                        .file("one/layer.tar", 0644, ImageFixture.gzip(TAR))
                        .link("two/layer.tar", "../one/layer.tar")
                        .file("c.json", 0644, twice.configBytes()),
                ":a:1");
        assertEquals(
                MediaType.DOCKER_LAYER_GZIP, image.layers().get(0).descriptor().mediaType());
        assertArrayEquals(TAR, tarOf(image, 0));
        assertArrayEquals(TAR, tarOf(image, 1));
    }

    @Test
    void asksWhichOfSeveralImages() throws Exception {
        TarFixture two = new TarFixture()
                .file("layer.tar", 0644, TAR)
                .file("c.json", 0644, fixture().configBytes())
                .file(
                        "manifest.json",
                        "[" + manifest("c.json", "[\"a:1\",\"b:latest\"]", "layer.tar") + ","
                                + manifest("c.json", "null", "layer.tar") + "]");
        InvalidImageException several = assertThrows(InvalidImageException.class, () -> read(two, ""));
        assertTrue(
                several.getMessage().endsWith("has several images; name one of: a:1, b:latest, @1"),
                several.getMessage());
        read(two, ":docker.io/library/b");
        read(two, ":@1");
        assertThrows(InvalidImageException.class, () -> read(two, ":c"));
        assertThrows(
                InvalidImageException.class,
                () -> archive(":x:1").write(fixture().image()),
                "would lose one");
    }

    @Test
    void readsTheTrueManifestWhereTheArchiveIsALayoutToo() throws Exception {
        Image image = ImageFixture.of(new TarFixture().file("a", "y")).image();
        archive(":app:1").write(image);
        assertEquals(image.digest(), archive(":app:1").read().digest());
        assertEquals(MediaType.OCI_MANIFEST, archive("").read().mediaType());
        byte[] once = Files.readAllBytes(file);
        archive(":app:1").write(archive(":app:1").read());
        assertArrayEquals(once, Files.readAllBytes(file), "writing an archive over itself gives the same bytes");
    }

    @Test
    void fallsBackToItsFilesWhereTheLayoutIsIncomplete() throws Exception {
        String empty = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST
                + "\",\"config\":{\"mediaType\":\"" + MediaType.OCI_CONFIG + "\",\"digest\":\""
                + Digest.of(fixture().configBytes()) + "\",\"size\":"
                + fixture().configBytes().length
                + "},\"layers\":[]}";
        byte[] bytes = empty.getBytes(StandardCharsets.UTF_8);
        String config = "blobs/sha256/" + Digest.of(fixture().configBytes()).hex();
        String layer = "blobs/sha256/" + Digest.of(TAR).hex();
        Image image = read(
                new TarFixture()
                        .file(config, 0644, fixture().configBytes())
                        .file(layer, 0644, TAR)
                        .file("blobs/sha256/" + Digest.of(bytes).hex(), 0644, bytes)
                        .file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
                        .file(
                                "index.json",
                                "{\"schemaVersion\":2,\"manifests\":["
                                        + ImageFixture.described(
                                                io.crs.image.Descriptor.of(MediaType.OCI_MANIFEST, bytes))
                                        + "]}")
                        .file("manifest.json", "[" + manifest(config, "[\"a:1\"]", layer) + "]"),
                "");
        assertEquals(1, image.layers().size());
        assertArrayEquals(TAR, tarOf(image, 0));
    }

    @Test
    void noticesALayerThatIsNotTheOneOfTheConfiguration() throws Exception {
        byte[] other = new TarFixture().file("b", "x").bytes();
        for (byte[] stored : java.util.List.of(other, ImageFixture.gzip(other))) {
            Image image = read(
                    new TarFixture()
                            .file("layer.tar", 0644, stored)
                            .file("c.json", 0644, fixture().configBytes())
                            .file("manifest.json", "[" + manifest("c.json", "null", "layer.tar") + "]"),
                    "");
            InvalidImageException refused = assertThrows(InvalidImageException.class, () -> tarOf(image, 0));
            assertTrue(refused.getMessage().contains(file + "!layer.tar"), refused.getMessage());
        }
    }

    @Test
    void saysWhatItCannotRead() throws Exception {
        assertTrue(refused(new TarFixture().file("repositories", "{}")).contains("before 1.10"));
        assertTrue(refused(new TarFixture().file("oci-layout", "{}")).contains("oci-archive:FILE"));
        assertTrue(refused(new TarFixture().file("manifest.json", "[" + manifest("no.json", "null", "x") + "]"))
                .contains("no file \"no.json\""));
        Files.write(file, ImageFixture.gzip(new TarFixture().bytes()));
        assertTrue(assertThrows(InvalidImageException.class, () -> archive("").read())
                .getMessage()
                .contains("gunzip"));
        byte[] whole = new TarFixture().file("big", 0644, new byte[5000]).bytes();
        Files.write(file, java.util.Arrays.copyOf(whole, 2000));
        assertTrue(assertThrows(InvalidImageException.class, () -> archive("").read())
                .getMessage()
                .contains("ends inside"));
        Files.delete(file);
        assertTrue(assertThrows(InvalidImageException.class, () -> archive("").read())
                .getMessage()
                .contains("does not exist"));
    }

    private String refused(TarFixture archive) {
        return assertThrows(InvalidImageException.class, () -> read(archive, ""))
                .getMessage();
    }

    @Test
    void keepsTheOldFileWhenTheNewOneCannotBeWritten() throws Exception {
        archive(":app:1").write(fixture().image());
        byte[] before = Files.readAllBytes(file);
        ImageFixture damaged = fixture();
        Image image = damaged.image();
        damaged.blobs().put(image.layers().get(0).descriptor().digest(), new byte[10]);
        assertThrows(java.io.IOException.class, () -> archive(":app:2").write(image));
        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals(1, folder.toFile().list().length, "no temporary file is left");
    }

    @Test
    void namesTheResult() throws Exception {
        assertEquals("oci:d:1-layered", ImageLocation.parse("oci:d:1").layered().toString());
        assertEquals(
                "oci:d:latest-layered", ImageLocation.parse("oci:d").layered().toString());
        assertEquals(
                "oci:d:1-layered",
                ImageLocation.parse("oci:d:1-layered").layered().toString());
        assertEquals(
                "docker-archive:x-layered.tar:h:5000/a:1-layered",
                ImageLocation.parse("docker-archive:x.tar:h:5000/a:1").layered().toString());
        assertEquals(
                "docker://h:5000/a:latest-layered",
                ImageLocation.parse("docker://h:5000/a").layered().toString());
        assertThrows(IllegalArgumentException.class, () -> new OciLayout(Path.of("d"), Optional.of("t".repeat(125)))
                .layered());
        assertThrows(IllegalArgumentException.class, () -> ImageLocation.parse("docker://a@sha256:00")
                .layered());
    }
}
