package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.event.Event;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that an engine starts in a running container, which do not descend from the agent, are held all the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnteringIT {
    private static final String MESSAGE = "crs: this program is not allowed to run here";

    private ContainerEngine engine;
    private Workshop workshop;
    private Session layered;
    private String probe;
    private String container = "";

    @BeforeAll
    void instrument(@TempDir Path folder) throws Exception {
        engine = ContainerEngine.ofEnvironment();
        probe = Demo.probe(folder) + ":/probe:ro";
        workshop = Workshop.open(engine, Demo.policy("ACTIVE"));
        layered = workshop.instrument(Demo.images().get(0));
    }

    @AfterAll
    void clean() throws Exception {
        workshop.close();
    }

    @AfterEach
    void remove() throws Exception {
        engine.call(60, List.of("rm", "-f", container));
    }

    private void start(String... options) throws Exception {
        container = "crs-enter-" + UUID.randomUUID();
        List<String> words =
                new ArrayList<>(List.of("run", "-d", "--name", container, "--network", "none", "-v", probe));
        words.addAll(layered.options());
        words.addAll(List.of(options));
        words.addAll(List.of(layered.image(), "sleep", "120"));
        assertEquals(0, engine.call(60, words).status());
    }

    private ContainerEngine.Result enter(String user, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of("exec", "--user", user, container));
        words.addAll(List.of(command));
        return engine.call(60, words);
    }

    private void assertHeld(String user) throws Exception {
        for (List<String> way : List.of(
                List.of("cat", Demo.SECRET),
                List.of("sh", "-c", "read -r l < " + Demo.SECRET + "; echo $l"),
                List.of("sh", "-c", "/probe read " + Demo.SECRET),
                List.of("sh", "-c", "env -i /bin/cat " + Demo.SECRET),
                List.of("env", "-u", "LD_PRELOAD", "/probe", "read", Demo.SECRET),
                List.of("bash", "-c", "(cat " + Demo.SECRET + " &) ; sleep 0.2"))) {
            ContainerEngine.Result result = enter(user, way.toArray(String[]::new));
            assertFalse(result.output().contains(Demo.SECRET_TEXT), () -> way + ": " + result.output());
        }
        ContainerEngine.Result allowed = enter(user, "cat", Demo.ALLOWED);
        assertEquals(0, allowed.status(), allowed.output());
        assertTrue(allowed.output().contains(Demo.ALLOWED_TEXT), allowed.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0:0", "1000:1000"})
    void whoeverEntersIsHeldToThePolicyAndWorksOtherwise(String user) throws Exception {
        start();

        assertHeld(user);
    }

    @ParameterizedTest
    @CsvSource({"--read-only,--cap-drop=ALL", "--init,--security-opt=no-new-privileges", "--network=host,--read-only"})
    void inContainersOfAllKinds(String first, String second) throws Exception {
        List<String> words = new ArrayList<>(List.of("run", "-d", "-v", probe, first, second));
        if (!first.startsWith("--network")) {
            words.addAll(List.of("--network", "none"));
        }
        container = "crs-enter-" + UUID.randomUUID();
        words.addAll(List.of("--name", container, layered.image(), "sleep", "120"));
        assertEquals(0, engine.call(60, words).status());

        assertHeld("0:0");
    }

    @Test
    void theUserTheContainerRunsAsIsHeldToo() throws Exception {
        start("--user", "1000:1000");

        assertHeld("1000:1000");
    }

    @Test
    void aProgramThePolicyForbidsIsNotLetIn() throws Exception {
        start();

        ContainerEngine.Result result = enter("0:0", "apt-get", "--version");
        assertEquals(126, result.status());
        assertTrue(result.output().startsWith(MESSAGE), result.output());
    }

    @Test
    void theApplicationDoesNotSeeWhatBringsThemIn() throws Exception {
        assertEquals("", layered.run("sh", "-c", "echo -n $LD_PRELOAD").output());
        String own = layered.with("-e", "LD_PRELOAD=/lib/own.so:/.crs/libcrs.so")
                .run("/bin/sh", "-c", "echo -n is=$LD_PRELOAD=")
                .output();
        assertTrue(own.contains("is=/lib/own.so="), own);
    }

    @Test
    void manyEnterAtOnceAndNothingIsLeftOfThem() throws Exception {
        start();
        enter("0:0", "true");
        int before = descriptors();
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try {
            List<Future<ContainerEngine.Result>> all = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Callable<ContainerEngine.Result> one = () -> enter("0:0", "cat", Demo.SECRET);
                all.add(threads.submit(one));
            }
            for (Future<ContainerEngine.Result> one : all) {
                assertTrue(
                        one.get().output().contains("Permission denied"),
                        one.get().output());
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(before, descriptors());
    }

    /** How many descriptors the agent has, as root of the container may see of it: its processes, and no more. */
    private int descriptors() throws Exception {
        for (int i = 0; i < 50; i++) {
            String children = enter("0:0", "cat", "/proc/1/task/1/children").output();
            // The workers, the application, and the one that answers this program.
            if (children.strip().split(" ", -1).length == 4) {
                return 4;
            }
            Thread.sleep(100);
        }
        return -1;
    }

    @Test
    void eachOfThemIsTold() throws Exception {
        start();
        enter("0:0", "cat", Demo.SECRET);

        for (int i = 0; i < 50 && workshop.events().stream().noneMatch(EnteringIT::isEntering); i++) {
            Thread.sleep(100);
        }
        assertTrue(workshop.events().stream().anyMatch(EnteringIT::isEntering));
    }

    private static boolean isEntering(Event event) {
        return event instanceof Event.Health health
                && health.reason().orElse("").contains("entered the container from outside and is held to the policy");
    }
}
