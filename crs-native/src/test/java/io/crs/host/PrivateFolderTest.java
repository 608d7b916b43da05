package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {
    @TempDir
    Path parent;

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void letsNobodyElseInAndKeepsTheBytes() throws IOException {
        byte[] content = {1, 2, 3};
        try (PrivateFolder folder = PrivateFolder.create(parent)) {
            assertEquals("rwx------", permissions(folder.path()));
            Path file = folder.write("lib/agent", 0755, content);
            assertEquals("rwx------", permissions(file.getParent()));
            assertEquals("rwxr-xr-x", permissions(file));
            assertArrayEquals(content, Files.readAllBytes(file));
            assertEquals("rw-------", permissions(folder.write("table", 0600, content)));
        }
    }

    @Test
    void neverWritesOverAFile() throws IOException {
        try (PrivateFolder folder = PrivateFolder.create(parent)) {
            folder.write("table", 0600, new byte[1]);
            assertThrows(FileAlreadyExistsException.class, () -> folder.write("table", 0600, new byte[2]));
        }
    }

    @Test
    void takesAllWithItAndFollowsNoLink() throws IOException {
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Path kept = Files.writeString(outside.resolve("kept"), "kept");
        PrivateFolder folder = PrivateFolder.create(parent);
        folder.write("a/b", 0600, new byte[1]);
        Files.createSymbolicLink(folder.path().resolve("link"), outside);
        folder.close();
        assertFalse(Files.exists(folder.path()));
        assertTrue(Files.exists(kept));
        folder.close();
    }
}
