package io.crs.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** An agent as the contract sees it: sends whole lines in order, one request at a time, and again until they are durable. */
final class SpoolingAgent {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final String user;
    private final Deque<String> lines = new ArrayDeque<>();
    private final StringBuilder unfinished = new StringBuilder();
    private final Thread thread = new Thread(this::run, "agent of a test");
    private volatile boolean closed;
    private String id = "";
    private String token = "";

    SpoolingAgent(URI base, String user) {
        this.base = base;
        this.user = user;
        thread.setDaemon(true);
        thread.start();
    }

    synchronized void write(String text) {
        unfinished.append(text);
        int end = unfinished.lastIndexOf("\n");
        if (end >= 0) {
            for (String line : unfinished.substring(0, end).split("\n", -1)) {
                lines.add(line);
            }
            unfinished.delete(0, end + 1);
        }
        notifyAll();
    }

    /** Waits until everything is durable, or the time is over. */
    synchronized void awaitDurable(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; !lines.isEmpty() && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    private void run() {
        try {
            while (!closed) {
                String body = next();
                if (!body.isEmpty() && !send(body)) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized String next() throws InterruptedException {
        while (lines.isEmpty()) {
            wait();
        }
        StringBuilder body = new StringBuilder();
        for (String line : lines) {
            if (body.length() > 0 && body.length() + line.length() > 256 << 10) {
                break;
            }
            body.append(line).append('\n');
        }
        return body.toString();
    }

    private boolean send(String body) {
        try {
            if (token.isEmpty()) {
                enrol();
            }
            int status = post("/agents/" + id + "/events", "Bearer " + token, "application/x-ndjson", body)
                    .status();
            if (status == 401) {
                token = "";
            }
            if (status != 200) {
                return false;
            }
            forget(body);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized void forget(String body) {
        for (long i = body.chars().filter(c -> c == '\n').count(); i > 0; i--) {
            lines.remove();
        }
        notifyAll();
    }

    private void enrol() throws IOException {
        String basic = "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        HttpAsk.HttpAnswered answer = post("/agents", basic, "application/json", "{\"hostname\":\"h\"}");
        if (answer.status() != 201) {
            throw new IOException("not let in: " + answer.status());
        }
        JsonNode given = JSON.readTree(answer.body());
        id = given.get("agentId").asText();
        token = given.get("token").asText();
    }

    private HttpAsk.HttpAnswered post(String path, String authorization, String type, String body) throws IOException {
        return HttpAsk.post(URI.create(base + path))
                .with("Authorization", authorization)
                .with("Content-Type", type)
                .send(body);
    }

    void close() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join(10_000);
    }
}
