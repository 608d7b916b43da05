package io.crs.scanner;

import io.crs.agent.HookProvider;
import io.crs.agent.Platform;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.ImageIndex;
import io.crs.image.Manifest;
import io.crs.image.inspect.Compatibility;
import io.crs.image.inspect.FactCache;
import io.crs.image.instrument.Instrumenter;
import io.crs.image.registry.Reference;
import io.crs.image.registry.Registry;
import io.crs.image.registry.RegistryAccess;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Checks many images, several at once, and hands on what is found in the order they were named. However many there are, only
 * some are under way, and of each image no more is kept than its verdict.
 */
final class Scan implements Targets.Visitor, AutoCloseable {
    private static final int AHEAD = 4;
    private static final int KEPT = 2_000;

    private final Scanned scanned;
    private final Sink sink;
    private final int window;
    private final ExecutorService threads;
    private final Deque<Future<List<Finding>>> underWay = new ArrayDeque<>();
    private final Map<Digest, List<Finding>> known;
    private final Instrumenter instrumenter;

    /** Takes what is found. */
    @FunctionalInterface
    interface Sink {
        void accept(Finding finding) throws IOException;
    }

    /**
     * What is scanned, and how.
     *
     * @param access how registries are reached
     * @param facts where what is found out about layers is kept
     * @param platform the one platform to check; all if none
     */
    record Scanned(RegistryAccess access, FactCache facts, Optional<Platform> platform) {}

    Scan(Scanned scanned, int parallel, Sink sink) {
        this.scanned = scanned;
        this.instrumenter = Instrumenter.builder()
                .agents(HookProvider.of(HookProvider.installed()))
                .cache(scanned.facts())
                .build();
        this.sink = sink;
        this.window = parallel * AHEAD;
        this.threads = Executors.newFixedThreadPool(parallel, task -> {
            Thread thread = new Thread(task, "registry-scan");
            thread.setDaemon(true);
            return thread;
        });
        // Many tags are of one image: the verdicts of those seen last are kept.
        this.known = Collections.synchronizedMap(new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Digest, List<Finding>> eldest) {
                return size() > KEPT;
            }
        });
    }

    @Override
    public void image(Reference reference) throws IOException {
        submit(threads.submit(() -> findings(reference)));
    }

    @Override
    public void failed(String name, IOException e) throws IOException {
        submit(threads.submit(() -> List.of(Finding.failed(name, e))));
    }

    /** Waits for what is under way. */
    void finish() throws IOException {
        while (!underWay.isEmpty()) {
            handOn();
        }
    }

    private void submit(Future<List<Finding>> check) throws IOException {
        underWay.addLast(check);
        if (underWay.size() > window) {
            handOn();
        }
    }

    private void handOn() throws IOException {
        try {
            for (Finding finding : underWay.removeFirst().get()) {
                sink.accept(finding);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private List<Finding> findings(Reference reference) {
        try {
            Manifest manifest = Registry.read(reference, scanned.access());
            List<Finding> seen = known.get(manifest.digest());
            if (seen == null) {
                seen = findings(reference.toString(), manifest);
                known.put(manifest.digest(), seen);
            }
            return seen.stream().map(each -> each.named(reference.toString())).toList();
        } catch (IOException | RuntimeException e) {
            return List.of(Finding.failed(reference.toString(), e));
        }
    }

    private List<Finding> findings(String name, Manifest manifest) throws IOException {
        if (manifest instanceof Image image) {
            return List.of(finding(name, image));
        }
        if (!(manifest instanceof ImageIndex index)) {
            throw new IOException("not an image that could run, but an artifact of another kind");
        }
        List<Finding> findings = new ArrayList<>();
        for (Platform each : index.platforms()) {
            boolean wanted = scanned.platform()
                    .map(one -> one.normalized().equals(each.normalized()))
                    .orElse(true);
            if (wanted) {
                findings.add(finding(name, index.select(each)));
            }
        }
        if (findings.isEmpty()) {
            throw new IOException(
                    "no image for " + scanned.platform().map(Platform::toString).orElse("any platform") + ", only for "
                            + index.platforms());
        }
        return findings;
    }

    private Finding finding(String name, Image image) throws IOException {
        Compatibility verdict = instrumenter.check(image);
        return Finding.of(
                name, image.digest(), image.platform().toString(), Instrumenter.isInstrumented(image), verdict);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
