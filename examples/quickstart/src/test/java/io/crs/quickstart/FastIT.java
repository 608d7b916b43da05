package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.Enforcement;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Under FAST enforcement programs decide in themselves what they may read, and what is denied stays denied. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FastIT {
    /** After so many opens a program decides in itself. */
    private static final String BEFORE = "/etc/passwd ".repeat(6);

    /** How often the agent's workers were woken until now. */
    private static final String WOKEN =
            "; for p in $(cat /proc/1/task/1/children); do [ $p = $$ ] || cat /proc/$p/status; done"
                    + " | awk '/^voluntary/ {n += $2} END {print n}'";

    private static final String READ_MANY = "cat $(yes /etc/passwd | head -n 2000) >/dev/null";

    private List<String> images;
    private Workshop fastShop;
    private Workshop strictShop;
    private Session plain;
    private Session fast;
    private Session strict;

    @BeforeAll
    void instrument(@TempDir Path folder) throws Exception {
        ContainerEngine engine = ContainerEngine.ofEnvironment();
        images = Demo.images();
        String mount = Demo.probe(folder) + ":/probe:ro";
        fastShop = Workshop.open(engine, Demo.policy("ACTIVE"), Enforcement.FAST);
        strictShop = Workshop.open(engine, Demo.policy("ACTIVE"));
        plain = new Session(engine, images.get(0), List.of("-v", mount));
        fast = fastShop.instrument(images.get(0)).with("-v", mount);
        strict = strictShop.instrument(images.get(0)).with("-v", mount);
    }

    @AfterAll
    void clean() throws Exception {
        fastShop.close();
        strictShop.close();
    }

    private static String output(Session session, String command) throws Exception {
        return session.run("sh", "-c", command).output();
    }

    static Stream<String> waysToTheSecret() {
        String secret = Demo.SECRET;
        return Stream.of(
                "cat " + BEFORE + secret,
                "cd /etc && cat " + BEFORE + "debian_version",
                "cat " + BEFORE + "/proc/self/root" + secret,
                "ln -s " + secret + " /tmp/l && cat " + BEFORE + "/tmp/l",
                "ln -s /etc /tmp/e && cat " + BEFORE + "/tmp/e/debian_version",
                "cp /bin/sh /tmp/sh; /tmp/sh -c 'while read l; do echo $l; done <" + secret + "'",
                "exec 3<" + secret + "; cat <&3",
                "cat " + BEFORE + "/etc/../etc/debian_version",
                "env -i /bin/cat " + secret,
                "LD_PRELOAD= cat " + secret,
                "/probe read " + secret);
    }

    @ParameterizedTest
    @MethodSource("waysToTheSecret")
    void whatIsDeniedIsDenied(String command) throws Exception {
        assertTrue(output(plain, command).contains(Demo.SECRET_TEXT), "without the layer it must be read");

        assertFalse(output(fast, command).contains(Demo.SECRET_TEXT), () -> "read: " + command);
        assertFalse(
                output(fast.with("--user", "1000:1000"), command).contains(Demo.SECRET_TEXT), () -> "read: " + command);
    }

    @Test
    void programsReadWithoutAsking() throws Exception {
        int asked = Integer.parseInt(output(fast, READ_MANY + WOKEN).strip());
        int askedStrictly = Integer.parseInt(output(strict, READ_MANY + WOKEN).strip());

        assertTrue(asked < 400, () -> "woken " + asked + " times");
        assertTrue(askedStrictly > 2000, () -> "woken " + askedStrictly + " times");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--user=1000:1000", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"})
    void theyDoInContainersOfOtherRights(String option) throws Exception {
        int asked = Integer.parseInt(
                output(fast.with(option), READ_MANY + " 2>/dev/null" + WOKEN).strip());

        assertTrue(asked < 400, () -> "woken " + asked + " times");
    }

    @Test
    void anImageWithoutLibraryIsHeldAsBefore() throws Exception {
        assertEquals(0, fastShop.instrument(images.get(1)).run("--version").status());
    }
}
