package io.crs.quickstart;

import io.crs.agent.Enforcement;
import io.crs.engine.Crs;
import io.crs.engine.EventPipeline;
import io.crs.engine.InstrumentOptions;
import io.crs.engine.Instrumented;
import io.crs.event.Event;
import io.crs.image.instrument.NotInstrumentableException;
import io.crs.image.location.ImageLocation;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.store.InMemoryEventStore;
import io.crs.transport.UnixSocketEventTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder to work in, the way events come back from containers, and the instrumented images made so far. Closing it takes
 * all of that away again.
 */
final class Workshop implements AutoCloseable {

    private static final String MOUNT = "/run/crs-events";
    private static final String SOCKET = "events.sock";
    private static final Duration LAST_EVENTS = Duration.ofSeconds(10);

    private final ContainerEngine engine;
    private final Path folder;
    private final Policy policy;
    private final Enforcement enforcement;
    private final InMemoryEventStore store;
    private final EventPipeline pipeline;
    private final List<String> made = new ArrayList<>();

    private Workshop(ContainerEngine engine, Policy policy, Enforcement enforcement, Path folder) throws IOException {
        this.engine = engine;
        this.folder = folder;
        this.policy = policy;
        this.enforcement = enforcement;
        store = new InMemoryEventStore();
        pipeline = EventPipeline.builder()
                .transport(UnixSocketEventTransport.of(folder.resolve(SOCKET)))
                .store(store)
                .build()
                .start();
    }

    static Workshop open(ContainerEngine engine, Policy policy) throws IOException {
        return open(engine, policy, Enforcement.STRICT);
    }

    static Workshop open(ContainerEngine engine, Policy policy, Enforcement enforcement) throws IOException {
        Path folder = Files.createTempDirectory("crs-quickstart");
        try {
            return new Workshop(engine, policy, enforcement, folder);
        } catch (IOException | RuntimeException failed) {
            delete(folder);
            throw failed;
        }
    }

    ContainerEngine engine() {
        return engine;
    }

    /** Instruments an image of the engine, or at a location such as {@code oci:DIR}, and gives it to the engine. */
    Session instrument(String source) throws IOException, InterruptedException, NotInstrumentableException {
        return instrument(source, false);
    }

    /**
     * Instruments an image.
     *
     * @param preloadFile whether the agent's object is named in {@code /etc/ld.so.preload} too
     */
    Session instrument(String source, boolean preloadFile)
            throws IOException, InterruptedException, NotInstrumentableException {
        System.err.println("quickstart: instrumenting " + source);
        // The folder's name is like no other's: two workshops do not take each other's images away.
        String name = folder.getFileName() + "/image" + made.size() + ":layered";
        Path archive = folder.resolve("layered.tar");
        Instrumented result = Crs.standard()
                .instrument(
                        location(source),
                        ImageLocation.parse("docker-archive:" + archive + ":" + name),
                        policy,
                        InstrumentOptions.STANDARD
                                // Allowed hits are told too: the one address that may be reached shows among the
                                // events.
                                .withLogMode(LogMode.POLICY_ALL)
                                .withEnforcement(enforcement)
                                .withPreloadFile(preloadFile)
                                .withMqUrl("unix:" + MOUNT + "/" + SOCKET));
        result.warnings().forEach(warning -> System.err.println("quickstart: " + warning.message()));
        engine.load(archive);
        Files.delete(archive);
        made.add(name);
        return new Session(engine, name, List.of("-v", folder + ":" + MOUNT));
    }

    private ImageLocation location(String source) throws IOException, InterruptedException {
        if (source.startsWith("oci:") || source.startsWith("docker-archive:")) {
            return ImageLocation.parse(source);
        }
        if (!engine.has(source)) {
            throw new IllegalArgumentException("the engine has no image \"" + source
                    + "\"; pull or build it, or give oci:DIR or docker-archive:FILE");
        }
        Path archive = folder.resolve("plain-" + made.size() + ".tar");
        engine.save(source, archive);
        return ImageLocation.parse("docker-archive:" + archive);
    }

    /** All events, the oldest first, once those on their way have come. */
    List<Event> events() throws IOException {
        if (!pipeline.closeAfterDrain(LAST_EVENTS)) {
            System.err.println("quickstart: some events did not arrive in time");
        }
        List<Event> events = new ArrayList<>(store.find(event -> true, Integer.MAX_VALUE));
        Collections.reverse(events);
        return events;
    }

    @Override
    public void close() throws IOException {
        pipeline.close();
        store.close();
        for (String name : made) {
            engine.remove(name);
        }
        delete(folder);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
