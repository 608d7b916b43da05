package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The real agent, and what answers like no back end should: it goes on, and nothing is lost. */
class BackEndLiesIT {
    private static final String ENROLLED = Front.json(201, "{\"agentId\":\"a\",\"token\":\"t\"}");
    private static final String DIGEST = "sha256:" + "ab".repeat(32);
    private static final Pattern SEQ = Pattern.compile("\"seq\":([0-9]+)");

    @TempDir
    Path folder;

    private final BackEnds backEnds = new BackEnds();
    /** What came to a back end of the test's own: paths, and bodies of events. */
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private final List<String> events = new CopyOnWriteArrayList<>();

    @BeforeEach
    void writeSecret() throws IOException {
        Files.writeString(folder.resolve("secret"), "never seen\n");
    }

    @AfterEach
    void closeBackEnds() {
        backEnds.close();
    }

    private GuardedCommand start(Front front) throws IOException {
        Policy policy = Policy.named("first")
                .mode(PolicyMode.ACTIVE)
                .rule(Rule.read(folder.resolve("secret").toString()).deny())
                .build();
        String url = "http://" + BackEnds.IN_URL + "127.0.0.1:" + front.port() + "/crs/v1.3";
        return GuardedCommand.start(
                folder, policy, Map.of("LI_MQURL", url), "cat secret; await end; cat secret; exit 3");
    }

    private void end(GuardedCommand command) throws IOException, InterruptedException {
        Files.createFile(folder.resolve("end"));
        command.awaitEnd(3);
        assertEquals("", command.out());
    }

    static Stream<Front.Behavior> lies() {
        String ok = "HTTP/1.1 200 OK\r\n";
        String enrolled = "{\"agentId\":\"a\",\"token\":\"t\"}";
        return Stream.concat(
                Stream.of(
                                "",
                                "SSH-2.0-OpenSSH_9.2\r\n",
                                "HTTP/1.1 200",
                                "HTTP/2 200\r\n\r\n",
                                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                                "HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000),
                                ok + "Content-Length: 5\r\n\r\n{",
                                ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
                                ok + "Content-Length: -1\r\n\r\n{}",
                                ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                                ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffff0\r\n{}",
                                ok + "X: " + "x".repeat(1 << 20),
                                ok + "X: x\r\n".repeat(100_000),
                                ok + "\r\n" + "x".repeat(20 << 20),
                                ok + "\r\n{\"agentId\":\"../../x\",\"token\":\"t\"}",
                                ok + "\r\n{\"agentId\":\"a\",\"token\":\"t\\r\\nX: y\"}",
                                ok + "\r\n{\"agentId\":\"a\"}",
                                ok + "\r\n" + "[".repeat(10_000),
                                ok + "Content-Encoding: gzip\r\n\r\n" + enrolled,
                                "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
                                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
                        .map(Front::saying),
                Stream.of(Front.silent()));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void goesOnWhateverItIsAnswered(Front.Behavior lie) throws Exception {
        backEnds.start();
        try (Front front = new Front(lie);
                GuardedCommand command = start(front)) {
            BackEnds.await("asked", () -> front.heads().size() >= 1);
            front.become(Front.to(backEnds.port()));
            BackEnds.await("denied", () -> backEnds.denials() > 0, () -> command.err() + front.heads());
            end(command);
            assertEquals(2, backEnds.denials());
        }
    }

    @Test
    void comesAgainWhenItIsToldTo() throws Exception {
        backEnds.start();
        List<Long> times = new CopyOnWriteArrayList<>();
        try (Front front = new Front((agent, head) -> {
                    times.add(System.nanoTime());
                    if (times.size() <= 2) {
                        Front.saying("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n")
                                .serve(agent, head);
                    } else {
                        Front.relay(agent, backEnds.port(), head);
                    }
                });
                GuardedCommand command = start(front)) {
            BackEnds.await("denied", () -> backEnds.denials() == 1);
            assertTrue(times.get(2) - times.get(0) >= Duration.ofMillis(2_900).toNanos(), times.toString());
            end(command);
        }
    }

    /** A back end that takes all events, and tells this of the policy. */
    private Front.Behavior telling(String configuration, String table) {
        return Front.answering(request -> {
            requests.add(request.head().substring(0, request.head().indexOf("\r\n")));
            if (request.asks("POST /crs/v1.3/agents HTTP")) {
                return ENROLLED;
            }
            if (request.asks("POST /crs/v1.3/agents/a/events ")) {
                events.add(request.body());
                Matcher seq = SEQ.matcher(request.body());
                long last = 0;
                while (seq.find()) {
                    last = Math.max(last, Long.parseLong(seq.group(1)));
                }
                return Front.json(200, "{\"durableSeq\":" + last + "}");
            }
            return request.asks("GET /crs/v1.3/agents/a/config") ? Front.json(200, configuration) : table;
        });
    }

    private boolean told(String text) {
        return events.stream().anyMatch(body -> body.contains(text));
    }

    private void assertKeepsItsPolicy(String configuration, String table, String why) throws Exception {
        try (Front front = new Front(telling(configuration, table));
                GuardedCommand command = start(front)) {
            BackEnds.await(why, () -> told(why));
            end(command);
        }
        assertTrue(requests.stream().noneMatch(request -> request.contains("/applied")), requests.toString());
    }

    @Test
    void takesNoTableThatHasAnotherDigest() throws Exception {
        assertKeepsItsPolicy(
                "{\"generation\":1,\"tables\":{\"x86_64\":\"/t/" + DIGEST + "\"}}",
                Front.json(200, "another table"),
                "the table is not the one its digest tells");
    }

    @Test
    void takesNoTableThatIsTooBig() throws Exception {
        String bytes = new String(new byte[65 << 20], StandardCharsets.ISO_8859_1);
        assertKeepsItsPolicy(
                "{\"generation\":1,\"tables\":{\"x86_64\":\"/t/" + DIGEST + "\"}}",
                Front.json(200, bytes),
                "the table is too big");
    }

    @Test
    void takesNoConfigurationThatIsNone() throws Exception {
        assertKeepsItsPolicy("{\"generation\":\"x\"}", "", "the configuration has no generation that is a number");
    }

    @Test
    void asksForNoTableElsewhere() throws Exception {
        assertKeepsItsPolicy(
                "{\"generation\":1,\"tables\":{\"x86_64\":\"http://127.0.0.1:1/" + DIGEST + "\"}}",
                "",
                "the configuration names a table by no digest");
    }

    @Test
    void sendsAgainWhatTheAnswerDoesNotCover() throws Exception {
        List<String> bodies = new CopyOnWriteArrayList<>();
        try (Front front = new Front(Front.answering(request -> {
                    if (request.asks("POST /crs/v1.3/agents HTTP")) {
                        return ENROLLED;
                    }
                    if (request.asks("GET ")) {
                        return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
                    }
                    bodies.add(request.body());
                    return Front.json(200, bodies.size() < 3 ? "{\"durableSeq\":0}" : "{\"durableSeq\":999999}");
                }));
                GuardedCommand command = start(front)) {
            BackEnds.await("three times", () -> bodies.size() >= 3);
            end(command);
        }
        assertEquals(bodies.get(0), bodies.get(1));
        assertTrue(bodies.get(2).startsWith(bodies.get(0)));
        assertEquals(4, bodies.size());
    }
}
