package io.crs.transport;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.crs.agent.AgentCredentials;
import io.crs.agent.AgentRegistration;
import io.crs.agent.AgentRoster;
import io.crs.agent.AgentTable;
import io.crs.transport.AgentTokens.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the protocol of agents:
 *
 * <pre>
 * POST {base}/agents               Basic credentials; who the agent is     its id and a token
 * GET  {base}/agents/{id}/config   what it is to do, waiting for a change
 * GET  {base}/tables/{digest}      a table that was assigned to it
 * POST {base}/agents/{id}/applied  the generation it holds its container to
 * POST {base}/agents/{id}/events   lines of events                         what of them is durable
 * </pre>
 *
 * <p>All but the first want the token, and let an agent reach its own only. What waits, for a change or for the receiver,
 * holds no thread.
 */
final class AgentService implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AgentService.class);
    private static final int SMALL_BODY = 64 << 10;
    private static final long LONGEST_WAIT_SECONDS = 60;
    private static final long BODY_SECONDS = 60;
    private static final int ETAG_BYTES = 16;
    private static final Pattern AGENT_ID = Pattern.compile("(?!\\.+$)[A-Za-z0-9._-]{1,128}");
    private static final Pattern WAIT = Pattern.compile("(?:.*&)?wait=([0-9]{1,4})(?:&.*)?");

    private final AgentRoster roster;
    private final AgentTokens tokens;
    private final BatchQueue queue;
    private final ParkedPolls polls;
    private final List<String> bases;
    private final int bodyLimit;
    private final Duration patience;
    private final Executor executor;
    private final ScheduledExecutorService clock;
    /** One party a request, and one for who waits for all of them. */
    private final Phaser serving = new Phaser(1);

    AgentService(
            HttpEventTransport.Builder builder,
            BatchQueue queue,
            ParkedPolls polls,
            Executor executor,
            ScheduledExecutorService clock) {
        this.roster = builder.roster;
        this.tokens = new AgentTokens(builder.tokenLifetime);
        this.queue = queue;
        this.polls = polls;
        this.bases = builder.bases();
        this.bodyLimit = builder.bodyLimit;
        this.patience = builder.patience;
        this.executor = executor;
        this.clock = clock;
    }

    @Override
    public void handle(HttpExchange exchange) {
        serving.register();
        CompletableFuture<HttpAnswer> answer;
        try {
            answer = route(exchange);
        } catch (HttpProblem problem) {
            answer = CompletableFuture.completedFuture(HttpAnswer.of(problem));
        } catch (IOException | RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<HttpAnswer> unused = answer.isDone()
                ? answer.whenComplete((ready, error) -> send(exchange, ready, error))
                : answer.whenCompleteAsync((ready, error) -> send(exchange, ready, error), executor);
    }

    /** Waits until all that is being served has been answered. */
    void awaitAnswers(Duration longest) {
        try {
            serving.awaitAdvanceInterruptibly(serving.arrive(), longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.debug("some agents were not answered", e);
        }
    }

    private void send(HttpExchange exchange, HttpAnswer ready, @Nullable Throwable error) {
        try {
            (error == null ? ready : HttpAnswer.of(problemOf(error))).send(exchange);
        } catch (IOException e) {
            LOG.debug("an agent did not wait for its answer", e);
        } finally {
            serving.arriveAndDeregister();
        }
    }

    private static HttpProblem problemOf(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof HttpProblem problem) {
            return problem;
        }
        if (cause instanceof IOException) {
            LOG.warn("a request of an agent could not be served", cause);
            return HttpProblem.later("it cannot be told now");
        }
        LOG.error("a request of an agent could not be served", cause);
        return new HttpProblem(500, "something is wrong with the back end");
    }

    private CompletableFuture<HttpAnswer> route(HttpExchange exchange) throws HttpProblem, IOException {
        String path = exchange.getRequestURI().getRawPath();
        String base = bases.stream()
                .filter(each -> path != null && path.startsWith(each + "/"))
                .findFirst()
                .orElseThrow(() -> new HttpProblem(404, "there is nothing here"));
        String[] parts = path.substring(base.length() + 1).split("/", -1);
        if (parts.length == 1 && parts[0].equals("agents")) {
            allow(exchange, "POST");
            return ready(enrol(exchange));
        }
        if (parts.length == 2 && parts[0].equals("tables")) {
            allow(exchange, "GET");
            return ready(table(session(exchange), parts[1]));
        }
        if (parts.length == 3 && parts[0].equals("agents")) {
            return ofAgent(exchange, base, parts[1], parts[2]);
        }
        throw new HttpProblem(404, "there is nothing here");
    }

    private CompletableFuture<HttpAnswer> ofAgent(HttpExchange exchange, String base, String id, String what)
            throws HttpProblem, IOException {
        switch (what) {
            case "config" -> allow(exchange, "GET");
            case "applied", "events" -> allow(exchange, "POST");
            default -> throw new HttpProblem(404, "there is nothing here");
        }
        Session session = session(exchange);
        if (!session.agentId().equals(id)) {
            throw new HttpProblem(403, "an agent reaches its own only");
        }
        return switch (what) {
            case "config" -> configuration(exchange, base, session);
            case "applied" -> ready(applied(exchange, session));
            default -> events(exchange, session);
        };
    }

    private static CompletableFuture<HttpAnswer> ready(HttpAnswer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static void allow(HttpExchange exchange, String method) throws HttpProblem {
        if (!exchange.getRequestMethod().equals(method)) {
            throw new HttpProblem(405, "this is asked for with " + method, Map.of("Allow", method));
        }
    }

    private static Optional<String> authorization(HttpExchange exchange, String scheme) {
        List<String> values = exchange.getRequestHeaders().get("Authorization");
        if (values == null || values.size() != 1) {
            return Optional.empty();
        }
        String value = values.get(0);
        return value.regionMatches(true, 0, scheme + " ", 0, scheme.length() + 1)
                ? Optional.of(value.substring(scheme.length() + 1).strip())
                : Optional.empty();
    }

    private Session session(HttpExchange exchange) throws HttpProblem {
        return authorization(exchange, "Bearer")
                .flatMap(tokens::find)
                .orElseThrow(() -> HttpProblem.unauthorized("the token is not good, or not any more", "Bearer"));
    }

    private static AgentCredentials credentials(HttpExchange exchange) throws HttpProblem {
        HttpProblem refused = HttpProblem.unauthorized("the credentials are not good", "Basic realm=\"agents\"");
        String encoded = authorization(exchange, "Basic").orElseThrow(() -> refused);
        try {
            String text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            if (colon < 0) {
                throw refused;
            }
            return new AgentCredentials(text.substring(0, colon), text.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            throw refused;
        }
    }

    private HttpAnswer enrol(HttpExchange exchange) throws HttpProblem, IOException {
        AgentCredentials credentials = credentials(exchange);
        requireType(exchange, "application/json");
        AgentRegistration registration = AgentDocuments.registration(body(exchange, SMALL_BODY));
        String id = roster.enrol(credentials, registration)
                .orElseThrow(() -> HttpProblem.unauthorized("the credentials are not good", "Basic realm=\"agents\""));
        if (!AGENT_ID.matcher(id).matches()) {
            throw new IllegalStateException("the roster gave an agent an id that cannot be one");
        }
        return HttpAnswer.json(201, AgentDocuments.enrolled(id, tokens.issue(id, registration.containerSha())));
    }

    private CompletableFuture<HttpAnswer> configuration(HttpExchange exchange, String base, Session session)
            throws IOException {
        String known = String.valueOf(exchange.getRequestHeaders().getFirst("If-None-Match"));
        CompletableFuture<Boolean> change = polls.park(session.agentId(), wait(exchange));
        Optional<HttpAnswer> now = changed(base, session, known);
        if (now.isPresent()) {
            change.complete(false);
            return ready(now.get());
        }
        return change.thenApplyAsync(
                ignored -> {
                    try {
                        return changed(base, session, known)
                                .orElseGet(() -> HttpAnswer.empty(known.equals("null") ? 204 : 304));
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                executor);
    }

    /** The agent's configuration, unless it is the one it knows; the tag tells all of the document. */
    private Optional<HttpAnswer> changed(String base, Session session, String known) throws IOException {
        Optional<byte[]> document =
                roster.assignment(session.agentId()).map(assigned -> AgentDocuments.assignment(assigned, base));
        if (document.isEmpty()) {
            return Optional.empty();
        }
        String etag = etag(document.get());
        return known.equals(etag)
                ? Optional.empty()
                : Optional.of(HttpAnswer.json(200, document.get()).with("ETag", etag));
    }

    private static String etag(byte[] document) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(document);
            return "\"" + HexFormat.of().formatHex(Arrays.copyOf(digest, ETAG_BYTES)) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static long wait(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        Matcher wait = WAIT.matcher(query == null ? "" : query);
        return wait.matches() ? Math.min(LONGEST_WAIT_SECONDS, Long.parseLong(wait.group(1))) : 0;
    }

    private HttpAnswer table(Session session, String digest) throws HttpProblem, IOException {
        return roster.assignment(session.agentId()).stream()
                .flatMap(assigned -> assigned.configuration().tables().values().stream())
                .filter(table -> table.digest().equals(digest))
                .findFirst()
                .map(AgentTable::bytes)
                .map(HttpAnswer::bytes)
                .orElseThrow(() -> new HttpProblem(404, "no such table is assigned to this agent"));
    }

    private HttpAnswer applied(HttpExchange exchange, Session session) throws HttpProblem, IOException {
        requireType(exchange, "application/json");
        if (!roster.applied(session.agentId(), AgentDocuments.generation(body(exchange, SMALL_BODY)))) {
            throw new HttpProblem(409, "this generation was never assigned to this agent");
        }
        return HttpAnswer.empty(204);
    }

    private CompletableFuture<HttpAnswer> events(HttpExchange exchange, Session session)
            throws HttpProblem, IOException {
        requireType(exchange, "application/x-ndjson");
        EventBody lines = new EventBody(body(exchange, bodyLimit), session.container());
        if (lines.isEmpty()) {
            return ready(HttpAnswer.json(200, AgentDocuments.taken(session.durable(0), lines.rejected())));
        }
        return queue.put(lines.batch())
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((taken, error) -> {
                    if (error != null && !(error instanceof TimeoutException)) {
                        throw new CompletionException(error);
                    }
                    return error == null && taken
                            ? HttpAnswer.json(
                                    200, AgentDocuments.taken(session.durable(lines.highest()), lines.rejected()))
                            : HttpAnswer.of(HttpProblem.later("the events are not durable yet"));
                });
    }

    private static void requireType(HttpExchange exchange, String type) throws HttpProblem {
        String given = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        int end = given.indexOf(';');
        String media = (end < 0 ? given : given.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        if (!media.equals(type)) {
            throw new HttpProblem(415, "the body is of type " + type);
        }
    }

    /** The body, unpacked; whoever sends it too slowly is cut off. */
    private byte[] body(HttpExchange exchange, int limit) throws HttpProblem, IOException {
        Headers headers = exchange.getRequestHeaders();
        String encoding = headers.getFirst("Content-Encoding");
        boolean packed = encoding != null && encoding.strip().equalsIgnoreCase("gzip");
        if (encoding != null && !packed && !encoding.strip().equalsIgnoreCase("identity")) {
            throw new HttpProblem(415, "a body is packed with gzip or not at all");
        }
        ScheduledFuture<?> cut = clock.schedule(exchange::close, BODY_SECONDS, TimeUnit.SECONDS);
        try (InputStream in = packed ? unpacked(exchange) : exchange.getRequestBody()) {
            return read(in, limit);
        } finally {
            cut.cancel(false);
        }
    }

    private static InputStream unpacked(HttpExchange exchange) throws HttpProblem {
        try {
            return new GZIPInputStream(exchange.getRequestBody());
        } catch (IOException e) {
            throw new HttpProblem(400, "the body is not packed with gzip");
        }
    }

    private static byte[] read(InputStream in, int limit) throws HttpProblem {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] part = new byte[16 << 10];
        try {
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                if (body.size() + n > limit) {
                    throw new HttpProblem(413, "a body has at most " + limit + " bytes");
                }
                body.write(part, 0, n);
            }
        } catch (IOException e) {
            throw new HttpProblem(400, "the body did not come as a whole");
        }
        return body.toByteArray();
    }
}
