package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.Enforcement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Programs that enter a container with an environment of their own are held where the loader's file names the object. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PreloadFileIT {
    private ContainerEngine engine;
    private Workshop workshop;
    private Workshop fastShop;
    private Session plain;
    private Session listed;
    private Session fast;
    private final List<String> containers = new ArrayList<>();

    @BeforeAll
    void instrument() throws Exception {
        engine = ContainerEngine.ofEnvironment();
        workshop = Workshop.open(engine, Demo.policy("ACTIVE"));
        String image = Demo.images("nginx").get(0);
        plain = workshop.instrument(image);
        listed = workshop.instrument(image, true);
        fastShop = Workshop.open(engine, Demo.policy("ACTIVE"), Enforcement.FAST);
        fast = fastShop.instrument(image, true);
    }

    @AfterEach
    void remove() throws Exception {
        for (String container : containers) {
            engine.call(60, List.of("rm", "-f", container));
        }
        containers.clear();
    }

    @AfterAll
    void clean() throws Exception {
        workshop.close();
        fastShop.close();
    }

    private String start(Session session) throws Exception {
        String container = "crs-preload-" + UUID.randomUUID();
        containers.add(container);
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", container, "--network", "none"));
        words.addAll(session.options());
        words.addAll(List.of(session.image(), "sleep", "120"));
        assertEquals(0, engine.call(60, words).status());
        return container;
    }

    /** As {@code docker exec -e LD_PRELOAD= C command}. */
    private ContainerEngine.Result enter(String container, String preload, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of("exec", "-e", "LD_PRELOAD=" + preload, container));
        words.addAll(List.of(command));
        return engine.call(60, words);
    }

    @Test
    void whoeverEntersWithAnotherPreloadIsHeldByTheFileAlone() throws Exception {
        assertTrue(
                enter(start(plain), "", "cat", Demo.SECRET).output().contains(Demo.SECRET_TEXT),
                "what the option is for");
        isHeldByTheFileAlone(start(listed));
        isHeldByTheFileAlone(start(fast));
    }

    private void isHeldByTheFileAlone(String with) throws Exception {
        for (String preload : List.of("", "libm.so.6", "/.crs/libcrs.so")) {
            ContainerEngine.Result denied = enter(with, preload, "cat", Demo.SECRET);
            assertTrue(denied.output().contains("Permission denied"), denied.output());
            assertFalse(denied.output().contains(Demo.SECRET_TEXT), denied.output());
            ContainerEngine.Result allowed = enter(with, preload, "cat", Demo.ALLOWED);
            assertEquals(0, allowed.status(), allowed.output());
            assertTrue(allowed.output().startsWith(Demo.ALLOWED_TEXT), allowed.output());
        }
        assertEquals(126, enter(with, "", "apt-get", "--version").status());
    }

    /** Its loader takes no objects by their path from the environment. */
    @Test
    void aSetUserProgramThatEntersIsHeldByTheFileAlone() throws Exception {
        for (Session session : List.of(plain, listed, fast)) {
            String container = start(session);
            String copy = "cp /bin/cat /tmp/cat && chmod 4755 /tmp/cat";
            assertEquals(0, enter(container, "", "sh", "-c", copy).status());
            String output = engine.call(60, List.of("exec", "--user", "1000:1000", container, "/tmp/cat", Demo.SECRET))
                    .output();
            assertEquals(session.equals(plain), output.contains(Demo.SECRET_TEXT), output);
        }
    }

    @Test
    void theApplicationWorksAsBeforeAndItsLoaderIsQuiet() throws Exception {
        worksAsBefore(listed, "");
        // What decides in the programs has to be in those they start too.
        worksAsBefore(fast, "/.crs/libcrs.so");
    }

    private static void worksAsBefore(Session session, String preload) throws Exception {
        ContainerEngine.Result denied = session.run("sh", "-c", "cat " + Demo.SECRET + " 2>&1");
        assertTrue(denied.output().contains("Permission denied"), denied.output());
        assertFalse(denied.output().contains("ld.so"), denied.output());
        assertEquals(
                "/.crs/libcrs.so\nis=" + preload + "\n755 0:0\n",
                session.run("sh", "-c", "cat /etc/ld.so.preload; echo is=$LD_PRELOAD; stat -c '%a %u:%g' /etc")
                        .output());
    }
}
