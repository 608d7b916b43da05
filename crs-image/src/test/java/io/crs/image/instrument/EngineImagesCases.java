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
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.TarFixture;
import io.crs.image.format.Json;
import io.crs.image.inspect.Compatibility;
import io.crs.image.inspect.Compatibility.Evidence;
import io.crs.image.location.DockerDaemon;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for images in any engine; the engine's own program is the judge. */
abstract class EngineImagesCases {
    abstract EngineProcess engine();

    /** The name the engine's own program has for what was written under a short one. */
    abstract String own(String name);

    /** What the engine knows an image by. */
    Digest identifier(Image image) throws Exception {
        return Digest.of(image.config());
    }

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
        assertEquals(identifier(image).toString(), id("crs/read:1"));
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
        assertEquals(identifier(made).toString(), id("crs/app:1-layered"));
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

    /** Of how many images one is checked by single files: all of them, unless the engine is slow at it. */
    int checkedOneOf() {
        return 1;
    }

    @Test
    void theCheckOfSingleFilesSaysWhatThatOfTheWholeImageSays() throws Exception {
        List<ImageFixture> images = List.of(
                app("g").entryPoint("/usr/bin/app"),
                app("h").entryPoint("sh").config("WorkingDir", Json.of("/opt")),
                InstrumenterTest.debian()
                        .layer(new TarFixture()
                                .file("usr/bin/run", 0755, "#!/usr/bin/env -S sh\n".getBytes(StandardCharsets.UTF_8))
                                .link("start", "/opt/../usr/bin/run")
                                .file(".wh.lib64", "")
                                .link("lib64", "usr/lib64")
                                .bytes())
                        .entryPoint("/start"),
                app("i").entryPoint("/usr/bin/absent"),
                app("j").entryPoint("/loop")
                        .layer(new TarFixture().link("loop", "loop").bytes()),
                ImageFixture.of(ProgramFixture.alpine("1.2.3", "1.2.3-r4")).entryPoint("/bin/sh", "-c", "x"),
                ImageFixture.of(new TarFixture()
                                .program("go", ProgramFixture.fixed(ProgramFixture.AMD64, "\u00ff Go buildinf:go1.2"))
                                .file("var/lib/dpkg/status.d/libc6", "Package: libc6\nVersion: 2.28-10\n\n"))
                        .entryPoint("/go")
                        .docker(),
                app("k"));
        for (int i = 0; i < images.size(); i += checkedOneOf()) {
            Instrumenter instrumenter = InstrumenterTest.builder().build();
            DockerDaemon location = at("crs/check:" + i);
            location.write(images.get(i).image());
            Compatibility whole = instrumenter.check(location.read());
            Compatibility single = instrumenter.check(location);
            assertEquals(summary(whole, whole), summary(whole, single), i + ": " + whole.toJson() + single.toJson());
            // Of links in circles an engine says nothing at all, so there the whole image was read.
            boolean one = !whole.toJson().contains("go in circles");
            assertEquals(one, single.toJson().contains("one by one"), single.toJson());
            for (Evidence evidence : one ? single.evidence() : List.<Evidence>of()) {
                assertEquals(id("crs/check:" + i), evidence.layer());
            }
        }
        assertEquals("", engine().run("ps", "-a", "-q"), "no container is left");
    }

    /** The verdict without what single files cannot show. */
    private static List<Object> summary(Compatibility whole, Compatibility of) {
        return List.of(
                of.instrumentable(),
                of.level(),
                of.libc(),
                of.os(),
                of.architecture(),
                of.entryPoint(),
                of.evidence().stream().map(Evidence::path).toList(),
                of.reasons().subList(0, whole.reasons().size()));
    }

    @Test
    void theCheckOfSingleFilesFindsTheUsualProgramsWithOtherRights() throws Exception {
        at("crs/rights:1")
                .write(app("l").layer(new TarFixture()
                                .file("usr/bin/su", 04755, ProgramFixture.dynamic(ProgramFixture.GLIBC_LOADER))
                                .bytes())
                        .image());
        Compatibility verdict = InstrumenterTest.builder().build().check(at("crs/rights:1"));
        assertEquals(List.of("/usr/bin/su: set-user-ID"), verdict.blindSpots());
    }

    @Test
    void theCheckOfAnInstrumentedImageIsThatOfItsOriginal() throws Exception {
        Instrumenter instrumenter = InstrumenterTest.builder().build();
        at("crs/again:1").write(instrumenter.instrument(app("m").image()));
        Compatibility verdict = instrumenter.check(at("crs/again:1"));
        assertEquals("/usr/bin/app", verdict.entryPoint().orElseThrow().path());
        assertTrue(verdict.instrumentable(), verdict.toJson());
        assertEquals("", engine().run("ps", "-a", "-q"), "no container is left");
    }

    @Test
    void anImageOfOciIsTakenToo() throws Exception {
        Image image = InstrumenterTest.debian().image();
        at("crs/oci:1").write(image);
        Image read = at("crs/oci:1").read();
        assertEquals(diffIds(image), diffIds(read));
        assertArrayEquals(image.config(), read.config());
    }

    @Test
    void anImageWhoseLayersAreThereAlreadyIsTaken() throws Exception {
        at("crs/first:1").write(app("n").image());
        Image next =
                app("n").document("created", Json.of("2025-02-01T00:00:00Z")).image();
        at("crs/second:1").write(next);
        assertEquals(identifier(next).toString(), id("crs/second:1"));
        for (Layer layer : at("crs/second:1").read().layers()) {
            layer.verify();
        }
    }

    @Test
    void anImageForAnotherPlatformIsTakenToo() throws Exception {
        Image image = app("o").document("architecture", Json.of("arm64")).image();
        at("crs/arm:1").write(image);
        assertEquals(identifier(image).toString(), id("crs/arm:1"));
        assertArrayEquals(image.config(), at("crs/arm:1").read().config());
    }

    @Test
    void aContainerOfTheInstrumentedImageHasTheAgent(@TempDir Path folder) throws Exception {
        at("crs/has:1").write(InstrumenterTest.builder().build().instrument(app("p").image()));
        engine().run("create", "--name", "crs-has", "--network", "none", own("crs/has:1"));
        engine().run("cp", "crs-has:/.crs/init", folder.resolve("init").toString());
        engine().run("cp", "crs-has:/usr/share/text", folder.resolve("text").toString());
        engine().run("rm", "crs-has");
        assertArrayEquals(InstrumenterTest.INIT, Files.readAllBytes(folder.resolve("init")));
        assertEquals("p", Files.readString(folder.resolve("text")));
    }

    @Test
    void anImageIsGoneWithItsOnlyName() throws Exception {
        at("crs/short:1").write(app("v").image());
        String id = id("crs/short:1");
        engine().run("image", "rm", own("crs/short:1"));
        assertThrows(InvalidImageException.class, () -> at(id).read());
    }
}
