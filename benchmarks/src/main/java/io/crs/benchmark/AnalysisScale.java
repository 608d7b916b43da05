package io.crs.benchmark;

import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.Policy;
import io.crs.policy.Rule;
import io.crs.policy.RuleBuilder;
import io.crs.policy.analyze.LintReport;
import io.crs.policy.analyze.PolicyDiff;
import io.crs.policy.analyze.PolicyLint;
import io.crs.syscall.Arch;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * How long lint and diff take for policies of many rules of all kinds, a few of which are shadowed. Each line says the
 * number of rules, what was done, the milliseconds of the clock and of the processor, the heap in use behind it, and what came out.
 */
public final class AnalysisScale {
    private static final int SEED = 7;
    private static final int CHANGES = 10;

    private AnalysisScale() {}

    /**
     * Measures.
     *
     * @param arguments the numbers of rules
     */
    public static void main(String[] arguments) {
        for (String argument : arguments) {
            int size = Integer.parseInt(argument);
            List<Rule> rules = rules(size);
            Policy policy = closed(rules);
            time(size, "lint", () -> lint(PolicyLint.of(policy, Arch.X86_64)));
            time(size, "diff with itself", () -> diff(policy, closed(rules)));
            time(size, "diff, 10 rules changed", () -> diff(policy, closed(changed(rules))));
            time(size, "diff, 10 neighbours swapped", () -> diff(policy, closed(swapped(rules))));
            time(size, "diff, all in another order", () -> diff(policy, closed(shuffled(rules))));
            time(
                    size,
                    "diff, another default",
                    () -> diff(
                            policy,
                            policy.toBuilder()
                                    .defaults(Category.FILE, Action.ALLOW)
                                    .build()));
        }
    }

    private static void time(int size, String what, Supplier<String> work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        String result = work.get();
        long milliseconds = (System.nanoTime() - start) / 1_000_000;
        long busy = (threads.getCurrentThreadCpuTime() - cpu) / 1_000_000;
        Runtime runtime = Runtime.getRuntime();
        long megabytes = (runtime.totalMemory() - runtime.freeMemory()) >> 20;
        System.out.printf("%7d  %-28s %8d ms %8d ms %6d MiB  %s%n", size, what, milliseconds, busy, megabytes, result);
    }

    private static String lint(LintReport report) {
        return report.findings(LintReport.Kind.SHADOWED).size() + " shadowed, "
                + report.findings(LintReport.Kind.CONTRADICTORY).size() + " contradictory, "
                + report.findings(LintReport.Kind.UNMATCHABLE).size() + " unmatchable, " + report.undecided()
                + " undecided";
    }

    private static String diff(Policy before, Policy after) {
        PolicyDiff diff = PolicyDiff.between(before, after, Arch.X86_64);
        return (diff.equivalent() ? "equivalent, " : "") + diff.differences().size() + " differences, "
                + diff.undecided() + " undecided";
    }

    private static Policy closed(List<Rule> rules) {
        return Policy.named("many")
                .rules(rules)
                .defaults(Category.FILE, Action.DENY)
                .build();
    }

    /** Rules as they are usual: files, folders, folders anywhere, blocks of addresses, ports, programs, calls. */
    static List<Rule> rules(int count) {
        Random random = new Random(SEED);
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rules.add(action(rule(i, random).named("rule " + i), random));
        }
        return rules;
    }

    private static RuleBuilder<?> rule(int i, Random random) {
        String program = random.nextInt(3) == 0 ? "/opt/app" + random.nextInt(50) + "/bin/*" : "*";
        String name = "/srv/team" + i % 97 + "/data" + i;
        String block = "10." + random.nextInt(256) + "." + random.nextInt(256) + ".0/24";
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> Rule.read(name + "/config.json").by(program);
            case 3 -> Rule.write(name + "/state.db").by(program);
            case 4 -> Rule.read(name + "/*").by(program);
            case 5 -> Rule.write("/var/lib/team" + random.nextInt(97) + "/" + random.nextInt(count(i)) + "/*");
            case 6 -> Rule.read("*/secret" + i + "/*");
            case 7 -> Rule.outbound(block).ports(1 + random.nextInt(60_000)).by(program);
            case 8 -> Rule.inbound(block).ports("8000-" + (8001 + random.nextInt(100)));
            default -> Rule.syscall("execve").arg(1, name + "/run");
        };
    }

    private static int count(int i) {
        return i + 10;
    }

    private static Rule action(RuleBuilder<?> rule, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> rule.deny();
            case 1 -> rule.monitor();
            default -> rule.allow();
        };
    }

    private static List<Rule> changed(List<Rule> rules) {
        List<Rule> changed = new ArrayList<>(rules);
        for (int i = 1; i <= CHANGES; i++) {
            int place = (int) ((long) rules.size() * i / (CHANGES + 1));
            changed.set(
                    place, Rule.read("/srv/changed" + i + "/*").named("changed").deny());
        }
        return changed;
    }

    private static List<Rule> swapped(List<Rule> rules) {
        List<Rule> swapped = new ArrayList<>(rules);
        for (int i = 1; i <= CHANGES; i++) {
            int place = (int) ((long) rules.size() * i / (CHANGES + 1));
            Collections.swap(swapped, place, place - 1);
        }
        return swapped;
    }

    private static List<Rule> shuffled(List<Rule> rules) {
        List<Rule> shuffled = new ArrayList<>(rules);
        Collections.shuffle(shuffled, new Random(SEED));
        return shuffled;
    }
}
