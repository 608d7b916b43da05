package io.crs.image.location;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.BlobSource;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OciArchiveTest {
    private static final byte[] TAR = new TarFixture().file("a", "x").bytes();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("image.tar");
    }

    private static ImageFixture fixture(String content) {
        return ImageFixture.of(new TarFixture().file("a", content)).entryPoint("/a");
    }

    private ImageLocation archive(String tag) {
        return ImageLocation.parse("oci-archive:" + file + tag);
    }

    private boolean holds(Digest digest) throws Exception {
        return ArchiveFile.open(file).find(ArchiveBlobs.path(digest)).isPresent();
    }

    private static Digest layer(Image image) {
        return image.layers().get(0).descriptor().digest();
    }

    @Test
    void listsWhatRefersToAnImage() throws Exception {
        Path file = folder.resolve("referred.tar");
        OciLayoutTest.checkArtifacts(
                ImageLocation.parse("oci-archive:" + file + ":1"), ImageLocation.parse("oci-archive:" + file));
    }

    @Test
    void readsBackWhatItWrote() throws Exception {
        Image image = fixture("x").image();
        archive(":1").write(image);
        Image read = archive(":1").read();
        assertEquals(image.digest(), read.digest());
        assertArrayEquals(image.config(), read.config());
        try (InputStream in = read.layers().get(0).tar()) {
            assertArrayEquals(TAR, in.readAllBytes());
        }
        assertEquals(image.digest(), archive("").read().digest());
    }

    @Test
    void givesTheSameBytesForTheSameImage() throws Exception {
        archive(":1").write(fixture("x").image());
        byte[] first = Files.readAllBytes(file);
        archive(":1").write(fixture("x").image());
        assertArrayEquals(first, Files.readAllBytes(file), "over itself");
        Files.delete(file);
        archive(":1").write(fixture("x").image());
        assertArrayEquals(first, Files.readAllBytes(file), "anew");
    }

    @Test
    void keepsOtherTagsAndDropsWhatOnlyTheReplacedImageHad() throws Exception {
        Image one = fixture("1").image();
        Image two = fixture("2").image();
        archive(":one").write(one);
        archive(":two").write(two);
        archive(":again").write(one);
        archive(":two").write(fixture("3").image());
        assertEquals(one.digest(), archive(":one").read().digest());
        assertEquals(fixture("3").image().digest(), archive(":two").read().digest());
        assertFalse(holds(layer(two)));
        archive(":one").write(fixture("4").image());
        assertTrue(holds(layer(one)), "another tag has it still");
        assertEquals(one.digest(), archive(":again").read().digest());
        InvalidImageException several =
                assertThrows(InvalidImageException.class, () -> archive("").read());
        assertTrue(several.getMessage().contains("fits several images; " + file), several.getMessage());
    }

    @Test
    void writesWhatItIsReadingFrom() throws Exception {
        archive(":1").write(fixture("x").image());
        Image image = archive(":1").read();
        archive(":1").layered().write(image);
        assertEquals(
                "oci-archive:" + file + ":1-layered", archive(":1").layered().toString());
        assertEquals(image.digest(), archive(":1-layered").read().digest());
    }

    @Test
    void keepsWhatItDoesNotKnowInTheIndexAndInTheFolderOfBlobs() throws Exception {
        byte[] strange = "strange".getBytes(StandardCharsets.UTF_8);
        TarFixture tar = new TarFixture()
                .file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
                .file(ArchiveBlobs.path(Digest.of(strange)), 0644, strange)
                .file(
                        "index.json",
                        "{\"x\":1e3,\"manifests\":["
                                + ImageFixture.described(Descriptor.of("application/x-strange", strange))
                                + "]}");
        Files.write(file, tar.bytes());
        archive(":1").write(fixture("x").image());
        assertTrue(holds(Digest.of(strange)));
        ArchiveFile written = ArchiveFile.open(file);
        String index =
                new String(written.bytes(written.find("index.json").orElseThrow(), 9999), StandardCharsets.UTF_8);
        assertTrue(index.startsWith("{\"x\":1e3,\"manifests\":[{\"mediaType\":\"application/x-strange\""), index);
    }

    @Test
    void writesIndexesWithAllTheirPlatformsAndIndexesInThem() throws Exception {
        Map<Digest, byte[]> blobs = new HashMap<>();
        String images = "";
        for (String architecture : List.of("amd64", "arm64")) {
            ImageFixture image = fixture(architecture).document("architecture", Json.of(architecture));
            images += (images.isEmpty() ? "" : ",") + described(blobs, MediaType.OCI_MANIFEST, image.manifestBytes());
            blobs.putAll(image.blobs());
        }
        String nested = described(blobs, MediaType.OCI_INDEX, index(images));
        byte[] outer = index(nested + "," + nested);
        Descriptor descriptor = Descriptor.of(MediaType.OCI_INDEX, outer);
        blobs.put(descriptor.digest(), outer);
        BlobSource source = wanted -> new ByteArrayInputStream(blobs.get(wanted.digest()));
        Manifest all = Manifest.read(descriptor, source);
        archive(":all").write(all);
        ImageIndex read = (ImageIndex) archive(":all").readAll();
        assertEquals(descriptor.digest(), read.digest());
        assertEquals(2, read.platforms().size());
        assertArrayEquals(
                fixture("arm64").image().layers().get(0).tar().readAllBytes(),
                read.select(io.crs.agent.Platform.LINUX_ARM64)
                        .layers()
                        .get(0)
                        .tar()
                        .readAllBytes());
    }

    private static byte[] index(String entries) {
        return ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[" + entries + "]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String described(Map<Digest, byte[]> blobs, String type, byte[] manifest) {
        blobs.put(Digest.of(manifest), manifest);
        return ImageFixture.described(Descriptor.of(type, manifest)).toString();
    }

    @Test
    void leavesTheArchiveAsItWasWhenAWriteFails() throws Exception {
        archive(":1").write(fixture("x").image());
        byte[] before = Files.readAllBytes(file);
        ImageFixture damaged = fixture("y");
        Image image = damaged.image();
        damaged.blobs().put(layer(image), new byte[10]);
        assertThrows(InvalidImageException.class, () -> archive(":2").write(image));
        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals(1, folder.toFile().list().length, "no temporary file is left");
    }

    @Test
    void refusesWhatIsNoLayoutAndSaysWhatItIs() throws Exception {
        assertThrows(InvalidImageException.class, () -> archive("").read());
        ImageLocation.parse("docker-archive:" + file + ":app:1")
                .write(fixture("x").image());
        InvalidImageException lost = assertThrows(InvalidImageException.class, () -> archive(":2")
                .write(fixture("y").image()));
        assertTrue(lost.getMessage().contains("docker save"), lost.getMessage());
        assertEquals(fixture("x").image().digest(), archive(":1").read().digest(), "Docker's hybrid is read");
        Files.write(file, new TarFixture().file("manifest.json", "[]").bytes());
        InvalidImageException docker =
                assertThrows(InvalidImageException.class, () -> archive("").read());
        assertTrue(docker.getMessage().contains("docker-archive:FILE"), docker.getMessage());
        Files.write(file, ImageFixture.gzip(TAR));
        InvalidImageException compressed =
                assertThrows(InvalidImageException.class, () -> archive("").read());
        assertTrue(compressed.getMessage().contains("compressed as a whole"), compressed.getMessage());
        assertThrows(IllegalArgumentException.class, () -> archive(":a b"));
    }

    @Test
    void followsLinksWithinTheArchiveAndNeverOutOfIt() throws Exception {
        Path outside = folder.resolve("outside.json");
        Files.writeString(outside, "{\"manifests\":[]}");
        TarFixture tar = new TarFixture()
                .file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
                .link("index.json", outside.toString());
        Files.write(file, tar.bytes());
        InvalidImageException refused =
                assertThrows(InvalidImageException.class, () -> archive("").read());
        assertTrue(refused.getMessage().contains("no file index.json"), refused.getMessage());
        Files.write(
                file,
                tar.file("x", "{\"manifests\":[]}").link("index.json", "/../x").bytes());
        InvalidImageException empty =
                assertThrows(InvalidImageException.class, () -> archive("").read());
        assertTrue(empty.getMessage().contains("has no image"), empty.getMessage());
    }

    @Property(tries = 300)
    void anyDamageIsAnErrorThatSaysSo(
            @ForAll @IntRange(max = 5000) int where, @ForAll byte value, @ForAll @IntRange(max = 6000) int cut)
            throws Exception {
        Path archive = Files.createTempFile("layout", ".tar");
        try {
            Image image = fixture("x").image();
            new OciArchive(archive, java.util.Optional.of("1")).write(image);
            byte[] bytes = Files.readAllBytes(archive);
            bytes[where % bytes.length] = value;
            Files.write(archive, cut < 5000 ? bytes : java.util.Arrays.copyOf(bytes, cut));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try {
                Image read = new OciArchive(archive, java.util.Optional.of("1")).read();
                try (InputStream in = read.layers().get(0).tar()) {
                    in.transferTo(out);
                }
                assertEquals(image.digest(), read.digest());
                assertArrayEquals(TAR, out.toByteArray());
            } catch (InvalidImageException expected) {
                assertTrue(expected.getMessage().length() > 10);
            }
        } finally {
            Files.delete(archive);
        }
    }
}
