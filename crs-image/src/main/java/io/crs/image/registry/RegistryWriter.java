package io.crs.image.registry;

import io.crs.image.Artifact;
import io.crs.image.Blob;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.ImageIndex;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.MissingBlobException;
import io.crs.image.Referrers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes into a repository: blobs, several at once; then manifests, what an index lists before the index; the tag last. */
final class RegistryWriter {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryWriter.class);

    private final Repository target;
    private final int parallel;
    private final Map<Digest, Blob> blobs = new LinkedHashMap<>();
    private final List<Manifest> children = new ArrayList<>();
    private final Set<Digest> collected = new HashSet<>();

    RegistryWriter(Repository target, int parallel) {
        this.target = target;
        this.parallel = parallel;
    }

    void write(Manifest manifest, Reference reference) throws IOException {
        if (reference
                .digest()
                .filter(digest -> !digest.equals(manifest.digest()))
                .isPresent()) {
            throw new InvalidImageException(reference + " names a digest, what is to be written has another, "
                    + manifest.digest() + ": name a tag");
        }
        collect(manifest);
        Scope scope = scope();
        send(scope);
        for (Manifest child : children) {
            target.put(child, child.digest().toString(), scope);
        }
        target.put(manifest, reference.manifest(), scope);
    }

    /**
     * Writes an artifact by its digest, so that the registry lists it among the referrers of its subject. Where the registry
     * knows no referrers, they are listed in an index whose tag is made of the subject's digest.
     */
    void attach(Artifact artifact, Digest subject) throws IOException {
        collect(artifact);
        Scope scope = scope();
        send(scope);
        if (!target.put(artifact, artifact.digest().toString(), scope)) {
            String tag = Referrers.tag(subject);
            Optional<ImageIndex> list = Referrers.added(target.find(tag), artifact, target.what(tag));
            if (list.isPresent()) {
                target.put(list.get(), tag, scope);
            }
        }
    }

    /** All that must be there before the manifest is; what lies in this very repository is. */
    private void collect(Manifest manifest) throws IOException {
        if (manifest instanceof ImageIndex index) {
            for (Descriptor entry : index.entries()) {
                collect(entry, index);
            }
        }
        for (Blob blob : manifest.blobs()) {
            boolean here = blob.origin() instanceof Repository source && source.isSame(target);
            if (!here && !MediaType.isForeignLayer(blob.descriptor().mediaType())) {
                blobs.putIfAbsent(blob.descriptor().digest(), blob);
            }
        }
    }

    private void collect(Descriptor entry, ImageIndex index) throws IOException {
        if (!collected.add(entry.digest())) {
            return;
        }
        try {
            Manifest child = index.read(entry);
            collect(child);
            children.add(child);
        } catch (MissingBlobException e) {
            // A restored index lists attestations that did not come along; without them it is complete all the same.
            if (!entry.isAttestation()) {
                throw e;
            }
            LOG.warn("{} lists the attestation {}, which is not there to be copied", index.digest(), entry.digest());
        }
    }

    /** What blobs are taken from is asked for in the same token. */
    private Scope scope() {
        Scope scope = Scope.push(target.name());
        for (Blob blob : blobs.values()) {
            if (blob.origin() instanceof Repository source && source.isSameRegistry(target)) {
                scope = scope.and(Scope.pull(source.name()));
            }
        }
        return scope;
    }

    private void send(Scope scope) throws IOException {
        if (blobs.isEmpty()) {
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(parallel, blobs.size()), task -> {
            Thread thread = new Thread(task, "crs-registry-upload");
            thread.setDaemon(true);
            return thread;
        });
        try {
            ExecutorCompletionService<Boolean> sent = new ExecutorCompletionService<>(threads);
            for (Blob blob : blobs.values()) {
                sent.submit(() -> {
                    target.upload(blob, from(blob), scope).run();
                    return true;
                });
            }
            for (int i = 0; i < blobs.size(); i++) {
                await(sent.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while blobs were sent");
        } finally {
            threads.shutdownNow();
        }
    }

    private static void await(Future<Boolean> done) throws IOException, InterruptedException {
        try {
            done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Configurations are small, and some registries take them from nowhere. */
    private Optional<String> from(Blob blob) {
        return blob.origin() instanceof Repository source
                        && source.isSameRegistry(target)
                        && !MediaType.isConfig(blob.descriptor().mediaType())
                ? Optional.of(source.name())
                : Optional.empty();
    }
}
