package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Call;
import io.crs.policy.Category;
import io.crs.policy.Decision;
import io.crs.policy.DefaultScope;
import io.crs.policy.IgnoreScope;
import io.crs.policy.LogMode;
import io.crs.policy.Policy;
import io.crs.policy.PolicyBuilder;
import io.crs.policy.PolicyMode;
import io.crs.policy.ReferenceEvaluator;
import io.crs.policy.Rule;
import io.crs.policy.RuleHeader;
import io.crs.policy.Translation;
import io.crs.syscall.Arch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What is said of the difference of random policies is compared with every call of a small universe. */
class PolicyDiffPropertyTest {
    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void aChangedPolicyIsEquivalentExactlyIfNoCallTells(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        Random random = new Random(seed);
        SmallUniverse universe = new SmallUniverse(random);
        Policy before = universe.policy(subject, 1 + random.nextInt(6));
        check(subject, before, changed(before, random, universe, subject));
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void changedRulesAboutFoldersAreEquivalentExactlyIfNoCallTells(@ForAll long seed) {
        aChangedPolicyIsEquivalentExactlyIfNoCallTells(seed, SmallUniverse.Subject.FOLDERS);
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void twoPoliciesAreEquivalentExactlyIfNoCallTells(@ForAll long seed, @ForAll SmallUniverse.Subject subject) {
        Random random = new Random(seed);
        SmallUniverse universe = new SmallUniverse(random);
        check(subject, universe.policy(subject, random.nextInt(5)), universe.policy(subject, random.nextInt(5)));
    }

    private static void check(SmallUniverse.Subject subject, Policy before, Policy after) {
        ReferenceEvaluator old = ReferenceEvaluator.of(before, Arch.X86_64, LogMode.ALL);
        ReferenceEvaluator young = ReferenceEvaluator.of(after, Arch.X86_64, LogMode.ALL);
        Optional<Call> telling = SmallUniverse.calls(subject).stream()
                .filter(call -> tells(old.decide(call), young.decide(call)))
                .findFirst();
        // Rules are looked at all at once where they are few, and one by one where they are many.
        for (int few : new int[] {0, 2, 24}) {
            DiffSearch.Result result = DiffSearch.between(before, after, Arch.X86_64, few);
            String policies = before.toJson() + "\n" + after.toJson() + "\n" + few + " " + result;
            assertEquals(0, result.undecided(), policies);
            for (PolicyDiff.Difference difference : result.differences()) {
                assertEquals(old.decide(difference.witness()), difference.before(), policies);
                assertEquals(young.decide(difference.witness()), difference.after(), policies);
                assertTrue(tells(difference.before(), difference.after()), policies);
            }
            assertTrue(
                    telling.isEmpty() || !result.differences().isEmpty(),
                    () -> telling.get().toJson(Arch.X86_64) + " tells\n" + policies);
        }
        PolicyDiff diff = PolicyDiff.between(before, after, Arch.X86_64);
        assertEquals(diff.equivalent(), diff.differences().isEmpty(), diff::toJson);
    }

    private static boolean tells(Decision one, Decision other) {
        return one.action() != other.action()
                || one.enforced() != other.enforced()
                || one.blocked() != other.blocked()
                || (one.isDefault() != other.isDefault() && one.action() == Action.ALLOW);
    }

    /** A policy with one thing changed: a rule, the order of two, or what is not a rule. */
    private static Policy changed(Policy policy, Random random, SmallUniverse universe, SmallUniverse.Subject subject) {
        List<Rule> rules = new ArrayList<>(policy.rules());
        int place = random.nextInt(rules.size());
        Rule rule = rules.get(place);
        switch (random.nextInt(9)) {
            case 0 -> rules.remove(place);
            case 1 -> rules.add(place, universe.rule(subject));
            case 2 -> Collections.swap(rules, place, random.nextInt(rules.size()));
            case 3 -> rules.set(place, universe.rule(subject));
            case 4 -> rules.add(random.nextInt(rules.size() + 1), rule);
            case 5 -> rules.set(place, with(rule, one(random, Action.values()), rule.inactive()));
            case 6 -> rules.set(place, with(rule, rule.action(), true));
            case 7 -> rules.set(place, pattern(rule, universe, subject));
            default -> {
                return settings(policy, random);
            }
        }
        return policy.toBuilder().rules(rules).build();
    }

    private static Policy settings(Policy policy, Random random) {
        PolicyBuilder builder = policy.toBuilder();
        switch (random.nextInt(6)) {
            case 0 -> builder.mode(one(random, PolicyMode.values()));
            case 1 -> builder.translation(one(random, Translation.values()));
            case 2 -> builder.defaultScope(one(random, DefaultScope.values()));
            case 3 -> builder.driftAction(one(random, Action.values()));
            case 4 -> builder.ignore("openat").ignore("connect").ignoreScope(IgnoreScope.EVERYTHING);
            default ->
                builder.defaults(one(random, Category.values()), random.nextBoolean() ? Action.ALLOW : Action.DENY);
        }
        return builder.build();
    }

    /** A rule with the header of one and the operands of another of its kind, if luck finds one. */
    private static Rule pattern(Rule rule, SmallUniverse universe, SmallUniverse.Subject subject) {
        for (int i = 0; i < 50; i++) {
            Rule other = universe.rule(subject);
            if (other.type() == rule.type()) {
                return with(other, rule.action(), rule.inactive());
            }
        }
        return rule;
    }

    private static Rule with(Rule rule, Action action, boolean inactive) {
        RuleHeader old = rule.header();
        RuleHeader header = new RuleHeader(
                old.id(),
                old.name(),
                inactive,
                old.program(),
                action,
                old.severity(),
                old.tags(),
                old.message(),
                old.followChildren());
        if (rule instanceof Rule.FileRule file) {
            return new Rule.FileRule(header, file.access(), file.file());
        }
        if (rule instanceof Rule.NetworkRule network) {
            return new Rule.NetworkRule(header, network.direction(), network.address(), network.port());
        }
        Rule.SyscallRule named = (Rule.SyscallRule) rule;
        return new Rule.SyscallRule(header, named.syscall(), named.syscallText(), named.arguments());
    }

    private static <T> T one(Random random, T[] of) {
        return List.of(of).get(random.nextInt(of.length));
    }
}
