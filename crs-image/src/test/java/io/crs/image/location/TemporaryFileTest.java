package io.crs.image.location;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.image.fixture.ExternalTool;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFileTest {
    @TempDir
    Path folder;

    @Test
    void isForItsOwnerAlone() throws IOException {
        TemporaryFile file = TemporaryFile.create();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())));
        file.delete();
        assertFalse(Files.exists(file.path()));
        file.delete();
    }

    @Test
    void goesWithTheLastThatKnowsIt() throws Exception {
        Path path = TemporaryFile.create().path();
        for (int i = 0; i < 1_000 && Files.exists(path); i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertFalse(Files.exists(path));
    }

    @Test
    void goesWithTheProcess() throws Exception {
        String classes = Stream.of(TemporaryFile.class, TemporaryFileTest.class)
                .map(each ->
                        each.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String made = ExternalTool.run(folder, java, "-cp", classes, LeavesAFile.class.getName());
        assertTrue(made.startsWith("made "), made);
        assertFalse(Files.exists(Path.of(made.substring(5).strip())));
    }

    /** A program that ends while it still has its file. */
    static final class LeavesAFile {
        public static void main(String[] arguments) throws IOException {
            TemporaryFile file = TemporaryFile.create();
            if (Files.exists(file.path())) {
                System.out.println("made " + file.path());
            }
            System.exit(0);
        }
    }
}
