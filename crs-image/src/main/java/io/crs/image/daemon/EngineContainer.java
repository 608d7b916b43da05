package io.crs.image.daemon;

import io.crs.image.daemon.EngineCall.Request;
import io.crs.image.format.Json;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A container that is never started, only there to look into its files; deleted when it is closed, and at the latest when
 * the process ends.
 */
public final class EngineContainer implements Closeable {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final DockerEngine engine;

    /** Chosen here, so that it can be deleted even where the answer to its creation is lost. */
    private final String name;

    private final Thread atExit;

    private EngineContainer(DockerEngine engine, String name) {
        this.engine = engine;
        this.name = name;
        this.atExit = new Thread(this::deleteQuietly, "crs-engine-container");
    }

    /** Creates a container of an image. */
    static EngineContainer create(DockerEngine engine, String image) throws IOException {
        EngineContainer container = new EngineContainer(engine, "crs-check-" + UUID.randomUUID());
        Json settings = Json.object()
                .with("Image", Json.of(image))
                // Never run; an image without a command makes no container otherwise.
                .with("Entrypoint", Json.strings(List.of("/crs-check")))
                .with("NetworkDisabled", Json.of(true))
                .with("HostConfig", Json.object().with("NetworkMode", Json.of("none")));
        Runtime.getRuntime().addShutdownHook(container.atExit);
        boolean created = false;
        try {
            engine.call(Request.json("POST", "/containers/create?name=" + container.name, settings))
                    .close();
            created = true;
            return container;
        } finally {
            if (!created) {
                container.forgetAtExit();
                container.deleteQuietly();
            }
        }
    }

    /** Returns what the engine says of the file at a path, links not followed; empty if there is none. */
    public Optional<Json> status(String path) throws IOException {
        try (EngineCall call = engine.call(Request.of("HEAD", at(path)))) {
            Optional<String> header = call.header("x-docker-container-path-stat");
            if (header.isEmpty()) {
                throw new IOException(engine + " does not say what is at a path");
            }
            byte[] json = Base64.getDecoder().decode(header.get());
            return Optional.of(Json.parse(json, "what " + engine + " says of a path"));
        } catch (EngineException e) {
            if (e.status() == 404) {
                return Optional.empty();
            }
            throw e;
        } catch (IllegalArgumentException e) {
            throw new IOException(engine + " does not say clearly what is at a path", e);
        }
    }

    /** Opens the archive of what is at a path. */
    public InputStream archive(String path) throws IOException {
        EngineCall call = engine.call(Request.of("GET", at(path)));
        return new FilterInputStream(call.body()) {
            @Override
            public void close() throws IOException {
                call.close();
            }
        };
    }

    /**
     * Deletes the container.
     *
     * @throws IOException if the engine does not; the message names the container
     */
    @Override
    public void close() throws IOException {
        forgetAtExit();
        // A thread that is told to stop still takes away what it made.
        boolean interrupted = Thread.interrupted();
        try {
            delete();
        } catch (IOException e) {
            throw new IOException(
                    "the container " + name + " is left, delete it (docker rm " + name + "): " + e.getMessage(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void delete() throws IOException {
        try {
            engine.call(Request.of("DELETE", "/containers/" + name + "?force=1&v=1"))
                    .close();
        } catch (EngineException e) {
            if (e.status() != 404) {
                throw e;
            }
        }
    }

    private void deleteQuietly() {
        try {
            delete();
        } catch (IOException e) {
            // At the end of the process, or of a creation that failed anyway, nobody could do more.
        }
    }

    private void forgetAtExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending, and deletes it twice.
        }
    }

    private String at(String path) {
        StringBuilder escaped = new StringBuilder("/containers/" + name + "/archive?path=");
        for (byte b : path.getBytes(StandardCharsets.ISO_8859_1)) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '/';
            if (plain || b == '-' || b == '.' || b == '_') {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(HEX.toHexDigits(b));
            }
        }
        return escaped.toString();
    }
}
