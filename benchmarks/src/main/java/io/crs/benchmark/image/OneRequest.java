package io.crs.benchmark.image;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** One manifest asked for by the JDK's client: the least that a process which speaks to a registry takes in a JVM. */
public final class OneRequest {
    private OneRequest() {}

    /**
     * Asks, in a process of its own.
     *
     * @param arguments the image
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String name = arguments[0].replaceFirst("^docker://", "");
        String path = name.substring(name.indexOf('/') + 1);
        int colon = path.lastIndexOf(':');
        URI uri = URI.create("http://" + name.substring(0, name.indexOf('/')) + "/v2/" + path.substring(0, colon)
                + "/manifests/" + path.substring(colon + 1));
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept", "application/vnd.oci.image.manifest.v1+json")
                .build();
        int status = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofByteArray())
                .statusCode();
        if (status != 200) {
            throw new IOException(uri + ": " + status);
        }
    }
}
