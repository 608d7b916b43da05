package io.crs.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.AgentConfiguration;
import io.crs.agent.AgentCredentials;
import io.crs.agent.AgentStatus;
import io.crs.agent.AgentTable;
import io.crs.agent.InMemoryAgentRoster;
import io.crs.event.Event;
import io.crs.event.EventContainer;
import io.crs.policy.Policy;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import io.crs.transport.HttpEventTransport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers of a real engine, whose agents speak to a back end on the host's loopback interface. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackEndContainerIT {
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private ContainerEngine engine;
    private Workshop workshop;
    private Session layered;
    private String container = "";

    @BeforeAll
    void instrument() throws Exception {
        engine = ContainerEngine.ofEnvironment();
        workshop = Workshop.open(engine, Demo.policy("ACTIVE"));
        layered = workshop.instrument(Demo.images().get(0));
    }

    @AfterAll
    void clean() throws Exception {
        workshop.close();
    }

    @AfterEach
    void remove() throws Exception {
        engine.call(60, List.of("rm", "-f", container));
    }

    private static void await(Callable<Boolean> happened) throws Exception {
        for (int i = 0; i < 400; i++) {
            if (happened.call()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("it did not happen");
    }

    private static AgentTable withoutTheSecret() throws Exception {
        Policy open = Policy.read("""
                {"name": "nothing denied", "policyMode": "ACTIVE", "defaultNetworkAction": "ALLOW",
                 "defaultFileAction": "ALLOW", "defaultExecuteAction": "ALLOW",
                 "rules": [{"name": "other", "ruleType": "READ", "file": "/none", "action": "DENY"}]}
                """);
        return AgentTable.of(DecisionTable.compile(open, Arch.X86_64).bytes());
    }

    private boolean isDenied(Event event) {
        return event.call()
                .filter(call -> call.action() == Event.Action.DENY)
                .isPresent();
    }

    private String says() throws IOException, InterruptedException {
        return engine.call(60, List.of("logs", container)).output();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--user=0:0", "--user=1000:1000", "--read-only --cap-drop=ALL", "--user=33:33 --init"})
    void bringsItsEventsAndTakesAnotherPolicy(String options) throws Exception {
        InMemoryAgentRoster roster = InMemoryAgentRoster.of(new AgentCredentials("agents", "se cret"));
        try (HttpEventTransport transport = HttpEventTransport.builder(roster).build()) {
            transport.start(batch -> events.addAll(batch.events()));
            start(transport, options);
            await(() -> events.stream().anyMatch(this::isDenied));
            AgentStatus agent = roster.agents().get(0);

            assertEquals(1, roster.agents().size());
            assertEquals("linux/amd64", agent.registration().platform());
            assertTrue(agent.registration().coverage().containsKey("enforcement"));
            assertFalse(says().contains(Demo.SECRET_TEXT));
            for (Event event : events) {
                assertEquals(
                        agent.containerSha(), event.header().container().flatMap(EventContainer::id), event.toString());
            }

            roster.assignToAll(AgentConfiguration.of(Arch.X86_64, withoutTheSecret()));
            await(() -> roster.agents().get(0).applied().isPresent());
            await(() -> says().contains(Demo.SECRET_TEXT));
        }
    }

    /** Reads the secret again and again. */
    private void start(HttpEventTransport transport, String options) throws IOException, InterruptedException {
        container = "crs-backend-" + UUID.randomUUID();
        String url = transport.uri().toString().replace("://", "://agents:se%20cret@");
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", container, "--network", "host"));
        words.addAll(List.of("-e", "LI_MQURL=" + url));
        words.addAll(List.of(options.split(" ")));
        words.addAll(List.of(layered.image(), "sh", "-c", "while :; do cat " + Demo.SECRET + "; sleep 0.2; done"));
        assertEquals(0, engine.call(60, words).status());
    }
}
