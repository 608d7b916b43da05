package io.crs.image.daemon;

import io.crs.image.daemon.EngineCall.Request;
import io.crs.image.format.ForeignText;
import io.crs.image.format.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Docker Engine, or another service with its API such as podman's: the calls that reading and writing images takes.
 *
 * <p>Each call has a connection of its own and is made in the newest version of the API that both sides know. Safe for all
 * threads.
 */
public final class DockerEngine {
    private static final Version OLDEST = new Version(1, 24);
    private static final Version NEWEST = new Version(1, 47);
    private static final int MOST_JSON_BYTES = 16 << 20;
    private static final int MOST_PING_BYTES = 64 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Saving and loading large images, an engine may be silent for long while it packs and unpacks. */
    private static final Duration LONG_PATIENCE = Duration.ofMinutes(15);

    /** Forbidden, or not known: what proxies answer that let through a few calls only. */
    private static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 405, 501);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:@-]{0,400}");

    private final EngineAddress address;
    private final Duration patience;
    private final Duration longPatience;
    private volatile @Nullable Greeting greeting;

    private DockerEngine(EngineAddress address, Duration patience, Duration longPatience) {
        this.address = address;
        this.patience = patience;
        this.longPatience = longPatience;
    }

    /** An archive as it is written. */
    @FunctionalInterface
    public interface Archive {
        /** Writes all of it. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Returns the engine at an address, which is not called before the first question to it. */
    public static DockerEngine at(EngineAddress address) {
        return new DockerEngine(address, PATIENCE, LONG_PATIENCE);
    }

    /** Returns the engine at an address, with the time it may be silent. */
    static DockerEngine at(EngineAddress address, Duration patience) {
        return new DockerEngine(address, patience, patience);
    }

    /** Returns whether it is podman's service. */
    public boolean isPodman() throws IOException {
        return greeting().podman;
    }

    /** Returns whether the engine keeps images in containerd's store, by the digests of their manifests. */
    public boolean hasContainerdStore() throws IOException {
        for (Json pair : get("/info").get("DriverStatus").orElse(Json.object()).elements()) {
            List<Json> words = pair.elements();
            if (words.size() == 2
                    && words.get(0).text().orElse("").equals("driver-type")
                    && words.get(1).text().orElse("").startsWith("io.containerd.snapshotter.")) {
                return true;
            }
        }
        return false;
    }

    /** Returns the image of a name or an identifier. */
    public Optional<EngineImage> find(String name) throws IOException {
        try {
            return Optional.of(EngineImage.of(get("/images/" + checked(name) + "/json")));
        } catch (EngineException e) {
            if (e.status() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Writes an image as the archive {@code docker save} makes; not more than a limit. */
    public void save(String name, OutputStream out, long limit) throws IOException {
        try (EngineCall call = call(Request.of("GET", "/images/" + checked(name) + "/get"), longPatience)) {
            byte[] buffer = new byte[64 << 10];
            long count = 0;
            for (int read = call.body().read(buffer);
                    read >= 0;
                    read = call.body().read(buffer)) {
                count += read;
                if (count > limit) {
                    throw new IOException(this + " gives more than " + limit + " bytes for " + name);
                }
                out.write(buffer, 0, read);
            }
        }
    }

    /**
     * Gives an archive as {@code docker save} makes it to the engine.
     *
     * @return the identifier, or else the name, of the image the engine says it loaded
     * @throws EngineException if the engine does not take it
     */
    public String load(Archive archive) throws IOException {
        Request request = Request.tar("POST", "/images/load?quiet=1", archive::writeTo);
        try (EngineCall call = call(request, longPatience)) {
            LoadAnswer answer = LoadAnswer.of(Json.parseAll(call.bytes(MOST_JSON_BYTES), "the answer of " + this));
            if (answer.error().isPresent()) {
                String error = ForeignText.line(answer.error().get());
                throw new EngineException(200, this + " does not take the image: " + error);
            }
            return answer.image()
                    .orElseThrow(() -> new EngineException(200, this + " does not say that it loaded the image"));
        }
    }

    /** Gives an image a name more, which another image loses if it had it. */
    public void tag(String image, String repository, String tag) throws IOException {
        String path = "/images/" + checked(image) + "/tag?repo=" + checked(repository) + "&tag=" + checked(tag);
        call(Request.of("POST", path), patience).close();
    }

    /** Takes away a name, or an image that has no name but its identifier. */
    public void remove(String name) throws IOException {
        call(Request.of("DELETE", "/images/" + checked(name) + "?noprune=1"), patience)
                .close();
    }

    /**
     * Makes a container of an image, which is not started.
     *
     * @return the container; empty if the engine, or who stands before it, does not allow that
     */
    public Optional<EngineContainer> container(String image) throws IOException {
        try {
            return Optional.of(EngineContainer.create(this, checked(image)));
        } catch (EngineException e) {
            if (REFUSALS.contains(e.status())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Returns what the engine is called in messages. */
    @Override
    public String toString() {
        return "the Docker Engine at " + address;
    }

    private Json get(String path) throws IOException {
        try (EngineCall call = call(Request.of("GET", path), patience)) {
            return Json.parse(call.bytes(MOST_JSON_BYTES), "the answer of " + this);
        }
    }

    EngineCall call(Request request) throws IOException {
        return call(request, patience);
    }

    private EngineCall call(Request request, Duration time) throws IOException {
        String path = "/v" + greeting().version + request.path();
        return EngineCall.send(
                address, new Request(request.method(), path, request.mediaType(), request.content()), time);
    }

    private Greeting greeting() throws IOException {
        Greeting known = greeting;
        if (known != null) {
            return known;
        }
        try (EngineCall call = EngineCall.send(address, Request.of("GET", "/_ping"), patience)) {
            call.bytes(MOST_PING_BYTES);
            Version theirs = call.header("api-version")
                    .flatMap(Version::parse)
                    .orElseThrow(() -> new IOException("what answers at " + address
                            + " is no Docker Engine: it does not say which version of the API it has"));
            if (theirs.compareTo(OLDEST) < 0) {
                throw new IOException(this + " has version " + theirs + " of the API, the oldest understood is "
                        + OLDEST + ": use a newer engine");
            }
            Version both = theirs.compareTo(NEWEST) < 0 ? theirs : NEWEST;
            Greeting told = new Greeting(both, call.header("libpod-api-version").isPresent());
            greeting = told;
            return told;
        }
    }

    /** Nothing but the letters of names gets into a path. */
    private static String checked(String name) {
        if (!NAME.matcher(name).matches() || name.contains("..")) {
            throw new IllegalArgumentException("\"" + name + "\" is no name of an image");
        }
        return name;
    }

    private record Greeting(Version version, boolean podman) {}

    private record Version(int major, int minor) implements Comparable<Version> {
        private static final Pattern TEXT = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})");

        static Optional<Version> parse(String text) {
            Matcher matcher = TEXT.matcher(text);
            return matcher.matches()
                    ? Optional.of(new Version(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                    : Optional.empty();
        }

        @Override
        public int compareTo(Version other) {
            return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
        }

        @Override
        public String toString() {
            return major + "." + minor;
        }
    }
}
