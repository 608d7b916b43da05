package io.crs.policy.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DriftTest {
    private static final String NGINX = "/usr/sbin/nginx";
    private static final Policy POLICY = Policy.named("learned")
            .defaults(Category.FILE, Action.DENY)
            .defaults(Category.NETWORK, Action.DENY)
            .defaults(Category.EXECUTE, Action.DENY)
            .rule(Rule.read("/etc/shadow").deny())
            .rule(Rule.read("/etc/hosts").by(NGINX).allow())
            .build();

    private static Drift drift(Call... calls) throws IOException {
        return Drift.from(POLICY, Arch.X86_64)
                .add(Recording.of(Stream.of(calls)
                        .map(call -> Observation.of("later", Instant.EPOCH, call))
                        .toList()));
    }

    @Test
    void reportsWhatThePolicyDoesNotKnowWithItsFirstExample() throws IOException {
        Drift drift = drift(
                Call.open(NGINX, "/etc/hosts"),
                Call.execute(NGINX, "/bin/sh"),
                Call.execute(NGINX, "/bin/sh"),
                Call.connect("/usr/bin/curl", "1.2.3.4", 443));
        assertEquals(4, drift.observations());
        assertEquals(1, drift.covered());
        List<Drift.NewBehaviour> found = drift.newBehaviours();
        assertEquals(2, found.size());
        assertEquals("execute /bin/sh by " + NGINX, found.get(0).what());
        assertEquals(2, found.get(0).count());
        assertEquals(Call.execute(NGINX, "/bin/sh"), found.get(0).first().call());
        assertEquals(
                "connect to 1.2.3.4 port 443 by /usr/bin/curl", found.get(1).what());
        assertTrue(drift.toJson()
                .startsWith("{\"observations\":4,\"covered\":1,\"denied\":0,\"unusable\":0,\"newBehaviours\":["
                        + "{\"what\":\"execute /bin/sh by /usr/sbin/nginx\",\"count\":2,"));
    }

    @Test
    void whatARuleDeniesIsNoDrift() throws IOException {
        Drift drift = drift(Call.open(NGINX, "/etc/shadow"));
        assertEquals(1, drift.denied());
        assertTrue(drift.newBehaviours().isEmpty());
    }

    @Test
    void namesThatChangeEachTimeAreOneBehaviour() throws IOException {
        Drift drift = drift(Call.open(NGINX, "/proc/12/maps"), Call.open(NGINX, "/proc/99/maps"));
        assertEquals(1, drift.newBehaviours().size());
        assertEquals(2, drift.newBehaviours().get(0).count());
    }

    @Test
    void manyNewNamesFitInLittleMemory() throws IOException {
        Drift drift = Drift.from(POLICY, Arch.X86_64).add(listener -> {
            for (int i = 0; i < 100_000; i++) {
                String name = Integer.toString(i, 26).replaceAll("[0-9]", "z");
                listener.seen(Observation.of("later", Instant.EPOCH, Call.open(NGINX, "/srv/" + name)));
            }
        });
        assertTrue(drift.newBehaviours().size() <= 10_000);
        assertEquals(
                100_000,
                drift.others()
                        + drift.newBehaviours().stream()
                                .mapToLong(Drift.NewBehaviour::count)
                                .sum());
    }

    @Test
    void aCallTheArchitectureLacksIsCounted() throws IOException {
        Drift drift = Drift.from(POLICY, Arch.AARCH64)
                .add(Recording.of(List.of(Observation.of(
                        "later", Instant.EPOCH, Call.of("open").path("/x").build()))));
        assertEquals(1, drift.unusable());
    }
}
