package io.crs.policy.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.crs.policy.Action;
import io.crs.policy.Category;
import io.crs.policy.Policy;
import io.crs.policy.PolicyMode;
import io.crs.policy.Rule;
import io.crs.policy.Translation;
import io.crs.policy.analyze.PolicyDiff.Difference;
import io.crs.syscall.Arch;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyDiffTest {
    private static final Rule SHADOW = Rule.read("/etc/shadow").deny();
    private static final Rule ETC = Rule.read("/etc/*").monitor();

    private static Policy policy(Rule... rules) {
        return Policy.named("p").rules(Arrays.asList(rules)).build();
    }

    private static PolicyDiff diff(Policy before, Policy after) {
        return PolicyDiff.between(before, after, Arch.X86_64);
    }

    private static Difference only(PolicyDiff diff) {
        assertEquals(1, diff.differences().size(), diff::toJson);
        return diff.differences().get(0);
    }

    @Test
    void aPolicyIsLikeItself() {
        PolicyDiff diff = diff(policy(SHADOW, ETC), policy(SHADOW, ETC));
        assertTrue(diff.equivalent());
        assertEquals(
                "{\"equivalent\":true,\"added\":[],\"removed\":[],\"differences\":[],\"undecided\":0}", diff.toJson());
    }

    @Test
    void aNewRuleShowsInACallItDecides() {
        PolicyDiff diff = diff(policy(ETC), policy(SHADOW, ETC));
        assertFalse(diff.equivalent());
        assertEquals(List.of(new PolicyDiff.RulePlace("/rules/0", SHADOW.name())), diff.added());
        assertEquals(List.of(), diff.removed());
        Difference difference = diff.differences().get(0);
        assertTrue(difference.witness().path().names().contains("/etc/shadow"), difference::toString);
        assertEquals(Action.DENY, difference.after().action());
    }

    @Test
    void whatNoCallCanTellIsNoDifference() {
        assertTrue(diff(policy(ETC, SHADOW), policy(ETC)).equivalent());
        assertTrue(
                diff(policy(Rule.read("/a/?*").deny()), policy(Rule.read("/a/*").deny()))
                        .equivalent());
        assertTrue(diff(
                        policy(Rule.outbound("10.0.0.0/8").deny()),
                        policy(
                                Rule.outbound("10.128.0.0/9").deny(),
                                Rule.outbound("10.0.0.0-10.127.255.255").deny()))
                .equivalent());
        assertTrue(diff(
                        policy(Rule.outbound("10.0.0.0/8").deny()),
                        policy(Rule.outbound("10.*").deny()))
                .equivalent());
    }

    @Test
    void twoRulesInAnotherOrderDifferForACallWithTwoNames() {
        Rule one = Rule.read("/x").by("/p").allow();
        Rule other = Rule.read("/x").by("/q").deny();
        Difference difference =
                diff(policy(one, other), policy(other, one)).differences().get(0);
        assertEquals(Action.ALLOW, difference.before().action());
        assertEquals(Action.DENY, difference.after().action());
        assertEquals(
                List.of("/p", "/q"),
                difference.witness().programs().stream().sorted().toList());
    }

    @Test
    void ancestorsCanMakeTheDifference() {
        Rule one = Rule.read("/x").by("/p").followChildren().allow();
        Rule other = Rule.read("/x").by("/q").followChildren().deny();
        assertFalse(diff(policy(one, other), policy(other, one)).equivalent());
        assertFalse(diff(policy(one), policy(Rule.read("/x").by("/p").allow())).equivalent());
    }

    @Test
    void renamingAFolderCanMakeTheDifference() {
        Rule below = Rule.write("/srv/a/b").deny();
        Rule hidden = Rule.write("/srv/a/?").monitor();
        PolicyDiff diff = diff(policy(hidden, below), policy(hidden));
        assertFalse(diff.equivalent());
        assertTrue(
                diff.differences().stream()
                        .allMatch(each -> each.witness().syscall().group().equals(Optional.of("rename"))),
                diff::toJson);
    }

    @Test
    void aDefaultDiffersWhereNoRuleDecides() {
        Policy open = policy(Rule.outbound("*").ports(443).allow());
        Policy closed = open.toBuilder().defaults(Category.NETWORK, Action.DENY).build();
        PolicyDiff diff = diff(open, closed);
        assertFalse(diff.equivalent());
        assertTrue(
                diff.differences().stream()
                        .noneMatch(each -> each.witness().port().orElse(0) == 443),
                diff::toJson);
        Policy decided = policy(Rule.outbound("*").allow(), Rule.inbound("*").deny());
        assertTrue(diff(
                        decided,
                        decided.toBuilder()
                                .defaults(Category.NETWORK, Action.DENY)
                                .build())
                .equivalent());
    }

    @Test
    void aModeDiffersEvenWhereEverythingIsAllowed() {
        Policy active = policy();
        Policy permissive = active.toBuilder().mode(PolicyMode.PERMISSIVE).build();
        assertFalse(only(diff(active, permissive)).after().enforced());
        assertTrue(diff(permissive, active.toBuilder().mode(PolicyMode.INACTIVE).build())
                .equivalent());
    }

    @Test
    void aTranslationDiffersForSisterCalls() {
        Policy complete = policy(Rule.read("/x").deny());
        assertFalse(diff(
                        complete,
                        complete.toBuilder().translation(Translation.GUIDE).build())
                .equivalent());
    }

    @Test
    void namesTagsAndTheLikeAreWrittenDifferencesOnly() {
        PolicyDiff diff = diff(
                policy(SHADOW), policy(Rule.read("/etc/shadow").named("other").deny()));
        assertTrue(diff.equivalent());
        assertEquals(1, diff.added().size());
        assertEquals(1, diff.removed().size());
    }

    @Test
    void aGlobThatMayMatchIpv6TextIsNotGuessedAt() {
        PolicyDiff diff = diff(
                policy(Rule.outbound("?*").deny()),
                policy(Rule.outbound("?*").deny(), Rule.outbound("::/0").deny()));
        assertFalse(diff.equivalent());
        assertTrue(diff.undecided() > 0 || !diff.differences().isEmpty());
    }
}
