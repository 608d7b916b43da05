package io.crs.image.location;

import io.crs.image.FileAccess;
import io.crs.image.daemon.EngineContainer;
import io.crs.image.daemon.EngineImage;
import io.crs.image.format.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The files of an image in an engine, seen through a container that is never started. */
record EngineFiles(EngineImage image, EngineContainer container) implements FileAccess {
    /** The bits of a mode as the engine's language has them, which are not those of Linux. */
    private static final long DIRECTORY = 1L << 31;

    private static final long LINK = 1L << 27;
    private static final long SPECIAL = 1L << 26 | 1L << 25 | 1L << 24 | 1L << 21 | 1L << 19;
    private static final long SET_USER = 1L << 23;
    private static final long SET_GROUP = 1L << 22;

    @Override
    public String id() {
        return image.id();
    }

    @Override
    public int layers() {
        return image.diffIds().size();
    }

    @Override
    public byte[] config() {
        Json config = Json.object();
        for (String name : List.of("Architecture", "Os", "Variant")) {
            Optional<String> value = image.details().text(name).filter(text -> !text.isEmpty());
            config = value.isEmpty() ? config : config.with(name.toLowerCase(Locale.ROOT), Json.of(value.get()));
        }
        return config.with("config", image.details().get("Config").orElse(Json.object()))
                .toBytes();
    }

    @Override
    public Optional<Status> status(String path) throws IOException {
        return container.status(path).map(EngineFiles::status);
    }

    @Override
    public InputStream archive(String path) throws IOException {
        return container.archive(path);
    }

    @Override
    public void close() throws IOException {
        container.close();
    }

    private static Status status(Json told) {
        long mode = told.integer("mode").orElse(0);
        String link = told.text("linkTarget").orElse("");
        int bits = (int) (mode & 0777) | ((mode & SET_USER) != 0 ? 04000 : 0) | ((mode & SET_GROUP) != 0 ? 02000 : 0);
        if ((mode & LINK) != 0) {
            // Text of the engine, whose bytes are those of the name.
            String raw = new String(link.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            return new Status(Kind.SYMBOLIC_LINK, bits, raw);
        }
        Kind kind = (mode & DIRECTORY) != 0 ? Kind.DIRECTORY : (mode & SPECIAL) != 0 ? Kind.OTHER : Kind.FILE;
        return new Status(kind, bits, "");
    }
}
