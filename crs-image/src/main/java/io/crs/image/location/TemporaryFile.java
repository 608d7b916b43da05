package io.crs.image.location;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A file only this user can read, which is deleted once nothing refers to this object, and at the latest with the JVM. */
final class TemporaryFile {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Set<Path> LEFT = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> LEFT.forEach(TemporaryFile::delete), "crs-temporary-files"));
    }

    private final Path path;
    private final Cleaner.Cleanable cleanable;

    private TemporaryFile(Path path) {
        this.path = path;
        LEFT.add(path);
        this.cleanable = CLEANER.register(this, () -> delete(path));
    }

    /** Makes an empty one, in the folder of {@code java.io.tmpdir}. */
    static TemporaryFile create() throws IOException {
        return new TemporaryFile(Files.createTempFile(prefix(), ".tar"));
    }

    /** How the names of those of this process begin. */
    static String prefix() {
        return "crs-image-" + ProcessHandle.current().pid() + "-";
    }

    Path path() {
        return path;
    }

    /** Deletes the file now. */
    void delete() {
        cleanable.clean();
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Nobody is left to tell, and the next start of the machine clears the folder.
        }
        LEFT.remove(path);
    }
}
