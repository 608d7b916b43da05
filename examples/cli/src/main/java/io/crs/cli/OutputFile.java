package io.crs.cli;

import io.crs.file.ReplacedFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a person names to put a result in: a file, a link to one, or a device such as {@code /dev/stdout}. */
final class OutputFile {
    private OutputFile() {}

    /** Writes the content, to a file all at once. A link is followed; a device or pipe is written to as it is. */
    static void write(Path file, byte[] content) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file;
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new FileSystemException(file.toString(), null, "there is no folder " + folder);
        }
        if (Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target)) {
            Files.write(target, content);
        } else {
            replace(file, target, content);
        }
    }

    /** What fails is the file that is written beside the target; of that a person has never heard. */
    private static void replace(Path file, Path target, byte[] content) throws IOException {
        try {
            ReplacedFile.write(target, content);
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(file.toString());
        } catch (NoSuchFileException e) {
            throw new FileSystemException(file.toString(), null, "no file can be made there");
        }
    }
}
