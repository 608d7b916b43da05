package io.crs.transport;

import static io.crs.contract.EventLines.CONTAINER;
import static io.crs.contract.EventLines.id;
import static io.crs.contract.EventLines.line;
import static io.crs.contract.EventLines.lineOf;
import static io.crs.contract.EventLines.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crs.agent.AgentConfiguration;
import io.crs.agent.AgentCredentials;
import io.crs.agent.AgentStatus;
import io.crs.agent.AgentTable;
import io.crs.agent.InMemoryAgentRoster;
import io.crs.contract.EventTransportContract;
import io.crs.contract.RecordingReceiver;
import io.crs.syscall.Arch;
import io.crs.transport.HttpAsk.HttpAnswered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEventTransportTest extends EventTransportContract {
    private static final AgentCredentials CREDENTIALS = new AgentCredentials("agent", "se:cret");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REGISTRATION =
            "{\"containerSha\":\"" + CONTAINER + "\",\"hostname\":\"web\",\"platform\":\"linux/amd64\","
                    + "\"agentVersion\":\"1\",\"coverage\":{\"enforcement\":\"STRICT\"}}";
    private static final AgentTable TABLE = AgentTable.of("a table".getBytes(UTF_8));

    private final InMemoryAgentRoster roster = InMemoryAgentRoster.of(CREDENTIALS);
    private final RecordingReceiver receiver = new RecordingReceiver();
    private final List<HttpEventTransport> started = new ArrayList<>();
    private final int port = freePort();
    private SpoolingAgent agent;

    private static int freePort() {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpEventTransport.Builder builder() {
        return HttpEventTransport.builder(roster)
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    @Override
    protected EventTransport transport() {
        HttpEventTransport transport = builder().build();
        started.add(transport);
        return transport;
    }

    /** As the agent does: what is not answered for goes again. */
    @Override
    protected void send(String text) throws IOException {
        if (agent == null) {
            agent = new SpoolingAgent(URI.create("http://localhost:" + port + "/crs/v1.3"), "agent:se:cret");
        }
        agent.write(text);
        try {
            agent.awaitDurable(1_000);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @AfterEach
    void closeEverything() throws Exception {
        if (agent != null) {
            agent.close();
        }
        started.forEach(HttpEventTransport::close);
    }

    private HttpEventTransport start(HttpEventTransport.Builder builder) throws IOException {
        HttpEventTransport transport = builder.build();
        started.add(transport);
        transport.start(receiver);
        return transport;
    }

    private HttpEventTransport start() throws IOException {
        return start(builder());
    }

    private URI at(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
    }

    private HttpAnswered register(String credentials, String document) throws IOException {
        return HttpAsk.post(at("/crs/v1.3/agents"))
                .with("Authorization", basic(credentials))
                .with("Content-Type", "application/json")
                .send(document);
    }

    /** Registers the agent of a container; its token. */
    private String token() throws IOException, InterruptedException {
        HttpAnswered answer = register("agent:se:cret", REGISTRATION);
        assertEquals(201, answer.status());
        JsonNode given = JSON.readTree(answer.body());
        assertEquals(CONTAINER, given.get("agentId").asText());
        return given.get("token").asText();
    }

    private HttpAnswered get(String token, String path) throws IOException {
        return HttpAsk.get(at("/crs/v1.3" + path))
                .with("Authorization", "Bearer " + token)
                .send();
    }

    private HttpAnswered configuration(String token, String query) throws IOException {
        return get(token, "/agents/" + CONTAINER + "/config" + query);
    }

    private HttpAnswered post(String token, String agentId, String what, String type, String body) throws IOException {
        return HttpAsk.post(at("/crs/v1.3/agents/" + agentId + what))
                .with("Authorization", "Bearer " + token)
                .with("Content-Type", type)
                .send(body);
    }

    private HttpAnswered events(String token, String text) throws IOException {
        return post(token, CONTAINER, "/events", "application/x-ndjson", text);
    }

    private static void assertProblem(int status, HttpAnswered answer) throws IOException {
        assertEquals(status, answer.status());
        assertEquals("application/problem+json", answer.header("Content-Type"));
        assertEquals(status, JSON.readTree(answer.body()).get("status").asInt());
    }

    @Test
    void answersWhatIsDurableOnceItIs() throws Exception {
        start();
        String token = token();
        JsonNode answer = JSON.readTree(events(token, lines("a", 1, 3)).body());
        assertEquals(3, answer.get("durableSeq").asLong());
        assertEquals(0, answer.get("rejected").size());
        assertEquals(List.of(id("a", 1), id("a", 2), id("a", 3)), receiver.ids());
    }

    @Test
    void saysWhichLinesItDoesNotTake() throws Exception {
        start();
        String text = line("a", 1) + "\nnone\n" + lineOf("d1".repeat(32), "b", 2) + line("a", 4);
        JsonNode answer = JSON.readTree(events(token(), text).body());
        assertEquals(4, answer.get("durableSeq").asLong());
        assertEquals(2, answer.get("rejected").size());
        assertEquals(3, answer.at("/rejected/0/line").asLong());
        assertEquals(4, answer.at("/rejected/1/line").asLong());
        assertEquals(List.of(id("a", 1), id("a", 4)), receiver.ids());
        assertEquals(2, receiver.rejected());
    }

    @Test
    void asksForEventsAgainThatAreNotDurableInTime() throws Exception {
        start(builder().patience(Duration.ofMillis(200)));
        String token = token();
        receiver.refuse(Integer.MAX_VALUE);
        HttpAnswered answer = events(token, line("a", 1));
        assertProblem(503, answer);
        assertEquals("1", answer.header("Retry-After"));
        receiver.refuse(0);
        receiver.awaitEvents(1);
        assertEquals(200, events(token, line("a", 1)).status());
    }

    @Test
    void takesPackedEventsAndBoundsThemUnpacked() throws Exception {
        start(builder().bodyLimit(100_000));
        String token = token();
        assertEquals(200, packed(token, line("a", 1)).status());
        receiver.awaitEvents(1);
        assertProblem(413, packed(token, " ".repeat(50_000_000)));
        assertProblem(413, events(token, " ".repeat(120_000)));
        assertProblem(400, packed(token, "no gzip".getBytes(UTF_8)));
    }

    private HttpAnswered packed(String token, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        }
        return packed(token, bytes.toByteArray());
    }

    private HttpAnswered packed(String token, byte[] body) throws IOException {
        return HttpAsk.post(at("/crs/v1.3/agents/" + CONTAINER + "/events"))
                .with("Authorization", "Bearer " + token)
                .with("Content-Type", "application/x-ndjson")
                .with("Content-Encoding", "gzip")
                .send(body);
    }

    @Test
    void letsNobodyInWithoutTheCredentials() throws Exception {
        start();
        for (String wrong : List.of("agent:secret", "agent:se:cret ", "Agent:se:cret", ":", "agent")) {
            HttpAnswered answer = register(wrong, REGISTRATION);
            assertProblem(401, answer);
            assertTrue(answer.header("WWW-Authenticate").startsWith("Basic"));
        }
        assertProblem(401, HttpAsk.post(at("/crs/v1.3/agents")).send(REGISTRATION));
        assertEquals(List.of(), roster.agents());
    }

    @Test
    void anAgentReachesItsOwnOnly() throws Exception {
        start();
        String token = token();
        String other = "ab".repeat(32);
        assertEquals(
                201,
                register("agent:se:cret", REGISTRATION.replace(CONTAINER, other))
                        .status());
        for (String what : List.of("/events", "/applied")) {
            assertProblem(403, post(token, other, what, "application/json", "{}"));
            assertProblem(401, post("x", CONTAINER, what, "application/json", "{}"));
            assertProblem(
                    401,
                    HttpAsk.post(at("/crs/v1.3/agents/" + CONTAINER + what))
                            .with("Authorization", basic("agent:se:cret"))
                            .send("{}"));
        }
        assertProblem(403, get(token, "/agents/" + other + "/config"));
        roster.assign(other, AgentConfiguration.of(Arch.X86_64, TABLE));
        assertProblem(404, get(token, "/tables/" + TABLE.digest()));
    }

    @Test
    void aTokenIsGoodForItsTimeAndUntilTheNext() throws Exception {
        start(builder().tokenLifetime(Duration.ofMillis(700)));
        String first = token();
        assertEquals(200, events(first, line("a", 1)).status());
        String second = token();
        assertNotEquals(first, second);
        assertProblem(401, events(first, line("a", 2)));
        assertEquals(200, events(second, line("a", 2)).status());
        TimeUnit.MILLISECONDS.sleep(800);
        assertProblem(401, events(second, line("a", 3)));
    }

    @Test
    void tellsAnAgentWhatItIsToDoAndHearsThatItDoes() throws Exception {
        start();
        String token = token();
        assertEquals(204, configuration(token, "").status());
        long generation = roster.assignToAll(AgentConfiguration.of(Arch.X86_64, TABLE)
                .withPolicyId("p1")
                .withPolicyMode("ACTIVE")
                .withLogMode("ALL"));
        HttpAnswered answer = configuration(token, "?wait=30");
        JsonNode document = JSON.readTree(answer.body());
        assertEquals(generation, document.get("generation").asLong());
        assertEquals("ACTIVE", document.get("policyMode").asText());
        String path = document.at("/tables/x86_64").asText();
        HttpAnswered table =
                HttpAsk.get(at(path)).with("Authorization", "Bearer " + token).send();
        assertEquals("a table", table.body());
        HttpAnswered again = HttpAsk.get(at("/crs/v1.3/agents/" + CONTAINER + "/config"))
                .with("Authorization", "Bearer " + token)
                .with("If-None-Match", answer.header("ETag"))
                .send();
        assertEquals(304, again.status());
        AgentStatus before = roster.agents().get(0);
        assertFalse(before.isCurrent());
        assertEquals(204, applied(token, generation));
        assertEquals(OptionalLong.of(generation), roster.agents().get(0).applied());
        assertTrue(roster.agents().get(0).isCurrent());
        assertEquals(409, applied(token, generation + 1));
    }

    private int applied(String token, long generation) throws IOException {
        return post(token, CONTAINER, "/applied", "application/json", "{\"generation\":" + generation + "}")
                .status();
    }

    private CompletableFuture<HttpAnswered> poll(String token) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return configuration(token, "?wait=30");
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> new Thread(task, "poll of a test").start());
    }

    @Test
    void aPollWaitsForAChange() throws Exception {
        start();
        CompletableFuture<HttpAnswered> poll = poll(token());
        assertThrows(TimeoutException.class, () -> poll.get(300, TimeUnit.MILLISECONDS));
        long generation = roster.assign(CONTAINER, AgentConfiguration.OF_THE_IMAGE.withPassive(true));
        JsonNode document = JSON.readTree(poll.get(10, TimeUnit.SECONDS).body());
        assertEquals(generation, document.get("generation").asLong());
        assertTrue(document.get("passive").asBoolean());
    }

    @Test
    void manyPollsHoldNoThread() throws Exception {
        HttpEventTransport transport = start(builder().threads(2));
        String token = token();
        List<CompletableFuture<HttpAnswered>> polls = List.of(poll(token), poll(token), poll(token));
        TimeUnit.MILLISECONDS.sleep(200);
        assertEquals(200, events(token, line("a", 1)).status());
        transport.close();
        for (CompletableFuture<HttpAnswered> poll : polls) {
            assertTrue(poll.handle((answer, error) -> true).get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void olderAgentsFindItToo() throws Exception {
        start();
        HttpAnswered answer = HttpAsk.post(at("/crs/v1.2/agents"))
                .with("Authorization", basic("agent:se:cret"))
                .with("Content-Type", "application/json")
                .send(REGISTRATION);
        assertEquals(201, answer.status());
    }

    @Test
    void refusesWhatIsNoRequestOfAnAgent() throws Exception {
        start();
        String token = token();
        assertProblem(404, HttpAsk.get(at("/")).send());
        assertProblem(404, HttpAsk.get(at("/crs/v1.3/agents/a/b/c")).send());
        assertProblem(405, HttpAsk.get(at("/crs/v1.3/agents")).send());
        assertProblem(415, post(token, CONTAINER, "/events", "text/plain", "x"));
        for (String bad : List.of(
                "",
                "[]",
                "{",
                "{\"hostname\":1}",
                "{\"x\":1}",
                "{\"containerSha\":\"abc\"}",
                "{\"hostname\":\"a\",\"hostname\":\"b\"}",
                "{\"coverage\":" + "[".repeat(1000) + "]".repeat(1000) + "}",
                "{\"hostname\":\"" + "h".repeat(300) + "\"}")) {
            assertProblem(400, register("agent:se:cret", bad));
        }
        assertProblem(400, post(token, CONTAINER, "/applied", "application/json", "{\"generation\":-1}"));
        assertProblem(413, register("agent:se:cret", " ".repeat(100_000)));
    }

    @Test
    void aFullRosterTakesNobodyElse() throws Exception {
        InMemoryAgentRoster small = InMemoryAgentRoster.of(CREDENTIALS, 1);
        start(HttpEventTransport.builder(small).address(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        assertEquals(201, register("agent:se:cret", REGISTRATION).status());
        assertEquals(201, register("agent:se:cret", REGISTRATION).status());
        assertProblem(503, register("agent:se:cret", REGISTRATION.replace(CONTAINER, "ab".repeat(32))));
    }

    @Test
    void tellsWhereItIs() throws Exception {
        HttpEventTransport transport = builder()
                .address(new InetSocketAddress("localhost", 0))
                .base("/x")
                .build();
        started.add(transport);
        assertThrows(IllegalStateException.class, transport::uri);
        transport.start(receiver);
        assertTrue(transport.uri().toString().matches("http://(localhost|127\\.0\\.0\\.1):[0-9]+/x"));
        assertThrows(IllegalArgumentException.class, () -> builder().base("/x/"));
        assertThrows(IllegalArgumentException.class, () -> builder().threads(0));
        assertThrows(IllegalArgumentException.class, () -> builder().tokenLifetime(Duration.ZERO));
    }
}
