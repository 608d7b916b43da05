package io.crs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file a person names to be read. */
final class InputFile {
    private InputFile() {}

    /** Opens the file. */
    static InputStream open(String name) throws IOException {
        check(name);
        return Files.newInputStream(Path.of(name));
    }

    /** Says which it was where there is no file, or a folder: of that the system tells only whoever reads. */
    static void check(String name) throws IOException {
        Path file = Path.of(name);
        if (!Files.exists(file)) {
            throw new NoSuchFileException(name);
        }
        if (Files.isDirectory(file)) {
            throw new FileSystemException(name, null, "is a folder");
        }
    }
}
