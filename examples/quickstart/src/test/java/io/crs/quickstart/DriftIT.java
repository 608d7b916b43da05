package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Policy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an image does not have cannot be executed where the policy denies drift. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriftIT {
    private static final String TEXT = "localhost";

    private Workshop workshop;
    private Session plain;
    private Session layered;

    @BeforeAll
    void instrument(@TempDir Path folder) throws Exception {
        ContainerEngine engine = ContainerEngine.ofEnvironment();
        String image = Demo.images().get(0);
        String mount = Demo.probe(folder) + ":/probe:ro";
        Policy policy = Policy.named("no drift").driftAction(Action.DENY).build();
        workshop = Workshop.open(engine, policy);
        plain = new Session(engine, image, List.of("-v", mount));
        layered = workshop.instrument(image).with("-v", mount);
    }

    @AfterAll
    void clean() throws Exception {
        workshop.close();
    }

    private static String output(Session session, String command) throws Exception {
        return session.run("sh", "-c", command).output();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/probe read /etc/hosts",
                "cp /bin/cat /tmp/c; /tmp/c /etc/hosts",
                "cp /bin/cat /var/tmp/c; env -i /var/tmp/c /etc/hosts",
                "mv /bin/cat /bin/dog; /bin/dog /etc/hosts",
                "ln /bin/cat /tmp/h; /tmp/h /etc/hosts",
                "printf '#!/bin/sh\\ncat /etc/hosts' > /tmp/s; chmod +x /tmp/s; /tmp/s",
                "cp /bin/cat /bin/mkdir; /bin/mkdir /etc/hosts",
                "printf x >> /bin/cat; /bin/cat /etc/hosts",
                "cp /bin/cat /tmp/c; /lib64/ld-linux-x86-64.so.2 /tmp/c /etc/hosts",
                "cp /bin/cat /tmp/c; exec 3</tmp/c; rm /tmp/c; /proc/self/fd/3 /etc/hosts"
            })
    void whatTheImageDoesNotHaveIsNotExecuted(String command) throws Exception {
        assertTrue(output(plain, command).contains(TEXT), "without the layer it must run");

        assertFalse(output(layered, command).contains(TEXT), () -> "ran: " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0:0", "1000:1000"})
    void whatTheImageHasIsExecuted(String user) throws Exception {
        String command = "cat /etc/hosts; ls -l /bin/cat; ldd /bin/cat; ln -s /bin/cat /tmp/l && /tmp/l /etc/hosts";
        Session as = layered.with("--user", user);

        ContainerEngine.Result result = as.run("sh", "-ec", command);
        assertEquals(0, result.status(), result.output());
    }

    @Test
    void aFileThatWasPutBackAsItWasIsExecuted() throws Exception {
        String command = "cp -p /bin/cat /tmp/c && cp /bin/ls /bin/cat && cp -p /tmp/c /bin/cat && cat /etc/hosts";

        assertTrue(output(layered, command).contains(TEXT));
    }
}
