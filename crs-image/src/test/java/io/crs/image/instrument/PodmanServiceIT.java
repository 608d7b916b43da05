package io.crs.image.instrument;

import io.crs.image.fixture.EngineProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Images in podman, through its service with the API of Docker. */
class PodmanServiceIT extends EngineImagesCases {
    private static EngineProcess engine;

    @BeforeAll
    static void start() throws Exception {
        engine = EngineProcess.podman();
    }

    @AfterAll
    static void stop() throws Exception {
        engine.stop();
    }

    @Override
    EngineProcess engine() {
        return engine;
    }

    /** It copies whole layers for each container. */
    @Override
    int checkedOneOf() {
        return 3;
    }

    @Override
    String own(String name) {
        return "docker.io/" + name;
    }
}
