package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.event.Event;
import io.crs.event.EventFormatException;
import io.crs.event.EventJson;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.syscall.Arch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private static final Call SHADOW = Call.open("/usr/bin/cat", "/etc/shadow");
    private static final Call HOSTS = Call.open("/usr/bin/cat", "/etc/hosts");

    private static Policy policy(Rule... rules) {
        return Policy.named("p").rules(Arrays.asList(rules)).build();
    }

    private static Event event(String type, String action, String syscall, String object) throws EventFormatException {
        return event("x86_64", type, action, syscall, object, "");
    }

    private static Event event(String arch, String type, String action, String syscall, String object, String more)
            throws EventFormatException {
        return EventJson.read("{\"v\":1,\"id\":\"01\",\"seq\":1,\"time\":\"2026-11-21T19:20:33.123456Z\",\"type\":\""
                + type
                + "\",\"action\":\"" + action + "\",\"enforced\":true,\"process\":{\"pid\":8,\"exe\":\"/usr/bin/cat\"},"
                + "\"syscall\":{\"arch\":\"" + arch + "\",\"nr\":257," + syscall + "},\"object\":" + object + more
                + "}");
    }

    private static Event open(String type, String action, String path) throws EventFormatException {
        return event(
                type,
                action,
                "\"name\":\"openat\",\"args\":[\"AT_FDCWD\",\"" + path + "\",\"O_RDONLY|O_CLOEXEC\"]",
                "{\"kind\":\"file\",\"requested\":\"" + path + "\",\"path\":\"" + path + "\",\"op\":\"read\"}");
    }

    @Test
    void countsWhatIsDeniedForTheFirstTime() {
        Replay replay =
                Replay.of(policy(Rule.read("/etc/shadow").named("shadow").deny()), Arch.X86_64);
        for (int i = 0; i < 3; i++) {
            replay.add(SHADOW);
            replay.add(HOSTS);
        }
        replay.add(SHADOW, Action.DENY);
        ReplayReport report = replay.report();
        assertEquals(7, report.events());
        assertEquals(3, report.newlyDenied());
        assertEquals(0, report.newlyAllowed());
        assertEquals(List.of(new ReplayReport.RuleHits(0, "shadow", 4)), report.perRule());
        assertEquals(1, report.examples().size());
        assertEquals(SHADOW, report.examples().get(0).call());
        assertEquals(Action.ALLOW, report.examples().get(0).before());
    }

    @Test
    void comparesWithAnotherPolicyWhateverWasDone() {
        Policy current = policy(Rule.read("/etc/*").deny());
        Policy next =
                policy(Rule.read("/etc/hosts").allow(), Rule.read("/etc/*").deny());
        Replay replay = Replay.of(next, current, Arch.X86_64);
        replay.add(HOSTS, Action.ALLOW);
        replay.add(SHADOW, Action.ALLOW);
        ReplayReport report = replay.report();
        assertEquals(0, report.newlyDenied());
        assertEquals(1, report.newlyAllowed());
        assertEquals(0, report.examples().get(0).after().ruleIndex());
    }

    @Test
    void aMonitoredCallWentThrough() {
        Replay replay = Replay.of(policy(Rule.read("/etc/hosts").monitor()), Arch.X86_64);
        replay.add(HOSTS);
        replay.add(HOSTS, Action.MONITOR);
        assertEquals(0, replay.report().newlyDenied() + replay.report().newlyAllowed());
    }

    @Test
    void keepsTheFirstExampleOfEachRule() {
        Policy policy = policy(Rule.read("/a/*").deny(), Rule.read("/b/*").deny()).toBuilder()
                .defaults(Category.NETWORK, Action.DENY)
                .build();
        Replay replay = Replay.of(policy, Arch.X86_64);
        for (int i = 0; i < 1000; i++) {
            replay.add(Call.open("/p", "/b/" + i));
            replay.add(Call.open("/p", "/a/" + i));
            replay.add(Call.connect("/p", "10.0.0.1", i));
        }
        assertEquals(
                List.of(1, 0, -1),
                replay.report().examples().stream()
                        .map(example -> example.after().ruleIndex())
                        .toList());
    }

    @Test
    void takesEventsOfAnAgent() throws EventFormatException {
        Policy policy = policy(
                Rule.read("/etc/shadow").deny(),
                Rule.outbound("10.0.0.0/8").ports(443).deny(),
                Rule.syscall("ptrace").deny(),
                Rule.syscall("li_getaddrinfo").arg(1, "*.example.org").deny());
        Replay replay = Replay.of(policy, Arch.X86_64);
        replay.add(open("BEHAVIOR", "ALLOW", "/etc/shadow"));
        replay.add(event(
                "BEHAVIOR",
                "ALLOW",
                "\"name\":\"connect\",\"args\":[\"3\"]",
                "{\"kind\":\"socket\",\"address\":\"10.1.2.3\",\"port\":443,\"direction\":\"outbound\"}"));
        replay.add(event("BEHAVIOR", "ALLOW", "\"name\":\"ptrace\",\"args\":[\"16\"]", "{\"kind\":\"process\"}"));
        replay.add(event(
                "BEHAVIOR",
                "ALLOW",
                "\"name\":\"getaddrinfo\",\"args\":[]",
                "{\"kind\":\"name\",\"name\":\"www.example.org\"}"));
        ReplayReport report = replay.report();
        assertEquals(
                List.of(1L, 1L, 1L, 1L),
                report.perRule().stream().map(ReplayReport.RuleHits::hits).toList());
        assertEquals(4, report.newlyDenied());
    }

    @Test
    void twoEventsOfOneHitAreOneCall() throws EventFormatException {
        Replay replay = Replay.of(policy(Rule.read("/etc/shadow").deny()), Arch.X86_64);
        for (int i = 0; i < 2; i++) {
            replay.add(open("STANDARD", "DENY", "/etc/shadow"));
            replay.add(open("BEHAVIOR", "DENY", "/etc/shadow"));
        }
        assertEquals(2, replay.report().events());
        replay.add(open("BEHAVIOR", "ALLOW", "/etc/hosts"));
        replay.add(open("BEHAVIOR", "ALLOW", "/etc/hosts"));
        assertEquals(4, replay.report().events());
    }

    @Test
    void passesOverWhatNoPolicyDecides() throws EventFormatException {
        Replay replay = Replay.of(policy(Rule.read("*").deny()), Arch.X86_64);
        String file = "{\"kind\":\"file\",\"path\":\"/x\"}";
        replay.add(event("aarch64", "BEHAVIOR", "ALLOW", "\"name\":\"openat\",\"args\":[]", file, ""));
        replay.add(event("i386", "STANDARD", "DENY", "\"name\":\"open\",\"args\":[]", file, ""));
        replay.add(event("BEHAVIOR", "ALLOW", "\"args\":[]", file));
        replay.add(event("BEHAVIOR", "ALLOW", "\"name\":\"no_such_call\",\"args\":[]", file));
        replay.add(event("BEHAVIOR", "ALLOW", "\"name\":\"openat\",\"args\":[\"3\",\"/x\",\"0xzz\"]", file));
        replay.add(event(
                "x86_64",
                "STANDARD",
                "DENY",
                "\"name\":\"io_uring_setup\",\"args\":[]",
                file,
                ",\"reason\":\"closed for the agent's own integrity\""));
        replay.add(EventJson.read("{\"v\":1,\"id\":\"02\",\"seq\":2,\"time\":\"2026-11-21T19:20:33.123456Z\","
                + "\"type\":\"HEALTH\",\"reason\":\"it is well\",\"lost\":0}"));
        assertEquals(0, replay.report().events());
        assertEquals(7, replay.report().skipped());
    }

    @Test
    void refusesACallTheArchitectureLacks() {
        Replay replay = Replay.of(policy(), Arch.AARCH64);
        assertThrows(
                IllegalArgumentException.class, () -> replay.add(Call.of("open").build()));
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void countsAsTheReferenceEvaluatorDecides(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        SmallUniverse universe = new SmallUniverse(new Random(seed));
        Policy before = universe.policy(subject, 4);
        Policy after = universe.policy(subject, 4);
        ReferenceEvaluator old = ReferenceEvaluator.of(before, Arch.X86_64, LogMode.ALL);
        ReferenceEvaluator young = ReferenceEvaluator.of(after, Arch.X86_64, LogMode.ALL);
        Replay replay = Replay.of(after, before, Arch.X86_64);
        long denied = 0;
        long allowed = 0;
        long[] hits = new long[4];
        for (int i = 0; i < 100; i++) {
            Call call = universe.call(subject);
            replay.add(call);
            Decision decision = young.decide(call);
            boolean was = old.decide(call).action() == Action.DENY;
            boolean is = decision.action() == Action.DENY;
            denied += !was && is ? 1 : 0;
            allowed += was && !is ? 1 : 0;
            if (decision.ruleIndex() >= 0) {
                hits[decision.ruleIndex()]++;
            }
        }
        ReplayReport report = replay.report();
        assertEquals(denied, report.newlyDenied());
        assertEquals(allowed, report.newlyAllowed());
        for (int i = 0; i < hits.length; i++) {
            assertEquals(hits[i], report.perRule().get(i).hits());
        }
        assertEquals(denied + allowed > 0, !report.examples().isEmpty());
    }

    @Test
    void writesItsReportAsJson() {
        Replay replay =
                Replay.of(policy(Rule.read("/etc/shadow").named("shadow").deny()), Arch.X86_64);
        replay.add(SHADOW);
        String json = replay.report().toJson();
        assertTrue(
                json.startsWith("{\"events\":1,\"skipped\":0,\"newlyDenied\":1,\"newlyAllowed\":0,"
                        + "\"perRule\":[{\"index\":0,\"name\":\"shadow\",\"hits\":1}],\"examples\":[{\"call\":{"),
                json);
    }
}
