package io.crs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.agent.AgentConfiguration;
import io.crs.agent.AgentRegistration;
import io.crs.agent.AgentTable;
import io.crs.event.Event;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.compile.DecisionTable;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real agent and the real back end, over HTTP. */
class BackEndIT {
    @TempDir
    Path folder;

    private final BackEnds backEnds = new BackEnds();
    private Path secret;
    private Path other;

    @BeforeEach
    void writeFiles() throws IOException {
        secret = Files.writeString(folder.resolve("secret"), "never seen\n");
        other = Files.writeString(folder.resolve("other"), "other\n");
    }

    @AfterEach
    void closeBackEnds() {
        backEnds.close();
    }

    private static Policy denying(String name, Path file) {
        return Policy.named(name)
                .mode(PolicyMode.ACTIVE)
                .rule(Rule.read(file.toString()).deny())
                .build();
    }

    private GuardedCommand start(String script) throws IOException {
        return start(backEnds.environment(), script);
    }

    private GuardedCommand start(Map<String, String> environment, String script) throws IOException {
        return GuardedCommand.start(folder, denying("first", secret), environment, script);
    }

    private static AgentTable table(Policy policy) {
        return AgentTable.of(DecisionTable.compile(policy, Arch.X86_64)
                .withLogMode(LogMode.POLICY_DENY)
                .bytes());
    }

    @Test
    void registersAndBringsEvents() throws Exception {
        backEnds.start();
        try (GuardedCommand command = start("cat secret; cat other; exit 7")) {
            command.awaitEnd(7);
            assertEquals("other\n", command.out());
        }
        backEnds.receiver().awaitEvents(1);
        assertEquals(1, backEnds.denials());
        AgentRegistration registration = backEnds.roster().agents().get(0).registration();
        assertEquals("linux/amd64", registration.platform());
        assertEquals("STRICT", registration.coverage().get("enforcement"));
        assertFalse(registration.agentVersion().isBlank());
    }

    @Test
    void holdsTheApplicationToAnotherPolicyWhileItRuns() throws Exception {
        backEnds.start();
        try (GuardedCommand command = start("until [ -e changed ]; do sleep 0.05; done; cat secret; cat other; "
                + "until [ -e passive ]; do sleep 0.05; done; cat other; exit 3")) {
            BackEnds.await("registered", () -> !backEnds.roster().agents().isEmpty());
            String id = backEnds.roster().agents().get(0).id();
            backEnds.roster().assign(id, AgentConfiguration.of(Arch.X86_64, table(denying("second", other))));
            awaitApplied();
            Files.createFile(folder.resolve("changed"));
            BackEnds.await("denied", () -> backEnds.denials() == 1);
            backEnds.roster()
                    .assign(
                            id,
                            AgentConfiguration.of(Arch.X86_64, table(denying("second", other)))
                                    .withPassive(true));
            awaitApplied();
            Files.createFile(folder.resolve("passive"));
            command.awaitEnd(3);
            assertEquals("never seen\nother\n", command.out());
        }
        assertTrue(backEnds.told("the policy is now second"));
    }

    private void awaitApplied() throws InterruptedException {
        BackEnds.await("applied", () -> backEnds.roster().agents().get(0).isCurrent());
    }

    @Test
    void keepsItsPolicyWhereTheOtherIsNone() throws Exception {
        backEnds.start();
        backEnds.roster().assignToAll(AgentConfiguration.of(Arch.X86_64, AgentTable.of(new byte[] {1, 2, 3})));
        try (GuardedCommand command = start("until [ -e refused ]; do sleep 0.05; done; cat secret; exit 0")) {
            BackEnds.await("told", () -> backEnds.told("is not taken"));
            Files.createFile(folder.resolve("refused"));
            command.awaitEnd(0);
            assertEquals("", command.out());
        }
        assertTrue(backEnds.roster().agents().get(0).applied().isEmpty());
    }

    @Test
    void losesNothingWhenTheBackEndIsKilledAndComesAgain() throws Exception {
        int denials = 300;
        backEnds.start();
        try (GuardedCommand command = start("i=0; while [ $i -lt " + denials
                + " ]; do read x <secret; i=$((i+1)); [ $((i % 10)) = 0 ] && sleep 0.1; done 2>/dev/null; "
                + "until [ -e end ]; do sleep 0.05; done")) {
            BackEnds.await("events", () -> backEnds.denials() > 0);
            backEnds.kill();
            Thread.sleep(1000);
            backEnds.start();
            BackEnds.await("events after it", () -> backEnds.denials() > denials / 3);
            backEnds.kill();
            backEnds.start();
            BackEnds.await("all", () -> backEnds.denials() == denials);
            Files.createFile(folder.resolve("end"));
            command.awaitEnd(0);
        }
        assertSequenceWithoutHole();
    }

    private void assertSequenceWithoutHole() {
        List<Event> events = backEnds.distinct();
        Set<Long> seen = events.stream().map(event -> event.header().seq()).collect(Collectors.toSet());
        long last = seen.stream().mapToLong(Long::longValue).max().orElse(0);
        assertEquals(LongStream.rangeClosed(1, last).boxed().collect(Collectors.toSet()), seen);
        assertEquals(events.size(), seen.size());
    }

    @Test
    void startsAtOnceAndHoldsThePolicyWithoutABackEnd() throws Exception {
        long begin = System.nanoTime();
        try (GuardedCommand command = start("date +%s%N >started; cat secret; exit 5")) {
            command.awaitEnd(5);
            assertEquals("", command.out());
        }
        assertTrue(Duration.ofNanos(System.nanoTime() - begin).toMillis() < 10_000);
    }

    @Test
    void aCourierThatIsKilledLosesNothing() throws Exception {
        int denials = 200;
        backEnds.start();
        try (GuardedCommand command = start("i=0; while [ $i -lt " + denials
                + " ]; do read x <secret; i=$((i+1)); [ $((i % 10)) = 0 ] && sleep 0.1; done 2>/dev/null; "
                + "until [ -e end ]; do sleep 0.05; done")) {
            BackEnds.await("events", () -> backEnds.denials() > 0);
            List<Long> children = command.children();
            for (long courier : children.subList(2, 4)) {
                assertTrue(ProcessHandle.of(courier).orElseThrow().destroyForcibly());
            }
            BackEnds.await("all", () -> backEnds.denials() == denials);
            Files.createFile(folder.resolve("end"));
            command.awaitEnd(0);
        }
        assertSequenceWithoutHole();
        assertTrue(backEnds.told("the courier of events died"));
        assertTrue(backEnds.told("the courier of the policy died"));
    }

    @Test
    void theApplicationCannotReachTheCouriers() throws Exception {
        backEnds.start();
        try (GuardedCommand command = start("until [ -e pids ]; do sleep 0.05; done; "
                + "for p in $(cat pids); do kill -9 $p && echo killed; kill -STOP $p && echo stopped; done; exit 0")) {
            BackEnds.await("registered", () -> !backEnds.roster().agents().isEmpty());
            List<Long> children = command.children();
            Files.writeString(
                    folder.resolve("new"),
                    children.subList(0, 4).stream().map(String::valueOf).collect(Collectors.joining(" ")));
            Files.move(folder.resolve("new"), folder.resolve("pids"));
            command.awaitEnd(0);
            assertEquals("", command.out());
        }
        assertFalse(backEnds.told("died"));
        BackEnds.await("told once for the process", () -> backEnds.denials() >= 1);
    }

    @Test
    void whatItCannotKeepIsCountedToTheLine() throws Exception {
        int denials = 6_000;
        backEnds.start(backEnds.builder(backEnds.roster()).patience(Duration.ofMillis(100)));
        backEnds.receiver().refuse(Integer.MAX_VALUE);
        try (GuardedCommand command = start("i=0; while [ $i -lt " + denials
                + " ]; do read x <secret; i=$((i+1)); done 2>/dev/null; touch done; "
                + "until [ -e end ]; do sleep 0.05; done")) {
            BackEnds.await("done", () -> Files.exists(folder.resolve("done")));
            backEnds.receiver().refuse(0);
            BackEnds.await("all told of", () -> backEnds.denials() + lost() >= denials);
            Files.createFile(folder.resolve("end"));
            command.awaitEnd(0);
        }
        assertTrue(lost() > 0, "nothing was lost: the test shows nothing");
        assertEquals(denials, backEnds.denials() + lost());
        assertSequenceWithoutHole();
    }

    private long lost() {
        return backEnds.distinct().stream()
                .filter(Event.Gap.class::isInstance)
                .mapToLong(event -> ((Event.Gap) event).count().orElseThrow())
                .sum();
    }

    @Test
    void registersAgainWhenItsTokenHasExpired() throws Exception {
        backEnds.start(backEnds.builder(backEnds.roster()).tokenLifetime(Duration.ofMillis(800)));
        try (GuardedCommand command = start(
                "i=0; while [ $i -lt 40 ]; do read x <secret; i=$((i+1)); sleep 0.1; done " + "2>/dev/null; exit 0")) {
            command.awaitEnd(0);
        }
        BackEnds.await("all", () -> backEnds.denials() == 40);
        assertSequenceWithoutHole();
    }

    @Test
    void isNotLetInWithOtherCredentials() throws Exception {
        backEnds.start();
        String url = backEnds.url().replace("p%3Aa", "p%3Ab");
        try (GuardedCommand command = start(Map.of("LI_MQURL", url), "cat secret; exit 4")) {
            command.awaitEnd(4);
            assertTrue(command.err().contains("does not take the credentials"), command.err());
            assertFalse(command.err().contains("p:b"), command.err());
        }
        assertEquals(List.of(), backEnds.roster().agents());
        assertEquals(List.of(), backEnds.receiver().ids());
    }
}
