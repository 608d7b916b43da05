package io.crs.policy.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.FilePath;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.learn.NotLearned.Reason;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearnerTest {
    private static final String NGINX = "/usr/sbin/nginx";
    private static final Instant START = Instant.parse("2026-11-22T01:00:00Z");
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0x40;

    private final List<Observation> seen = new ArrayList<>();

    private void see(String run, Call... calls) {
        for (Call call : calls) {
            seen.add(Observation.of(run, START.plusMillis(seen.size()), call));
        }
    }

    private LearnedPolicy learn() throws IOException {
        return learn(builder -> {});
    }

    private LearnedPolicy learn(Consumer<PolicyLearner.Builder> settings) throws IOException {
        PolicyLearner.Builder builder = PolicyLearner.builder();
        settings.accept(builder);
        return builder.build().learn(List.of(Recording.of(seen)));
    }

    private static boolean allows(Policy policy, Call call) {
        return ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL)
                        .decide(call)
                        .action()
                == Action.ALLOW;
    }

    private static Call read(String path) {
        return Call.open(NGINX, path);
    }

    private static Call write(String path) {
        return Call.of("openat").program(NGINX).path(path).flags(1 | O_CREAT).build();
    }

    private static Call accept(String peer, int localPort) {
        return Call.of("accept4")
                .program(NGINX)
                .address(peer)
                .port(50000)
                .localPort(localPort)
                .build();
    }

    private static List<String> patterns(LearnedPolicy learned) {
        return learned.policy().rules().stream()
                .map(rule -> rule instanceof Rule.FileRule file ? file.file().text() : rule.name())
                .toList();
    }

    @Test
    void allowsExactlyWhatTheRunDid() throws IOException {
        see(
                "one",
                Call.execute("/.crs/init", NGINX),
                read("/etc/nginx/nginx.conf"),
                read("/etc/nginx/nginx.conf"),
                Call.connect(NGINX, "10.0.0.7", 6379),
                accept("192.0.2.1", 80));
        LearnedPolicy learned = learn();
        Policy policy = learned.policy();

        assertEquals(4, policy.rules().size());
        assertEquals(PolicyMode.PERMISSIVE, policy.mode());
        assertEquals(Action.DENY, policy.defaultFileAction());
        assertEquals(Action.DENY, policy.defaultNetworkAction());
        assertEquals(Action.DENY, policy.defaultExecuteAction());
        seen.forEach(observation -> assertTrue(allows(policy, observation.call()), observation::toString));
        assertTrue(allows(policy, accept("198.51.100.9", 80)), "clients are another each time");
        assertTrue(allows(
                policy, Call.of("execveat").program("/.crs/init").path(NGINX).build()));

        assertFalse(allows(policy, Call.execute(NGINX, "/bin/sh")));
        assertFalse(allows(policy, Call.connect(NGINX, "1.2.3.4", 80)));
        assertFalse(allows(policy, Call.connect(NGINX, "10.0.0.7", 6380)));
        assertFalse(allows(policy, accept("192.0.2.1", 8080)));
        assertFalse(allows(policy, Call.open("/usr/bin/cat", "/etc/nginx/nginx.conf")));
        assertFalse(allows(policy, write("/etc/nginx/nginx.conf")));
    }

    @Test
    void everyRuleHasItsEvidence() throws IOException {
        see("one", read("/etc/nginx/nginx.conf"), read("/etc/hosts"), read("/etc/hosts"));
        see("two", read("/etc/hosts"));
        LearnedPolicy learned = learn();
        assertEquals(
                learned.policy().rules().stream().map(Rule::name).toList(),
                learned.evidence().stream().map(Evidence::rule).toList());
        assertEquals(
                new Evidence("read /etc/hosts by " + NGINX, 3, START.plusMillis(1), START.plusMillis(3), 2),
                learned.evidence().get(0));
        assertTrue(
                learned.toJson()
                        .contains(
                                "{\"rule\":\"read /etc/hosts by " + NGINX
                                        + "\",\"count\":3,\"first\":\"2026-11-22T01:00:00.001Z\",\"last\":\"2026-11-22T01:00:00.003Z\",\"runs\":2}"));
    }

    @Test
    void whatIsNotKnownIsNullInJson() throws IOException {
        LearnedPolicy learned = learn();
        assertTrue(learned.toJson().contains("\"heldOutRecall\":null,\"breadth\":null,\"notLearned\":[]"));
        assertTrue(learned.policy().rules().isEmpty());
    }

    @Test
    void onlyWhatIsReallyReachedIsAllowed() throws IOException {
        see(
                "one",
                Call.of("openat")
                        .program(NGINX)
                        .path(new FilePath(
                                java.util.Optional.of("/srv/current/index.html"),
                                java.util.Optional.of("/srv/releases/a/index.html")))
                        .build());
        Policy policy = learn().policy();
        assertTrue(allows(policy, read("/srv/releases/a/index.html")));
        assertFalse(allows(policy, read("/srv/current/index.html")));
    }

    @Test
    void anOpenForBothIsLearnedAsBoth() throws IOException {
        Call call = Call.of("openat")
                .program(NGINX)
                .path("/run/nginx.pid")
                .flags(O_RDWR | O_CREAT)
                .build();
        see("one", call);
        assertTrue(allows(learn().policy(), call));
    }

    @Test
    void aRenameIsLearnedByBothItsNames() throws IOException {
        Call call = Call.of("rename")
                .program("/usr/bin/redis-server")
                .path("/data/temp-12.rdb")
                .newPath(FilePath.of("/data/dump.rdb"))
                .directory(false)
                .build();
        see("one", call);
        assertTrue(allows(learn().policy(), call));
    }

    @ParameterizedTest
    @CsvSource({
        "/proc/4711/stat, /proc/*/stat, /proc/9/stat",
        "/proc/12/task/13/comm, /proc/*/task/*/comm, /proc/8/task/9/comm",
        "/srv/c/0b24ce46-8b1c-4e6b-9d9c-0a1b2c3d4e5f.json, /srv/c/????????-????-????-????-????????????.json,"
                + " /srv/c/3f24ce46-8b1c-4e6b-9d9c-0a1b2c3d4eff.json",
        "/srv/c/d41d8cd98f00b204e9800998ecf8427e, /srv/c/????????????????????????????????,"
                + " /srv/c/00000000000000000000000000000a00",
        "/tmp/php-Xa81kQ, /tmp/php-??????, /tmp/php-0aBcDe",
        "/tmp/tmpabcdefgh, /tmp/tmp????????, /tmp/tmpk3x_9azz",
        "/var/lib/nginx/body/0000000012, /var/lib/nginx/body/??????????, /var/lib/nginx/body/0000000999",
        "'pipe:[4711]', 'pipe:[*]', 'pipe:[12]'",
    })
    void opensWhatIsAnotherEachTime(String path, String pattern, String next) throws IOException {
        see("one", read(path));
        LearnedPolicy learned = learn();
        assertEquals(List.of(pattern), patterns(learned));
        assertTrue(allows(learned.policy(), read(next)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tmp/Xa81kQ",
                "/tmp/12",
                "/usr/lib/x86_64-linux-gnu/libssl.so.3",
                "/srv/site2/index.html",
                "/etc/ssl/certs/ca-certificates.crt",
                "/srv/a*b?",
                "/usr/lib/d41d8cd98f00b204e9800998ecf8427e.so",
                "/opt/app/README",
                "/proc/stat",
                "/dev/null"
            })
    void keepsOtherNamesAsTheyAre(String path) throws IOException {
        see("one", read(path));
        assertEquals(List.of(Shape.literal(path)), patterns(learn()));
    }

    @Test
    void opensTheNumberOfTheProcessInATemporaryName() throws IOException {
        seen.add(new Observation("one", START, 1, Action.ALLOW, OptionalInt.of(18), write("/data/temp-18.rdb")));
        assertEquals(List.of("/data/temp-*.rdb"), patterns(learn()));
    }

    @Test
    void opensNumbersOnceThreeWereSeenOrTwoInTwoRuns() throws IOException {
        see("one", write("/srv/log/worker-1.log"), write("/srv/log/worker-2.log"));
        assertEquals(2, learn().policy().rules().size());
        see("one", write("/srv/log/worker-7.log"));
        assertEquals(List.of("/srv/log/worker-*.log"), patterns(learn()));
        seen.remove(2);
        see("two", write("/srv/log/worker-2.log"));
        assertEquals(List.of("/srv/log/worker-*.log"), patterns(learn()));
    }

    @Test
    void opensAFolderFromTenNamesOn() throws IOException {
        List<String> pages = IntStream.range(0, 10)
                .mapToObj(i -> "/usr/share/nginx/html/" + (char) ('a' + i) + "x.html")
                .toList();
        pages.subList(0, 9).forEach(page -> see("one", read(page)));
        assertEquals(9, learn().policy().rules().size());
        see("one", read(pages.get(9)));
        assertEquals(List.of("/usr/share/nginx/html/*"), patterns(learn()));
    }

    @Test
    void opensOnlyAnEndingWhereTheFolderHoldsASecret() throws IOException {
        for (int i = 0; i < 10; i++) {
            see("one", read("/srv/app/" + (char) ('a' + i) + "x.html"));
        }
        see("one", read("/srv/app/.netrc"));
        LearnedPolicy learned = learn();
        assertEquals(List.of("/srv/app/*.html"), patterns(learned));
        assertEquals(Reason.NEVER_LEARN, learned.notLearned().get(0).reason());
    }

    @Test
    void neverOpensFoldersOfTheSystem() throws IOException {
        for (int i = 0; i < 40; i++) {
            String letters = Character.toString('a' + i % 26) + (i < 26 ? "" : "z");
            see("one", read("/usr/lib/x86_64-linux-gnu/lib" + letters + ".so"), read("/etc/" + letters + ".conf"));
            see("one", write("/tmp/" + letters), write("/var/lib/" + letters), read("/" + letters));
        }
        assertTrue(patterns(learn()).stream().noneMatch(pattern -> pattern.contains("*")));
    }

    @Test
    void aPatternDoesNotOpenMuchMoreOfTheImageThanWasSeen() throws IOException {
        List<String> image = new ArrayList<>();
        IntStream.range(0, 1800).forEach(i -> image.add("usr/share/zoneinfo/zone" + name(i)));
        IntStream.range(0, 60).forEach(i -> image.add("srv/www/page" + name(i) + ".html"));
        IntStream.range(0, 6000).forEach(i -> image.add("usr/share/doc/d" + name(i)));
        for (int i = 0; i < 12; i++) {
            see("one", read("/" + image.get(i)), read("/" + image.get(1800 + i)));
        }
        LearnedPolicy learned = learn(builder -> builder.imageFiles(image));
        assertEquals(
                12,
                patterns(learned).stream()
                        .filter(p -> p.startsWith("/usr/share/zoneinfo/"))
                        .count());
        assertTrue(allows(learned.policy(), read("/srv/www/page" + name(50) + ".html")));
        assertEquals((12 + 60) / 7860.0, learned.breadth().orElseThrow(), 1e-9);
    }

    /** Letters that stand for a number. */
    private static String name(int i) {
        return Integer.toString(i, 8)
                .chars()
                .map(c -> c - '0' + 'g')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/shadow",
                "/proc/17/mem",
                "/run/docker.sock",
                "/root/.ssh/id_ed25519",
                "/run/secrets/kubernetes.io/serviceaccount/..2026_11_22/token",
                "/home/app/.aws/credentials",
                "/dev/sda1",
                "/proc/9/root/etc/hosts",
                "/etc/krb5.keytab",
                "/etc/ssl/private/site.key",
                "/root/.bash_history"
            })
    void secretsAreNotLearnedAndReported(String path) throws IOException {
        see("one", read(path), read("/etc/hosts"));
        LearnedPolicy learned = learn();
        assertFalse(allows(learned.policy(), read(path)));
        assertEquals(1, learned.policy().rules().size());
        assertEquals(Reason.NEVER_LEARN, learned.notLearned().get(0).reason());
        assertEquals(
                "read " + path + " by " + NGINX, learned.notLearned().get(0).what());
    }

    @Test
    void aLinkToASecretIsNotLearnedEither() throws IOException {
        Call call = Call.of("openat")
                .program(NGINX)
                .path(new FilePath(java.util.Optional.of("/etc/shadow"), java.util.Optional.of("/srv/s")))
                .build();
        see("one", call);
        assertFalse(allows(learn().policy(), call));
    }

    @Test
    void noPatternReachesASecretOfTheCaller() throws IOException {
        for (int i = 0; i < 12; i++) {
            see("one", read("/srv/app/x" + (char) ('a' + i)));
        }
        assertEquals(List.of("/srv/app/*"), patterns(learn()));
        LearnedPolicy learned = learn(builder -> builder.neverLearn("/srv/app/*/key.pem"));
        assertEquals(12, learned.policy().rules().size());
    }

    @Test
    void credentialsOfTheCloudAreNotLearned() throws IOException {
        see("one", Call.connect(NGINX, "169.254.169.254", 80), Call.connect(NGINX, "169.254.169.253", 53));
        assertEquals(1, learn().policy().rules().size());
        see("one", Call.connect(NGINX, "169.254.169.252", 80), Call.connect(NGINX, "169.254.169.251", 80));
        LearnedPolicy learned = learn(builder -> builder.groupAddresses(2));
        assertFalse(allows(learned.policy(), Call.connect(NGINX, "169.254.169.254", 80)));
        assertTrue(allows(learned.policy(), Call.connect(NGINX, "169.254.169.251", 80)));
    }

    @Test
    void addressesAreGroupedOnlyIfAskedFor() throws IOException {
        for (int i = 1; i <= 5; i++) {
            see("one", Call.connect(NGINX, "10.1.2." + i, 5432), Call.connect(NGINX, "2001:db8::" + i, 5432));
        }
        Call other = Call.connect(NGINX, "10.1.2.200", 5432);
        assertFalse(allows(learn().policy(), other));
        LearnedPolicy grouped = learn(builder -> builder.groupAddresses(5));
        assertEquals(2, grouped.policy().rules().size());
        assertTrue(allows(grouped.policy(), other));
        assertTrue(allows(grouped.policy(), Call.connect(NGINX, "2001:db8::ffff", 5432)));
        assertFalse(allows(grouped.policy(), Call.connect(NGINX, "10.1.3.1", 5432)));
        assertFalse(allows(grouped.policy(), Call.connect(NGINX, "10.1.2.1", 22)));
    }

    @Test
    void anAttackDuringTheRecordingIsNotLearned() throws IOException {
        see("one", read("/etc/nginx/nginx.conf"), write("/var/log/nginx/access.log"));
        see(
                "one",
                Call.execute(NGINX, "/tmp/x"),
                Call.execute(NGINX, "/dev/shm/x"),
                Call.execute(NGINX, "/memfd:x (deleted)"),
                Call.execute(NGINX, "/opt/dropped"),
                Call.open("/tmp/x", "/etc/hosts"),
                Call.connect("/tmp/x", "203.0.113.5", 4444),
                write("/usr/bin/ls"),
                write("/etc/ld.so.preload"),
                read("/proc/1/mem"));
        LearnedPolicy learned =
                learn(builder -> builder.imageFiles(List.of("/usr/sbin/nginx", "/etc/nginx/nginx.conf")));
        assertEquals(List.of("/etc/nginx/nginx.conf", "/var/log/nginx/access.log"), patterns(learned));
        assertEquals(9, learned.notLearned().size());
    }

    @Test
    void aFloodOfNamesOpensNoSharedFolder() throws IOException {
        see("one", write("/tmp/cache"), read("/etc/hosts"));
        for (int i = 0; i < 1500; i++) {
            see(
                    "one",
                    write("/tmp/"
                            + UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) (i >> 8)})
                                    .toString()
                                    .replace('-', 'x')));
            see("one", write("/" + name(i)), read("/home/" + name(i)), read("/proc/1/fd/" + i), write("/dev/" + i));
        }
        LearnedPolicy learned = learn();
        for (String path : List.of("/tmp/evil", "/tmp/a/b", "/evil", "/home/u/f", "/dev/tcp", "/var/x")) {
            assertFalse(allows(learned.policy(), read(path)), path);
            assertFalse(allows(learned.policy(), write(path)), path);
        }
        assertTrue(allows(learned.policy(), write("/tmp/cache")));
        assertTrue(learned.notLearned().stream().anyMatch(left -> left.reason() == Reason.TOO_MANY));
    }

    @Test
    void aMillionNamesFitInLittleMemory() throws IOException {
        Recording flood = listener -> {
            for (int i = 0; i < 1_000_000; i++) {
                String path = i % 2 == 0 ? "/srv/up/d" + i + "/f" + i : "/opt/" + Integer.toHexString(i * 31) + "/x";
                listener.seen(Observation.of("one", START.plusMillis(i), write(path)));
            }
        };
        LearnedPolicy learned = PolicyLearner.withDefaults().learn(List.of(flood));
        assertTrue(learned.policy().rules().size() <= Memory.MAX_NAMES);
        assertTrue(learned.notLearned().size() < 1100);
        assertTrue(allows(learned.policy(), write("/srv/up/d999998/f999998")));
        assertFalse(allows(learned.policy(), write("/srv/other")));
    }

    @Test
    void whatIsSeenInOneRunOnlyCanBeLeftOut() throws IOException {
        see("one", read("/etc/hosts"), Call.execute(NGINX, "/usr/bin/id"));
        see("two", read("/etc/hosts"));
        LearnedPolicy learned = learn(builder -> builder.minimumRuns(2));
        assertEquals(List.of("/etc/hosts"), patterns(learned));
        assertEquals(Reason.TOO_FEW_RUNS, learned.notLearned().get(0).reason());
    }

    @Test
    void onlyTheChosenActionIsUsed() throws IOException {
        see("one", read("/etc/hosts"));
        seen.add(new Observation("one", START, 1, Action.DENY, OptionalInt.empty(), read("/etc/group")));
        assertEquals(2, learn().policy().rules().size());
        assertEquals(List.of("/etc/group"), patterns(learn(builder -> builder.logAction(Action.DENY))));
    }

    @Test
    void foretellsARunFromTheOthers() throws IOException {
        for (int run = 0; run < 4; run++) {
            String name = "run" + run;
            see(name, read("/etc/hosts"), write("/data/temp-" + (40 + run) + ".rdb"), read("/proc/" + run + "/stat"));
        }
        see("run3", read("/etc/only"));
        LearnedPolicy learned = learn();
        HeldOut heldOut = learned.heldOut().orElseThrow();
        assertEquals(HeldOut.Method.LEAVE_ONE_RUN_OUT, heldOut.method());
        assertEquals(4, heldOut.parts());
        assertEquals(12 / 13.0, learned.heldOutRecall().orElseThrow(), 1e-9);
        assertEquals(List.of("read /etc/only by " + NGINX), heldOut.missed());
    }

    @Test
    void foretellsSlicesOfTheOnlyRun() throws IOException {
        for (int i = 0; i < 400; i++) {
            see("one", read("/etc/hosts"));
        }
        see("one", read("/etc/late"));
        HeldOut heldOut = learn().heldOut().orElseThrow();
        assertEquals(HeldOut.Method.SLICES_OF_TIME, heldOut.method());
        assertTrue(heldOut.parts() > TimeSlices.COUNT / 2, heldOut::toString);
        assertEquals(400 / 401.0, heldOut.recall(), 1e-9);
    }

    @Test
    void theCurveTellsWhenNothingNewCame() throws IOException {
        for (int i = 0; i < 100; i++) {
            see("one", read("/etc/h" + (char) ('a' + Math.min(i, 9))));
        }
        List<LearnedPolicy.Saturation> curve = learn().saturation();
        assertEquals(new LearnedPolicy.Saturation(8, 8), curve.get(3));
        assertEquals(new LearnedPolicy.Saturation(16, 10), curve.get(4));
        assertEquals(new LearnedPolicy.Saturation(100, 10), curve.get(curve.size() - 1));
    }

    @Test
    void whatIsNotKnownIsReported() throws IOException {
        see(
                "one",
                Call.of("connect").program(NGINX).build(),
                Call.of("openat").program(NGINX).build());
        see("one", Call.of("openat").program(NGINX).path("relative").build());
        see("one", Call.of("openat").program(" ").path("/etc/hosts").build());
        LearnedPolicy learned = learn();
        assertTrue(learned.policy().rules().isEmpty());
        assertEquals(4, learned.notLearned().size());
    }

    @Test
    void socketsOfTheFileSystemNeedNoRule() throws IOException {
        see("one", Call.of("connect").program(NGINX).address("/run/php.sock").build());
        see("one", Call.of("connect").program(NGINX).address("/run/docker.sock").build());
        LearnedPolicy learned = learn();
        assertTrue(learned.policy().rules().isEmpty());
        assertEquals("connect to /run/docker.sock", learned.notLearned().get(0).what());
        assertEquals(1, learned.notLearned().size());
    }
}
