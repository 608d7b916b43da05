package io.crs.policy.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.learn.NotLearned.Reason;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

class LearnerPropertyTest {
    private static final NeverLearn NEVER = new NeverLearn(List.of());

    private static LearnedPolicy learn(List<Observation> seen) throws IOException {
        return PolicyLearner.withDefaults().learn(List.of(Recording.of(seen)));
    }

    private static Decision decide(Policy policy, Call call) {
        return ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL).decide(call);
    }

    private static boolean allows(Policy policy, Call call) {
        return decide(policy, call).action() == Action.ALLOW;
    }

    /** Whether any part of a call is one that must not be learned, or cannot. */
    private static boolean isExcluded(Call call) {
        return Behaviour.of(call).stream()
                .anyMatch(behaviour -> behaviour.object().isEmpty()
                        || NEVER.holds(Kind.EXECUTE, behaviour.program())
                        || (behaviour.kind().hasPath()
                                && (NEVER.holds(behaviour.kind(), behaviour.object())
                                        || NEVER.holds(behaviour.kind(), behaviour.alias())
                                        || !behaviour.object().startsWith("/"))));
    }

    @Property(tries = 200)
    void allowsAllThatWasSeenAndIsNotReported(@ForAll("observations") List<Observation> seen) throws IOException {
        Policy policy = learn(seen).policy();
        for (Observation observation : seen) {
            if (!isExcluded(observation.call())) {
                assertTrue(allows(policy, observation.call()), () -> observation + "\n" + policy.toJson());
            }
        }
    }

    @Property(tries = 200)
    void whatIsNotAllowedIsReported(@ForAll("observations") List<Observation> seen) throws IOException {
        LearnedPolicy learned = learn(seen);
        boolean all = seen.stream().allMatch(observation -> allows(learned.policy(), observation.call()));
        assertTrue(all || !learned.notLearned().isEmpty());
    }

    @Property(tries = 200)
    void allowsNothingOnTheList(
            @ForAll("observations") List<Observation> seen,
            @ForAll("secrets") String secret,
            @ForAll("programs") String program)
            throws IOException {
        Policy policy = learn(seen).policy();
        assertFalse(allows(policy, Call.open(program, secret)), secret);
        assertFalse(allows(policy, write(program, secret)), secret);
        for (Observation observation : seen) {
            for (Behaviour behaviour : Behaviour.of(observation.call())) {
                if (behaviour.kind().isFile() && NEVER.holds(behaviour.kind(), behaviour.object())) {
                    assertFalse(allows(policy, observation.call()), observation::toString);
                }
            }
        }
        for (Rule rule : policy.rules()) {
            if (rule instanceof Rule.FileRule file) {
                Kind kind = file.access() == Rule.Access.READ ? Kind.READ : Kind.WRITE;
                assertFalse(NEVER.meets(kind, file.file()), rule::name);
            }
        }
    }

    @Property(tries = 200)
    void moreThatWasSeenTakesNothingBack(
            @ForAll("observations") List<Observation> seen,
            @ForAll("observations") List<Observation> more,
            @ForAll("observations") List<Observation> others)
            throws IOException {
        Policy before = learn(seen).policy();
        List<Observation> all = new ArrayList<>(seen);
        // What is forbidden may narrow a pattern that would allow it.
        more.stream().filter(observation -> !isExcluded(observation.call())).forEach(all::add);
        Policy after = learn(all).policy();
        for (Observation call : others) {
            if (allows(before, call.call())) {
                assertTrue(allows(after, call.call()), () -> call + "\n" + before.toJson() + after.toJson());
            }
        }
    }

    @Property(tries = 200)
    void theSameRecordingsGiveTheSame(@ForAll("observations") List<Observation> seen) throws IOException {
        assertEquals(learn(seen).toJson(), learn(seen).toJson());
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void mergingTakesNothingFromAPolicyAndDeniesWhatItDenied(
            @ForAll("observations") List<Observation> seen,
            @ForAll("policies") Policy existing,
            @ForAll("observations") List<Observation> others)
            throws IOException {
        LearnedPolicy learned = learn(seen);
        Policy merged = learned.mergeInto(existing);
        assertEquals(
                existing.rules(), merged.rules().subList(0, existing.rules().size()));
        List<Observation> all = new ArrayList<>(seen);
        all.addAll(others);
        for (Observation observation : all) {
            Decision old = decide(existing, observation.call());
            Decision decision = decide(merged, observation.call());
            if (!old.isDefault() || old.action() == Action.ALLOW) {
                assertEquals(old.action(), decision.action(), observation::toString);
            } else {
                // Of a call with two files, an existing rule can decide one.
                boolean byExisting = decision.ruleIndex() >= 0
                        && decision.ruleIndex() < existing.rules().size();
                assertTrue(
                        !allows(learned.policy(), observation.call())
                                || decision.action() == Action.ALLOW
                                || byExisting,
                        observation::toString);
            }
        }
        assertEquals(merged, learned.mergeInto(merged), "nothing is added twice");
    }

    @Property(tries = 200)
    void driftIsWhatTheDefaultDenies(
            @ForAll("observations") List<Observation> seen, @ForAll("observations") List<Observation> later)
            throws IOException {
        Policy policy = learn(seen).policy();
        Drift drift = Drift.from(policy, Arch.X86_64).add(Recording.of(later));
        long missed = later.stream()
                .filter(observation -> !allows(policy, observation.call()))
                .count();
        assertEquals(
                missed,
                drift.newBehaviours().stream()
                        .mapToLong(Drift.NewBehaviour::count)
                        .sum());
        assertEquals(later.size() - missed, drift.covered());
        assertEquals(later.size(), drift.observations());
    }

    @Property(tries = 200)
    void textsThatAreNoPatternsAreReported(@ForAll String text) throws IOException {
        Call call = Call.open("/bin/a" + text, "/srv/" + text);
        LearnedPolicy learned = learn(List.of(Observation.of("one", Instant.EPOCH, call)));
        assertTrue(
                allows(learned.policy(), call)
                        || learned.notLearned().get(0).reason() == Reason.UNUSABLE
                        || learned.notLearned().get(0).reason() == Reason.NEVER_LEARN,
                () -> learned.toJson());
    }

    private static Call write(String program, String path) {
        return Call.of("openat").program(program).path(path).flags(1).build();
    }

    @Provide
    Arbitrary<String> programs() {
        return Arbitraries.of(
                "/usr/sbin/nginx", "/usr/bin/redis-server", "/.crs/init", "/tmp/crs-run-12/init", "/tmp/x");
    }

    private static Arbitrary<String> segments() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "srv",
                        "data",
                        "tmp",
                        "etc",
                        "proc",
                        "var",
                        "lib",
                        "usr",
                        "dev",
                        "run",
                        "home",
                        "app",
                        "secrets",
                        "kubernetes.io",
                        ".ssh",
                        "mem",
                        "shadow",
                        "docker.sock",
                        "self",
                        "task",
                        "a*",
                        "?",
                        "b\\",
                        "ä𝄞",
                        "\uFFFD",
                        "d41d8cd98f00b204e9800998ecf8427e",
                        "sess_a8fKw1",
                        "0b24ce46-8b1c-4e6b-9d9c-0a1b2c3d4e5f"),
                Arbitraries.integers().between(0, 30).map(i -> Integer.toString(i)),
                Arbitraries.integers().between(0, 30).map(i -> "w-" + i + ".log"),
                Arbitraries.integers().between(0, 30).map(i -> "lib" + i + ".so." + i % 3 + "." + i),
                Arbitraries.integers().between(0, 20).map(i -> (char) ('a' + i) + ".html"));
    }

    private static Arbitrary<String> paths() {
        Arbitrary<String> free = segments().list().ofMinSize(1).ofMaxSize(4).map(list -> "/" + String.join("/", list));
        Arbitrary<String> crowded = Combinators.combine(
                        Arbitraries.of("/srv/app", "/data", "/tmp", "/proc"), segments())
                .as((folder, name) -> folder + "/" + name);
        return Arbitraries.oneOf(free, crowded);
    }

    @Provide
    Arbitrary<String> secrets() {
        Arbitrary<String> free = Arbitraries.oneOf(
                segments().map(name -> "/home/" + name + "/.ssh/" + name),
                segments().map(name -> "/proc/" + name + "/mem"),
                segments().map(name -> "/run/secrets/kubernetes.io/" + name));
        return Arbitraries.oneOf(free, Arbitraries.of("/etc/shadow", "/run/docker.sock", "/dev/sda", "/proc/kcore"));
    }

    @Provide
    Arbitrary<List<Observation>> observations() {
        Arbitrary<Call> files = Combinators.combine(
                        programs(),
                        paths(),
                        paths(),
                        Arbitraries.of("openat", "rename", "unlink", "execve", "linkat", "read"),
                        Arbitraries.of(0, 1, 2, 0x241, 0x200000),
                        Arbitraries.integers().between(0, 9))
                .as((program, path, other, call, flags, linked) -> Call.of(call)
                        .program(program)
                        .path(new FilePath(Optional.of(path), linked == 0 ? Optional.of(other) : Optional.empty()))
                        .newPath(FilePath.of(other))
                        .flags(flags)
                        .build());
        Arbitrary<Call> sockets = Combinators.combine(
                        programs(),
                        Arbitraries.of("connect", "sendto", "accept4"),
                        Arbitraries.of(
                                Endpoint.of("10.0.0.1"),
                                Endpoint.of("10.0.0.2"),
                                Endpoint.of("2001:db8::1"),
                                Endpoint.of("0.0.0.0"),
                                Endpoint.of("/run/x.sock"),
                                Endpoint.NONE,
                                Endpoint.UNKNOWN),
                        Arbitraries.of(53, 80, 6379))
                .as((program, call, address, port) -> Call.of(call)
                        .program(program)
                        .address(address)
                        .port(port)
                        .localPort(port)
                        .build());
        return Combinators.combine(
                        Arbitraries.oneOf(files, files, sockets),
                        Arbitraries.of("one", "two", "three"),
                        Arbitraries.integers().between(0, 30))
                .as((call, run, pid) -> new Observation(
                        run, Instant.EPOCH.plusSeconds(pid), 1, Action.ALLOW, OptionalInt.of(pid), call))
                .list()
                .ofMaxSize(60);
    }

    @Provide
    Arbitrary<Policy> policies() {
        Arbitrary<Rule> rules = Combinators.combine(
                        Arbitraries.of(Action.values()),
                        Arbitraries.of("", "/usr/*", "/usr/sbin/nginx"),
                        Arbitraries.oneOf(paths(), Arbitraries.of("/srv/*", "/data/*", "*", "/tmp/w-*.log")),
                        Arbitraries.integers().between(0, 4))
                .as(LearnerPropertyTest::rule);
        return rules.list().ofMaxSize(6).map(list -> Policy.named("mine")
                .defaults(Category.FILE, Action.DENY)
                .defaults(Category.EXECUTE, Action.DENY)
                .defaults(Category.NETWORK, Action.DENY)
                .rules(list)
                .build());
    }

    private static Rule rule(Action action, String program, String pattern, int kind) {
        String path = Shape.literal(pattern).replace("\\*", "*");
        var rule =
                switch (kind) {
                    case 0 -> Rule.read(path);
                    case 1 -> Rule.write(path);
                    case 2 -> Rule.outbound("10.0.0.0/31").ports("53-80");
                    case 3 -> Rule.inbound("*").ports(80);
                    default -> Rule.syscall("execve").arg(1, path);
                };
        rule.by(program);
        return switch (action) {
            case ALLOW -> rule.allow();
            case MONITOR -> rule.monitor();
            case DENY -> rule.deny();
        };
    }
}
