package io.crs.image.daemon;

import io.crs.image.Digest;
import io.crs.image.format.ForeignText;
import io.crs.image.format.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where Docker's own command would find the engine: {@code DOCKER_HOST}, else the context named by
 * {@code DOCKER_CONTEXT}, else the current one of {@code config.json}, else the usual socket.
 *
 * <p>The files of contexts lie in {@code DOCKER_CONFIG}, or {@code .docker} in the user's folder. The certificate of an
 * engine is always checked, also where {@code DOCKER_TLS_VERIFY} is not set or a context says it need not be.
 *
 * @param variables the environment
 * @param home the user's folder
 */
public record EngineEnvironment(Map<String, String> variables, Path home) {
    private static final int MOST_BYTES = 1 << 20;
    private static final String NO_CONTEXT = "default";

    /** Returns the environment of this process. */
    public static EngineEnvironment ofProcess() {
        return new EngineEnvironment(System.getenv(), Path.of(System.getProperty("user.home", "/")));
    }

    /**
     * Finds the engine.
     *
     * @throws IOException if a file that says where it is cannot be read, or names nothing that could be used
     */
    public EngineAddress address() throws IOException {
        Optional<String> host = variable("DOCKER_HOST");
        if (host.isPresent()) {
            return parse(host.get(), environmentTls(), "DOCKER_HOST");
        }
        Optional<String> context = variable("DOCKER_CONTEXT").or(() -> Optional.of(NO_CONTEXT));
        if (variable("DOCKER_CONTEXT").isEmpty()) {
            Path config = folder().resolve("config.json");
            context = read(config).flatMap(json -> json.text("currentContext")).filter(name -> !name.isEmpty());
        }
        if (context.isEmpty() || context.get().equals(NO_CONTEXT)) {
            return EngineAddress.parse(EngineAddress.USUAL, Optional.empty());
        }
        return ofContext(context.get());
    }

    private EngineAddress ofContext(String name) throws IOException {
        // The folder of a context is named by the digest of its name, so the name leads nowhere else.
        String hex = Digest.of(name.getBytes(StandardCharsets.UTF_8)).hex();
        Path meta = folder().resolve("contexts").resolve("meta").resolve(hex).resolve("meta.json");
        Json json = read(meta)
                .orElseThrow(() -> new IOException("there is no Docker context \"" + ForeignText.line(name) + "\" ("
                        + meta + "): set DOCKER_CONTEXT to one of those \"docker context ls\" lists, or DOCKER_HOST"));
        String host = json.get("Endpoints")
                .flatMap(each -> each.get("docker"))
                .flatMap(each -> each.text("Host"))
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> new IOException(meta + " names no host of a Docker Engine"));
        Path files = folder().resolve("contexts").resolve("tls").resolve(hex).resolve("docker");
        Optional<TlsFiles> tls =
                Files.isDirectory(files) ? Optional.of(new TlsFiles(Optional.of(files))) : Optional.empty();
        return parse(host, tls, "the Docker context \"" + ForeignText.line(name) + "\"");
    }

    private Optional<TlsFiles> environmentTls() {
        Optional<Path> folder = variable("DOCKER_CERT_PATH").map(Path::of);
        if (folder.isEmpty() && variable("DOCKER_TLS_VERIFY").isPresent()) {
            folder = Optional.of(folder());
        }
        return folder.map(each -> new TlsFiles(Optional.of(each)));
    }

    private Path folder() {
        return variable("DOCKER_CONFIG").map(Path::of).orElseGet(() -> home.resolve(".docker"));
    }

    /** An empty variable counts as none, as it does for Docker. */
    private Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(text -> !text.isEmpty());
    }

    private static EngineAddress parse(String host, Optional<TlsFiles> tls, String where) throws IOException {
        try {
            return EngineAddress.parse(host, tls);
        } catch (IllegalArgumentException e) {
            throw new IOException(where + ": " + e.getMessage(), e);
        }
    }

    private static Optional<Json> read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException(file + " is longer than " + MOST_BYTES + " bytes");
            }
            return Optional.of(Json.parse(bytes, file.toString()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
