package io.crs.policy.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.DefaultScope;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.policy.IgnoreScope;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.Translation;
import io.crs.syscall.Arch;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DecisionTableTest {
    private static final int O_WRONLY = 1;
    private static final int O_RDWR = 2;
    private static final int O_PATH = 010000000;

    private static Policy policy(Rule... rules) {
        return Policy.named("test").rules(Arrays.asList(rules)).build();
    }

    private static Decision decide(Policy policy, Call call) {
        CompileOptions options = CompileOptions.of(Arch.X86_64).withLogMode(LogMode.ALL);
        return DecisionTable.compile(policy, options).decide(call);
    }

    private static Action action(Policy policy, Call call) {
        return decide(policy, call).action();
    }

    private static Call opening(String path, int flags) {
        return Call.of("openat").program("/bin/cat").path(path).flags(flags).build();
    }

    @Test
    void firstRuleThatMatchesDecides() {
        Policy policy = policy(
                Rule.read("/etc/passwd").allow(),
                Rule.read("/etc/*").named("etc").deny(),
                Rule.read("/etc/shadow").monitor());
        assertEquals(Action.ALLOW, action(policy, opening("/etc/passwd", 0)));
        Decision shadow = decide(policy, opening("/etc/shadow", 0));
        assertEquals(new Decision(Action.DENY, true, true, Optional.of("etc"), 1, false, true, true), shadow);
    }

    @Test
    void strictestPartDecides() {
        Policy policy = policy(Rule.read("/data").allow(), Rule.write("/data").deny());
        assertEquals(Action.ALLOW, action(policy, opening("/data", 0)));
        assertEquals(Action.DENY, action(policy, opening("/data", O_WRONLY)));
        assertEquals(Action.DENY, action(policy, opening("/data", O_RDWR)));
        assertEquals(Action.ALLOW, action(policy, opening("/data", O_PATH | O_RDWR)));
    }

    @Test
    void deniesThroughASymlinkAndAllowsOnlyByTheResolvedName() {
        Call link = Call.of("openat")
                .path(new FilePath(Optional.of("/tmp/x"), Optional.of("/etc/shadow")))
                .build();
        Call target = Call.of("openat")
                .path(new FilePath(Optional.of("/app/x"), Optional.of("/etc/shadow")))
                .build();
        assertEquals(Action.DENY, action(policy(Rule.read("/etc/shadow").deny()), link));
        assertEquals(Action.DENY, action(policy(Rule.read("/tmp/*").deny()), link));
        assertEquals(
                Action.DENY,
                action(policy(Rule.read("/app/*").allow(), Rule.read("*").deny()), target));
    }

    @Test
    void renamingAFolderIsAWriteOnWhatARuleNamesBelow() {
        Policy policy = policy(Rule.write("/srv/keys/id").deny());
        Call rename =
                Call.of("rename").path("/srv").newPath(FilePath.of("/gone")).build();
        assertEquals(Action.DENY, action(policy, rename));
        Call file = Call.of("rename")
                .path("/srv")
                .newPath(FilePath.of("/gone"))
                .directory(false)
                .build();
        assertEquals(Action.ALLOW, action(policy, file));
        Policy exception =
                policy(Rule.write("/srv/*").allow(), Rule.write("/srv/keys/id").deny());
        assertEquals(Action.ALLOW, action(exception, rename));
        Policy byCall = policy(
                Rule.syscall("rename").allow(), Rule.write("/srv/keys/id").deny());
        assertEquals(Action.ALLOW, action(byCall, rename));
    }

    @Test
    void ruleForTheCallNamesNothingBelowTheFolder() {
        Policy policy = policy(
                Rule.write("/srv").allow(),
                Rule.write("/gone").allow(),
                Rule.syscall("rename").deny());
        Call rename =
                Call.of("rename").path("/srv").newPath(FilePath.of("/gone")).build();
        assertEquals(Action.ALLOW, action(policy, rename));
    }

    @Test
    void hardLinkToADeniedFileIsDenied() {
        Policy policy = policy(Rule.read("/etc/shadow").deny());
        Call link = Call.of("link")
                .path("/etc/shadow")
                .newPath(FilePath.of("/tmp/x"))
                .build();
        assertEquals(Action.DENY, action(policy, link));
        assertEquals(Action.ALLOW, action(policy(Rule.read("/etc/shadow").monitor()), link));
    }

    @Test
    void syscallRuleCoversItsSiblingsByTheirFlags() {
        Policy policy = policy(Rule.syscall("rmdir").deny());
        assertEquals(
                Action.DENY,
                action(policy, Call.of("unlinkat").path("/a").flags(0x200).build()));
        assertEquals(Action.ALLOW, action(policy, Call.of("unlinkat").path("/a").build()));
        assertEquals(Action.ALLOW, action(policy, Call.of("unlink").path("/a").build()));
        Policy guide = policy.toBuilder().translation(Translation.GUIDE).build();
        assertEquals(
                Action.ALLOW,
                action(guide, Call.of("unlinkat").path("/a").flags(0x200).build()));
        assertEquals(Action.DENY, action(guide, Call.of("rmdir").path("/a").build()));
    }

    @Test
    void unixSocketsAreNoNetwork() {
        Policy policy =
                Policy.named("closed").defaults(Category.NETWORK, Action.DENY).build();
        assertEquals(Action.DENY, action(policy, Call.connect("/bin/a", "10.0.0.1", 80)));
        assertEquals(Action.ALLOW, action(policy, Call.connect("/bin/a", "/run/x.sock", 0)));
        assertEquals(
                Action.DENY,
                action(policy, Call.of("connect").address(Endpoint.NONE).build()));
        assertEquals(
                Action.ALLOW,
                action(policy, Call.of("sendto").address(Endpoint.NONE).build()));
        assertEquals(Action.DENY, action(policy, Call.of("sendto").build()));
    }

    @Test
    void inboundPortIsTheLocalOne() {
        Policy policy = policy(Rule.inbound("10.0.0.0/8").ports("80").deny());
        Call accept =
                Call.of("accept4").address("10.9.9.9").port(4444).localPort(80).build();
        assertEquals(Action.DENY, action(policy, accept));
        assertEquals(
                Action.ALLOW,
                action(
                        policy,
                        Call.of("accept4")
                                .address("10.9.9.9")
                                .port(80)
                                .localPort(81)
                                .build()));
    }

    @Test
    void driftIsAskedAfterTheRules() {
        Policy policy = policy(Rule.syscall("execve").arg(1, "/opt/*").allow()).toBuilder()
                .driftAction(Action.DENY)
                .build();
        Call.Builder call = Call.of("execve").drift(true);
        Decision denied = decide(policy, call.path("/tmp/x").build());
        assertEquals(new Decision(Action.DENY, true, true, Optional.empty(), -1, true, true, true), denied);
        assertEquals(Action.ALLOW, action(policy, call.path("/opt/x").build()));
    }

    @Test
    void defaultsOfRuledCallsWantARule() {
        PolicyBuilder closed = Policy.named("closed").defaults(Category.FILE, Action.DENY);
        assertEquals(Action.DENY, action(closed.build(), opening("/x", 0)));
        closed.defaultScope(DefaultScope.RULED_CALLS);
        assertEquals(Action.ALLOW, action(closed.build(), opening("/x", 0)));
        Policy ruled = closed.rule(Rule.read("/y").allow()).build();
        assertEquals(Action.DENY, action(ruled, opening("/x", 0)));
        assertEquals(Action.ALLOW, action(ruled, opening("/x", O_WRONLY)));
    }

    @Test
    void ignoredCallsHaveNoEvents() {
        PolicyBuilder builder =
                Policy.named("quiet").rule(Rule.read("/x").deny()).ignore("openat");
        assertEquals(
                new Decision(Action.DENY, true, true, Optional.of("READ /x"), 0, false, false, false),
                decide(builder.build(), opening("/x", 0)));
        builder.ignoreScope(IgnoreScope.EVERYTHING);
        assertEquals(
                new Decision(Action.ALLOW, true, false, Optional.empty(), -1, true, false, false),
                decide(builder.build(), opening("/x", 0)));
    }

    @Test
    void permissiveReportsAndInactiveDoesNothing() {
        PolicyBuilder builder =
                Policy.named("soft").rule(Rule.read("/x").deny()).mode(PolicyMode.PERMISSIVE);
        assertEquals(
                new Decision(Action.DENY, false, false, Optional.of("READ /x"), 0, false, true, true),
                decide(builder.build(), opening("/x", 0)));
        builder.mode(PolicyMode.INACTIVE);
        assertEquals(
                new Decision(Action.ALLOW, false, false, Optional.empty(), -1, true, false, true),
                decide(builder.build(), opening("/x", 0)));
    }

    @Test
    void refusesACallTheArchitectureLacks() {
        DecisionTable table = DecisionTable.compile(policy(), Arch.AARCH64);
        Call open = Call.of("open").path("/x").build();
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> table.decide(open));
        assertTrue(e.getMessage().startsWith("open does not exist on aarch64; use openat"), e.getMessage());
    }

    @Test
    void ruleForACallThatIsElsewhereCoversItsSiblingsHere() {
        Policy policy = policy(Rule.syscall("open").arg(1, "/x").deny());
        DecisionTable table = DecisionTable.compile(policy, Arch.AARCH64);
        assertEquals(Action.DENY, table.decide(opening("/x", 0)).action());
        assertEquals(
                0,
                DecisionTable.compile(
                                policy(Rule.syscall("vfork").deny()).toBuilder()
                                        .translation(Translation.GUIDE)
                                        .build(),
                                Arch.AARCH64)
                        .statistics()
                        .rules());
    }

    @Test
    void compilesTheSamePolicyToTheSameBytes() throws InvalidTableException {
        Policy policy = policy(
                Rule.read("/a*").by("/bin/*").tags("x", "y").deny(),
                Rule.write("/a*").by("/bin/*").allow());
        DecisionTable table = DecisionTable.compile(policy, Arch.X86_64);
        assertArrayEquals(
                table.bytes(), DecisionTable.compile(policy, Arch.X86_64).bytes());
        assertArrayEquals(table.bytes(), DecisionTable.read(table.bytes()).bytes());
        assertEquals(2, table.statistics().matchers());
        assertFalse(Arrays.equals(
                table.bytes(), DecisionTable.compile(policy, Arch.AARCH64).bytes()));
    }

    @Test
    void tenThousandRulesTakeFewBytes() {
        PolicyBuilder policy = Policy.named("large");
        for (int i = 0; i < 10_000; i++) {
            policy.rule(Rule.read("/data/" + i % 100 + "/some/folder/" + i + "/*")
                    .by("/usr/bin/p" + i % 50)
                    .deny());
        }
        TableStatistics size =
                DecisionTable.compile(policy.build(), Arch.X86_64).statistics();
        assertEquals(10_000, size.rules());
        assertEquals(10_050, size.matchers());
        assertTrue(size.bytes() < 4 << 20, size::toString);
    }

    @Test
    void refusesAPolicyThatTakesTooManyBytes() {
        PolicyBuilder policy = Policy.named("huge");
        for (int i = 0; i < 20_000; i++) {
            policy.rule(Rule.read("/" + "x".repeat(4000) + i).deny());
        }
        assertThrows(IllegalArgumentException.class, () -> DecisionTable.compile(policy.build(), Arch.X86_64));
    }

    @Test
    void logModeCanBeReplaced() {
        Policy policy = policy(Rule.read("/x").deny());
        DecisionTable table = DecisionTable.compile(policy, Arch.X86_64).withLogMode(LogMode.NONE);
        assertFalse(table.decide(opening("/x", 0)).standardEvent());
        assertTrue(
                table.withLogMode(LogMode.POLICY_DENY).decide(opening("/x", 0)).standardEvent());
    }

    @Test
    void dumpListsTheRules() {
        Policy policy = policy(
                Rule.outbound("10.0.0.0/8")
                        .ports("80,443")
                        .named("evil\u001b[2J")
                        .deny(),
                Rule.syscall("rename")
                        .arg(2, "/etc/?*")
                        .by("/bin/*")
                        .followChildren()
                        .monitor());
        String dump = DecisionTable.compile(policy, Arch.X86_64).dump();
        assertTrue(dump.contains("10.0.0.0-10.255.255.255 port 80,443"), dump);
        assertTrue(dump.contains("rename,renameat,renameat2 arg2=/etc/?*"), dump);
        assertTrue(dump.contains("/bin/* +children"), dump);
        assertTrue(dump.contains("evil\\u001b[2J"), dump);
        assertEquals(0, dump.chars().filter(c -> c == 27).count());
    }
}
