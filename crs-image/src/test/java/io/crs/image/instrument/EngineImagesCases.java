package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.InvalidImageException;
import io.crs.image.Layer;
import io.crs.image.Manifest;
import io.crs.image.fixture.EngineProcess;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.location.DockerDaemon;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What holds for images in any engine; the engine's own program is the judge. */
abstract class EngineImagesCases {
    abstract EngineProcess engine();

    /** The name the engine's own program has for what was written under a short one. */
    abstract String own(String name);

    final DockerDaemon at(String name) {
        return new DockerDaemon(name, Optional.of(engine().host()), Optional.empty());
    }

    static ImageFixture app(String text) {
        return InstrumenterTest.debian()
                .layer(new TarFixture().file("usr/share/text", text).bytes())
                .docker();
    }

    final String id(String name) throws Exception {
        String id = engine().run("image", "inspect", "--format", "{{.Id}}", own(name));
        return id.startsWith("sha256:") ? id : "sha256:" + id;
    }

    static List<Digest> diffIds(Image image) {
        return image.layers().stream().map(Layer::diffId).toList();
    }

    @Test
    void givesBackTheConfigurationAndTheLayersItWasGiven() throws Exception {
        Image image = app("a").image();
        at("crs/read:1").write(image);
        assertEquals(Digest.of(image.config()).toString(), id("crs/read:1"));
        Image read = at("crs/read:1").read();
        assertArrayEquals(image.config(), read.config());
        assertEquals(diffIds(image), diffIds(read));
        for (Layer layer : read.layers()) {
            layer.verify();
        }
        Image again = at(id("crs/read:1").substring(7, 19)).read();
        assertEquals(read.digest(), again.digest());
    }

    @Test
    void runsAllTheWayFromAnImageToItsInstrumentedOneAndBack() throws Exception {
        at("crs/app:1").write(app("b").image());
        String original = id("crs/app:1");
        Image made =
                InstrumenterTest.builder().build().instrument(at("crs/app:1").read());
        DockerDaemon target = (DockerDaemon) at("crs/app:1").layered();
        assertEquals("docker-daemon:crs/app:1-layered", target.toString());
        target.write(made);
        assertEquals(Digest.of(made.config()).toString(), id("crs/app:1-layered"));
        String entry =
                engine().run("image", "inspect", "--format", "{{json .Config.Entrypoint}}", own("crs/app:1-layered"));
        assertEquals("[\"/.crs/init\",\"--\",\"/usr/bin/app\"]", entry);
        Manifest restored = Instrumenter.restore(target.readAll());
        at("crs/app:restored").write(restored);
        assertEquals(original, id("crs/app:restored"));
    }

    @Test
    void anImageThatIsNotThereIsToldWithTheWayToGetIt() {
        InvalidImageException refused = assertThrows(
                InvalidImageException.class, () -> at("crs/absent:1").read());
        assertTrue(
                refused.getMessage().contains(engine().host())
                        && refused.getMessage().contains("docker pull crs/absent:1"),
                refused.getMessage());
    }

    @Test
    void theNameOfAnIdentifierIsAskedOfTheEngine() throws Exception {
        at("crs/named:1").write(app("c").image());
        String id = id("crs/named:1");
        assertTrue(
                at(id).layered().toString().endsWith("crs/named:1-layered"),
                at(id).layered().toString());
        engine().run("tag", own("crs/named:1"), own("crs/named:2"));
        IllegalArgumentException several = assertThrows(IllegalArgumentException.class, () -> at(id).layered());
        assertTrue(
                several.getMessage().contains("crs/named:1")
                        && several.getMessage().contains("crs/named:2"),
                several.getMessage());
    }

    @Test
    void aDamagedLayerLeavesTheNameWhereItWas() throws Exception {
        at("crs/kept:1").write(app("d").image());
        String before = id("crs/kept:1");
        ImageFixture damaged = app("e");
        Image image = damaged.image();
        Digest top = image.layers().get(1).descriptor().digest();
        byte[] bytes = damaged.blobs().get(top).clone();
        bytes[bytes.length - 1] ^= 1;
        damaged.blobs().put(top, bytes);
        InvalidImageException refused =
                assertThrows(InvalidImageException.class, () -> at("crs/kept:1").write(image));
        assertTrue(refused.getMessage().contains(top.toString()), refused.getMessage());
        assertEquals(before, id("crs/kept:1"));
    }

    @Test
    void anImageOfOciIsTakenToo() throws Exception {
        Image image = InstrumenterTest.debian().image();
        at("crs/oci:1").write(image);
        Image read = at("crs/oci:1").read();
        assertEquals(diffIds(image), diffIds(read));
        assertArrayEquals(image.config(), read.config());
    }
}
