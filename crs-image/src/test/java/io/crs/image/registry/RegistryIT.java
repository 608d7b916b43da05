package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Descriptor;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.fixture.DistributionFixture;
import io.crs.image.fixture.ExternalTool;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.image.location.ImageLocation;
import io.crs.image.location.RegistryImage;
import io.crs.secret.CredentialSource;
import io.crs.secret.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry of others, and skopeo as the judge of what lies in it. */
class RegistryIT {
    @TempDir
    Path folder;

    private static RegistryAccess.Builder plain() {
        return RegistryAccess.builder().plainHttp().proxy(RegistryProxy.none()).credentials(CredentialSource.none());
    }

    private static ImageFixture fixture() {
        byte[] content = new byte[3 << 20];
        new Random(3).nextBytes(content);
        return ImageFixture.of(new TarFixture().file("a", "a"), new TarFixture().file("b", 0644, content))
                .entryPoint("/a");
    }

    private static Reference reference(DistributionFixture registry, String name) {
        return Reference.parse(registry.host() + "/" + name);
    }

    @Test
    void skopeoTakesWhatIsWrittenAndTheDigestIsTheSame() throws Exception {
        try (DistributionFixture registry = DistributionFixture.plain(folder)) {
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
        try (DistributionFixture registry = DistributionFixture.plain(folder)) {
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
        try (DistributionFixture registry = DistributionFixture.plain(folder)) {
            RegistryAccess access = plain().build();
            Registry.write(fixture().image(), reference(registry, "app:1"), access);
            var told = new java.util.concurrent.ConcurrentLinkedQueue<Transfer>();
            RegistryAccess telling = plain().onTransfer(told::add).build();
            Registry.write(
                    Registry.read(reference(registry, "app:1"), telling), reference(registry, "other:1"), telling);
            assertEquals(
                    2,
                    told.stream()
                            .filter(each -> each.direction() == Transfer.Direction.THERE)
                            .count(),
                    told.toString());
            ((Image) Registry.read(reference(registry, "other:1"), access))
                    .layers()
                    .get(1)
                    .verify();
        }
    }

    @Test
    void anIndexKeepsItsDigestThroughTwoRegistries() throws Exception {
        try (DistributionFixture one = DistributionFixture.plain(folder);
                DistributionFixture two = DistributionFixture.plain(folder)) {
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
            ImageIndex index = index(amd, arm);
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

    private ImageIndex index(ImageFixture... images) throws IOException {
        ImageLocation layout = ImageLocation.parse("oci:" + folder + "/index:all");
        List<Json> entries = new java.util.ArrayList<>();
        for (ImageFixture image : images) {
            ImageLocation.parse("oci:" + folder + "/index:" + entries.size()).write(image.image());
            entries.add(ImageFixture.described(Descriptor.of(MediaType.OCI_MANIFEST, image.manifestBytes())));
        }
        byte[] bytes = Json.object()
                .with("schemaVersion", Json.of(2))
                .with("mediaType", Json.of(MediaType.OCI_INDEX))
                .with("manifests", Json.array(entries))
                .toBytes();
        Path blob = folder.resolve("index/blobs/sha256")
                .resolve(io.crs.image.Digest.of(bytes).hex());
        Files.write(blob, bytes);
        Files.writeString(
                folder.resolve("index/index.json"),
                Json.object()
                        .with("schemaVersion", Json.of(2))
                        .with(
                                "manifests",
                                Json.array(List.of(ImageFixture.described(Descriptor.of(MediaType.OCI_INDEX, bytes))
                                        .with(
                                                "annotations",
                                                Json.object()
                                                        .with("org.opencontainers.image.ref.name", Json.of("all"))))))
                        .toString());
        return (ImageIndex) layout.readAll();
    }

    @Test
    void aRegistryTellsItsRepositoriesAndTags() throws Exception {
        try (DistributionFixture host = DistributionFixture.plain(folder)) {
            RegistryAccess access = plain().build();
            Image image = fixture().image();
            for (String name : List.of("a:1", "a:2", "team/b:x")) {
                Registry.write(image, reference(host, name), access);
            }
            Registry registry = Registry.of(host.host(), access);
            assertEquals(List.of("a", "team/b"), registry.repositories());
            assertEquals(List.of("1", "2"), registry.tags("a").stream().sorted().toList());
            RegistryException e = assertThrows(RegistryException.class, () -> registry.tags("none"));
            assertEquals(404, e.status().orElse(0));
        }
    }

    @Test
    void aClosedRegistryTakesItsUserAndItsAuthorityIsTrusted() throws Exception {
        Path certificates = Files.createDirectory(folder.resolve("certificates"));
        certificate("certificates/ca.crt", "key.pem");
        Files.writeString(
                folder.resolve("passwords"), ExternalTool.run(folder, "htpasswd", "-Bbn", "user", "pass:word"));
        try (DistributionFixture registry = DistributionFixture.closed(
                folder, certificates.resolve("ca.crt"), folder.resolve("key.pem"), folder.resolve("passwords"))) {
            CredentialSource user = CredentialSource.of(Credentials.password("user", "pass:word"));
            RegistryAccess.Builder builder =
                    RegistryAccess.builder().proxy(RegistryProxy.none()).credentials(user);
            RegistryImage target = new RegistryImage(reference(registry, "app:1"), builder.build());
            RegistryException untrusted = assertThrows(RegistryException.class, target::readAll);
            assertTrue(untrusted.getMessage().contains("is not trusted"), untrusted.getMessage());
            RegistryImage trusted =
                    target.with(builder.certificates(certificates).build());
            trusted.write(fixture().image());
            assertEquals(fixture().image().digest(), trusted.read().digest());
            RegistryAccess wrong = RegistryAccess.builder()
                    .proxy(RegistryProxy.none())
                    .credentials(CredentialSource.of(Credentials.password("user", "wr0ng")))
                    .skipTlsVerification()
                    .build();
            RegistryException refused = assertThrows(RegistryException.class, target.with(wrong)::readAll);
            assertTrue(refused.getMessage().contains("refuses user \"user\""), refused.getMessage());
            assertTrue(!refused.toString().contains("wr0ng"));
            RegistryAccess nobody = RegistryAccess.builder()
                    .proxy(RegistryProxy.none())
                    .credentials(CredentialSource.none())
                    .skipTlsVerification()
                    .build();
            assertTrue(assertThrows(RegistryException.class, target.with(nobody)::readAll)
                    .getMessage()
                    .contains("docker login " + registry.host()));
            RegistryException plainText = assertThrows(RegistryException.class, target.with(plain().build())::readAll);
            assertTrue(plainText.status().isPresent(), plainText.getMessage());
        }
        try (DistributionFixture registry = DistributionFixture.plain(folder)) {
            RegistryImage image = new RegistryImage(
                    reference(registry, "app:1"),
                    RegistryAccess.builder().proxy(RegistryProxy.none()).build());
            RegistryException e = assertThrows(RegistryException.class, image::readAll);
            assertTrue(e.getMessage().contains("plain HTTP must be asked for"), e.getMessage());
        }
    }

    private void certificate(String name, String key) throws Exception {
        ExternalTool.run(
                folder,
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=test",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key,
                "-out",
                name);
    }

    @Test
    void aClientShowsTheCertificateOfItsFolder() throws Exception {
        Path certificates = Files.createDirectory(folder.resolve("c"));
        certificate("c/ca.crt", "server.pem");
        certificate("c/client.cert", "c/client.key");
        try (DistributionFixture registry = DistributionFixture.mutual(
                folder,
                certificates.resolve("ca.crt"),
                folder.resolve("server.pem"),
                certificates.resolve("client.cert"))) {
            RegistryAccess.Builder builder =
                    RegistryAccess.builder().proxy(RegistryProxy.none()).credentials(CredentialSource.none());
            RegistryImage known = new RegistryImage(
                    reference(registry, "app:1"),
                    builder.certificates(certificates).build());
            known.write(fixture().image());
            assertEquals(fixture().image().digest(), known.read().digest());
            RegistryAccess unknown = RegistryAccess.builder()
                    .proxy(RegistryProxy.none())
                    .credentials(CredentialSource.none())
                    .skipTlsVerification()
                    .build();
            assertThrows(RegistryException.class, known.with(unknown)::readAll);
        }
        Files.delete(certificates.resolve("client.key"));
        RegistryImage half = new RegistryImage(
                Reference.parse("127.0.0.1:1/app:1"),
                RegistryAccess.builder().certificates(certificates).build());
        assertTrue(assertThrows(IOException.class, half::readAll).getMessage().contains("client.key"));
    }
}
