package io.crs.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacedFileTest {
    @TempDir
    Path folder;

    @Test
    void replacesWhatWasThere() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "a longer old text");

        ReplacedFile.write(file, bytes("new"));

        assertEquals("new", Files.readString(file));
        assertEquals(List.of("f"), names());
    }

    @Test
    void keepsTheOldContentWhereTheNewOneFails() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "old");

        assertThrows(
                IOException.class,
                () -> ReplacedFile.write(file, out -> {
                    out.write(bytes("half of it"));
                    throw new IOException("no more");
                }));

        assertEquals("old", Files.readString(file));
        assertEquals(List.of("f"), names());
    }

    @Test
    void writesALargeFileWhole() throws IOException {
        Path file = folder.resolve("large");
        byte[] block = new byte[1 << 20];

        ReplacedFile.write(file, out -> {
            for (int i = 0; i < 200; i++) {
                Arrays.fill(block, (byte) i);
                out.write(block);
            }
        });

        assertEquals(200L << 20, Files.size(file));
        try (InputStream in = Files.newInputStream(file)) {
            for (int i = 0; i < 200; i++) {
                Arrays.fill(block, (byte) i);
                assertArrayEquals(block, in.readNBytes(1 << 20));
            }
        }
        assertEquals(List.of("large"), names());
    }

    @Test
    void replacesALinkAndLeavesWhatItPointsTo() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "untouched");
        Path link = Files.createSymbolicLink(folder.resolve("link"), other);

        ReplacedFile.write(link, bytes("new"));

        assertEquals("untouched", Files.readString(other));
        assertFalse(Files.isSymbolicLink(link));
    }

    @Test
    void refusesAFolderByName() throws IOException {
        Path inTheWay = Files.createDirectory(folder.resolve("d"));

        FileSystemException refused =
                assertThrows(FileSystemException.class, () -> ReplacedFile.write(inTheWay, bytes("x")));

        assertEquals(inTheWay + ": is a folder", refused.getMessage());
        assertEquals(List.of("d"), names());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
