package io.crs.host;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.agent.HookProvider;
import io.crs.agent.LinkedLibrary;
import io.crs.agent.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The agents that come with this library, one a platform, from resources named
 * {@code META-INF/crs/agent/<os>-<architecture>/crs-init} and {@code libcrs.so} beside it.
 *
 * <p>An agent is built for the oldest processor of its architecture, so a later variant ({@code linux/amd64/v3}) gets
 * the same one. Immutable, safe for all threads.
 */
public final class BundledAgents implements HookProvider {
    private static final String FOLDER = "/META-INF/crs/agent/";
    private static final int MODE = 0755;
    private static final int READ_ONLY = 0444;

    /** Kept, as they are large in their jar and the same for all images. */
    private static final Map<Platform, AgentBundle> BUNDLES = new ConcurrentHashMap<>();

    /** A provider of the bundled agents; all such providers are alike. */
    public BundledAgents() {}

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException if the resource is there but cannot be read
     */
    @Override
    public Optional<AgentBundle> find(Platform platform) {
        Platform wanted = platform.normalized();
        return platforms()
                .filter(built ->
                        built.os().equals(wanted.os()) && built.architecture().equals(wanted.architecture()))
                .findFirst()
                .map(built -> BUNDLES.computeIfAbsent(built, BundledAgents::bundle));
    }

    /** The platforms with an agent in this build, such as {@code linux/amd64}. */
    public static List<Platform> available() {
        return platforms().toList();
    }

    private static Stream<Platform> platforms() {
        return Stream.of(Platform.LINUX_AMD64, Platform.LINUX_ARM64)
                .filter(platform -> BundledAgents.class.getResource(resource(platform, "crs-init")) != null);
    }

    private static AgentBundle bundle(Platform platform) {
        return AgentBundle.of(
                platform,
                new String(read(FOLDER + "version"), StandardCharsets.UTF_8).strip(),
                List.of(
                        new AgentFile(AgentBundle.INIT, MODE, read(resource(platform, "crs-init"))),
                        new AgentFile(AgentBundle.PRELOAD, READ_ONLY, read(resource(platform, "libcrs.so")))),
                libraries(new String(read(resource(platform, "libraries")), StandardCharsets.UTF_8)));
    }

    /** A line for each: name, version, and the CPE name's vendor and product. */
    private static List<LinkedLibrary> libraries(String list) {
        return list.lines()
                .map(line -> line.split(" ", -1))
                .map(words -> new LinkedLibrary(
                        words[0], words[1], Optional.of("cpe:2.3:a:" + words[2] + ":" + words[1] + ":*:*:*:*:*:*:*")))
                .toList();
    }

    private static String resource(Platform platform, String name) {
        return FOLDER + platform.os() + "-" + platform.architecture() + "/" + name;
    }

    private static byte[] read(String resource) {
        try (@Nullable InputStream in = BundledAgents.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks its resource " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
