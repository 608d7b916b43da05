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
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import io.crs.policy.Translation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Policies that draw from few names and numbers, and all calls made of these: what is claimed can be tried out. */
final class SmallUniverse {
    private static final List<String> FILES = List.of("/", "/a", "/b", "/ab", "/a/b", "/a/c", "/a/b/c", "/z");
    private static final List<String> FILE_PATTERNS = List.of(
            "*", "/a", "/b", "/a/*", "/a*", "/?", "/a/?", "*b", "/a/b", "/a/b/*", "/*/b", "?*", "/a/*c", "/a/", "a",
            "/*", "*a*", "/ab", "/a/./b", "/a?b", "\\/a");
    private static final List<String> PROGRAMS = List.of("/p", "/q", "/pq");
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
        NETWORK,
        CALLS
    }

    Policy policy(Subject subject, int rules) {
        PolicyBuilder policy = Policy.named("small")
                .defaultScope(one(List.of(DefaultScope.values())))
                .driftAction(one(List.of(Action.values())));
        if (chance(15)) {
            policy.translation(Translation.GUIDE);
        }
        for (Category category : Category.values()) {
            policy.defaults(category, chance(50) ? Action.ALLOW : Action.DENY);
        }
        if (chance(10)) {
            policy.ignore("openat").ignoreScope(one(List.of(IgnoreScope.values())));
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
        rule.named("rule " + random.nextInt(1000)).by(one(PROGRAM_PATTERNS));
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

    /** One of the calls there are, of each kind as likely as another. */
    Call call(Subject subject) {
        Call.Builder call =
                switch (subject) {
                    case FILES -> file();
                    case NETWORK -> connection();
                    case CALLS -> other();
                };
        if (chance(80)) {
            call.program(one(PROGRAMS));
        }
        if (chance(40)) {
            call.exec(one(PROGRAMS));
        }
        List<String> ancestors = new ArrayList<>();
        while (chance(30)) {
            ancestors.add(one(PROGRAMS));
        }
        return call.ancestors(ancestors.toArray(String[]::new)).build();
    }

    private FilePath path() {
        if (chance(10)) {
            return FilePath.UNKNOWN;
        }
        return new FilePath(Optional.of(one(FILES)), chance(50) ? Optional.empty() : Optional.of(one(FILES)));
    }

    private Call.Builder file() {
        Call.Builder call = Call.of(one(List.of(
                        "open",
                        "openat",
                        "creat",
                        "read",
                        "readv",
                        "write",
                        "unlink",
                        "rename",
                        "renameat",
                        "link",
                        "linkat",
                        "stat")))
                .path(path())
                .newPath(path())
                .flags(one(FLAGS));
        return chance(50) ? call.directory(chance(70)) : call;
    }

    private Call.Builder connection() {
        Call.Builder call = Call.of(one(List.of("connect", "accept", "accept4", "sendto", "sendmsg", "bind")));
        switch (random.nextInt(5)) {
            case 0 -> call.address(chance(50) ? Endpoint.NONE : Endpoint.UNKNOWN);
            case 1 -> call.address(new Endpoint.Other(one(SOCKETS)));
            default -> call.address(one(ADDRESSES));
        }
        if (chance(80)) {
            call.port(one(PORT_NUMBERS));
        }
        return chance(80) ? call.localPort(one(PORT_NUMBERS)) : call;
    }

    private Call.Builder other() {
        Call.Builder call = Call.of(one(List.of("execve", "execveat", "socket", "ptrace", "getaddrinfo", "getpid")))
                .path(path())
                .drift(chance(50));
        for (int i = 1; i <= 2; i++) {
            if (chance(80)) {
                call.arg(i, one(NUMBERS));
            }
        }
        return chance(80) ? call.name(one(HOSTS)) : call;
    }
}
