package io.crs.cli;

import io.crs.file.ReplacedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a person names to put a result in: a file, a link to one, or a device such as {@code /dev/stdout}. */
final class OutputFile {
    private OutputFile() {}

    /** Writes the content, to a file all at once. A link is followed; a device or pipe is written to as it is. */
    static void write(Path file, byte[] content) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file;
        if (Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target)) {
            Files.write(target, content);
        } else {
            ReplacedFile.write(target, content);
        }
    }
}
