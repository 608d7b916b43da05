package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Artifact;
import io.crs.image.Blob;
import io.crs.image.Descriptor;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.Layer;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.fixture.CraneFixture;
import io.crs.image.fixture.CutWire;
import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.RegistryServer;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.image.location.ImageLocation;
import io.crs.secret.CredentialSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds in any registry of others; skopeo and crane are the judges of what lies in it. */
abstract class RegistryCases {
    @TempDir
    Path folder;

    abstract RegistryServer start() throws Exception;

    static String crane() throws Exception {
        return CraneFixture.program(Path.of("..").toRealPath());
    }

    static RegistryAccess.Builder plain() {
        return RegistryAccess.builder().plainHttp().proxy(RegistryProxy.none()).credentials(CredentialSource.none());
    }

    static ImageFixture fixture() {
        byte[] content = new byte[3 << 20];
        new Random(3).nextBytes(content);
        return ImageFixture.of(new TarFixture().file("a", "a"), new TarFixture().file("b", 0644, content))
                .entryPoint("/a");
    }

    static Reference reference(RegistryServer registry, String name) {
        return Reference.parse(registry.host() + "/" + name);
    }

    @Test
    void skopeoTakesWhatIsWrittenAndTheDigestIsTheSame() throws Exception {
        try (RegistryServer registry = start()) {
            Image image = fixture().image();
            Registry.write(image, reference(registry, "team/app:1"), plain().build());
            ExternalTool.run(
                    folder,
                    "skopeo",
                    "copy",
                    "--src-tls-verify=false",
                    "docker://" + registry.host() + "/team/app:1",
                    "oci:copy:1");
            assertEquals(
                    image.digest(),
                    ImageLocation.parse("oci:" + folder + "/copy:1").read().digest());
        }
    }

    @Test
    void whatSkopeoWritesIsRead() throws Exception {
        try (RegistryServer registry = start()) {
            Image image = fixture().docker().image();
            ImageLocation.parse("docker-archive:" + folder + "/app.tar:app:1").write(image);
            ExternalTool.run(
                    folder,
                    "skopeo",
                    "copy",
                    "--dest-tls-verify=false",
                    "docker-archive:app.tar",
                    "docker://" + registry.host() + "/app:1");
            Image read = (Image) Registry.read(reference(registry, "app:1"), plain().build());
            assertEquals(MediaType.DOCKER_MANIFEST, read.mediaType());
            assertArrayEquals(image.config(), read.config());
            for (var layer : read.layers()) {
                layer.tar().close();
                layer.verify();
            }
        }
    }

    @Test
    void anImageGoesFromOneRepositoryToAnotherWithoutItsLayers() throws Exception {
        try (RegistryServer registry = start()) {
            RegistryAccess access = plain().build();
            Registry.write(fixture().image(), reference(registry, "app:1"), access);
            var told = new java.util.concurrent.ConcurrentLinkedQueue<Transfer>();
            RegistryAccess telling = plain().onTransfer(told::add).build();
            Registry.write(
                    Registry.read(reference(registry, "app:1"), telling), reference(registry, "other:1"), telling);
            for (Layer layer : fixture().image().layers()) {
                assertEquals(
                        List.of(Transfer.Direction.THERE),
                        told.stream()
                                .filter(each ->
                                        each.digest().equals(layer.descriptor().digest()))
                                .map(Transfer::direction)
                                .toList(),
                        told.toString());
            }
            ((Image) Registry.read(reference(registry, "other:1"), access))
                    .layers()
                    .get(1)
                    .verify();
        }
    }

    @Test
    void anIndexKeepsItsDigestThroughTwoRegistries() throws Exception {
        try (RegistryServer one = start();
                RegistryServer two = start()) {
            RegistryAccess access = plain().build();
            ImageFixture amd = fixture();
            ImageFixture arm =
                    ImageFixture.of(new TarFixture().file("c", "c")).document("architecture", Json.of("arm64"));
            Registry.write(amd.image(), reference(one, "app:amd64"), access);
            Registry.write(arm.image(), reference(one, "app:arm64"), access);
            ExternalTool.run(
                    folder,
                    "skopeo",
                    "copy",
                    "--src-tls-verify=false",
                    "docker://" + one.host() + "/app:amd64",
                    "oci:layout:x");
            ImageIndex index = ImageFixture.index(amd, arm);
            Registry.write(index, reference(one, "app:all"), access);
            Manifest read = Registry.read(reference(one, "app:all"), access);
            Registry.write(read, reference(two, "copy:all"), access);
            assertEquals(
                    index.digest(),
                    Registry.read(reference(two, "copy:all"), access).digest());
            ExternalTool.run(
                    folder,
                    "skopeo",
                    "copy",
                    "--all",
                    "--src-tls-verify=false",
                    "docker://" + two.host() + "/copy:all",
                    "oci:all:x");
            assertEquals(
                    index.digest(),
                    ImageLocation.parse("oci:" + folder + "/all:x").readAll().digest());
        }
    }

    @Test
    void aRegistryTellsItsRepositoriesAndTags() throws Exception {
        try (RegistryServer host = start()) {
            RegistryAccess access = plain().build();
            Image image = fixture().image();
            for (String name : List.of("a:1", "a:2", "team/b:x")) {
                Registry.write(image, reference(host, name), access);
            }
            Registry registry = Registry.of(host.host(), access);
            // In no order: crane's registry tells them as they lie in its memory.
            assertEquals(
                    List.of("a", "team/b"),
                    registry.repositories().stream().sorted().toList());
            assertEquals(List.of("1", "2"), registry.tags("a").stream().sorted().toList());
            RegistryException e = assertThrows(RegistryException.class, () -> registry.tags("none"));
            assertEquals(404, e.status().orElse(0));
        }
    }

    @Test
    void craneFindsAllBlobsOfWhatIsWritten() throws Exception {
        try (RegistryServer registry = start()) {
            ImageFixture arm =
                    ImageFixture.of(new TarFixture().file("c", "c")).document("architecture", Json.of("arm64"));
            Registry.write(
                    ImageFixture.index(fixture().docker(), arm), reference(registry, "team/app:all"), plain().build());
            String name = registry.host() + "/team/app:all";
            ExternalTool.run(folder, crane(), "validate", "--remote", name);
            assertArrayEquals(
                    fixture().docker().configBytes(),
                    ExternalTool.run(folder, crane(), "config", "--platform", "linux/amd64", name)
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void whatIsSaidOfAnImageIsListedUnderTheTagOfItsDigest() throws Exception {
        try (RegistryServer registry = start()) {
            RegistryAccess access = plain().build();
            Image image = fixture().image();
            Registry.write(image, reference(registry, "team/app:1"), access);
            Descriptor subject = Descriptor.of(image.mediaType(), image.bytes());
            String list = registry.host() + "/team/app:sha256-" + image.digest().hex();
            for (String text : List.of("one", "two")) {
                Blob content = Blob.of("text/plain", text.getBytes(StandardCharsets.UTF_8));
                Artifact artifact = Artifact.about(subject, "application/vnd.crs.test", content);
                Registry.attach(artifact, reference(registry, "team/app"), access);
                String listed = ExternalTool.run(folder, crane(), "manifest", list);
                assertTrue(listed.contains(artifact.digest().toString()), listed);
                String blob =
                        registry.host() + "/team/app@" + content.descriptor().digest();
                assertEquals(text, ExternalTool.run(folder, crane(), "blob", blob));
            }
        }
    }

    @Test
    void aLayerThatBreaksOffIsReadOnFromThere() throws Exception {
        try (RegistryServer registry = start();
                CutWire wire = new CutWire(registry.host(), false, 2 << 20)) {
            Registry.write(fixture().image(), reference(registry, "team/app:1"), plain().build());
            Reference far = Reference.parse(wire.host() + "/team/app:1");
            Image read = (Image) Registry.read(far, plain().build());
            read.layers().get(1).verify();
            assertTrue(wire.carried() > 3 << 20 && wire.carried() < 4 << 20, wire.carried() + " bytes");
        }
    }

    @Test
    void aLayerThatBreaksOffIsWrittenAllTheSame() throws Exception {
        try (RegistryServer registry = start();
                CutWire wire = new CutWire(registry.host(), true, 2 << 20)) {
            Reference far = Reference.parse(wire.host() + "/team/app:1");
            Registry.write(fixture().image(), far, plain().build());
            assertTrue(wire.carried() > 5 << 20, wire.carried() + " bytes");
            ExternalTool.run(folder, crane(), "validate", "--remote", registry.host() + "/team/app:1");
        }
    }
}
