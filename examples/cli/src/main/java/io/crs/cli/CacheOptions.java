package io.crs.cli;

import io.crs.image.inspect.FactCache;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where what was found out about layers is kept between commands. */
public final class CacheOptions {
    private static final long MOST_BYTES = 512L << 20;

    @Option(
            names = "--cache-dir",
            paramLabel = "DIR",
            description = "Where facts about layers are kept, so that the next image on the same base is checked by its"
                    + " own layers alone; crs in $$XDG_CACHE_HOME or ~/.cache if not given.")
    private @Nullable Path folder;

    @Option(names = "--no-cache", description = "Read all layers, and keep nothing.")
    private boolean none;

    /** Options that nobody has set yet. */
    public CacheOptions() {}

    /** What the options ask for. */
    public FactCache open() throws Refusal {
        if (none && folder != null) {
            throw Refusal.invalid("--cache-dir and --no-cache contradict each other");
        }
        if (none) {
            return FactCache.none();
        }
        Path chosen =
                folder != null ? folder : standard(System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
        return chosen == null ? FactCache.none() : FactCache.folder(chosen.resolve("facts"), MOST_BYTES);
    }

    /** A folder that is not absolute counts as none, as XDG says; where there is no home either nothing is kept. */
    static @Nullable Path standard(@Nullable String cacheHome, @Nullable String home) {
        Path base = absolute(cacheHome);
        if (base == null) {
            Path own = absolute(home);
            base = own == null ? null : own.resolve(".cache");
        }
        return base == null ? null : base.resolve("crs");
    }

    private static @Nullable Path absolute(@Nullable String text) {
        try {
            Path path = text == null ? null : Path.of(text);
            return path == null || !path.isAbsolute() ? null : path;
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
