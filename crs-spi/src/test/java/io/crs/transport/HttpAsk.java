package io.crs.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A request of a test, and its answer. */
final class HttpAsk {
    private final HttpURLConnection connection;

    private HttpAsk(URI uri, String method) throws IOException {
        connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(10_000);
        connection.setReadTimeout(60_000);
    }

    static HttpAsk get(URI uri) throws IOException {
        return new HttpAsk(uri, "GET");
    }

    static HttpAsk post(URI uri) throws IOException {
        return new HttpAsk(uri, "POST");
    }

    HttpAsk with(String header, String value) {
        connection.setRequestProperty(header, value);
        return this;
    }

    HttpAnswered send() throws IOException {
        return answer();
    }

    HttpAnswered send(String body) throws IOException {
        return send(body.getBytes(StandardCharsets.UTF_8));
    }

    HttpAnswered send(byte[] body) throws IOException {
        connection.setDoOutput(true);
        connection.getOutputStream().write(body);
        connection.getOutputStream().close();
        return answer();
    }

    private HttpAnswered answer() throws IOException {
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String body = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new HttpAnswered(status, body, connection);
        }
    }

    /** What came back. */
    record HttpAnswered(int status, String body, HttpURLConnection connection) {
        String header(String name) {
            String value = connection.getHeaderField(name);
            return value == null ? "" : value;
        }
    }
}
