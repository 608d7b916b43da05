package io.crs.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.AgentBundle;
import io.crs.agent.AgentFile;
import io.crs.agent.HookProvider;
import io.crs.agent.Platform;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every provider of hooks does. An implementation passes by extending this class. */
public abstract class HookProviderContract {
    private static final int THREADS = 4;

    /** The provider. */
    protected abstract HookProvider provider();

    /** The platforms it has hooks for, at least one. */
    protected abstract List<Platform> platforms();

    private AgentBundle bundle(Platform platform) {
        return provider().find(platform).orElseThrow(() -> new AssertionError("nothing for " + platform));
    }

    @Test
    void hasWhatIsStartedForEachPlatformItNames() {
        assertFalse(platforms().isEmpty());
        for (Platform platform : platforms()) {
            AgentBundle bundle = bundle(platform);
            assertEquals(platform.normalized(), bundle.platform().normalized());
            assertFalse(bundle.version().isBlank());
            assertTrue(
                    bundle.files().stream()
                            .anyMatch(file -> file.path().equals(AgentBundle.INIT) && (file.mode() & 0111) == 0111),
                    () -> bundle.files().toString());
        }
    }

    @Test
    void namesEachFileAndEachLibraryOnce() {
        for (Platform platform : platforms()) {
            Set<String> seen = new HashSet<>();
            bundle(platform).files().forEach(file -> assertTrue(seen.add(file.path()), file::path));
            bundle(platform).libraries().forEach(library -> assertTrue(seen.add("library " + library.name())));
        }
    }

    /** An image comes out with the same digest each time, and on each machine. */
    @Test
    void givesTheSameBytesEachTime() {
        for (Platform platform : platforms()) {
            AgentBundle first = bundle(platform);
            AgentBundle second = bundle(platform);
            assertEquals(first.version(), second.version());
            assertEquals(first.libraries(), second.libraries());
            assertEquals(first.files().size(), second.files().size());
            for (int i = 0; i < first.files().size(); i++) {
                AgentFile one = first.files().get(i);
                AgentFile other = second.files().get(i);
                assertEquals(one.path() + " " + one.mode(), other.path() + " " + other.mode());
                byte[] content = one.content();
                assertArrayEquals(content, other.content(), one.path());
                if (content.length > 0) {
                    content[0] ^= 1;
                    assertFalse(content[0] == other.content()[0], "what is given out is a copy");
                }
            }
        }
    }

    @Test
    void knowsAPlatformByEachOfItsSpellings() {
        for (Platform platform : platforms()) {
            if (platform.normalized().equals(Platform.LINUX_AMD64)) {
                assertTrue(provider().find(Platform.parse("Linux/x86_64")).isPresent());
            }
            if (platform.normalized().equals(Platform.LINUX_ARM64)) {
                assertTrue(provider().find(Platform.parse("linux/aarch64")).isPresent());
            }
        }
    }

    @Test
    void hasNothingForAPlatformItDoesNotKnow() {
        assertEquals(Optional.empty(), provider().find(Platform.parse("plan9/mips")));
    }

    @Test
    void servesSeveralThreadsAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<String>> found = new ArrayList<>();
            for (int i = 0; i < THREADS * 8; i++) {
                Platform platform = platforms().get(i % platforms().size());
                found.add(threads.submit(() -> platform + " " + bundle(platform).files()));
            }
            Set<String> different = new HashSet<>();
            for (Future<String> each : found) {
                different.add(each.get());
            }
            assertEquals(new HashSet<>(platforms()).size(), different.size());
        } finally {
            threads.shutdownNow();
        }
    }
}
