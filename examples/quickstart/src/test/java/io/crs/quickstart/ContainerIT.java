package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.event.Event;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An instrumented Debian image in a real engine, under its default profile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainerIT {

    private static final String NOT_READ = "error 13";

    private Path folder;
    private ContainerEngine engine;
    private Workshop workshop;
    private Session plain;
    private Session layered;

    @BeforeAll
    void instrument(@TempDir Path shared) throws Exception {
        folder = shared;
        engine = ContainerEngine.ofEnvironment();
        String image = Demo.images().get(0);
        String mount = Demo.probe(folder) + ":/probe:ro";
        workshop = Workshop.open(engine, Demo.policy("ACTIVE"));
        plain = new Session(engine, image, List.of("-v", mount));
        layered = workshop.instrument(image).with("-v", mount);
    }

    @AfterAll
    void clean() throws Exception {
        workshop.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/probe read /etc/debian_version",
                "/probe openat2 /etc/debian_version",
                "/probe magic /etc/debian_version",
                "/probe thread /etc/debian_version",
                "/probe dirfd /etc debian_version",
                "/probe chdir /etc debian_version",
                "/probe read /etc/../etc/./debian_version",
                "/probe read /proc/self/root/etc/debian_version",
                "/probe read /proc/self/cwd/etc/debian_version",
                "/probe read /proc/1/root/etc/debian_version",
                "ln -s /etc/debian_version /tmp/l && /probe read /tmp/l",
                "ln -s /etc /tmp/e && /probe read /tmp/e/debian_version",
                "mv /etc/debian_version /tmp/m; /probe read /tmp/m",
                "cd /etc && /probe read debian_version",
                "cat /etc/debian_version",
                "cp /etc/debian_version /tmp/c; cat /tmp/c",
                "read -r l < /etc/debian_version; echo $l",
                "env -i /bin/cat /etc/debian_version",
                "/lib64/ld-linux-x86-64.so.2 /bin/cat /etc/debian_version"
            })
    void noWayToAForbiddenFileIsOpen(String command) throws Exception {
        assertTrue(output(plain, command).contains(Demo.SECRET_TEXT), "without the layer it must be read");

        assertFalse(output(layered, command).contains(Demo.SECRET_TEXT), () -> "read by: " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0:0", "1000:1000", "33:33"})
    void anyUserIsHeldToThePolicyAndWorksOtherwise(String user) throws Exception {
        Session as = layered.with("--user", user);

        assertTrue(as.run("/probe", "read", Demo.SECRET).output().startsWith(NOT_READ));
        assertTrue(as.run("/probe", "read", Demo.ALLOWED).output().startsWith("read " + Demo.ALLOWED_TEXT));
        assertTrue(
                as.run("sh", "-c", "echo words > /tmp/w && cat /tmp/w").output().contains("words"));
    }

    @Test
    void aProcessThatChangedItsUserWithoutExecIsStillSeen() throws Exception {
        assertTrue(layered.run("/probe", "asuser", "33", Demo.SECRET).output().startsWith(NOT_READ));
        assertTrue(
                layered.run("/probe", "asuser", "33", Demo.ALLOWED).output().startsWith("read " + Demo.ALLOWED_TEXT));
    }

    @Test
    void aHardLinkToAForbiddenFileIsRefused() throws Exception {
        String output = output(layered, "ln /etc/debian_version /tmp/h; /probe read /tmp/h");

        assertFalse(output.contains(Demo.SECRET_TEXT));
    }

    @Test
    void theRaceForThePathIsNeverWon() throws Exception {
        String output = layered.run("/probe", "race", Demo.ALLOWED, Demo.SECRET, "1", "100000")
                .output();

        assertTrue(output.contains("tries 100000"), output);
        assertTrue(output.endsWith("wins 0\n"), output);
        assertFalse(output.contains("good 0 "), output);
        assertFalse(output.contains("denied 0 "), output);
    }

    @Test
    void writingUnderTheSiteLeavesItAsItWas() throws Exception {
        String page = "/var/www/html/index.html";
        for (String command : List.of(
                "echo spoiled > " + page,
                "/probe creat " + page,
                "truncate -s 0 " + page,
                "rm -f " + page,
                "mv " + page + " /tmp/gone",
                "ln -sf /etc/hostname " + page,
                "mv /var/www/html /var/www/other",
                "chmod 777 " + page + "; test $(stat -c %a " + page + ") = 644 || echo spoiled",
                "dd if=/dev/zero of=" + page + " bs=1 count=1 conv=notrunc")) {
            String output = output(layered, command + "; cat " + page);

            assertTrue(output.contains("The page of the demo site"), () -> command + ": " + output);
            assertFalse(output.contains("spoiled"), () -> command + ": " + output);
        }
    }

    @Test
    void aForbiddenProgramIsNotRun() throws Exception {
        for (String command : List.of(
                "apt-get --version",
                "ln -s /usr/bin/apt-get /tmp/a && /tmp/a --version",
                "/lib64/ld-linux-x86-64.so.2 /usr/bin/apt-get --version")) {
            assertTrue(output(plain, command).contains("apt 2"), command);
            assertFalse(output(layered, command).contains("apt 2"), command);
        }
    }

    @Test
    void otherDoorsIntoTheKernelAreClosed() throws Exception {
        for (List<String> door : List.of(
                List.of("/probe", "int80", Demo.ALLOWED),
                List.of("/probe", "x32", Demo.ALLOWED),
                List.of("/probe", "number", "425"),
                List.of("/probe", "number", "9999"))) {
            assertTrue(layered.run(door.toArray(String[]::new)).output().startsWith("error 38"), door.toString());
        }
    }

    @Test
    void openingFifosStallsNobody() throws Exception {
        assertTrue(output(layered, "mkfifo /tmp/f && /probe fifo /tmp/f " + Demo.ALLOWED)
                .contains(Demo.ALLOWED_TEXT));
    }

    @Test
    void aReadOnlyRootIsEnough() throws Exception {
        Session readOnly = layered.with("--read-only");

        assertTrue(readOnly.run("/probe", "read", Demo.SECRET).output().startsWith(NOT_READ));
        assertTrue(readOnly.run("/probe", "read", Demo.ALLOWED).output().startsWith("read"));
    }

    @Test
    void theStatusIsTheApplications() throws Exception {
        assertEquals(0, layered.run("true").status());
        assertEquals(7, layered.run("sh", "-c", "exit 7").status());
        assertEquals(127, layered.run("no-such-program").status());
        assertEquals(126, layered.run("/etc/hostname").status());
        assertEquals(128 + 10, layered.run("/probe", "killself", "10").status());
    }

    @Test
    void stopReachesTheApplicationAndGivesItsStatus() throws Exception {
        String name = "crs-stop-" + UUID.randomUUID();
        engine.call(
                60,
                List.of(
                        "run",
                        "-d",
                        "--name",
                        name,
                        "--network",
                        "none",
                        "-v",
                        probeMount(),
                        layered.image(),
                        "/probe",
                        "term",
                        "7"));
        try {
            await(name, "ready");
            engine.call(60, List.of("stop", "--time", "20", name));

            assertEquals(
                    "7",
                    engine.call(60, List.of("inspect", "-f", "{{.State.ExitCode}}", name))
                            .output()
                            .strip());
        } finally {
            engine.call(60, List.of("rm", "-f", name));
        }
    }

    @Test
    void permissiveLetsThroughAndReports() throws Exception {
        try (Workshop other = Workshop.open(engine, Demo.policy("PERMISSIVE"))) {
            Session session = other.instrument(Demo.images().get(0));

            assertTrue(session.run("cat", Demo.SECRET).output().contains(Demo.SECRET_TEXT));
            List<Event> events = other.events();
            assertTrue(
                    events.stream()
                            .flatMap(event -> event.call().stream())
                            .anyMatch(call -> call.action() == Event.Action.DENY
                                    && !call.enforced().orElse(true)),
                    events.toString());
        }
    }

    @Test
    void inactiveStaysOutOfTheWay() throws Exception {
        try (Workshop other = Workshop.open(engine, Demo.policy("INACTIVE"))) {
            Session session = other.instrument(Demo.images().get(0));

            assertTrue(session.run("cat", Demo.SECRET).output().contains(Demo.SECRET_TEXT));
            assertTrue(other.events().stream().allMatch(event -> event.call().isEmpty()));
        }
    }

    private String probeMount() {
        return folder.resolve("probe") + ":/probe:ro";
    }

    private void await(String container, String text) throws Exception {
        for (int i = 0; i < 100; i++) {
            if (engine.call(60, List.of("logs", container)).output().contains(text)) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError(container + " never said " + text);
    }

    private static String output(Session session, String command) throws Exception {
        return session.run("bash", "-c", command).output();
    }
}
