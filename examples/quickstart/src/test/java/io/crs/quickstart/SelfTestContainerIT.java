package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.host.SelfTest;
import io.crs.policy.InvalidPolicyException;
import io.crs.policy.Policy;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The self-test in a container of a real engine, under its default profile: what is promised is kept there too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SelfTestContainerIT {
    private static final int LONGEST_SECONDS = 1200;

    /** What differs with the rights and the file system of a container; all rows would take minutes each time. */
    private static final String SOME =
            "A-static,A-vfork,A-own-filter,A-mountns,B,C1,C4,C7,D1-open,D5,E1,G,H1,H3,H4-events";

    /** All but most races, which are the same on the host, where all of them are run: they would take a minute. */
    private static final String NO_RACES = "A,B,C,D10,D12,D1-open,D1-link,D5,D7-link,E,F,G,H,I";

    /** What a read-only root is nothing to. */
    private static final String NETWORK = ",F";

    private Path tools;
    private String image;
    private ContainerEngine engine;

    @BeforeAll
    void write(@TempDir Path shared) throws Exception {
        engine = ContainerEngine.ofEnvironment();
        image = Demo.images().get(0);
        tools = shared.resolve("selftest");
        SelfTest.with(SelfTestContainerIT::compile).write(tools);
    }

    private static byte[] compile(String policy) throws IOException {
        try {
            Policy read = Policy.read(new ByteArrayInputStream(policy.getBytes(StandardCharsets.UTF_8)));
            return DecisionTable.compile(read, Arch.host()).bytes();
        } catch (InvalidPolicyException e) {
            throw new IOException(e);
        }
    }

    private void everythingHolds(int atLeast, List<String> options, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-v", tools + ":/selftest:ro", "--entrypoint", "/selftest/crs-selftest"));
        ContainerEngine.Result result = engine.run(LONGEST_SECONDS, all, image, List.of(arguments));

        List<String> lines = result.output().lines().toList();
        List<String> broken =
                lines.stream().filter(line -> line.startsWith("NOT_HELD")).toList();
        assertEquals(List.of(), broken);
        assertEquals(0, result.status(), () -> lines.get(lines.size() - 1));
        long held = lines.stream().filter(line -> line.startsWith("HELD")).count();
        assertTrue(held >= atLeast, () -> held + " rows are too few: " + lines.get(lines.size() - 1));
    }

    @Test
    void asRoot() throws Exception {
        everythingHolds(600, List.of(), "--only", NO_RACES);
    }

    @Test
    void asAUser() throws Exception {
        everythingHolds(100, List.of("--user", "1000:1000"), "--only", SOME + NETWORK);
    }

    @Test
    void withAReadOnlyRoot() throws Exception {
        everythingHolds(50, List.of("--read-only"), "--only", SOME);
    }

    @Test
    void withoutCapabilities() throws Exception {
        everythingHolds(100, List.of("--cap-drop", "ALL"), "--only", SOME + NETWORK);
    }
}
