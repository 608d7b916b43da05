package io.crs.benchmark;

import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;

/** What some containers did, as agents with log mode ALL write it: the same lines for the same seed. */
final class RecordedEvents {
    private static final long SEED = 20261128;
    private static final int CONTAINERS = 6;
    private static final int PROGRAMS = 40;
    private static final int PROCESSES = 240;
    private static final String[] KINDS = {"deny secrets", "watch configuration"};

    private final Random random = new Random(SEED);
    private final StringBuilder line = new StringBuilder();
    private long seq;

    /** A policy of so many rules for what the events tell of: most decide nothing, some allow, a few deny. */
    static Policy policy(int rules) {
        PolicyBuilder policy = Policy.named("replayed").mode(PolicyMode.ACTIVE);
        policy.rule(Rule.read("/etc/ssl/private/*").named("keys").deny());
        policy.rule(Rule.write("/usr/*").named("programs").deny());
        policy.rule(Rule.outbound("10.3.0.0/16").named("neighbours").deny());
        policy.rule(Rule.syscall("ptrace").named("tracing").deny());
        for (int i = 4; i < rules; i++) {
            String folder = String.format(Locale.ROOT, "/srv/app/%03d/*", i);
            policy.rule(
                    switch (i % 4) {
                        case 0 ->
                            Rule.read(folder)
                                    .by(program(i % PROGRAMS))
                                    .named("rule " + i)
                                    .allow();
                        case 1 -> Rule.write(folder).named("rule " + i).monitor();
                        case 2 -> Rule.read(folder).named("rule " + i).allow();
                        default ->
                            Rule.outbound("10.1." + i % 256 + ".0/24")
                                    .ports(443)
                                    .named("rule " + i)
                                    .allow();
                    });
        }
        return policy.defaults(Category.NETWORK, Action.ALLOW).build();
    }

    private static String program(int number) {
        return "/usr/bin/tool-" + number;
    }

    /** Writes so many lines. */
    static void write(OutputStream out, int lines) throws IOException {
        RecordedEvents events = new RecordedEvents();
        while (events.seq < lines) {
            out.write(events.next());
        }
    }

    private byte[] next() {
        boolean hit = random.nextInt(20) == 0;
        int process = random.nextInt(PROCESSES);
        String call = call();
        line.setLength(0);
        if (hit) {
            line("STANDARD", process, call, random.nextInt(KINDS.length));
        }
        line("BEHAVIOR", process, call, hit ? 0 : -1);
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void line(String type, int process, String call, int rule) {
        int container = process % CONTAINERS;
        seq++;
        line.append(String.format(
                Locale.ROOT,
                "{\"v\":1,\"id\":\"01M805K3B%017X\",\"seq\":%d,\"time\":\"2026-11-21T%02d:%02d:%02d.%06dZ\",\"type\":\"%s\","
                        + "\"action\":\"%s\",\"enforced\":true,\"container\":{\"id\":\"%064x\"},"
                        + "\"process\":{\"pid\":%d,\"ppid\":%d,\"exe\":\"%s\","
                        + "\"uid\":%d},%s",
                seq,
                seq,
                seq / 36_000_000 % 24,
                seq / 600_000 % 60,
                seq / 10_000 % 60,
                seq * 100 % 1_000_000,
                type,
                rule < 0 ? "ALLOW" : "MONITOR",
                0x99cfbd11e113L * (container + 1),
                100 + process,
                1 + process / 10,
                program(process % PROGRAMS),
                container * 1000,
                call));
        line.append(",\"policy\":{\"id\":\"5f0c2b7e9d3a4c1b8e6f7a00\",\"name\":\"web\"}");
        if (rule >= 0) {
            line.append(",\"rule\":{\"index\":3,\"name\":\"")
                    .append(KINDS[rule])
                    .append("\",\"severity\":8}");
        }
        line.append(",\"via\":\"notify\",\"lost\":0}\n");
    }

    private String call() {
        int which = random.nextInt(100);
        if (which < 60) {
            String path = path();
            boolean write = which < 10;
            return call(
                            257,
                            "openat",
                            "\"AT_FDCWD\",\"" + path + "\",\""
                                    + (write ? "O_WRONLY|O_CREAT|O_CLOEXEC" : "O_RDONLY|O_CLOEXEC") + "\",\"00\"")
                    + file(path, write ? "write" : "read");
        }
        if (which < 68) {
            String path = path();
            return call(87, "unlink", "\"" + path + "\"") + file(path, "write");
        }
        if (which < 76) {
            String path = path();
            return call(82, "rename", "\"" + path + "\",\"" + path + ".old\"") + file(path, "write");
        }
        if (which < 88) {
            return call(42, "connect", "\"7\"") + ",\"object\":{\"kind\":\"socket\",\"address\":\"10."
                    + random.nextInt(4)
                    + "." + random.nextInt(4) + "." + random.nextInt(32)
                    + "\",\"port\":443,\"direction\":\"outbound\"}";
        }
        if (which < 94) {
            return call(41, "socket", "\"AF_INET\",\"SOCK_STREAM|SOCK_CLOEXEC\",\"6\"");
        }
        String program = program(random.nextInt(PROGRAMS));
        return call(59, "execve", "\"" + program + "\"") + file(program, "execute");
    }

    private static String call(int number, String name, String arguments) {
        return "\"syscall\":{\"arch\":\"x86_64\",\"nr\":" + number + ",\"name\":\"" + name + "\",\"args\":[" + arguments
                + "]}";
    }

    private static String file(String path, String op) {
        return ",\"object\":{\"kind\":\"file\",\"requested\":\"" + path + "\",\"path\":\"" + path + "\",\"op\":\"" + op
                + "\"}";
    }

    /** A library or a setting, of which there are few, or one of many files of the application. */
    private String path() {
        int which = random.nextInt(10);
        if (which < 3) {
            return "/usr/lib/x86_64-linux-gnu/libpart-" + random.nextInt(60) + ".so.6";
        }
        if (which < 5) {
            return (random.nextInt(20) == 0 ? "/etc/ssl/private/" : "/etc/app.d/") + random.nextInt(40) + ".conf";
        }
        return String.format(
                Locale.ROOT,
                "/srv/app/%03d/data/%02x/%08x.json",
                random.nextInt(200),
                random.nextInt(256),
                random.nextInt(100_000));
    }
}
