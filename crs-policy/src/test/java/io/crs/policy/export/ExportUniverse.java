package io.crs.policy.export;

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
import io.crs.syscall.Syscall;
import io.crs.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Policies of few names and numbers, and the calls of a world made of these: a tree of files without symbolic links, three
 * programs, two connected sockets. Every call in it succeeds if nothing stops it.
 */
final class ExportUniverse {
    private static final List<String> FOLDERS = List.of("/", "/a", "/a/b");
    private static final List<String> FILES =
            List.of("/b", "/ab", "/a/c", "/a/b/c", "/a/b/nc", "/nc", "/a x", "/a\u00e4b", "/a.b", "/q*");
    private static final List<String> FILE_PATTERNS = List.of(
            "*",
            "/a",
            "/b",
            "/a/*",
            "/a*",
            "/a?b",
            "/?b",
            "*/nc",
            "*nc",
            "/a/b/*",
            "/a/*c",
            "/a/",
            "b",
            "/a x",
            "/a b*",
            "/a\u00e4b",
            "/q\\*",
            "/*",
            "/a/?",
            "*c",
            "/a.b",
            "?*");
    private static final List<String> PROGRAMS = List.of("/p", "/q", "/p/q");
    private static final List<String> PROGRAM_PATTERNS =
            List.of("*", "*", "*", "*", "/p", "/q", "/p*", "*q", "/?", "/p/*");
    private static final List<String> ADDRESSES =
            List.of("10.0.0.1", "10.0.0.9", "10.1.0.1", "127.0.0.1", "11.0.0.1", "::1", "2001:db8::1");
    private static final List<String> ADDRESS_PATTERNS = List.of(
            "*",
            "10.0.0.1",
            "10.0.0.0/8",
            "10.0.0.2-10.1.0.1",
            "0.0.0.0/0",
            "::/0",
            "10.*",
            "10.0.0.*",
            "1?.*",
            "*.1",
            "127.0.0.1",
            "2001:db8::/32");
    private static final List<String> PORT_PATTERNS = List.of("", "", "80", "443,8000-8010", "1-79,81-65535", "0-80");
    private static final List<Integer> PORTS = List.of(1, 79, 80, 443, 8005, 65535);
    private static final List<String> INTEGERS = List.of("", "", "2", "16", "0x100000002", "-2", "0x80802", "1");
    private static final List<Long> NUMBERS =
            List.of(1L, 2L, 16L, 0x100000002L, -2L, 0xFFFFFFFEL, 0x80802L, 0x802L, FalcoSimulator.CONNECTED_STREAM);
    private static final List<Integer> FLAGS = List.of(0, 0, 1, 2, 0x40, 0x41, 0x200, 0x241, 0x242, 0x200000, 0x200001);
    private static final List<String> FILE_CALLS = List.of(
            "open",
            "openat",
            "openat2",
            "open_by_handle_at",
            "creat",
            "read",
            "write",
            "unlink",
            "rename",
            "renameat2",
            "link",
            "symlink",
            "mkdir",
            "rmdir",
            "mknod",
            "chmod",
            "fchmod",
            "chown",
            "truncate",
            "utimensat",
            "setxattr",
            "stat");
    private static final List<String> OTHER_CALLS = List.of(
            "execve",
            "execve",
            "execveat",
            "socket",
            "socket",
            "ptrace",
            "mount",
            "umount2",
            "pivot_root",
            "getpid",
            "bpf");
    private static final List<String> RULED_CALLS = List.of(
            "execve",
            "execve",
            "execveat",
            "socket",
            "socket",
            "ptrace",
            "mount",
            "umount2",
            "bpf",
            "li_getaddrinfo",
            "stat");
    private static final List<String> RULED_FILE_CALLS = List.of("openat", "creat", "unlink", "read", "rename");
    private static final List<String> RULED_NETWORK_CALLS = List.of("connect", "accept", "sendto");

    /** What most rules and calls are about, so that they meet. */
    private enum Subject {
        FILES,
        NETWORK,
        CALLS
    }

    private final Random random;
    private Subject subject = Subject.FILES;

    ExportUniverse(Random random) {
        this.random = random;
    }

    private Subject subject() {
        return chance(80) ? subject : one(List.of(Subject.values()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** A policy; the calls that are asked for afterwards try it. */
    Policy policy() {
        subject = one(List.of(Subject.values()));
        PolicyBuilder policy = Policy.named("p")
                .mode(chance(15) ? PolicyMode.PERMISSIVE : chance(5) ? PolicyMode.INACTIVE : PolicyMode.ACTIVE)
                .defaultScope(one(List.of(DefaultScope.values())))
                .driftAction(chance(10) ? Action.DENY : Action.ALLOW)
                .translation(chance(10) ? Translation.GUIDE : Translation.COMPLETE);
        for (Category category : Category.values()) {
            policy.defaults(category, chance(30) ? Action.DENY : Action.ALLOW);
        }
        if (chance(10)) {
            policy.ignore(one(FILE_CALLS)).ignoreScope(one(List.of(IgnoreScope.values())));
        }
        for (int i = random.nextInt(7); i > 0; i--) {
            policy.rule(rule());
        }
        return policy.build();
    }

    private Rule rule() {
        RuleBuilder<?> rule =
                switch (subject()) {
                    case FILES ->
                        chance(15)
                                ? call(one(RULED_FILE_CALLS))
                                : chance(50) ? Rule.read(one(FILE_PATTERNS)) : Rule.write(one(FILE_PATTERNS));
                    case NETWORK ->
                        chance(15)
                                ? call(one(RULED_NETWORK_CALLS))
                                : (chance(50)
                                                ? Rule.outbound(one(ADDRESS_PATTERNS))
                                                : Rule.inbound(one(ADDRESS_PATTERNS)))
                                        .ports(one(PORT_PATTERNS));
                    case CALLS -> call(one(RULED_CALLS));
                };
        if (chance(40)) {
            rule.by(one(PROGRAM_PATTERNS));
        }
        if (chance(10)) {
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

    private RuleBuilder<?> call(String name) {
        RuleBuilder.OfSyscall rule = Rule.syscall(name);
        Syscall call = SyscallTable.standard().find(name).orElseThrow();
        for (int i = 0; i < Syscall.ARGUMENTS; i++) {
            if (chance(60)) {
                switch (call.roles().get(i)) {
                    case FILENAME, OLD, NEW -> rule.arg(i + 1, one(FILE_PATTERNS));
                    case DOMAIN, TYPE, PROTOCOL, RAW -> rule.arg(i + 1, one(INTEGERS));
                    case PORT, LOCAL_PORT -> rule.arg(i + 1, one(PORT_PATTERNS));
                    case ADDRESS -> rule.arg(i + 1, one(ADDRESS_PATTERNS));
                    case NAME -> rule.arg(i + 1, "*.org");
                }
            }
        }
        return rule;
    }

    Call call() {
        Call.Builder call =
                switch (subject()) {
                    case FILES -> file();
                    case NETWORK -> connection();
                    case CALLS -> other();
                };
        List<String> ancestors = new ArrayList<>();
        while (chance(40)) {
            ancestors.add(one(PROGRAMS));
        }
        call.program(one(PROGRAMS));
        for (int i = 1; i <= Call.ARGUMENTS; i++) {
            call.arg(i, one(NUMBERS));
        }
        return call.ancestors(ancestors.toArray(String[]::new)).build();
    }

    private Call.Builder file() {
        String name = one(FILE_CALLS);
        boolean folder = name.endsWith("dir") || (chance(25) && !name.equals("read") && !name.equals("write"));
        int flags = name.startsWith("open") ? one(FLAGS) : 0;
        return Call.of(name)
                .path(FilePath.of(one(folder ? FOLDERS : FILES)))
                .newPath(FilePath.of(one(folder ? FOLDERS : FILES)))
                .directory(folder)
                .flags(flags);
    }

    private Call.Builder connection() {
        Call.Builder call = Call.of(one(List.of("connect", "accept", "accept4", "sendto", "sendmsg")));
        call.port(one(PORTS)).localPort(one(PORTS)).address(one(ADDRESSES));
        if (chance(20)) {
            return call.address(new Endpoint.Other("/run/socket"));
        }
        return chance(25) ? Call.of("sendto").address(Endpoint.NONE) : call;
    }

    private Call.Builder other() {
        Call.Builder call = Call.of(one(OTHER_CALLS))
                .path(FilePath.of(one(FILES)))
                .newPath(FilePath.of(one(FILES)))
                .drift(chance(20));
        return call;
    }
}
