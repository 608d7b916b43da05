package io.crs.policy.analyze;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.Glob;
import io.crs.policy.IpAddress;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.RuleType;
import io.crs.policy.analyze.LintReport.Finding;
import io.crs.policy.analyze.LintReport.Kind;
import io.crs.syscall.OperationClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** How far a policy reaches: rules that open or close too much, and whether a program can start under it. */
final class ReachFindings {
    private static final long WORK = 200_000;
    private static final int WRITE = 1;
    /** The most patterns of what may be executed that are tried with one of what may be written. */
    private static final int MOST_EXECUTED = 20;

    private static final List<String> SECRETS = List.of(
            "/etc/shadow", "/root/.ssh/id_rsa", "/run/secrets/kubernetes.io/serviceaccount/token", "/proc/1/mem");
    private static final List<String> TAKEOVER =
            List.of("/etc/ld.so.preload", "/etc/passwd", "/usr/bin/sh", "/proc/sys/kernel/core_pattern");
    private static final List<String> DROPPED = List.of("/tmp/dropped", "/dev/shm/dropped", "/bin/sh", "/usr/bin/sh");
    private static final List<String> HOSTS = List.of("203.0.113.1", "2001:db8::1");

    /** Addresses of one family that have nothing in common. */
    private static final List<List<String>> UNRELATED =
            List.of(List.of("203.0.113.1", "14.0.0.1"), List.of("2001:db8::1", "fd00::1"));

    private final Policy policy;
    private final NearbyRules nearby;
    private final LivenessProof proof;
    private final List<Finding> findings = new ArrayList<>();

    ReachFindings(Policy policy, NearbyRules nearby, LivenessProof proof) {
        this.policy = policy;
        this.nearby = nearby;
        this.proof = proof;
    }

    List<Finding> all(Optional<ImageFacts> image) {
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (!rule.inactive()) {
                addReach(i, rule);
            }
        }
        addWritableAndExecutable();
        if (image.flatMap(ImageFacts::entryPoint).isEmpty()) {
            addNoStart();
        }
        return findings;
    }

    private void add(Kind kind, int rule, String message, Call witness) {
        findings.add(new Finding(kind, PolicyLint.pointer(rule), List.of(), message, Optional.of(witness)));
    }

    private void addReach(int index, Rule rule) {
        if (rule.action() == Action.ALLOW) {
            addTooOpen(index, rule);
        } else if (rule.action() == Action.DENY && rule.program().isAny()) {
            addTooClosed(index, rule);
        }
    }

    private void addTooOpen(int index, Rule rule) {
        String what = "allows more than is likely meant: ";
        if (rule instanceof Rule.FileRule file && policy.defaultAction(Category.FILE) == Action.DENY) {
            boolean write = file.type() == RuleType.WRITE;
            if (!file.file().isLiteral()) {
                first(index, write ? TAKEOVER : SECRETS, path -> fileCall(rule, path, write))
                        .ifPresent(call -> add(
                                Kind.OVERBROAD, index, what + (write ? "writing " : "reading ") + path(call), call));
            }
        } else if (rule.type() == RuleType.NETWORK_OUTBOUND && policy.defaultAction(Category.NETWORK) == Action.DENY) {
            first(index, HOSTS, host -> by(rule, Call.of("connect"))
                            .address(host)
                            .port(port(rule))
                            .build())
                    .filter(call -> rule instanceof Rule.NetworkRule network && isWide(network))
                    .ifPresent(call -> add(Kind.OVERBROAD, index, what + "connections to any address", call));
        } else if (isAboutExecution(rule) && policy.defaultAction(Category.EXECUTE) == Action.DENY) {
            first(index, DROPPED, path -> by(rule, Call.of("execve")).path(path).build())
                    .filter(call -> !Glob.of(
                                    ((Rule.SyscallRule) rule).arguments().get(0))
                            .isLiteral())
                    .ifPresent(call -> add(Kind.OVERBROAD, index, what + "executing " + path(call), call));
        }
    }

    private static boolean isWide(Rule.NetworkRule rule) {
        return UNRELATED.stream().anyMatch(hosts -> hosts.stream()
                .flatMap(host -> IpAddress.parse(host).stream())
                .allMatch(rule.address()::matches));
    }

    private static int port(Rule rule) {
        return rule instanceof Rule.NetworkRule network && !network.port().isAny()
                ? network.port().ranges().get(0).low()
                : 4444;
    }

    private static String path(Call call) {
        return call.path().resolved().orElse("");
    }

    private static boolean isAboutExecution(Rule rule) {
        return rule instanceof Rule.SyscallRule named && named.syscall().operation() == OperationClass.EXEC;
    }

    private static Call fileCall(Rule rule, String path, boolean write) {
        return by(rule, Call.of("openat")).path(path).flags(write ? WRITE : 0).build();
    }

    /** A call by a program of a rule. */
    private static Call.Builder by(Rule rule, Call.Builder call) {
        if (!rule.program().isAny()) {
            NameClasses.of(Language.TEXT, Set.of(rule.program()), Optional.of(rule.program()), false, new Budget(WORK))
                    .names()
                    .stream()
                    .findFirst()
                    .ifPresent(call::program);
        }
        return call;
    }

    private interface Probe {
        Call of(String target);
    }

    /** The first call to one of some targets that a rule decides. */
    private Optional<Call> first(int index, List<String> targets, Probe probe) {
        return targets.stream()
                .map(probe::of)
                .filter(call -> nearby.decide(call).ruleIndex() == index)
                .findFirst();
    }

    private void addTooClosed(int index, Rule rule) {
        boolean everyFile = rule instanceof Rule.FileRule file
                && file.type() == RuleType.READ
                && file.file().isAny();
        boolean everyProgram = rule instanceof Rule.SyscallRule named
                && isAboutExecution(rule)
                && named.arguments().stream().allMatch(String::isBlank);
        if (everyFile || everyProgram) {
            Call call = everyFile
                    ? Call.of("openat").path("/lib/ld.so").build()
                    : Call.of("execve").path("/app").build();
            if (nearby.decide(call).ruleIndex() == index) {
                add(
                        Kind.OVERBROAD,
                        index,
                        "denies every program " + (everyFile ? "every file it reads" : "to execute anything")
                                + ", so that hardly any can start",
                        call);
            }
        }
    }

    /** What one rule lets a program write, and another lets be executed, is a way in. */
    private void addWritableAndExecutable() {
        if (policy.defaultAction(Category.FILE) != Action.DENY
                || policy.defaultAction(Category.EXECUTE) != Action.DENY) {
            return;
        }
        PrefixIndex<Glob> executed = new PrefixIndex<>();
        policy.rules().stream()
                .filter(rule -> !rule.inactive() && isAboutExecution(rule))
                .map(rule -> Glob.of(((Rule.SyscallRule) rule).arguments().get(0)))
                .distinct()
                .forEach(glob -> executed.add(glob.literalPrefix(), glob));
        for (int i = 0; i < policy.rules().size(); i++) {
            if (policy.rules().get(i) instanceof Rule.FileRule file
                    && !file.inactive()
                    && file.type() == RuleType.WRITE
                    && file.action() != Action.DENY) {
                addExecutable(i, file, executed);
            }
        }
    }

    private void addExecutable(int index, Rule.FileRule rule, PrefixIndex<Glob> executed) {
        Set<Glob> both = executed.near(rule.file().literalPrefix()).stream()
                .filter(rule.file()::intersects)
                .limit(MOST_EXECUTED)
                .collect(Collectors.toSet());
        if (both.isEmpty()) {
            return;
        }
        NameClasses.Found found =
                NameClasses.of(Language.FILE, both, Optional.of(rule.file()), false, new Budget(WORK));
        for (String path : found.names()) {
            Decision written = nearby.decide(fileCall(rule, path, true));
            Call execution = by(rule, Call.of("execve")).path(path).build();
            Decision started = nearby.decide(execution);
            if (written.ruleIndex() == index && started.ruleIndex() >= 0 && started.action() != Action.DENY) {
                findings.add(new Finding(
                        Kind.WRITE_AND_EXECUTE,
                        PolicyLint.pointer(index),
                        List.of(started.ruleIndex()),
                        "what may be written here may be executed too, by rule " + started.ruleIndex() + ": " + path,
                        Optional.of(execution)));
                return;
            }
        }
    }

    /** Under defaults that deny, the first program needs a rule like any other. */
    private void addNoStart() {
        addNoStart(
                Call.of("execve").build(),
                isLetThrough(ReachFindings::isAboutExecution),
                "no program can start: executions are denied by default, and no rule lets one through");
        addNoStart(
                Call.of("openat").build(),
                isLetThrough(rule -> rule.type() == RuleType.READ
                        || (rule instanceof Rule.SyscallRule named
                                && named.syscall().operation() == OperationClass.OPEN)),
                "no program can read a file: files are denied by default, and no rule lets one through");
    }

    private void addNoStart(Call call, boolean isLetThrough, String message) {
        Decision decision = nearby.decide(call);
        if (decision.action() == Action.DENY && decision.isDefault() && !isLetThrough) {
            findings.add(new Finding(Kind.ENTRY_POINT, "", List.of(), message, Optional.of(call)));
        }
    }

    private boolean isLetThrough(Predicate<Rule> about) {
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (!rule.inactive() && rule.action() != Action.DENY && about.test(rule)) {
                Liveness liveness = proof.of(i);
                if (liveness instanceof Liveness.Alive || liveness instanceof Liveness.Undecided) {
                    return true;
                }
            }
        }
        return false;
    }
}
