package io.crs.image.location;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStampTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("blob"), "content");
    }

    /** Within a tick of the clock one change could follow another: the stamp comes when that is over. */
    private static String settled(Path path) throws IOException, InterruptedException {
        for (int i = 0; i < 100; i++) {
            Optional<String> stamp = FileStamp.of(path);
            if (stamp.isPresent()) {
                return stamp.get();
            }
            Thread.sleep(50);
        }
        throw new AssertionError("never settled");
    }

    @Test
    void isAnotherOneAfterEachChange() throws IOException, InterruptedException {
        assertTrue(FileStamp.of(file).isEmpty(), "just written");
        String before = settled(file);
        assertEquals(before, settled(file));
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "CONTENT");
        Files.setLastModifiedTime(file, time);
        assertTrue(FileStamp.of(file).isEmpty(), "just changed, though its times were set back");
        String changed = settled(file);
        assertNotEquals(before, changed);
        Path other = Files.writeString(folder.resolve("other"), "content");
        settled(other);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertNotEquals(changed, settled(file));
    }
}
