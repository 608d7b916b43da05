package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.engine.Crs;
import io.crs.engine.InstrumentOptions;
import io.crs.image.fixture.EngineProcess;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.location.DockerDaemon;
import io.crs.policy.Policy;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A real program under a policy in a Docker Engine with containerd's store, newer than the one of the other tests. */
class ContainerdStoreContainerIT {
    private static final String REFUSED = "/app/hello.js";
    private static final String ALLOWED = "/var/www/html/index.js";

    @Test
    void anImageIsInstrumentedRunAndRestored() throws Exception {
        String files = Demo.images("--prepare", "esbuild").get(0);
        Policy policy = Policy.read("""
                {"name": "store", "policyMode": "ACTIVE",
                 "defaultNetworkAction": "ALLOW", "defaultFileAction": "ALLOW", "defaultExecuteAction": "ALLOW",
                 "rules": [{"name": "source", "ruleType": "READ", "file": "%s", "action": "DENY"}]}
                """.formatted(REFUSED));
        EngineProcess engine = EngineProcess.dockerWithContainerdStore(Demo.ROOT);
        try {
            String entry = "ENTRYPOINT [\"/usr/bin/esbuild\"]";
            engine.run("import", "--change", entry, files, "demo/app:1");
            DockerDaemon app = new DockerDaemon("demo/app:1", Optional.of(engine.host()), Optional.empty());
            Crs.standard().instrument(app, app.layered(), policy, InstrumentOptions.STANDARD);
            assertTrue(run(engine, "demo/app:1", REFUSED).contains("hello from Go"));
            assertTrue(run(engine, "demo/app:1-layered", ALLOWED).contains("the page of the demo site"));
            AssertionError refused =
                    assertThrows(AssertionError.class, () -> run(engine, "demo/app:1-layered", REFUSED));
            assertTrue(refused.getMessage().contains("permission denied"), refused.getMessage());
            DockerDaemon back = new DockerDaemon("demo/back:1", Optional.of(engine.host()), Optional.empty());
            back.write(Instrumenter.restore(app.layered().read()));
            assertEquals(id(engine, "demo/app:1"), id(engine, "demo/back:1"));
        } finally {
            engine.stop();
        }
    }

    private static String run(EngineProcess engine, String image, String file) throws Exception {
        return engine.run("run", "--rm", "--network", "none", image, file);
    }

    private static String id(EngineProcess engine, String image) throws Exception {
        return engine.run("image", "inspect", "--format", "{{.Id}}", image);
    }
}
