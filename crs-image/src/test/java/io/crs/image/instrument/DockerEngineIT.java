package io.crs.image.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.fixture.EngineProcess;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.format.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Images in a Docker Engine. */
class DockerEngineIT extends EngineImagesCases {
    private static EngineProcess engine;

    @BeforeAll
    static void start() throws Exception {
        engine = EngineProcess.docker();
    }

    @AfterAll
    static void stop() throws Exception {
        engine.stop();
    }

    @Override
    EngineProcess engine() {
        return engine;
    }

    @Override
    String own(String name) {
        return name;
    }

    @Test
    void layersTheNameHasAlreadyAreNotEvenRead() throws Exception {
        at("crs/upper:1").write(app("f").image());
        ImageFixture next = app("f").document("created", Json.of("2025-01-01T00:00:00Z"));
        Image image = next.image();
        image.layers().forEach(layer -> next.blobs().remove(layer.descriptor().digest()));
        at("crs/upper:1").write(image);
        assertEquals(Digest.of(image.config()).toString(), id("crs/upper:1"));
    }

    @Test
    void layersThatAreGoneMeanwhileAreSentAfterAll() throws Exception {
        at("crs/gone:1").write(app("only here").image());
        Image read = at("crs/gone:1").read();
        engine.run("image", "rm", "crs/gone:1");
        at("crs/gone:2").write(read);
        assertEquals(Digest.of(read.config()).toString(), id("crs/gone:2"));
    }
}
