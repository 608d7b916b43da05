package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real images, checked and instrumented in each kind of place, run from there, and restored to what they were. */
class PlacesIT {
    private static final ContainerEngine ENGINE = ContainerEngine.ofEnvironment();

    /** Two at once: one waits for what it fetches or for the engine while the other reads and unpacks. */
    private static final ExecutorService TWO = Executors.newFixedThreadPool(2);

    private static final Map<RealImage, Future<Boolean>> ROUNDS = new HashMap<>();

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        makeImages();
        for (RealImage real : RealImage.all()) {
            Path own = Files.createDirectory(folder.resolve(real.image()));
            ROUNDS.put(real, TWO.submit(() -> {
                PlacesRound round = new PlacesRound(real, own, ENGINE);
                try {
                    round.go();
                } finally {
                    round.end();
                }
                return true;
            }));
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        TWO.shutdownNow();
        assertTrue(TWO.awaitTermination(1, TimeUnit.MINUTES), "a round goes on");
    }

    private static void makeImages() throws Exception {
        Demo.images("nginx");
        List<Callable<List<String>>> halves =
                List.of(() -> Demo.images("bullseye", "jre", "musl"), () -> Demo.images("trixie", "web", "esbuild"));
        for (Future<List<String>> half : TWO.invokeAll(halves)) {
            half.get();
        }
    }

    @ParameterizedTest
    @MethodSource("io.crs.quickstart.RealImage#all")
    void isTheSameWhereverItIsInstrumented(RealImage real) throws Throwable {
        try {
            assertTrue(Objects.requireNonNull(ROUNDS.get(real)).get());
        } catch (ExecutionException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
