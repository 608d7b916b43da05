package io.crs.image.registry;

import io.crs.image.Blob;
import io.crs.image.BlobSource;
import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.InvalidImageException;
import io.crs.image.Manifest;
import io.crs.image.MediaType;
import io.crs.image.MissingBlobException;
import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One repository of a registry: its manifests and blobs, each verified by whoever reads it. */
final class Repository implements BlobSource {
    /** All that is understood, and schema 1, so that a registry does not make one of its own and the reason can be said. */
    private static final String ACCEPT = String.join(
            ", ",
            MediaType.OCI_INDEX,
            MediaType.OCI_MANIFEST,
            MediaType.DOCKER_LIST,
            MediaType.DOCKER_MANIFEST,
            MediaType.DOCKER_SCHEMA_1_SIGNED,
            MediaType.DOCKER_SCHEMA_1);

    private static final Set<String> NO_TYPES =
            Set.of("", "application/json", "application/octet-stream", "text/plain", "binary/octet-stream");
    private static final String DIGEST_HEADER = "Docker-Content-Digest";
    private static final int KEPT_MANIFESTS = 64;

    private final RegistryClient client;
    private final String name;
    private final Map<Digest, byte[]> manifests = new LinkedHashMap<>();

    Repository(RegistryClient client, String name) {
        this.client = client;
        this.name = name;
    }

    RegistryClient client() {
        return client;
    }

    String name() {
        return name;
    }

    /** Returns whether blobs of both lie in one place. */
    boolean isSame(Repository other) {
        return isSameRegistry(other) && name.equals(other.name);
    }

    /** Returns whether blobs can go from the one to the other within the registry. */
    boolean isSameRegistry(Repository other) {
        return client.name().equals(other.client.name());
    }

    /** Reads what a reference names. The tag is resolved once; all that follows goes by digest. */
    Manifest read(Reference reference) throws IOException {
        return Manifest.read(fetch(reference.manifest(), reference.digest()), this);
    }

    private Descriptor fetch(String which, Optional<Digest> expected) throws IOException {
        String what = what(which);
        Call call = Call.get(path("manifests", which), Scope.pull(name), what).with("Accept", ACCEPT);
        try (Answer answer = client.success(call)) {
            byte[] bytes = answer.bytes(Limits.MANIFEST_BYTES, "the manifest of " + what);
            Digest digest = expected.map(each -> each.sameAlgorithm(bytes)).orElseGet(() -> Digest.of(bytes));
            Optional<String> stated = answer.header(DIGEST_HEADER);
            if (expected.isPresent() && !expected.get().equals(digest)) {
                throw new InvalidImageException(what + ": the registry sent a manifest whose digest is " + digest);
            }
            if (expected.isEmpty() && stated.isPresent() && !stated.get().equals(digest.toString())) {
                throw new InvalidImageException(
                        what + ": the registry says the manifest's digest is " + stated.get() + ", it is " + digest);
            }
            keep(digest, bytes);
            return new Descriptor(type(answer, bytes, what), digest, bytes.length);
        }
    }

    /** The type the registry states; where it states none that says anything, the document's own. */
    private static String type(Answer answer, byte[] bytes, String what) throws InvalidImageException {
        String stated = answer.header("Content-Type").orElse("").replaceFirst("\\s*;.*", "");
        if (!NO_TYPES.contains(stated)) {
            return stated;
        }
        try {
            return Json.parse(bytes, "the manifest of " + what)
                    .text("mediaType")
                    .orElseThrow(() -> new InvalidImageException(
                            what + ": neither the registry nor the manifest says of what media type it is"));
        } catch (MalformedException e) {
            throw new InvalidImageException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Reads the manifest of a tag; none if there is no such tag. */
    Optional<Manifest> find(String tag) throws IOException {
        try {
            return Optional.of(Manifest.read(fetch(tag, Optional.empty()), this));
        } catch (RegistryException e) {
            if (e.status().orElse(0) == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public InputStream open(Descriptor descriptor) throws IOException {
        Digest digest = descriptor.digest();
        byte[] kept = kept(digest);
        if (kept == null
                && !MediaType.isIndex(descriptor.mediaType())
                && !MediaType.isManifest(descriptor.mediaType())) {
            return new BlobInput(this, descriptor);
        }
        if (kept == null) {
            try {
                fetch(digest.toString(), Optional.of(digest));
            } catch (RegistryException e) {
                throw e.status().orElse(0) == 404 ? new MissingBlobException(String.valueOf(e.getMessage())) : e;
            }
            kept = kept(digest);
        }
        return new ByteArrayInputStream(kept == null ? new byte[0] : kept);
    }

    private synchronized byte @Nullable [] kept(Digest digest) {
        return manifests.get(digest);
    }

    private synchronized void keep(Digest digest, byte[] bytes) {
        if (manifests.size() >= KEPT_MANIFESTS) {
            manifests.remove(manifests.keySet().iterator().next());
        }
        manifests.put(digest, bytes);
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public String locate(Descriptor descriptor) {
        return client.name() + "/" + name;
    }

    /** Asks for a blob from some byte on. */
    Answer openBlob(Descriptor descriptor, long offset) throws IOException {
        String what = what(descriptor.digest().toString());
        Call call = Call.get(path("blobs", descriptor.digest().toString()), Scope.pull(name), what);
        // With its end, which not every registry can do without.
        Call asked = offset == 0 ? call : call.with("Range", "bytes=" + offset + "-" + (descriptor.size() - 1));
        Answer answer = client.call(asked);
        if (answer.isSuccess()) {
            return answer;
        }
        try (answer) {
            throw answer.status() == 404
                    ? new MissingBlobException("blob " + what + " is missing in the registry")
                    : client.refused(call, answer);
        }
    }

    /** Asks for a blob at an address that its descriptor names; it is public or not to be had. */
    Answer openElsewhere(Descriptor descriptor, String address) throws IOException {
        return client.elsewhere(address, what(descriptor.digest().toString()));
    }

    /** Returns whether a blob is here. */
    boolean has(Descriptor descriptor, Scope scope) throws IOException {
        Call call = Call.head(
                path("blobs", descriptor.digest().toString()),
                scope,
                what(descriptor.digest().toString()));
        try (Answer answer = client.call(call)) {
            if (answer.status() == 404) {
                return false;
            }
            if (!answer.isSuccess()) {
                throw client.refused(call, answer);
            }
            return true;
        }
    }

    /**
     * Writes a manifest under a tag or its digest.
     *
     * @return whether the registry says that it knows what the manifest refers to
     */
    boolean put(Manifest manifest, String which, Scope scope) throws IOException {
        byte[] bytes = manifest.bytes();
        Call call = Call.of("PUT", path("manifests", which), scope, what(which))
                .with("Content-Type", manifest.mediaType())
                .with(new Call.Body(bytes.length, () -> new ByteArrayInputStream(bytes)));
        Answer answer;
        try {
            answer = client.call(call.asRepeatable());
        } catch (RegistryException e) {
            if (e.status().isEmpty() && isThere(manifest, which, scope)) {
                return false; // it came through, only the answer did not
            }
            throw e;
        }
        try (answer) {
            if (!answer.isSuccess()) {
                throw client.refused(call, answer);
            }
            String stated =
                    answer.header(DIGEST_HEADER).orElse(manifest.digest().toString());
            if (!stated.equals(manifest.digest().toString())) {
                throw new InvalidImageException(what(which) + ": the registry says it stored " + stated
                        + " where it was sent " + manifest.digest());
            }
            return answer.header("OCI-Subject").isPresent();
        }
    }

    private boolean isThere(Manifest manifest, String which, Scope scope) throws IOException {
        Call call = Call.head(path("manifests", which), scope, what(which)).with("Accept", ACCEPT);
        try (Answer answer = client.call(call)) {
            return answer.isSuccess()
                    && answer.header(DIGEST_HEADER)
                            .filter(manifest.digest().toString()::equals)
                            .isPresent();
        }
    }

    /** Begins to send a blob, or has the registry take it from another of its repositories. */
    BlobUpload upload(Blob blob, Optional<String> from, Scope scope) {
        return new BlobUpload(this, blob, from, scope);
    }

    String path(String kind, String which) {
        return "/v2/" + name + "/" + kind + "/" + which;
    }

    String what(String which) {
        return client.name() + "/" + name + (which.indexOf(':') < 0 ? ":" : "@") + which;
    }

    List<String> tags() throws IOException {
        return new Listing(client, "/v2/" + name + "/tags/list", "tags", Scope.pull(name), client.name() + "/" + name)
                .all();
    }
}
