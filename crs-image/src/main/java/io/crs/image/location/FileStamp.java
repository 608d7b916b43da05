package io.crs.image.location;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What tells a file from the same file changed: device, number, length, and the time of its last change (ctime), which
 * nobody can set back.
 */
final class FileStamp {
    /** A file system's clock may tick that slowly: within it one change could follow another unseen. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private FileStamp() {}

    /** Returns the stamp of a file; empty if it was changed just now, or the file system has none. */
    static Optional<String> of(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return Optional.empty();
        }
        Map<String, Object> attributes = Files.readAttributes(file, "unix:dev,ino,size,ctime");
        if (!(attributes.get("ctime") instanceof FileTime changed)
                || changed.toInstant().isAfter(Instant.now().minus(SETTLED))) {
            return Optional.empty();
        }
        Instant time = changed.toInstant();
        return Optional.of("%s %s %s %d.%09d"
                .formatted(
                        attributes.get("dev"),
                        attributes.get("ino"),
                        attributes.get("size"),
                        time.getEpochSecond(),
                        time.getNano()));
    }
}
