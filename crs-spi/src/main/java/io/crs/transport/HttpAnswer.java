package io.crs.transport;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a request is answered with. */
final class HttpAnswer {
    private static final String JSON = "application/json";

    private final int status;
    private final ByteBuffer body;
    private final Map<String, String> headers = new LinkedHashMap<>();

    private HttpAnswer(int status, ByteBuffer body) {
        this.status = status;
        this.body = body;
    }

    static HttpAnswer json(int status, byte[] body) {
        return new HttpAnswer(status, ByteBuffer.wrap(body)).with("Content-Type", JSON);
    }

    static HttpAnswer bytes(ByteBuffer body) {
        return new HttpAnswer(200, body).with("Content-Type", "application/octet-stream");
    }

    static HttpAnswer empty(int status) {
        return new HttpAnswer(status, ByteBuffer.allocate(0));
    }

    static HttpAnswer of(HttpProblem problem) {
        HttpAnswer answer = json(problem.status(), AgentDocuments.problem(problem));
        problem.headers().forEach(answer::with);
        return answer.with("Content-Type", "application/problem+json");
    }

    HttpAnswer with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** Sends it and ends the exchange. */
    void send(HttpExchange exchange) throws IOException {
        try (exchange) {
            headers.forEach((header, value) -> exchange.getResponseHeaders().set(header, value));
            exchange.sendResponseHeaders(status, body.hasRemaining() ? body.remaining() : -1);
            if (body.hasRemaining()) {
                OutputStream out = exchange.getResponseBody();
                WritableByteChannel channel = Channels.newChannel(out);
                while (body.hasRemaining()) {
                    channel.write(body);
                }
                out.close();
            }
        }
    }
}
