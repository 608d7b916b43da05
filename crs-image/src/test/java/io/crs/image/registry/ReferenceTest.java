package io.crs.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.Digest;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    private static final String DIGEST = "@sha256:" + "ab".repeat(32);

    @ParameterizedTest
    @CsvSource({
        "nginx, docker.io/library/nginx:latest",
        "nginx:1.27, docker.io/library/nginx:1.27",
        "team/app, docker.io/team/app:latest",
        "docker.io/nginx:1, docker.io/library/nginx:1",
        "index.docker.io/team/app:1, docker.io/team/app:1",
        "localhost/app:1, localhost/app:1",
        "localhost:5000/app, localhost:5000/app:latest",
        "127.0.0.1:5000/a/b/c:x, 127.0.0.1:5000/a/b/c:x",
        "registry.example/app, registry.example/app:latest",
        "registry.example:443/a__b/c-d/e.f:V1, registry.example:443/a__b/c-d/e.f:V1",
        "[::1]:5000/app:1, [::1]:5000/app:1"
    })
    void namesWhatDockerWouldName(String text, String whole) {
        assertEquals(whole, Reference.parse(text).toString());
        assertEquals(Reference.parse(text), Reference.parse(whole));
    }

    @Test
    void aDigestDecidesWhereThereIsATagToo() {
        Reference reference = Reference.parse("registry.example/app:1" + DIGEST);
        assertEquals("sha256:" + "ab".repeat(32), reference.manifest());
        assertEquals("registry.example/app:1" + DIGEST, reference.toString());
        assertTrue(Reference.parse("app" + DIGEST).tag().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "App",
                "registry.example/App",
                "a//b",
                "/a",
                "a/",
                "a:b c",
                "a:",
                "a@",
                "a@sha256:12",
                "a..b",
                "-a",
                "a_-b",
                "registry.example/",
                "https://registry.example/app",
                "user:secret@registry.example/app",
                "registry.example:port/app"
            })
    void refusesWhatIsNoName(String text) {
        assertThrows(IllegalArgumentException.class, () -> Reference.parse(text));
    }

    @Test
    void aTagHasAtMost128Characters() {
        assertEquals("t".repeat(128), Reference.parse("a:" + "t".repeat(128)).manifest());
        assertThrows(IllegalArgumentException.class, () -> Reference.parse("a:" + "t".repeat(129)));
    }

    @Property
    void whateverIsReadIsWrittenSoThatItIsReadAgain(@ForAll String text) {
        Reference reference;
        try {
            reference = Reference.parse(text);
        } catch (IllegalArgumentException e) {
            return;
        }
        assertEquals(reference, Reference.parse(reference.toString()));
        assertEquals(
                reference.digest().map(Digest::toString).isPresent(),
                reference.toString().contains("@"));
    }
}
