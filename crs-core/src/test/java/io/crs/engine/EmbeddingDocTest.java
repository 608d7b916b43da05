package io.crs.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.AgentConfiguration;
import io.crs.agent.AgentCredentials;
import io.crs.agent.AgentRegistration;
import io.crs.agent.AgentStatus;
import io.crs.agent.AgentTable;
import io.crs.agent.InMemoryAgentRoster;
import io.crs.agent.Platform;
import io.crs.contract.EventLines;
import io.crs.event.Event;
import io.crs.event.EventTable;
import io.crs.image.fixture.HttpFixture;
import io.crs.image.fixture.ImageFixture;
import io.crs.image.fixture.ProgramFixture;
import io.crs.image.fixture.RegistryFixture;
import io.crs.image.inspect.Compatibility;
import io.crs.image.location.ImageLocation;
import io.crs.image.location.RegistryImage;
import io.crs.image.registry.Reference;
import io.crs.image.registry.Registry;
import io.crs.image.registry.RegistryAccess;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.compile.DecisionTable;
import io.crs.secret.CredentialSource;
import io.crs.store.EventStore;
import io.crs.store.JsonLinesEventStore;
import io.crs.syscall.Arch;
import io.crs.transport.EventTransport;
import io.crs.transport.FileEventTransport;
import io.crs.transport.HttpEventTransport;
import io.crs.transport.Loss;
import io.crs.transport.UnixSocketEventTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the code of docs/embedding.md, and sees that the page holds this very code. */
class EmbeddingDocTest {
    @TempDir
    private Path folder;

    private final List<String> reported = Collections.synchronizedList(new ArrayList<>());

    private void report(String text) {
        reported.add(text);
    }

    private Policy policy() {
        Policy policy = Policy.named("web")
                .mode(PolicyMode.ACTIVE)
                .rule(Rule.read("/etc/shadow").by("/usr/bin/*").deny())
                .rule(Rule.outbound("10.0.0.0/8").ports(443).allow())
                .defaults(Category.NETWORK, Action.DENY)
                .build();
        DecisionTable table = DecisionTable.compile(policy, Arch.X86_64);
        Decision decision = table.decide(Call.open("/usr/bin/cat", "/etc/shadow"));
        assertTrue(decision.blocked());
        return policy;
    }

    @Test
    void checksAllImagesOfARepository() throws Exception {
        try (RegistryFixture fixture = new RegistryFixture()) {
            fixture.image(
                    "team/app",
                    "1",
                    ImageFixture.of(ProgramFixture.debian("2.36", "2.36-9+deb12u14"))
                            .entryPoint("/usr/bin/app"));
            fixture.fault(request -> request.target().contains("/tags/list")
                    ? Optional.of(HttpFixture.Response.of(200, "{\"tags\":[\"1\"]}"))
                    : Optional.empty());
            checkAll(RegistryAccess.builder().plainHttp(), fixture.host(), CredentialSource.none());
            assertEquals(List.of(fixture.host() + "/team/app:1 SUPPORTED"), reported);
        }
    }

    private void checkAll(RegistryAccess.Builder builder, String host, CredentialSource secrets) throws IOException {
        Crs crs = Crs.standard();
        RegistryAccess access = builder.credentials(secrets).build();
        Registry registry = Registry.of(host, access);
        for (String tag : registry.tags("team/app")) {
            Reference name = Reference.parse(host + "/team/app:" + tag);
            Compatibility verdict = crs.check(new RegistryImage(name, access));
            report(name + " " + verdict.level());
        }
    }

    @Test
    void instrumentsAnImage() throws Exception {
        Path images = folder.resolve("images");
        SmallImage.write(images, Platform.host().architecture());
        Policy policy = policy();
        Crs crs = Crs.standard();
        ImageLocation source = ImageLocation.parse("oci:" + images + ":web");
        if (crs.check(source).instrumentable()) {
            Instrumented made = crs.instrument(
                    source, source.layered(), policy, InstrumentOptions.STANDARD.withMqUrl("unix:/run/crs/events"));
            report(made.digest() + " for " + made.platforms() + " " + made.warnings());
        }
        String digest = ImageLocation.parse("oci:" + images + ":web-layered")
                .read()
                .digest()
                .toString();
        assertEquals(List.of(digest + " for [" + Platform.host() + "] []"), reported);
    }

    @Test
    void takesEventsAndFindsThem() throws Exception {
        EventStore store = JsonLinesEventStore.open(folder.resolve("events.store"));
        EventPipeline pipeline = EventPipeline.builder()
                .transport(UnixSocketEventTransport.of(folder.resolve("events")))
                .store(store)
                .listener(event -> report(EventTable.ofEvents().row(event).toString()))
                .build()
                .start();
        try (SocketChannel agent = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("events")))) {
            agent.write(ByteBuffer.wrap(EventLines.lines("a", 1, 3).getBytes(StandardCharsets.UTF_8)));
            assertTrue(pipeline.await(3, Duration.ofSeconds(60)));
        }
        List<Event> denied = store.find(
                event -> event.call()
                        .filter(call -> call.action() == Event.Action.DENY)
                        .isPresent(),
                50);
        String text = EventTable.ofEvents().render(denied);
        boolean complete = pipeline.closeAfterDrain(Duration.ofSeconds(10));
        Loss lost = pipeline.status().loss();
        store.close();
        assertTrue(complete && lost.isNone());
        assertEquals(4, text.lines().count());
        assertEquals(3, reported.size());
    }

    @Test
    void isTheBackEndOfAgents() throws Exception {
        Policy policy = policy();
        String password = "secret";
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        SSLContext certificate = SSLContext.getDefault();
        EventStore store = JsonLinesEventStore.open(folder.resolve("events.store"));
        InMemoryAgentRoster roster = InMemoryAgentRoster.of(new AgentCredentials("agents", password));
        HttpEventTransport transport = HttpEventTransport.builder(roster)
                .address(address)
                .tls(certificate)
                .build();
        EventPipeline pipeline = EventPipeline.builder()
                .transport(transport)
                .store(store)
                .build()
                .start();
        String id = roster.enrol(new AgentCredentials("agents", "secret"), registration())
                .orElseThrow();
        AgentTable table =
                AgentTable.of(DecisionTable.compile(policy, Arch.X86_64).bytes());
        long generation = roster.assignToAll(AgentConfiguration.of(Arch.X86_64, table));
        for (AgentStatus agent : roster.agents()) {
            report(agent.registration().hostname() + " is current: " + agent.isCurrent());
        }
        assertTrue(roster.applied(id, generation));
        assertTrue(roster.agents().get(0).isCurrent());
        assertEquals(List.of("web is current: false"), reported);
        pipeline.close();
        store.close();
    }

    private static AgentRegistration registration() {
        return new AgentRegistration(Optional.empty(), Optional.empty(), "web", "linux/amd64", "1", Map.of());
    }

    @Test
    void followsAFile() throws Exception {
        Files.writeString(folder.resolve("events.jsonl"), EventLines.lines("a", 1, 3));
        EventTransport transport = FileEventTransport.builder(folder.resolve("events.jsonl"))
                .positionFile(folder.resolve("events.position"))
                .build();
        transport.start(
                batch -> batch.events().forEach(event -> report(event.header().id())));
        assertTrue(transport.drain(Duration.ofSeconds(60)));
        assertEquals(3, reported.size());
    }

    @Test
    void thePageHoldsThisCode() throws IOException {
        String here = flat(Files.readString(Path.of("src/test/java/io/crs/engine/EmbeddingDocTest.java")));
        Matcher snippet = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/embedding.md")));
        int snippets = 0;
        while (snippet.find()) {
            assertTrue(here.contains(flat(snippet.group(1))), () -> "not run by this test:\n" + snippet.group(1));
            snippets++;
        }
        assertEquals(9, snippets);
    }

    /** Without white space, which a formatter may put elsewhere. */
    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }
}
