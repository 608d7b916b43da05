package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.DefaultScope;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.policy.IgnoreScope;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import io.crs.policy.Translation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Policies that draw from few names and numbers, and all calls made of these: what is claimed can be tried out. */
final class SmallUniverse {
    private static final List<String> FILES = List.of("/", "/a", "/b", "/ab", "/a/b", "/a/c", "/a/b/c", "/z");
    private static final List<String> FILE_PATTERNS = List.of(
            "*", "/a", "/b", "/a/*", "/a*", "/?", "/a/?", "*b", "/a/b", "/a/b/*", "/*/b", "?*", "/a/*c", "/a/", "a",
            "/*", "*a*", "/ab", "/a/./b", "/a?b", "\\/a");
    private static final List<String> FOLDERS = List.of("/", "/a", "/a/b", "/d");
    private static final List<String> FOLDER_PATTERNS =
            List.of("/a", "/a*", "/a/b", "/a/b/c", "/a/?/c", "/a/b/*", "/d/x", "*c");
    private static final List<String> PROGRAM_PATTERNS = List.of("*", "*", "*", "/p", "/q", "/p*", "/?", "*q", "?*");
    private static final List<String> ADDRESSES =
            List.of("10.0.0.1", "10.0.0.2", "10.1.0.1", "127.0.0.1", "11.0.0.1", "::1", "fe80::1", "2001:db8::1");
    private static final List<String> ADDRESS_PATTERNS = List.of(
            "*",
            "10.0.0.1",
            "10.0.0.0/8",
            "10.0.0.2-10.1.0.1",
            "0.0.0.0",
            "0.0.0.0/0",
            "::/0",
            "fe80::/10",
            "10.0.*",
            "10.?.0.1",
            "*.1",
            "1?.*",
            "::ffff:10.0.0.0/104");
    private static final List<String> SOCKETS = List.of("/s", "@b", "");
    private static final List<String> SOCKET_PATTERNS = List.of("/s", "/*", "@?", "10.0.*", "", "10.0.0.1");
    private static final List<String> PORTS = List.of("", "80", "443", "80,443", "1-79,81-65535", "0-80");
    private static final List<Integer> PORT_NUMBERS = List.of(0, 79, 80, 443, 65535);
    private static final List<String> INTEGERS = List.of("", "2", "16", "0x100000002", "-2", "0x80802", "0xfffffffe");
    private static final List<Long> NUMBERS =
            List.of(2L, 16L, 0x100000002L, -2L, 0xFFFFFFFEL, 0x80802L, 0x100000010L, 7L);
    private static final List<String> HOSTS = List.of("x.org", "y.org", "org", "x.org..", "z", "");
    private static final List<String> HOST_PATTERNS =
            List.of("*.org", "x.org", "X.org.", "?.org", "*", "org", "*.", "?*");
    private static final List<Integer> FLAGS = List.of(0, 1, 2, 0x41, 0x241, 0x200000, 0x400002);

    private static final Map<Subject, List<Call>> CALLS = new ConcurrentHashMap<>();

    private final Random random;

    SmallUniverse(Random random) {
        this.random = random;
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** What a policy and the calls that try it are about. */
    enum Subject {
        FILES,
        /** What lies below folders that are renamed, and what is made in them. */
        FOLDERS,
        NETWORK,
        CALLS
    }

    Policy policy(Subject subject, int rules) {
        PolicyBuilder policy = Policy.named("small")
                .defaultScope(one(List.of(DefaultScope.values())))
                .driftAction(one(List.of(Action.values())));
        if (chance(20)) {
            policy.mode(one(List.of(PolicyMode.values())));
        }
        if (chance(15)) {
            policy.translation(Translation.GUIDE);
        }
        for (Category category : Category.values()) {
            policy.defaults(category, chance(50) ? Action.ALLOW : Action.DENY);
        }
        if (chance(10)) {
            policy.ignore(one(List.of("openat", "rename", "connect", "execve", "ptrace")))
                    .ignoreScope(one(List.of(IgnoreScope.values())));
        }
        for (int i = 0; i < rules; i++) {
            policy.rule(rule(subject));
        }
        return policy.build();
    }

    Rule rule(Subject subject) {
        return switch (subject) {
            case FILES ->
                switch (random.nextInt(7)) {
                    case 0, 1, 2 -> finish(Rule.read(one(FILE_PATTERNS)));
                    case 3, 4, 5 -> finish(Rule.write(one(FILE_PATTERNS)));
                    default ->
                        finish(Rule.syscall(one(List.of("openat", "creat", "read", "renameat", "link")))
                                .arg(1, one(FILE_PATTERNS)));
                };
            case FOLDERS ->
                chance(90)
                        ? finish(Rule.write(one(FOLDER_PATTERNS)), chance(80) ? "*" : one(PROGRAM_PATTERNS))
                        : finish(Rule.syscall(one(List.of("rename", "openat"))).arg(1, one(FOLDER_PATTERNS)));
            case NETWORK ->
                switch (random.nextInt(5)) {
                    case 0, 1 -> finish(Rule.outbound(one(ADDRESS_PATTERNS)).ports(one(PORTS)));
                    case 2, 3 -> finish(Rule.inbound(one(ADDRESS_PATTERNS)).ports(one(PORTS)));
                    default ->
                        finish(Rule.syscall(one(List.of("connect", "accept", "sendto")))
                                .arg(1, one(PORTS))
                                .arg(2, chance(50) ? one(ADDRESS_PATTERNS) : one(SOCKET_PATTERNS)));
                };
            case CALLS ->
                switch (random.nextInt(4)) {
                    case 0 -> finish(Rule.syscall("execve").arg(1, one(FILE_PATTERNS)));
                    case 1 ->
                        finish(Rule.syscall("socket").arg(1, one(INTEGERS)).arg(2, one(INTEGERS)));
                    case 2 -> finish(Rule.syscall("ptrace").arg(1, one(INTEGERS)));
                    default -> finish(Rule.syscall("li_getaddrinfo").arg(1, one(HOST_PATTERNS)));
                };
        };
    }

    private Rule finish(RuleBuilder<?> rule) {
        return finish(rule, one(PROGRAM_PATTERNS));
    }

    private Rule finish(RuleBuilder<?> rule, String program) {
        rule.named("rule " + random.nextInt(1000)).by(program);
        if (chance(15)) {
            rule.followChildren();
        }
        if (chance(5)) {
            rule.inactive();
        }
        return switch (one(List.of(Action.values()))) {
            case ALLOW -> rule.allow();
            case MONITOR -> rule.monitor();
            case DENY -> rule.deny();
        };
    }

    /** Every call there is: all combinations of what a subject's calls are told apart by. */
    static List<Call> calls(Subject subject) {
        return CALLS.computeIfAbsent(subject, SmallUniverse::all);
    }

    /** One of these calls. */
    Call call(Subject subject) {
        return one(calls(subject));
    }

    private static List<Call> all(Subject subject) {
        List<Call> calls = new ArrayList<>();
        List<Call.Builder> made =
                switch (subject) {
                    case FILES -> fileCalls();
                    case FOLDERS -> folderCalls();
                    case NETWORK -> connections();
                    case CALLS -> otherCalls();
                };
        for (Call.Builder call : made) {
            callers(call.build()).forEach(calls::add);
        }
        return calls;
    }

    /** A call by every process there is: with each program, name of it and ancestors, known or not. */
    private static Stream<Call> callers(Call call) {
        return CALLERS.stream()
                .map(caller -> new Call(
                        call.syscall(),
                        caller.program,
                        caller.exec,
                        caller.ancestors,
                        call.path(),
                        call.newPath(),
                        call.flags(),
                        call.address(),
                        call.port(),
                        call.localPort(),
                        call.args(),
                        call.name(),
                        call.directory(),
                        call.drift()));
    }

    private record Caller(Optional<String> program, Optional<String> exec, List<String> ancestors) {
        static Caller of(String program, String exec, String... ancestors) {
            return new Caller(
                    Optional.of(program).filter(name -> !name.isEmpty()),
                    Optional.of(exec).filter(name -> !name.isEmpty()),
                    List.of(ancestors));
        }
    }

    private static final List<Caller> CALLERS = List.of(
            Caller.of("", ""),
            Caller.of("/p", ""),
            Caller.of("/q", ""),
            Caller.of("/p", "/q"),
            Caller.of("/q", "/pq"),
            Caller.of("/z", "", "/p"),
            Caller.of("/q", "", "/p", "/pq"));

    private static final List<String> NEAR = List.of("/a", "/b", "/ab", "/a/b", "/a/b/c");

    /** Both names of a file, equal or not, and none. */
    private static List<FilePath> paths(List<String> names) {
        List<FilePath> paths = new ArrayList<>(List.of(FilePath.UNKNOWN));
        for (String requested : names) {
            names.forEach(resolved -> paths.add(new FilePath(Optional.of(requested), Optional.of(resolved))));
        }
        return paths;
    }

    private static List<Call.Builder> fileCalls() {
        List<Call.Builder> calls = new ArrayList<>();
        for (FilePath path : paths(FILES)) {
            FLAGS.forEach(flags -> calls.add(Call.of("openat").flags(flags).path(path)));
            for (String name : List.of("open", "creat", "read", "write", "unlink", "stat")) {
                calls.add(Call.of(name).path(path));
            }
        }
        for (FilePath path : paths(List.of("/", "/a", "/a/b"))) {
            for (FilePath newPath : paths(NEAR.subList(0, 3))) {
                calls.add(Call.of("link").path(path).newPath(newPath));
                for (String name : List.of("rename", "renameat")) {
                    calls.add(Call.of(name).path(path).newPath(newPath));
                    calls.add(Call.of(name).path(path).newPath(newPath).directory(true));
                    calls.add(Call.of(name).path(path).newPath(newPath).directory(false));
                }
            }
        }
        return calls;
    }

    private static List<Call.Builder> folderCalls() {
        List<Call.Builder> calls = new ArrayList<>();
        for (FilePath path : paths(FOLDERS)) {
            for (FilePath newPath : List.of(FilePath.UNKNOWN, FilePath.of("/d"))) {
                calls.add(Call.of("rename").path(path).newPath(newPath));
                calls.add(Call.of("rename").path(path).newPath(newPath).directory(true));
                calls.add(Call.of("rename").path(path).newPath(newPath).directory(false));
            }
            FLAGS.forEach(flags -> calls.add(Call.of("openat").flags(flags).path(path)));
            calls.add(Call.of("rmdir").path(path));
        }
        return calls;
    }

    private static List<Call.Builder> connections() {
        List<Endpoint> endpoints = new ArrayList<>(List.of(Endpoint.NONE, Endpoint.UNKNOWN));
        SOCKETS.forEach(path -> endpoints.add(new Endpoint.Other(path)));
        ADDRESSES.forEach(address -> endpoints.add(Endpoint.of(address)));
        List<Call.Builder> calls = new ArrayList<>();
        for (String name : List.of("connect", "accept", "accept4", "sendto", "sendmsg", "bind")) {
            for (Endpoint endpoint : endpoints) {
                calls.add(Call.of(name).address(endpoint));
                for (int port : PORT_NUMBERS) {
                    calls.add(Call.of(name).address(endpoint).port(port));
                    calls.add(Call.of(name).address(endpoint).localPort(port));
                    calls.add(Call.of(name).address(endpoint).port(port).localPort(80));
                    calls.add(Call.of(name).address(endpoint).port(443).localPort(port));
                }
            }
        }
        return calls;
    }

    private static List<Call.Builder> otherCalls() {
        List<Call.Builder> calls = new ArrayList<>();
        for (FilePath path : paths(FILES)) {
            for (boolean drift : new boolean[] {false, true}) {
                calls.add(Call.of("execve").path(path).drift(drift));
                calls.add(Call.of("execveat").path(path).drift(drift));
            }
        }
        for (String name : List.of("socket", "ptrace", "getpid")) {
            calls.add(Call.of(name));
            for (long one : NUMBERS) {
                calls.add(Call.of(name).arg(1, one));
                calls.add(Call.of(name).arg(2, one));
                NUMBERS.forEach(other -> calls.add(Call.of(name).arg(1, one).arg(2, other)));
            }
        }
        HOSTS.forEach(host -> calls.add(Call.of("getaddrinfo").name(host)));
        calls.add(Call.of("getaddrinfo"));
        return calls;
    }
}
