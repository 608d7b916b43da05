package io.crs.policy.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.event.EventJson;
import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.learn.NotLearned.Reason;
import io.crs.syscall.Arch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventObservationsTest {
    @TempDir
    private Path folder;

    private final StringBuilder lines = new StringBuilder();
    private int number;

    private void line(String type, String process, String syscall, String object) {
        number++;
        lines.append(
                        "{\"v\":1,\"id\":\"e%d\",\"seq\":%d,\"time\":\"2026-11-22T01:00:%02dZ\",\"type\":\"%s\",\"action\":\"ALLOW\","
                                .formatted(number, number, number % 60, type))
                .append("\"process\":{")
                .append(process)
                .append("},\"syscall\":{\"arch\":\"x86_64\",")
                .append(syscall)
                .append("},\"object\":{")
                .append(object)
                .append("}}\n");
    }

    private static String process(int pid, String exe) {
        return "\"pid\":%d,\"exe\":\"%s\"".formatted(pid, exe);
    }

    private void open(String type, String path, String flags) {
        line(
                type,
                process(7, "/usr/sbin/nginx"),
                "\"nr\":257,\"name\":\"openat\",\"args\":[\"AT_FDCWD\",\"%s\",\"%s\",\"00\"]".formatted(path, flags),
                "\"kind\":\"file\",\"requested\":\"%s\",\"path\":\"%s\",\"op\":\"read\"".formatted(path, path));
    }

    private Recording recording(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, lines);
        return Recording.ofEvents(name, file);
    }

    private List<Observation> observations() throws IOException {
        List<Observation> seen = new ArrayList<>();
        recording("events").tell(seen::add);
        return seen;
    }

    private LearnedPolicy learned() throws IOException {
        return PolicyLearner.withDefaults().learn(List.of(recording("events")));
    }

    private static boolean allows(Policy policy, Call call) {
        return ReferenceEvaluator.of(policy, Arch.X86_64, LogMode.ALL)
                        .decide(call)
                        .action()
                == Action.ALLOW;
    }

    @Test
    void theTwoEventsOfOneHitCountOnce() throws IOException {
        open("STANDARD", "/etc/hosts", "O_RDONLY");
        open("BEHAVIOR", "/etc/hosts", "O_RDONLY");
        open("STANDARD", "/etc/hosts", "O_RDONLY");
        open("STANDARD", "/etc/group", "O_RDONLY");
        open("BEHAVIOR", "/etc/hosts", "O_RDONLY");
        open("BEHAVIOR", "/etc/group", "O_RDONLY");
        assertEquals(3, observations().size());
    }

    @Test
    void anEventThatComesTwiceCountsOnce() throws IOException {
        open("BEHAVIOR", "/etc/hosts", "O_RDONLY");
        lines.append(lines);
        assertEquals(1, observations().size());
    }

    @Test
    void theFlagsAreThoseOfTheCall() throws IOException {
        open("BEHAVIOR", "/run/nginx.pid", "O_RDWR|O_CREAT|O_CLOEXEC|0x80000000");
        Call call = observations().get(0).call();
        assertEquals(0x80080042, call.flags());
        assertTrue(allows(learned().policy(), call));
    }

    @Test
    void whereFlagsAreNotToldTheOperationTells() throws IOException {
        line(
                "BEHAVIOR",
                process(7, "/usr/sbin/nginx"),
                "\"nr\":437,\"name\":\"openat2\",\"args\":[\"AT_FDCWD\",\"x\",\"0x7f\",\"24\"]",
                "\"kind\":\"file\",\"requested\":\"/srv/x\",\"path\":\"/srv/x\",\"op\":\"write\"");
        assertEquals(1, observations().get(0).call().flags());
    }

    @Test
    void anInterpreterIsExecutedByWhoExecutedTheScript() throws IOException {
        line(
                "BEHAVIOR",
                process(9, "/.crs/init"),
                "\"nr\":59,\"name\":\"execve\",\"args\":[\"./run\",\"0x1\",\"0x2\"]",
                "\"kind\":\"file\",\"requested\":\"/srv/run\",\"path\":\"/srv/run\",\"op\":\"execute\"");
        line(
                "BEHAVIOR",
                "\"pid\":9,\"exe\":\"/usr/bin/dash\",\"exec\":\"/srv/run\"",
                "\"nr\":257,\"name\":\"openat\",\"args\":[\"AT_FDCWD\",\"/etc/hosts\",\"O_RDONLY\",\"00\"]",
                "\"kind\":\"file\",\"requested\":\"/etc/hosts\",\"path\":\"/etc/hosts\",\"op\":\"read\"");
        Policy policy = learned().policy();
        assertTrue(allows(policy, Call.execute("/.crs/init", "/srv/run")));
        assertTrue(allows(policy, Call.execute("/.crs/init", "/usr/bin/dash")));
        assertTrue(allows(policy, Call.execute("/tmp/crs-run-77/init", "/usr/bin/dash")), "the agent run by hand");
        assertFalse(allows(policy, Call.execute("/usr/sbin/nginx", "/usr/bin/dash")));
    }

    @Test
    void anExecutionThatFailedMakesNoInterpreter() throws IOException {
        line(
                "BEHAVIOR",
                "\"pid\":9,\"exe\":\"/usr/bin/dash\",\"exec\":\"/srv/run\"",
                "\"nr\":59,\"name\":\"execve\",\"args\":[\"/srv/gone\",\"0x1\",\"0x2\"]",
                "\"kind\":\"file\",\"requested\":\"/srv/gone\",\"path\":\"/srv/gone\",\"op\":\"execute\"");
        line(
                "BEHAVIOR",
                "\"pid\":9,\"exe\":\"/usr/bin/dash\",\"exec\":\"/srv/run\"",
                "\"nr\":257,\"name\":\"openat\",\"args\":[\"AT_FDCWD\",\"/etc/hosts\",\"O_RDONLY\",\"00\"]",
                "\"kind\":\"file\",\"requested\":\"/etc/hosts\",\"path\":\"/etc/hosts\",\"op\":\"read\"");
        assertEquals(2, observations().size());
    }

    @Test
    void textsNoAgentWritesAreNotRemembered() throws IOException {
        open("BEHAVIOR", "/" + "x".repeat(5000), "O_RDONLY");
        LearnedPolicy learned = learned();
        assertEquals(Reason.UNUSABLE, learned.notLearned().get(0).reason());
        assertTrue(learned.toJson().length() < 2000);
    }

    @Test
    void aProgramUnderAnotherNameIsNoInterpreter() throws IOException {
        line(
                "BEHAVIOR",
                process(9, "/.crs/init"),
                "\"nr\":59,\"name\":\"execve\",\"args\":[\"/bin/sh\",\"0x1\",\"0x2\"]",
                "\"kind\":\"file\",\"requested\":\"/bin/sh\",\"path\":\"/usr/bin/dash\",\"op\":\"execute\"");
        line(
                "BEHAVIOR",
                "\"pid\":9,\"exe\":\"/usr/bin/dash\",\"exec\":\"/bin/sh\"",
                "\"nr\":257,\"name\":\"openat\",\"args\":[\"AT_FDCWD\",\"/etc/hosts\",\"O_RDONLY\",\"00\"]",
                "\"kind\":\"file\",\"requested\":\"/etc/hosts\",\"path\":\"/etc/hosts\",\"op\":\"read\"");
        assertEquals(2, observations().size());
    }

    @Test
    void theSecondNameOfARenameIsFoundByTheFirst() throws IOException {
        line(
                "BEHAVIOR",
                process(40, "/usr/bin/redis-server"),
                "\"nr\":82,\"name\":\"rename\",\"args\":[\"temp-40.rdb\",\"dump.rdb\"]",
                "\"kind\":\"file\",\"requested\":\"/data/temp-40.rdb\",\"path\":\"/vol/temp-40.rdb\",\"op\":\"write\"");
        line(
                "BEHAVIOR",
                process(40, "/usr/bin/redis-server"),
                "\"nr\":264,\"name\":\"renameat\",\"args\":[\"5\",\"a\",\"6\",\"b\"]",
                "\"kind\":\"file\",\"requested\":\"/data/b\",\"path\":\"/data/b\",\"op\":\"write\"");
        List<Observation> seen = observations();
        assertEquals("/vol/dump.rdb", seen.get(0).call().newPath().resolved().orElseThrow());
        assertEquals("/data/dump.rdb", seen.get(0).call().newPath().requested().orElseThrow());
        assertEquals("/data/b", seen.get(1).call().newPath().resolved().orElseThrow());
        assertTrue(seen.get(1).call().path().isUnknown(), "it begins at another folder");
        LearnedPolicy learned = learned();
        assertTrue(allows(learned.policy(), seen.get(0).call()));
        assertEquals(Reason.UNKNOWN, learned.notLearned().get(0).reason());
    }

    @Test
    void connectionsAreLearnedByTheirDirection() throws IOException {
        line(
                "BEHAVIOR",
                process(7, "/usr/sbin/nginx"),
                "\"nr\":42,\"name\":\"connect\",\"args\":[]",
                "\"kind\":\"socket\",\"address\":\"10.0.0.7\",\"port\":6379,\"op\":\"connect\",\"direction\":\"outbound\"");
        line(
                "BEHAVIOR",
                process(7, "/usr/sbin/nginx"),
                "\"nr\":288,\"name\":\"accept4\",\"args\":[]",
                "\"kind\":\"socket\",\"address\":\"192.0.2.9\",\"port\":40000,\"localPort\":80,\"op\":\"accept\"");
        line(
                "BEHAVIOR",
                process(7, "/usr/sbin/nginx"),
                "\"nr\":42,\"name\":\"connect\",\"args\":[]",
                "\"kind\":\"socket\",\"path\":\"/run/php.sock\",\"op\":\"connect\"");
        LearnedPolicy learned = learned();
        assertEquals(
                List.of("connect to 10.0.0.7 port 6379 by /usr/sbin/nginx", "accept on port 80 by /usr/sbin/nginx"),
                learned.evidence().stream().map(Evidence::rule).toList());
        assertTrue(learned.notLearned().isEmpty());
    }

    @Test
    void badLinesAreCountedAndTheRestIsUsed() throws IOException {
        lines.append("no event\n")
                .append("x".repeat(EventJson.LONGEST_LINE + 10))
                .append('\n');
        open("BEHAVIOR", "/etc/hosts", "O_RDONLY");
        lines.append("{\"v\":1");
        LearnedPolicy learned = learned();
        assertEquals(1, learned.policy().rules().size());
        assertEquals(Reason.UNUSABLE, learned.notLearned().get(0).reason());
        assertEquals(3, learned.notLearned().get(0).count());
    }

    @Test
    void namesThatWereCutShortAreNotLearned() throws IOException {
        open("BEHAVIOR", "/etc/hos", "O_RDONLY");
        lines.insert(lines.length() - 2, ",\"truncated\":true");
        LearnedPolicy learned = learned();
        assertTrue(learned.policy().rules().isEmpty());
        assertEquals(1, learned.notLearned().size());
    }

    @Test
    void everyFileAndEveryContainerIsARun() throws IOException {
        open("BEHAVIOR", "/etc/hosts", "O_RDONLY");
        String plain = lines.toString();
        lines.append(plain.replace("e1", "e2").replace("\"process\"", "\"container\":{\"id\":\"c1\"},\"process\""));
        lines.append(plain.replace("e1", "e3").replace("\"process\"", "\"container\":{\"id\":\"c2\"},\"process\""));
        LearnedPolicy learned = PolicyLearner.withDefaults().learn(List.of(recording("a"), recording("b")));
        assertEquals(6, learned.evidence().get(0).runs());
    }
}
