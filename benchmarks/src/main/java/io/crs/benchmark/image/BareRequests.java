package io.crs.benchmark.image;

import io.crs.image.Descriptor;
import io.crs.image.Digest;
import io.crs.image.Image;
import io.crs.image.Layer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The least a client can send to a registry for one layer more, one request after the other, but layers are
 * mounted at once: nothing is computed, verified or
 * looked for, and all answers but their status are thrown away. What it takes is what the registry takes.
 */
final class BareRequests {
    static final String ACCEPT =
            "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Place source;
    private final Place target;
    private final Image made;
    private final List<Layer> below;
    private final Descriptor configBefore;

    /** A repository at a host, and the tag or digest of a manifest in it. */
    record Place(String host, String repository, String reference) {
        static Place of(String location) {
            String name = location.replaceFirst("^docker://", "");
            int slash = name.indexOf('/');
            int colon = name.lastIndexOf(':');
            return new Place(name.substring(0, slash), name.substring(slash + 1, colon), name.substring(colon + 1));
        }

        URI uri(String rest) {
            return URI.create("http://" + host + "/v2/" + repository + rest);
        }
    }

    /**
     * All is made ready before.
     *
     * @param source where the image below is
     * @param target where the image goes
     * @param base the image below
     * @param made the image; its last layer and its configuration are sent
     */
    BareRequests(String source, String target, Image base, Image made) {
        this.source = Place.of(source);
        this.target = Place.of(target);
        this.made = made;
        this.below = base.layers();
        this.configBefore = base.blobs().get(0).descriptor();
    }

    void send() throws IOException, InterruptedException {
        expect(200, get("/manifests/" + source.reference));
        expect(200, get("/blobs/" + configBefore.digest()));
        if (!source.repository.equals(target.repository)) {
            List<CompletableFuture<HttpResponse<Void>>> mounts = below.stream()
                    .map(layer -> client.sendAsync(
                            post("?mount=" + layer.descriptor().digest() + "&from=" + source.repository),
                            BodyHandlers.discarding()))
                    .toList();
            for (CompletableFuture<HttpResponse<Void>> mount : mounts) {
                check(201, mount.join());
            }
        }
        byte[] layer;
        try (var in = made.layers().get(below.size()).compressed()) {
            layer = in.readAllBytes();
        }
        upload(layer, made.layers().get(below.size()).descriptor().digest());
        upload(made.config(), made.blobs().get(0).descriptor().digest());
        expect(
                201,
                HttpRequest.newBuilder(target.uri("/manifests/" + target.reference))
                        .header("Content-Type", made.mediaType())
                        .PUT(BodyPublishers.ofByteArray(made.bytes()))
                        .build());
    }

    private void upload(byte[] bytes, Digest digest) throws IOException, InterruptedException {
        String location = expect(202, post("")).headers().firstValue("Location").orElseThrow();
        URI session = target.uri("").resolve(location);
        BodyPublisher body = BodyPublishers.ofByteArray(bytes);
        expect(
                201,
                HttpRequest.newBuilder(URI.create(session + "&digest=" + digest))
                        .header("Content-Type", "application/octet-stream")
                        .PUT(body)
                        .build());
    }

    private HttpRequest get(String rest) {
        return HttpRequest.newBuilder(source.uri(rest)).header("Accept", ACCEPT).build();
    }

    private HttpRequest post(String query) {
        return HttpRequest.newBuilder(target.uri("/blobs/uploads/" + query))
                .POST(BodyPublishers.noBody())
                .build();
    }

    private HttpResponse<Void> expect(int status, HttpRequest request) throws IOException, InterruptedException {
        return check(status, client.send(request, BodyHandlers.discarding()));
    }

    private static HttpResponse<Void> check(int status, HttpResponse<Void> response) throws IOException {
        if (response.statusCode() != status) {
            throw new IOException(response.request().method() + " " + response.uri() + ": " + response.statusCode());
        }
        return response;
    }
}
