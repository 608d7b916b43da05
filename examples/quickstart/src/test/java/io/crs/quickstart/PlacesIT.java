package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.engine.Crs;
import io.crs.engine.InstrumentOptions;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.Layer;
import io.crs.image.Manifest;
import io.crs.image.fixture.DistributionFixture;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.location.ImageLocation;
import io.crs.image.location.RegistryImage;
import io.crs.image.registry.Reference;
import io.crs.image.registry.RegistryAccess;
import io.crs.image.registry.RegistryProxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Real images, instrumented in each kind of place, run from there, and restored to what they were. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlacesIT {
    private final ContainerEngine engine = ContainerEngine.ofEnvironment();
    private final List<String> made = new ArrayList<>();
    private Path folder;
    private DistributionFixture registry;
    private String name;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        registry = DistributionFixture.plain(temporary);
        name = "crs-places-" + ProcessHandle.current().pid();
    }

    @AfterAll
    void stop() throws Exception {
        for (String image : made) {
            engine.remove(image);
        }
        registry.close();
    }

    /** The same image of the engine in each kind of place. */
    private List<ImageLocation> everywhere(String image, String tag) throws Exception {
        Path saved = folder.resolve(tag + ".tar");
        engine.save(image, saved);
        ImageLocation archive = ImageLocation.parse("docker-archive:" + saved);
        Manifest read = archive.read();
        RegistryAccess access =
                RegistryAccess.builder().plainHttp().proxy(RegistryProxy.none()).build();
        ImageLocation inRegistry = new RegistryImage(Reference.parse(registry.host() + "/demo/app:" + tag), access);
        List<ImageLocation> places = List.of(
                inRegistry,
                ImageLocation.parse("oci:" + folder + "/layout:" + tag),
                ImageLocation.parse("docker-archive:" + folder + "/" + tag + "-copy.tar:" + name + ":" + tag));
        for (ImageLocation place : places) {
            place.write(read);
        }
        return places;
    }

    /** The engine is asked by its API, where the environment has Docker; podman's command needs none. */
    private boolean hasApi() {
        return engine.command().equals("docker");
    }

    @Test
    void theEngineItselfIsAPlace() throws Exception {
        if (!hasApi()) {
            System.err.println("left out: the engine as a place (" + engine.command() + " has no API running)");
            return;
        }
        String image = name + ":engine";
        assertEquals(
                0, engine.call(60, List.of("tag", Demo.images().get(0), image)).status());
        made.add(image);
        made.add(image + "-layered");
        ImageLocation place = ImageLocation.parse("docker-daemon:" + image);
        assertTrue(Crs.standard().check(place).instrumentable());
        Crs.standard().instrument(place, place.layered(), Demo.policy("ACTIVE"), InstrumentOptions.STANDARD);
        Session session = new Session(engine, image + "-layered", List.of());
        assertTrue(session.works("cat", Demo.ALLOWED));
        assertFalse(session.works("cat", Demo.SECRET));
        ImageLocation back = ImageLocation.parse("docker-daemon:" + name + ":back");
        made.add(name + ":back");
        back.write(Instrumenter.restore(place.layered().read()));
        String id = "{{.Id}}";
        assertEquals(
                engine.call(60, List.of("image", "inspect", "--format", id, image))
                        .output(),
                engine.call(60, List.of("image", "inspect", "--format", id, name + ":back"))
                        .output());
    }

    private Session loaded(ImageLocation place, String tag) throws Exception {
        Path archive = folder.resolve("load.tar");
        ImageLocation.parse("docker-archive:" + archive + ":" + name + ":" + tag)
                .write(place.read());
        engine.load(archive);
        made.add(name + ":" + tag);
        return new Session(engine, name + ":" + tag, List.of());
    }

    private static List<Digest> layers(ImageLocation place) throws Exception {
        return place.read().layers().stream().map(Layer::diffId).toList();
    }

    @Test
    void theDebianImageIsTheSameWhereverItIsInstrumented() throws Exception {
        List<ImageLocation> places = everywhere(Demo.images().get(0), "debian");
        Set<String> results = new TreeSet<>();
        for (ImageLocation place : places) {
            Digest before = place.read().digest();
            Crs.standard().instrument(place, place.layered(), Demo.policy("ACTIVE"), InstrumentOptions.STANDARD);
            results.add(layers(place.layered()).toString());
            Session session = loaded(place.layered(), "debian-layered");
            assertTrue(session.works("cat", Demo.ALLOWED), place.toString());
            assertFalse(session.works("cat", Demo.SECRET), place.toString());
            assertEquals(before, Instrumenter.restore(place.layered().read()).digest(), place.toString());
        }
        assertEquals(1, results.size(), results.toString());
    }

    @Test
    void soIsTheStaticOne() throws Exception {
        for (ImageLocation place : everywhere(Demo.images().get(1), "static")) {
            Image before = place.read();
            Crs.standard().instrument(place, place.layered(), Demo.policy("ACTIVE"), InstrumentOptions.STANDARD);
            Session session = loaded(place.layered(), "static-layered");
            assertTrue(session.works("--version"), place.toString());
            place.write(Instrumenter.restore(place.layered().read()));
            assertEquals(before.digest(), place.read().digest(), place.toString());
        }
    }
}
