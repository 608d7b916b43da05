package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Blob;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.daemon.DockerEngine;
import io.crs.image.daemon.EngineAddress;
import io.crs.image.fixture.DistributionFixture;
import io.crs.image.fixture.EngineProcess;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.format.Json;
import io.crs.image.registry.Reference;
import io.crs.image.registry.Registry;
import io.crs.image.registry.RegistryAccess;
import io.crs.image.registry.RegistryProxy;
import io.crs.secret.CredentialSource;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in a Docker Engine that has them in containerd's store. */
class ContainerdStoreIT extends EngineImagesCases {
    private static EngineProcess engine;

    @BeforeAll
    static void start() throws Exception {
        engine = EngineProcess.dockerWithContainerdStore(Path.of("..").toRealPath());
    }

    @AfterAll
    static void stop() throws Exception {
        engine.stop();
    }

    @Override
    EngineProcess engine() {
        return engine;
    }

    @Override
    String own(String name) {
        return name;
    }

    @Override
    Digest identifier(Image image) throws Exception {
        return image.digest();
    }

    @Test
    void theStoreIsToldFromTheUsualOne() throws Exception {
        assertTrue(DockerEngine.at(EngineAddress.parse(engine.host(), Optional.empty()))
                .hasContainerdStore());
    }

    /** Every look at a file mounts the layers anew. */
    @Override
    int checkedOneOf() {
        return 3;
    }

    @Test
    void theManifestAndTheCompressedLayersAreKept() throws Exception {
        Image image = app("q").image();
        at("crs/whole:1").write(image);
        Image read = at("crs/whole:1").read();
        assertArrayEquals(image.bytes(), read.bytes());
        for (Blob blob : read.blobs()) {
            assertArrayEquals(bytes(image, blob.descriptor()), bytes(read, blob.descriptor()));
        }
    }

    private static byte[] bytes(Image image, Descriptor descriptor) throws Exception {
        for (Blob blob : image.blobs()) {
            if (blob.descriptor().digest().equals(descriptor.digest())) {
                try (InputStream in = blob.open()) {
                    return in.readAllBytes();
                }
            }
        }
        throw new AssertionError("no blob " + descriptor);
    }

    private static String pushed(ImageIndex index, DistributionFixture registry) throws Exception {
        String name = registry.host() + "/crs/both:1";
        RegistryAccess access = RegistryAccess.builder()
                .plainHttp()
                .proxy(RegistryProxy.none())
                .credentials(CredentialSource.none())
                .build();
        Registry.write(index, Reference.parse(name), access);
        return name;
    }

    @Test
    void ofAnIndexTheImageForTheEnginesPlatformIsRead(@TempDir Path folder) throws Exception {
        Image own = app("r").image();
        ImageIndex index = ImageFixture.index(app("s").document("architecture", Json.of("arm64")), app("r"));
        try (DistributionFixture registry = DistributionFixture.plain(folder)) {
            String name = pushed(index, registry);
            engine.run("pull", "--platform", "linux/amd64", name);
            assertEquals(index.digest().toString(), id(name));
            assertEquals(own.digest(), at(name).read().digest());
            engine.run("pull", "--platform", "linux/arm64", name);
            assertEquals(own.digest(), at(name).read().digest(), "both are there");
            Image made = InstrumenterTest.builder().build().instrument(at(name).read());
            at("crs/both:1-layered").write(made);
            Image written = at("crs/both:1-layered").read();
            assertEquals(made.digest(), written.digest());
            assertEquals(own.digest(), Instrumenter.restore(written).digest());
        }
    }

    @Test
    void anIndexWithoutTheImageForTheEnginesPlatformIsRefusedWithTheWayToGetIt(@TempDir Path folder) throws Exception {
        ImageFixture other = app("t").document("architecture", Json.of("arm64"));
        try (DistributionFixture registry = DistributionFixture.plain(folder)) {
            String name = pushed(ImageFixture.index(other, app("u")), registry);
            engine.run("pull", "--platform", "linux/arm64", name);
            InvalidImageException refused = assertThrows(InvalidImageException.class, () -> at(name).read());
            assertTrue(refused.getMessage().contains("by the digest of its manifest"), refused.getMessage());
            String digest = registry.host() + "/crs/both@" + other.image().digest();
            engine.run("pull", "--platform", "linux/arm64", digest);
            assertEquals(other.image().digest(), at(digest).read().digest());
        }
    }
}
