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
        BareRequests.Place place = BareRequests.Place.of(arguments[0]);
        URI uri = place.uri("/manifests/" + place.reference());
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept", BareRequests.ACCEPT)
                .build();
        int status = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofByteArray())
                .statusCode();
        if (status != 200) {
            throw new IOException(uri + ": " + status);
        }
        // A JVM that ends waits 0.3 s for the thread of a client, and until Java 21 a client cannot be closed.
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().endsWith("-SelectorManager")) {
                thread.interrupt();
                thread.join(1_000);
            }
        }
    }
}
