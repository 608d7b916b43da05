package io.crs.host;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.DefaultScope;
import io.crs.policy.Endpoint;
import io.crs.policy.FilePath;
import io.crs.policy.IgnoreScope;
import io.crs.policy.Limits;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import io.crs.policy.Translation;
import io.crs.syscall.Arch;
import io.crs.syscall.ArgumentRole;
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Policies and calls that meet often: all draw from the same few names, addresses and numbers. */
final class RandomPolicies {
    private static final String[] COMPONENTS = {"a", "b", "ab", "é", "€x", "😀", "a*", "?", "\\", "..", "A"};
    private static final String[] ADDRESSES = {
        "10.0.0.1",
        "10.0.0.2",
        "10.1.0.1",
        "127.0.0.1",
        "0.0.0.0",
        "::",
        "::1",
        "fe80::1",
        "2001:db8::1:0:0:1",
        "::ffff:10.0.0.1",
        "/run/a",
        "@b",
        "255.255.255.255"
    };
    private static final String[] ADDRESS_PATTERNS = {
        "10.0.0.1", "10.0.0.0/8", "10.0.0.2-10.1.0.1", "0.0.0.0", "::", "::/0", "0.0.0.0/0", "fe80::/10",
        "::ffff:10.0.0.0/104", "10.0.*", "*1", "fe80:*", "2001:DB8::?:*", "?0.*", "*", ""
    };
    private static final String[] SOCKET_PATTERNS = {"/run/a", "@?", "/run/*", "*a", "10.*", ""};
    private static final String[] PORTS = {"", "*", "0", "80", "443", "80,443", "1-79,81-65535", "8000-8010, 80", "-1"};
    private static final int[] PORT_NUMBERS = {0, 1, 79, 80, 81, 443, 8005, 65535};
    private static final String[] NAMES = {"example.org", "EXAMPLE.org.", "a.example.org", "é.org", "x", ".", "10.0.0.1"
    };
    private static final String[] NAME_PATTERNS = {"example.org", "*.Example.org.", "?.org", "*", "X", "10.*", ".", "*."
    };
    private static final String[] INTEGERS = {
        "", "*", "-1", "0", "1", "2", "3", "16", "-2", "0x80000001", "0x100000001", "18446744073709551615", "524289"
    };
    private static final long[] INTEGER_VALUES = {
        0, 1, 2, 3, 16, -1, -2, 0x80000001L, 0x100000001L, 0x100000002L, 0x80001, 0x801, 0x100000801L, 0xFFFFFFFEL
    };
    private static final String[] COMMON = {
        "open",
        "openat",
        "openat2",
        "creat",
        "read",
        "write",
        "rename",
        "renameat",
        "renameat2",
        "link",
        "linkat",
        "unlink",
        "unlinkat",
        "rmdir",
        "connect",
        "sendto",
        "sendmsg",
        "accept",
        "accept4",
        "execve",
        "execveat",
        "socket",
        "ptrace",
        "getaddrinfo",
        "getnameinfo",
        "stat",
        "newfstatat",
        "fstat",
        "mount",
        "chmod",
        "fchmodat",
        "bind",
        "truncate",
        "clone",
        "vfork",
        "open_by_handle_at",
        "symlinkat"
    };
    private static final int[] FLAGS = {
        0, 1, 2, 3, 0x40, 0x41, 0x42, 0x200, 0x202, 0x241, 0x410000, 0x400002, 010000000, 010000002, 0x100, 0x1000,
        0x1200, 0x4100, -1
    };

    private final Random random;
    private final List<Syscall> all = SyscallTable.standard().all();

    RandomPolicies(Random random) {
        this.random = random;
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    private String path() {
        if (chance(2)) {
            return "";
        }
        StringBuilder path = new StringBuilder(chance(95) ? "/" : "");
        int components = random.nextInt(4);
        for (int i = 0; i < components; i++) {
            path.append(i == 0 ? "" : "/").append(chance(70) ? COMPONENTS[random.nextInt(3)] : one(COMPONENTS));
        }
        return path.toString();
    }

    private String pattern() {
        if (chance(10)) {
            return one(new String[] {"", "*", "**", "/*", "?*", "*/*", "/a/*", "/a*", "/a/b", "/?/*b"});
        }
        StringBuilder pattern = new StringBuilder();
        path().codePoints().forEach(c -> {
            if (chance(8)) {
                pattern.append(one(new String[] {"*", "?", "**", "*?", "\\*"}));
            } else if ("*?\\".indexOf(c) >= 0 || chance(2)) {
                pattern.append('\\').appendCodePoint(c);
            } else {
                pattern.appendCodePoint(c);
            }
        });
        return pattern + one(new String[] {"", "", "", "/*", "*", "/", "/b"});
    }

    private Action action() {
        return one(Action.values());
    }

    Policy policy() {
        PolicyBuilder policy = Policy.named("random")
                .mode(chance(80) ? PolicyMode.ACTIVE : one(PolicyMode.values()))
                .driftAction(chance(60) ? Action.ALLOW : action())
                .defaultScope(one(DefaultScope.values()))
                .ignoreScope(one(IgnoreScope.values()))
                .translation(one(Translation.values()));
        for (Category category : Category.values()) {
            policy.defaults(category, chance(50) ? Action.ALLOW : Action.DENY);
        }
        int ignored = chance(30) ? random.nextInt(4) : 0;
        for (int i = 0; i < ignored; i++) {
            policy.ignore(one(COMMON));
        }
        int rules = random.nextInt(chance(10) ? 100 : 12);
        for (int i = 0; i < rules; i++) {
            policy.rule(rule());
        }
        if (chance(20)) {
            policy.limits(limits());
        }
        return policy.build();
    }

    /** They decide nothing; a table that has them is read all the same. */
    private Limits limits() {
        return new Limits(
                random.nextInt(3),
                random.nextInt(3),
                Map.of(SyscallTable.standard().find(one(COMMON)).orElseThrow(), random.nextInt(3)),
                Map.of("sh", random.nextInt(3)));
    }

    LogMode logMode() {
        return one(LogMode.values());
    }

    private Rule rule() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> finish(Rule.read(pattern()));
            case 2 -> finish(Rule.write(pattern()));
            case 3 -> finish(Rule.outbound(one(ADDRESS_PATTERNS)).ports(one(PORTS)));
            case 4 -> finish(Rule.inbound(one(ADDRESS_PATTERNS)).ports(one(PORTS)));
            default -> finish(syscallRule());
        };
    }

    private RuleBuilder.OfSyscall syscallRule() {
        String name =
                chance(85) ? one(COMMON) : all.get(random.nextInt(all.size())).name();
        RuleBuilder.OfSyscall rule = Rule.syscall(name);
        List<ArgumentRole> roles =
                SyscallTable.standard().find(name).orElseThrow().roles();
        for (int i = 0; i < roles.size(); i++) {
            if (chance(35)) {
                rule.arg(i + 1, argument(roles.get(i)));
            }
        }
        return rule;
    }

    private String argument(ArgumentRole role) {
        return switch (role) {
            case FILENAME, OLD, NEW -> pattern();
            case PORT, LOCAL_PORT -> one(PORTS);
            case ADDRESS -> chance(60) ? one(ADDRESS_PATTERNS) : one(SOCKET_PATTERNS);
            case NAME -> one(NAME_PATTERNS);
            case DOMAIN -> chance(30) ? "AF_INET" : one(INTEGERS);
            case TYPE -> chance(30) ? "SOCK_STREAM" : one(INTEGERS);
            case PROTOCOL -> one(INTEGERS);
            case RAW -> chance(10) ? "O_CREAT" : one(INTEGERS);
        };
    }

    private Rule finish(RuleBuilder<?> rule) {
        rule.named("rule " + random.nextInt(1000));
        if (chance(40)) {
            rule.by(pattern());
        }
        if (chance(30)) {
            rule.followChildren();
        }
        if (chance(8)) {
            rule.inactive();
        }
        return switch (action()) {
            case ALLOW -> rule.allow();
            case MONITOR -> rule.monitor();
            case DENY -> rule.deny();
        };
    }

    private FilePath file() {
        Optional<String> requested = chance(90) ? Optional.of(path()) : Optional.empty();
        Optional<String> resolved = chance(30) ? Optional.of(path()) : Optional.empty();
        return new FilePath(requested, resolved);
    }

    /** A call that the architecture has. */
    Call call(Arch arch) {
        Syscall syscall;
        do {
            syscall = chance(90)
                    ? SyscallTable.standard().find(one(COMMON)).orElseThrow()
                    : all.get(random.nextInt(all.size()));
        } while (!syscall.library() && syscall.number(arch).isEmpty());
        Call.Builder call = Call.of(syscall)
                .path(file())
                .newPath(file())
                .flags(FLAGS[random.nextInt(FLAGS.length)])
                .drift(chance(20));
        names(call);
        network(call);
        for (int i = 1; i <= Call.ARGUMENTS; i++) {
            if (chance(80)) {
                call.arg(i, INTEGER_VALUES[random.nextInt(INTEGER_VALUES.length)]);
            }
        }
        return call.build();
    }

    private void names(Call.Builder call) {
        if (chance(85)) {
            call.program(path());
        }
        if (chance(40)) {
            call.exec(path());
        }
        if (chance(40)) {
            call.ancestors(path(), path());
        }
        if (chance(40)) {
            call.name(one(NAMES));
        }
        if (chance(60)) {
            call.directory(random.nextBoolean());
        }
    }

    private void network(Call.Builder call) {
        switch (random.nextInt(8)) {
            case 0 -> call.address(Endpoint.UNKNOWN);
            case 1 -> call.address(Endpoint.NONE);
            default -> call.address(one(ADDRESSES));
        }
        if (chance(85)) {
            call.port(PORT_NUMBERS[random.nextInt(PORT_NUMBERS.length)]);
        }
        if (chance(85)) {
            call.localPort(PORT_NUMBERS[random.nextInt(PORT_NUMBERS.length)]);
        }
    }
}
