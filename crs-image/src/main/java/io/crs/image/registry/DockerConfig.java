package io.crs.image.registry;

import io.crs.image.format.Json;
import io.crs.image.format.MalformedException;
import io.crs.secret.CredentialSource;
import io.crs.secret.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The credentials in a Docker configuration file ({@code config.json}), or a file of the same kind of podman's
 * ({@code auth.json}): entries of {@code auths}, and credential helpers, which are programs named
 * {@code docker-credential-NAME} in the PATH.
 *
 * <p>The file is read at each look-up, so a login that happens meanwhile counts. A file that is not there knows nothing.
 */
public final class DockerConfig implements CredentialSource {
    private static final int LONGEST = 4 << 20;
    private static final String HUB = "docker.io";
    private static final String HUB_KEY = "https://index.docker.io/v1/";

    private final List<Path> files;
    private final CredentialProgram program;

    private DockerConfig(List<Path> files) {
        this.files = List.copyOf(files);
        this.program = new CredentialProgram();
    }

    /** Returns the credentials of one file. */
    public static DockerConfig of(Path file) {
        return new DockerConfig(List.of(file));
    }

    /**
     * Returns the credentials of this process's user: {@code REGISTRY_AUTH_FILE} alone where it is set, else podman's file and
     * then Docker's ({@code DOCKER_CONFIG}, {@code ~/.docker}).
     */
    public static DockerConfig ofUser() {
        return ofUser(System.getenv(), Path.of(System.getProperty("user.home", "/")));
    }

    static DockerConfig ofUser(Map<String, String> environment, Path home) {
        Optional<String> chosen = value(environment, "REGISTRY_AUTH_FILE");
        if (chosen.isPresent()) {
            return of(Path.of(chosen.get()));
        }
        List<Path> files = new ArrayList<>();
        value(environment, "XDG_RUNTIME_DIR").ifPresent(folder -> files.add(Path.of(folder, "containers/auth.json")));
        files.add(value(environment, "XDG_CONFIG_HOME")
                .map(Path::of)
                .orElse(home.resolve(".config"))
                .resolve("containers/auth.json"));
        files.add(value(environment, "DOCKER_CONFIG")
                .map(Path::of)
                .orElse(home.resolve(".docker"))
                .resolve("config.json"));
        return new DockerConfig(files);
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
    }

    @Override
    public Optional<Credentials> find(String registry, String repository) throws IOException {
        for (Path file : files) {
            if (Files.isRegularFile(file)) {
                Optional<Credentials> found = find(file, registry, repository);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Credentials> find(Path file, String registry, String repository) throws IOException {
        Json json = read(file);
        List<String> keys = keys(registry, repository);
        Json helpers = json.get("credHelpers").orElse(Json.object());
        for (String key : keys) {
            Optional<String> name = helpers.text(key);
            if (name.isPresent()) {
                return program.find(name.get(), key);
            }
        }
        Json auths = json.get("auths").orElse(Json.object());
        for (String key : keys) {
            Optional<Credentials> found = entry(auths, key, file);
            if (found.isPresent()) {
                return found;
            }
        }
        Optional<String> store = json.text("credsStore");
        return store.isPresent()
                ? program.find(store.get(), registry.equals(HUB) ? HUB_KEY : registry)
                : Optional.empty();
    }

    /** The most special first: podman keeps credentials for parts of a registry too. */
    private static List<String> keys(String registry, String repository) {
        List<String> keys = new ArrayList<>();
        for (String name = repository; !name.isEmpty(); name = parent(name)) {
            keys.add(registry + "/" + name);
        }
        keys.add(registry);
        if (registry.equals(HUB)) {
            keys.add(HUB_KEY);
            keys.add("index.docker.io");
        }
        return keys;
    }

    private static String parent(String name) {
        return name.indexOf('/') < 0 ? "" : name.substring(0, name.lastIndexOf('/'));
    }

    /** Old files name a registry with scheme and path. */
    private static Optional<Credentials> entry(Json auths, String key, Path file) throws IOException {
        for (Map.Entry<String, Json> each : auths.members().entrySet()) {
            String name = each.getKey();
            boolean same = name.equals(key)
                    || name.replaceFirst("^https?://", "")
                            .replaceFirst("/(v[12]/?)?$", "")
                            .equals(key);
            if (same) {
                Optional<Credentials> found = credentials(each.getValue(), name, file);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Credentials> credentials(Json entry, String name, Path file) throws IOException {
        Optional<String> identity = filled(entry, "identitytoken");
        if (identity.isPresent()) {
            return identity.map(Credentials::identityToken);
        }
        Optional<String> bearer = filled(entry, "registrytoken");
        if (bearer.isPresent()) {
            return bearer.map(Credentials::bearerToken);
        }
        Optional<String> user = filled(entry, "username");
        if (user.isPresent()) {
            return Optional.of(
                    Credentials.password(user.get(), entry.text("password").orElse("")));
        }
        Optional<String> auth = filled(entry, "auth");
        return auth.isEmpty() ? Optional.empty() : Optional.of(decode(auth.get(), name, file));
    }

    private static Credentials decode(String auth, String name, Path file) throws IOException {
        try {
            String text = new String(Base64.getMimeDecoder().decode(auth), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            if (colon >= 0) {
                return CredentialProgram.credentials(
                        text.substring(0, colon), text.substring(colon + 1).replaceFirst("\0+$", ""));
            }
        } catch (IllegalArgumentException e) {
            // said below, without what it holds
        }
        throw new IOException("the entry \"" + name + "\" in " + file + " has no readable credentials: log in again");
    }

    private static Optional<String> filled(Json entry, String name) {
        return entry.text(name).filter(text -> !text.isEmpty());
    }

    /** What a parser says of a file could repeat a secret in it. */
    private static Json read(Path file) throws IOException {
        if (Files.size(file) > LONGEST) {
            throw new IOException(file + " is too large to be a Docker configuration");
        }
        try {
            return Json.parse(Files.readAllBytes(file), "the Docker configuration");
        } catch (MalformedException e) {
            throw new IOException(file + " is not valid JSON, so no credentials can be read from it");
        }
    }
}
