package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.engine.Crs;
import io.crs.engine.InstrumentOptions;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.fixture.DistributionFixture;
import io.crs.image.inspect.Compatibility;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.location.ImageLocation;
import io.crs.image.location.RegistryImage;
import io.crs.image.registry.Reference;
import io.crs.image.registry.RegistryAccess;
import io.crs.image.registry.RegistryProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One real image on its round through all places, with a registry and a folder of its own. */
final class PlacesRound {
    private final RealImage real;
    private final Path folder;
    private final String name;
    private final ContainerEngine engine;
    private final DistributionFixture registry;
    private final List<String> made = new ArrayList<>();

    /** Starts the registry; the folder is there and empty. */
    PlacesRound(RealImage real, Path folder, ContainerEngine engine) throws Exception {
        this.real = real;
        this.folder = folder;
        this.engine = engine;
        this.name = "crs-places-" + real.image() + "-" + ProcessHandle.current().pid();
        this.registry = DistributionFixture.plain(folder);
    }

    /** Takes away what it left in the engine, and stops the registry. */
    void end() throws IOException, InterruptedException {
        for (String image : made) {
            engine.remove(image);
        }
        registry.close();
    }

    /** The engine is asked by its API, where the environment has Docker; podman's command needs none. */
    private boolean hasApi() {
        return engine.command().equals("docker");
    }

    private ImageLocation inRegistry(String tag) {
        RegistryAccess access =
                RegistryAccess.builder().plainHttp().proxy(RegistryProxy.none()).build();
        return new RegistryImage(Reference.parse(registry.host() + "/demo/app:" + tag), access);
    }

    private ImageLocation inEngine(String tag) {
        made.addAll(List.of(name + ":" + tag, name + ":" + tag + "-layered"));
        return ImageLocation.parse("docker-daemon:" + name + ":" + tag);
    }

    /** Every kind of place but the engine, by its name up to the tag. */
    private List<String> places() {
        return List.of(
                "registry:",
                "oci:" + folder + "/layout:",
                "oci-archive:" + folder + "/oci.tar:",
                "docker-archive:" + folder + "/docker.tar:" + name + ":");
    }

    private ImageLocation at(String place, String tag) {
        return place.equals("registry:") ? inRegistry(tag) : ImageLocation.parse(place + tag);
    }

    private static String summary(Compatibility verdict) {
        Optional<String> version = verdict.libc().version();
        return String.join(
                " ",
                verdict.level().name(),
                verdict.libc().kind(),
                version.orElse("-"),
                verdict.os().id().orElse("-"),
                verdict.os().version().orElse("-"));
    }

    /** Checks and instruments the image at a place, and reads what was made. */
    private Image instrument(ImageLocation place) throws Exception {
        Compatibility verdict = Crs.standard().check(place);
        assertEquals(real.verdict(), summary(verdict), place + ": " + verdict.toJson());
        assertTrue(verdict.instrumentable(), verdict.toJson());
        Crs.standard()
                .instrument(place, place.layered(), Demo.policy("ACTIVE", real.secret()), InstrumentOptions.STANDARD);
        return place.layered().read();
    }

    private String identifier(String image) throws Exception {
        ContainerEngine.Result inspected = engine.call(60, List.of("image", "inspect", "--format", "{{.Id}}", image));
        assertEquals(0, inspected.status(), inspected.output());
        return inspected.output();
    }

    private String load(ImageLocation place) throws Exception {
        Path archive = folder.resolve("load.tar");
        String loaded = name + ":loaded";
        ImageLocation.parse("docker-archive:" + archive + ":" + loaded).write(place.read());
        engine.load(archive);
        made.add(loaded);
        return loaded;
    }

    private static String[] words(List<String> command) {
        return command.toArray(String[]::new);
    }

    private void run(String plain, String layered) throws Exception {
        Session before = new Session(engine, plain, List.of());
        Session after = new Session(engine, layered, List.of());
        assertTrue(before.works(words(real.denied())), "without the agent it must work");
        ContainerEngine.Result allowed = after.run(words(real.allowed()));
        assertEquals(0, allowed.status(), allowed.output());
        assertFalse(after.works(words(real.denied())), "what reads " + real.secret() + " still works");
    }

    /** Instruments the image in each place, runs it, and restores it to what it was. */
    void go() throws Exception {
        String image = Demo.images(real.image()).get(0);
        Path saved = folder.resolve("saved.tar");
        engine.save(image, saved);
        Image source = ImageLocation.parse("docker-archive:" + saved).read();
        // The digests of the configurations, which list the layers by theirs.
        List<Digest> results = new ArrayList<>();
        for (String place : places()) {
            at(place, "1").write(source);
            Digest before = at(place, "1").read().digest();
            Image layered = instrument(at(place, "1"));
            assertNotEquals(before, layered.digest(), place);
            at(place, "restored").write(Instrumenter.restore(layered));
            assertEquals(before, at(place, "restored").read().digest(), place);
            results.add(Digest.of(layered.config()));
        }
        if (hasApi()) {
            assertEquals(0, engine.call(60, List.of("tag", image, name + ":1")).status());
            Image layered = instrument(inEngine("1"));
            inEngine("restored").write(Instrumenter.restore(layered));
            assertEquals(identifier(image), identifier(name + ":restored"));
            results.add(Digest.of(layered.config()));
            run(image, name + ":1-layered");
        } else {
            System.err.println("left out: the engine as a place (" + engine.command() + " has no API running)");
            run(image, load(at(places().get(0), "1-layered")));
        }
        // What was run in one place need not be run in the others: it is the same.
        assertEquals(1, results.stream().distinct().count(), results.toString());
    }
}
