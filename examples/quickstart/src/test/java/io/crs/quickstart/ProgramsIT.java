package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.agent.Enforcement;
import io.crs.event.Event;
import io.crs.policy.Policy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real programs do under a policy that is asked about everything, and denies nothing, what they do without it. More of them,
 * in more engines, and under learned policies: {@code tools/real-programs}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProgramsIT {
    private static final Path FOLDER = Path.of(System.getProperty("crs.root"), "examples/quickstart/src/test/programs");

    /** What is run, with the index of its image. */
    private record Program(int image, List<String> command) {}

    private static final List<Program> PROGRAMS = List.of(
            new Program(0, List.of("bash", "/smoke/nginx.sh")),
            new Program(1, List.of("--bundle", "--minify", "/smoke/app.js")));

    private final List<ContainerEngine.Result> plain = new ArrayList<>();
    private ContainerEngine engine;
    private List<String> images;

    @BeforeAll
    void runWithoutTheAgent() throws Exception {
        engine = ContainerEngine.ofEnvironment();
        images = Demo.images("nginx", "esbuild");
        for (Program program : PROGRAMS) {
            plain.add(run(new Session(engine, images.get(program.image), List.of()), program));
        }
    }

    private static ContainerEngine.Result run(Session session, Program program) throws Exception {
        return session.with("-v", FOLDER + ":/smoke:ro").run(program.command.toArray(String[]::new));
    }

    @Test
    void theyWorkWithoutIt() {
        for (ContainerEngine.Result result : plain) {
            assertEquals(0, result.status(), result::output);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theySayTheSameAndNothingIsDenied(Enforcement enforcement) throws Exception {
        Policy policy = Policy.read(FOLDER.resolve("everything.json"));
        try (Workshop workshop = Workshop.open(engine, policy, enforcement)) {
            Map<Integer, Session> layered = new HashMap<>();
            for (int i = 0; i < PROGRAMS.size(); i++) {
                Program program = PROGRAMS.get(i);
                if (!layered.containsKey(program.image)) {
                    layered.put(program.image, workshop.instrument(images.get(program.image)));
                }
                assertEquals(plain.get(i), run(layered.get(program.image), program), program::toString);
            }
            assertEquals(
                    List.of(),
                    workshop.events().stream().filter(ProgramsIT::isHarm).toList());
        }
    }

    private static boolean isHarm(Event event) {
        return event.type() == Event.Type.ALERT
                || event.call()
                        .filter(call -> call.action() == Event.Action.DENY)
                        .isPresent();
    }
}
