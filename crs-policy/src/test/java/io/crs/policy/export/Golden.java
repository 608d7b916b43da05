package io.crs.policy.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files in {@code src/test/resources/export} that documents must equal; {@code -Dcrs.golden=write} writes them anew. */
final class Golden {
    private Golden() {}

    static void check(String name, String document) throws IOException {
        if ("write".equals(System.getProperty("crs.golden"))) {
            Path file = Path.of("src", "test", "resources", "export", name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, document);
            return;
        }
        try (InputStream in = Golden.class.getResourceAsStream("/export/" + name)) {
            if (in == null) {
                throw new AssertionError(name + " is missing; -Dcrs.golden=write writes it");
            }
            assertEquals(new String(in.readAllBytes(), StandardCharsets.UTF_8), document);
        }
    }
}
